"""What changes days that are over: figures of them are kept in memory under it."""

from __future__ import annotations

from sqlalchemy import func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, PaperSheet
from feedback_app.storage.standing import VERDICT


def past_changes(session: Session) -> tuple[int, ...]:
    """How many verdicts, cases, closed ones, answers in them; sheets keyed, and keyed anew.

    A sheet's answer stands under the day of its visit, however long ago.
    """
    verdicts = session.scalar(select(func.count()).select_from(VERDICT))
    sums = func.count(), func.count(Case.closed_at), func.coalesce(func.sum(Case.size), 0)
    cases = session.execute(select(*sums).select_from(Case)).one()
    keyed = func.count(PaperSheet.rating_id), func.count().filter(PaperSheet.is_corrected)
    sheets = session.execute(select(*keyed).select_from(PaperSheet)).one()
    return (verdicts or 0, *cases, *sheets)
