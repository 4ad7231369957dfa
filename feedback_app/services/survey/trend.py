"""A unit's index from survey to survey, with results from before this product."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.published import index_of
from feedback_app.domain.skm import CONVERSION, WEIGHTS, Index, band, round_half_up
from feedback_app.domain.survey import Span, parts_of, short_title, title
from feedback_app.domain.survey_figures import from_json
from feedback_app.files.survey_facts import TrendPoint
from feedback_app.services.survey.periods import span_of_survey
from feedback_app.storage.db import Session
from feedback_app.storage.models import PastResult, Survey
from feedback_app.storage.queries import surveys as queries


def past_index(row: PastResult) -> tuple[Decimal, str]:
    """Index and letter of an earlier result, from its means and its own weight."""
    total = sum((Fraction(row.nrr[key]) for key in OFFICIAL_KEYS), Fraction(0))
    ikm = round_half_up(total * WEIGHTS[row.weight] * CONVERSION, places=2)
    return ikm, band(ikm)[0]


def trend_of(session: Session, unit_id: int, *, until: Span) -> tuple[TrendPoint, ...]:
    """Points up to a survey, oldest first: the smallest periods, and that survey itself."""
    surveys = [row for row in queries.surveys_of_units(session, [unit_id]) if row.closed_at]
    points = [_past_point(row) for row in queries.past_results(session, [unit_id])]
    revisions = queries.revisions_of(session, [row.id for row in surveys])
    wholes = {
        span_of_survey(row)
        for row in surveys
        if parts_of(span_of_survey(row), [span_of_survey(other) for other in surveys])
    }
    for row in surveys:
        span = span_of_survey(row)
        if span in wholes:
            continue  # a year beside its own quarters would be told twice
        index = index_of(from_json(revisions[row.id][-1].figures).whole, weight=WEIGHTS[row.weight])
        if isinstance(index, Index):
            points.append(_point(row, index))
    return tuple(sorted((p for p in points if p.span.last <= until.last), key=_by_day))


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
