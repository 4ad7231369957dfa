"""A unit's index from survey to survey, with results from before this product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.instrument import changes_before
from feedback_app.domain.published import index_of
from feedback_app.domain.skm import CONVERSION, WEIGHTS, Index, band, round_half_up
from feedback_app.domain.survey import Span, kind_of, parts_of, short_title, title
from feedback_app.domain.survey_figures import from_json
from feedback_app.files.survey_facts import TrendPoint
from feedback_app.services.survey.periods import span_of_survey
from feedback_app.storage.db import Session
from feedback_app.storage.models import PastResult, Survey
from feedback_app.storage.queries import surveys as queries
from feedback_app.storage.queries.happenings import instrument_days


def past_index(row: PastResult) -> tuple[Decimal, str]:
    """Index and letter of an earlier result, from its means and its own weight."""
    total = sum((Fraction(row.nrr[key]) for key in OFFICIAL_KEYS), Fraction(0))
    ikm = round_half_up(total * WEIGHTS[row.weight] * CONVERSION, places=2)
    return ikm, band(ikm)[0]


def trend_of(session: Session, survey: Survey, index: Index) -> tuple[TrendPoint, ...]:
    """Points up to a survey, oldest first; its own is `index`, of whichever revision is told.

    A quarter stands among the smallest periods. A year made of quarters stands among years: beside
    its own quarters it would be told twice.
    """
    own = span_of_survey(survey)
    others = [
        row
        for row in queries.surveys_of_units(session, [survey.unit_id])
        if row.closed_at and row.id != survey.id and row.last_day <= own.last
    ]
    spans = [own, *(span_of_survey(row) for row in others)]
    past = queries.past_results(session, [survey.unit_id])
    points = [point for point in map(_past_point, past) if point.span.last <= own.last]
    revisions = queries.revisions_of(session, [row.id for row in others])
    for row in others:
        figures = from_json(revisions[row.id][-1].figures)
        found = index_of(figures.whole, weight=WEIGHTS[row.weight])
        if isinstance(found, Index):
            points.append(_point(row, found))
    if parts_of(own, spans):
        points = [point for point in points if kind_of(point.span) == kind_of(own)]
    else:
        points = [point for point in points if not parts_of(point.span, spans)]
    ordered = sorted([*points, _point(survey, index)], key=_by_day)
    days = form_changes(session, [survey.unit_id])
    marks = changes_before([point.span for point in ordered], days)
    return tuple(replace(point, new_form=mark) for point, mark in zip(ordered, marks, strict=True))


def form_changes(session: Session, unit_ids: Iterable[int]) -> list[date]:
    """Days on which a counter of these units began to ask other questions."""
    return instrument_days(session, queries.counter_ids_of_units(session, list(unit_ids)))


def past_points(rows: Sequence[PastResult]) -> list[TrendPoint]:
    """Earlier results as points; those of fewer than ten respondents are left out."""
    return [_past_point(row) for row in rows if row.respondents >= MIN_GROUP]


def _by_day(point: TrendPoint) -> Span:
    return Span(point.span.last, point.span.first)


def _past_point(row: PastResult) -> TrendPoint:
    span = Span(row.first_day, row.last_day)
    ikm, mutu = past_index(row)
    return TrendPoint(
        span, title(span)[0], short_title(span), row.respondents, ikm, mutu, is_past=True
    )


def _point(survey: Survey, index: Index) -> TrendPoint:
    span = span_of_survey(survey)
    return TrendPoint(
        span, title(span)[0], short_title(span), index.n, index.ikm, index.mutu, is_past=False
    )
