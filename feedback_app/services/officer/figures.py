"""One officer's own figures: closed quarters, made of the same cells that supervisors see.

Batches by month beside the supervisor's quarters would open small groups by subtraction. So a
batch is a quarter, and adds up the units where the gate shows the officer apart: what the officer
sees adds nothing to what supervisors see (docs/adr/0012-closed-blocks.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.comparison import Comparison, compare
from feedback_app.domain.disclosure import MIN_GROUP, Answers, Band, Withheld
from feedback_app.domain.disclosure.officers import OfficerPart, Part
from feedback_app.domain.disclosure.together import together
from feedback_app.domain.interval import Mean
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import quarter_from, slug, title
from feedback_app.services.counters.closed_officers import (
    Lines,
    closed_quarter_starts,
    officers_of_unit,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import joins, tallies

BACK = timedelta(days=366)  # four or five closed quarters


@dataclass(frozen=True, slots=True)
class Early:
    """Forms that stopped early, where ten or more of a unit's quarter name the officer.

    They stand beside the complete ones and are never added to them.
    """

    n: int
    mean: Mean | Band


@dataclass(frozen=True, slots=True)
class OfficerBatch:
    """One closed quarter of an officer, over the units where it may be shown.

    `n` and `by_poster` count complete forms; where nothing is shown, `mean` says why and `items` is
    empty. `unverified` is the share that came through the poster, which proves no visit.
    """

    key: str
    title: tuple[str, str]
    first: date
    last: date
    n: int
    unverified: float
    mean: Mean | Band | Withheld | TooFew
    items: Mapping[str, Answers | Band]
    early: Early | None
    comparison: Comparison | None


def own_batches(site: Site, officer_id: int) -> tuple[OfficerBatch, ...]:
    """The officer's closed quarters, newest first; nothing of single answers, never a rank."""
    with site.db.read() as session:
        oldest = site.today() - BACK
        rows = joins.rows_of(session, officer_id)
        counter_ids = tallies.counters_of_officer(session, rows, since=oldest)
        unit_ids = queries.units_of(session, counter_ids)
        batches = [
            _batch(rows, starts, _lines(site, session, unit_ids, starts))
            for starts in closed_quarter_starts(site, oldest=oldest)
        ]
    return tuple(batch for batch in batches if batch is not None)


def _lines(site: Site, session: Session, unit_ids: Sequence[int], starts: date) -> list[Lines]:
    return [officers_of_unit(site, session, unit_id, starts) for unit_id in unit_ids]


def _batch(rows: Sequence[int], starts: date, units: Sequence[Lines]) -> OfficerBatch | None:
    """Rows that were joined later were shown apart in this quarter: the sum of what was shown."""
    own = [lines[row] for lines in units for row in rows if row in lines]
    if not own:
        return None
    parts = _shown(line.complete for line in own)
    early = _shown(line.early for line in own)
    whole, stopped = (together(some) if some else None for some in (parts, early))
    span = quarter_from(starts)
    return OfficerBatch(
        key=slug(span),
        title=title(span),
        first=span.first,
        last=span.last,
        n=whole.n if whole else 0,
        unverified=whole.by_poster / whole.n if whole else 0.0,
        mean=whole.mean if whole else _why_not([line.complete for line in own]),
        items=whole.items if whole else {},
        early=Early(stopped.n, stopped.mean) if stopped else None,
        comparison=_comparison(rows, whole, units),
    )


def _shown(parts: Iterable[Part]) -> list[OfficerPart]:
    return [part for part in parts if isinstance(part, OfficerPart)]


def _comparison(
    rows: Sequence[int], own: OfficerPart | None, units: Sequence[Lines]
) -> Comparison | None:
    if own is None or not isinstance(own.mean, Mean):
        return None
    others: dict[int, list[OfficerPart]] = {}
    for lines in units:
        for who, line in lines.items():
            if who not in rows and isinstance(line.complete, OfficerPart):
                others.setdefault(who, []).append(line.complete)
    means = [together(parts).mean for parts in others.values()]
    return compare(own.mean, [mean for mean in means if isinstance(mean, Mean)])


def _why_not(parts: Sequence[Part]) -> Withheld | TooFew:
    n = sum(part.n for part in parts)
    return TooFew(n=n, needed=MIN_GROUP) if n < MIN_GROUP else Withheld(n)
