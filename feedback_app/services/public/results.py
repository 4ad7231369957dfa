"""Published results: what pages, posters and open data show of closed surveys.

Everything passes `domain/published.py`. Nothing here knows an officer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from feedback_app.domain.disclosure import mask
from feedback_app.domain.elements import OFFICIAL_KEYS, element
from feedback_app.domain.follow_up import UNFINISHED
from feedback_app.domain.instrument import changes_before
from feedback_app.domain.local_time import local_day
from feedback_app.domain.published import Published, number_to_publish, publish
from feedback_app.domain.skm import WEIGHTS, TooFew
from feedback_app.domain.survey import (
    Span,
    day_words,
    parts_of,
    short_title,
    slug,
    title,
)
from feedback_app.domain.survey_figures import Figures, add_figures, from_json
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import span_of_survey
from feedback_app.services.survey.trend import form_changes, past_points
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, FollowUp, Survey, SurveyRevision, Unit
from feedback_app.storage.queries import counters
from feedback_app.storage.queries import surveys as queries


@dataclass(frozen=True, slots=True)
class Result:
    """One closed survey as published; `what` is TooFew when it may not be.

    `revision` is the one shown, `newest` the office's newest: they differ while too few forms have
    changed for the public to see the change (docs/privacy.md).
    """

    span: Span
    title: tuple[str, str]
    days: tuple[str, str]
    slug: str
    short: str
    revision: int
    newest: int
    closed_on: date
    weight: str
    unit_name: str  # as the unit was called at the closing
    what: Published | TooFew


@dataclass(frozen=True, slots=True)
class Point:
    """One step of the public trend; `ikm` None when it may not be told to the decimal."""

    title: tuple[str, str]
    short: str
    n: int
    ikm: float | None
    low: float | None
    high: float | None
    mutu: str
    trust: int | None
    is_past: bool
    new_form: tuple[date, ...] = ()  # since the point before: a counter began to ask others


@dataclass(frozen=True, slots=True)
class PublicPlan:
    """One follow-up plan as the public reads it; who answers for it is a post, not a person."""

    element: tuple[str, str]
    action: str
    status: str
    note: str
    due: date
    survey_title: tuple[str, str]


@dataclass(frozen=True, slots=True)
class UnitResults:
    """A unit's public page: the result asked for (None: nothing closed yet) and the others."""

    agency: Agency
    unit: Unit
    result: Result | None
    results: tuple[Result, ...]
    trend: tuple[Point, ...]
    plans: tuple[PublicPlan, ...]
    open_count: int | None


def unit_results(site: Site, agency_code: str, unit_code: str, period: str) -> UnitResults:
    """A unit's page; `period` is a slug, '' for the newest. NotThereError when there is none."""
    with site.db.read() as session:
        found = queries.unit_coded(session, agency_code, unit_code)
        if found is None:
            raise NotThereError
        unit, agency = found
        surveys = queries.surveys_of_units(session, [unit.id])
        results = list(results_of(surveys, queries.revisions_of(session, [r.id for r in surveys])))
        shown = [result for result in results if not period or result.slug == period]
        if period and not shown:
            raise NotThereError
        counter_ids = queries.counter_ids_of_unit(session, unit.id)
        return UnitResults(
            agency=agency,
            unit=unit,
            result=shown[0] if shown else None,
            results=tuple(results),
            trend=_trend(session, unit.id, results),
            plans=_plans(session, surveys, counters.names_at_counters(session, counter_ids)),
            open_count=_open_count(session, site, surveys, counter_ids),
        )


def result_url(site: Site, agency: Agency, unit: Unit, result: Result) -> str:
    """The public address of a result."""
    return f"{site.settings.base_url}/hasil/{agency.code}/{unit.code}/{result.slug}"


def results_of(
    surveys: Sequence[Survey], revisions: Mapping[int, list[SurveyRevision]]
) -> Iterator[Result]:
    """Every closed survey of a unit, newest first."""
    closed = [row for row in surveys if row.closed_at is not None]
    return (_result(row, closed, revisions) for row in closed)


def _result(
    survey: Survey, closed: Sequence[Survey], revisions: Mapping[int, list[SurveyRevision]]
) -> Result:
    span = span_of_survey(survey)
    own = revisions[survey.id]
    return Result(
        span=span,
        title=title(span),
        days=day_words(span),
        slug=slug(span),
        short=short_title(span),
        revision=_shown(own).number,
        newest=own[-1].number,
        closed_on=local_day(own[0].made_at),
        weight=survey.weight,
        unit_name=survey.closed_as or "",
        what=_what(survey, closed, revisions),
    )


def _shown(revisions: Sequence[SurveyRevision]) -> SurveyRevision:
    return revisions[number_to_publish([row.changed for row in revisions]) - 1]


def _what(
    survey: Survey, closed: Sequence[Survey], revisions: Mapping[int, list[SurveyRevision]]
) -> Published | TooFew:
    weight = WEIGHTS[survey.weight]
    figures = figures_of(survey, closed, revisions, weight)
    if isinstance(figures, TooFew):
        return figures
    return publish(figures, weight=weight, order=survey.element_order)


def figures_of(
    survey: Survey,
    closed: Sequence[Survey],
    revisions: Mapping[int, list[SurveyRevision]],
    weight: Fraction,
) -> Figures | TooFew:
    """A survey's figures for the public.

    A year made of quarters is the sum of the quarters as they are published, and nothing while one
    of them is not, or tells only its letter: otherwise that one could be found by subtraction.
    """
    same_unit = [row for row in closed if row.unit_id == survey.unit_id]
    by_span = {span_of_survey(row): row for row in same_unit}
    parts = [by_span[part] for part in parts_of(span_of_survey(survey), by_span)]
    if not parts:
        return from_json(_shown(revisions[survey.id]).figures)
    figures = []
    for part in parts:
        found = from_json(_shown(revisions[part.id]).figures)
        published = publish(found, weight=weight, order=OFFICIAL_KEYS)
        if isinstance(published, TooFew):
            return published
        if published.ikm is None:
            return TooFew(n=0, needed=published.n)
        figures.append(found)
    return add_figures(figures)


def _trend(session: Session, unit_id: int, results: Sequence[Result]) -> tuple[Point, ...]:
    spans = [result.span for result in results]
    points = [
        (
            point.span,
            Point(
                title(point.span),
                point.short,
                point.n,
                float(point.ikm),
                None,
                None,
                point.mutu,
                None,
                is_past=True,
            ),
        )
        for point in past_points(queries.past_results(session, [unit_id]))
    ]
    for result in results:
        if isinstance(result.what, Published) and not parts_of(result.span, spans):
            points.append((result.span, point_of(result.title, result.short, result.what)))
    ordered = sorted(points, key=lambda p: (p[0].last, p[0].first))
    return with_changes(ordered, form_changes(session, [unit_id]))


def with_changes(points: Sequence[tuple[Span, Point]], days: Sequence[date]) -> tuple[Point, ...]:
    """Steps of a trend, oldest first, with the changes of the form between them."""
    marks = changes_before([span for span, _point in points], days)
    return tuple(
        replace(point, new_form=mark) for (_span, point), mark in zip(points, marks, strict=True)
    )


def point_of(name: tuple[str, str], short: str, what: Published) -> Point:
    """A published result as a step of the trend."""
    ikm, low, high = (
        None if value is None else float(value) for value in (what.ikm, what.low, what.high)
    )
    return Point(name, short, what.n, ikm, low, high, what.mutu, what.trust, is_past=False)


def _plans(
    session: Session, surveys: Sequence[Survey], names: Sequence[str]
) -> tuple[PublicPlan, ...]:
    """Plans under way first, then what was done, of the newest surveys; officers' names masked."""
    titles = {row.id: title(span_of_survey(row)) for row in surveys if row.closed_at is not None}
    found = sorted(
        queries.follow_ups_of(session, list(titles)),
        key=lambda item: (item.status not in UNFINISHED, item.due),
    )
    return tuple(_public_plan(item, titles, names) for item in found)


def _public_plan(
    item: FollowUp, titles: Mapping[int, tuple[str, str]], names: Sequence[str]
) -> PublicPlan:
    about = element(item.element)
    return PublicPlan(
        element=(about.unsur, about.unsur_en),
        action=mask(item.action, names=names),
        status=item.status,
        note=mask(item.note, names=names),
        due=item.due,
        survey_title=titles[item.survey_id or 0],
    )


def _open_count(
    session: Session, site: Site, surveys: Sequence[Survey], counter_ids: Sequence[int]
) -> int | None:
    """How many forms the running survey has: a count alone moves live, never a score."""
    for row in surveys:
        if row.closed_at is None and row.first_day <= site.today() <= row.last_day:
            sizes = queries.sizes_between(session, counter_ids, row.first_day, row.last_day)
            return sum(line[4] for line in sizes if line[3] == "counted")
    return None
