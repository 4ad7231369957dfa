"""How comments may be read: as written, or hidden once two people decided so."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, literal, select

from feedback_app.domain.disclosure import MASKED
from feedback_app.storage.models import Case, CaseRating, Comment


def shown_text() -> ColumnElement[str]:
    """The comment's text, or what stands in its place; every reader asks for this column."""
    is_masked = (
        select(CaseRating.rating_id)
        .join(Case, Case.id == CaseRating.case_id)
        .where(
            CaseRating.rating_id == Comment.rating_id,
            Case.kind == "text",
            Case.outcome == "masked",
        )
        .correlate(Comment)
        .exists()
    )
    return case((is_masked, literal(MASKED)), else_=Comment.text)
