"""How far an open survey is, and whose voice is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.survey import Span
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import owned, span_of_survey
from feedback_app.storage.db import Session
from feedback_app.storage.models import Survey
from feedback_app.storage.queries import surveys as queries
from feedback_app.storage.queries.counters import counters_of_units

# On the way to its target a service may lag by this much before it is said to be missing.
LAG = 0.75
SHARE_OF_FEW = 0.02  # a group of respondents under 2% of the forms is hardly heard


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    """One service: complete forms so far, how many are wanted (None: not split), visits."""

    name: str
    n: int
    target: int | None
    is_behind: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """An open survey now. `elapsed` is the share of its days that are over.

    `expected` is the number of forms at the end if they go on coming as they have; `unheard` names
    groups of respondents (band, choice) of whom there are hardly any.
    """

    n: int
    partial: int
    held: int
    target: int
    elapsed: float
    days_left: int
    expected: int | None
    services: tuple[ServiceProgress, ...]
    tiers: Mapping[str, int]
    unheard: tuple[tuple[str, str], ...]
    first_answer: date | None  # the day of the first complete form
    is_behind: bool  # fewer complete forms than its share of the days wants
    forks: tuple[str, ...]  # counters whose form offers to stop half-way, by name


def progress_of(site: Site, viewer: Viewer, survey_id: int) -> Progress:
    """One survey of the viewer's units."""
    with site.db.read() as session:
        return _progress(session, site, owned(session, viewer, survey_id))


def _progress(session: Session, site: Site, survey: Survey) -> Progress:
    counters = queries.counter_ids_of_unit(session, survey.unit_id)
    rows = queries.sizes_between(session, counters, survey.first_day, survey.last_day)
    counted = [row for row in rows if row[3] == "counted"]
    by_service: dict[int, int] = {}
    by_tier: dict[str, int] = {}
    for _counter, service, tier, _state, _forms, complete, _total, _squares in counted:
        by_service[service] = by_service.get(service, 0) + complete
        by_tier[tier] = by_tier.get(tier, 0) + complete
    n = sum(by_service.values())
    answered = queries.answered_days(session, counters, survey.first_day, survey.last_day)
    elapsed = _elapsed(site, span_of_survey(survey))
    return Progress(
        n=n,
        partial=sum(row[4] - row[5] for row in counted),
        held=sum(row[4] for row in rows if row[3] == "held"),
        target=survey.target,
        elapsed=elapsed,
        days_left=max((survey.last_day - site.today()).days, 0),
        expected=round(n / elapsed) if elapsed > 0 else None,
        services=_services(session, survey, by_service, elapsed),
        tiers=by_tier,
        unheard=_unheard(session, survey, counters, n),
        first_answer=answered[0] if answered else None,
        is_behind=n < LAG * elapsed * survey.target,
        forks=tuple(
            one.name for one in counters_of_units(session, [survey.unit_id]) if one.has_fork
        ),
    )


def _elapsed(site: Site, span: Span) -> float:
    over = (site.today() - span.first).days
    return min(max(over / span.days, 0.0), 1.0)


def _services(
    session: Session, survey: Survey, forms: Mapping[int, int], elapsed: float
) -> tuple[ServiceProgress, ...]:
    wanted = {int(key): part for key, part in survey.targets.items()}
    ids = sorted({*wanted, *forms}, key=lambda key: (-wanted.get(key, 0), key))
    names = queries.services_named(session, ids)
    lines = []
    for key in ids:
        n, target = forms.get(key, 0), wanted.get(key)
        behind = target is not None and n < target and n < LAG * elapsed * target
        lines.append(ServiceProgress(names.get(key, ("", ""))[1], n, target, behind))
    return tuple(lines)


def _unheard(
    session: Session, survey: Survey, counters: Sequence[int], n: int
) -> tuple[tuple[str, str], ...]:
    """Which groups hardly answered; who they are is not told below ten forms."""
    if n < MIN_GROUP:
        return ()
    missing = []
    for band in BANDS:
        sizes = queries.band_sizes_between(
            session, counters, band.key, survey.first_day, survey.last_day
        )
        told = sum(count for choice, count in sizes.items() if choice)
        for choice, _words, _words_en in band.choices:
            if told >= MIN_GROUP and sizes.get(choice, 0) < max(1, SHARE_OF_FEW * told):
                missing.append((band.key, choice))
    return tuple(m for m in missing if m != ("needs_help", "no"))
