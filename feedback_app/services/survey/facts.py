"""Gather what the documents of a closed survey say, small groups merged and names masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from feedback_app.domain.disclosure import MIN_GROUP, closed_batch, mask, merge_small
from feedback_app.domain.elements import element
from feedback_app.domain.follow_up import STATUSES
from feedback_app.domain.local_time import local_day
from feedback_app.domain.published import ends_of, index_of
from feedback_app.domain.respondent import BANDS, Band
from feedback_app.domain.skm import WEIGHTS, Index, TooFew
from feedback_app.domain.survey import (
    FORM_RULES,
    POPULATION_MEANINGS,
    day_words,
    slug,
    title,
)
from feedback_app.domain.survey_figures import UNTOLD, Figures, Group, add_groups, from_json
from feedback_app.domain.tiers import TIERS
from feedback_app.files.survey_facts import (
    PlanRow,
    ProfileRow,
    ProfileTable,
    ShownGroup,
    SurveyFacts,
)
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.services.survey.follow_up import Plan, plans_of
from feedback_app.services.survey.periods import owned, span_of_survey
from feedback_app.services.survey.trend import trend_of
from feedback_app.storage.db import Session
from feedback_app.storage.models import Survey, SurveyRevision
from feedback_app.storage.queries import counters
from feedback_app.storage.queries import surveys as queries

NO_SERVICE = "Layanan tidak disebut"


@dataclass(frozen=True, slots=True)
class TooFewForms:
    """The survey has fewer complete forms than may be shown; no document is made."""

    n: int
    needed: int = MIN_GROUP


def facts_of(
    site: Site, viewer: Viewer, survey_id: int, *, number: int | None = None
) -> SurveyFacts | TooFewForms:
    """A closed survey of the viewer's units as revision `number` (None: the newest) has it."""
    with site.db.read() as session:
        survey = owned(session, viewer, survey_id)
        revision = revision_of(session, survey, number)
        return _facts(site, session, survey, revision)


def revision_of(session: Session, survey: Survey, number: int | None) -> SurveyRevision:
    """One revision of a survey; NotThereError when there is none of this number."""
    revisions = queries.revisions_of(session, [survey.id]).get(survey.id, [])
    wanted = [row for row in revisions if number is None or row.number == number]
    if not wanted:
        raise NotThereError
    return wanted[-1]


def _facts(
    site: Site, session: Session, survey: Survey, revision: SurveyRevision
) -> SurveyFacts | TooFewForms:
    figures, weight = from_json(revision.figures), WEIGHTS[survey.weight]
    index = index_of(figures.whole, weight=weight)
    if isinstance(index, TooFew):
        return TooFewForms(index.n)
    unit, agency = queries.units_named(session, [survey.unit_id])[survey.unit_id]
    span = span_of_survey(survey)
    low, high = ends_of(figures.whole, weight=weight, places=2)
    own, carried = plans_of(session, survey)
    names = counters.names_at_counters(
        session, queries.counter_ids_of_unit(session, survey.unit_id)
    )
    return SurveyFacts(
        agency=agency.name,
        unit=survey.closed_as or unit.name,
        is_demo=agency.is_demo,
        title=title(span)[0],
        days=day_words(span)[0],
        span=span,
        answered=queries.answered_days(
            session,
            queries.counter_ids_of_unit(session, survey.unit_id),
            span.first,
            span.last,
        ),
        revision=revision.number,
        revised_on=local_day(revision.made_at),
        digest=revision.digest,
        weight=survey.weight,
        order=tuple(survey.element_order),
        form_rule=FORM_RULES[survey.form_rule][0],
        instrument=survey.instrument_version,
        population_meaning=POPULATION_MEANINGS[survey.population_meaning][0],
        population=survey.population,
        target=survey.target,
        targets=_targets(session, survey),
        figures=figures,
        index=index,
        low=low,
        high=high,
        services=_services(figures, weight),
        tiers=_tiers(figures, weight),
        profile=tuple(_profile(band, figures) for band in BANDS),
        trend=trend_of(session, survey, index),
        comments=comments_of(site, session, survey, names),
        plans=tuple(plan_row(plan, names) for plan in own),
        carried=tuple(plan_row(plan, names) for plan in carried),
        signer=survey.signer,
        public_url=f"{site.settings.base_url}/hasil/{agency.code}/{unit.code}/{slug(span)}",
    )


def comments_of(
    site: Site, session: Session, survey: Survey, names: Sequence[str]
) -> tuple[str, ...] | None:
    """The survey's comments as one closed batch, masked; None while they may not be shown."""
    remarks = counters.remarks_at_counters(
        session,
        queries.counter_ids_of_unit(session, survey.unit_id),
        first=survey.first_day,
        last=survey.last_day,
    )
    seed = site.keys_for("comment order")[-1].hex()
    batch = closed_batch(remarks, last=survey.last_day, today=site.today(), seed=seed)
    return None if batch is None else tuple(mask(text, names=names) for text in batch)


def plan_row(plan: Plan, names: Sequence[str]) -> PlanRow:
    """A follow-up plan in words; an officer's name in it is masked."""
    item = plan.item
    return PlanRow(
        element=element(item.element).unsur,
        cause=mask(item.cause, names=names),
        action=mask(item.action, names=names),
        due=item.due,
        responsible=item.responsible,
        status=STATUSES[item.status][0],
        note=mask(item.note, names=names),
        survey_title=plan.survey_title[0],
    )


def _targets(session: Session, survey: Survey) -> tuple[tuple[str, int], ...]:
    parts = {int(key): part for key, part in survey.targets.items() if part}
    names = queries.services_named(session, list(parts))
    named = [(names[key][1], part) for key, part in parts.items() if key in names]
    return tuple(sorted(named, key=lambda line: -line[1]))


def _services(figures: Figures, weight: Fraction) -> tuple[ShownGroup, ...]:
    groups = {line.code: line.group for line in figures.services}
    names = {line.code: line.name or NO_SERVICE for line in figures.services}
    return _shown(groups, names, weight)


def _tiers(figures: Figures, weight: Fraction) -> tuple[ShownGroup, ...]:
    names = {tier: words for tier, (words, _english) in TIERS.items()}
    return _shown(dict(figures.tiers), names, weight)


def _shown(
    groups: dict[str, Group], names: dict[str, str], weight: Fraction
) -> tuple[ShownGroup, ...]:
    sizes = {key: group.n for key, group in groups.items()}
    lines = []
    for keys in merge_small(sizes, at_least=MIN_GROUP):
        group = add_groups(groups[key] for key in keys)
        index = index_of(group, weight=weight)
        name = ", ".join(names.get(key, key) for key in keys)
        lines.append(ShownGroup(name, group, index if isinstance(index, Index) else None))
    return tuple(sorted(lines, key=lambda line: -line.group.n))


def _profile(band: Band, figures: Figures) -> ProfileTable:
    sizes = figures.profile.get(band.key, {})
    told = {key: sizes[key] for key, _words, _english in band.choices if sizes.get(key)}
    names = {key: words for key, words, _english in band.choices}
    n = sum(told.values())
    rows = tuple(
        ProfileRow(", ".join(names[key] for key in keys), sum(told[key] for key in keys))
        for keys in merge_small(told, at_least=MIN_GROUP)
    )
    return ProfileTable(band.question, rows if n >= MIN_GROUP else (), n, sizes.get(UNTOLD, 0))
