"""How answers stand now: each rating's row with the newest of its verdicts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.sql.selectable import FromClause, Subquery

from feedback_app.storage.db import Base

RATING, VERDICT = (Base.metadata.tables[name] for name in ("rating", "verdict"))

Ids = Collection[str] | Select[str]


def newest_verdicts(rating_ids: Ids | None = None) -> Subquery:
    """One row a rating that has verdicts: the newest; of these ratings only, when named.

    Verdicts grow for ever: name the ratings, unless the question is about all of them.
    """
    newest = select(func.max(VERDICT.c.id)).group_by(VERDICT.c.rating_id)
    if rating_ids is not None:
        newest = newest.where(VERDICT.c.rating_id.in_(rating_ids))
    return select(VERDICT).where(VERDICT.c.id.in_(newest)).subquery("newest_verdict")


def with_standing(
    rating_ids: Ids | None = None,
) -> tuple[FromClause[Any], dict[str, ColumnElement[Any]]]:
    """Ratings joined with their newest verdicts, and the columns that a verdict may have changed.

    Ask `select(columns["state"], RATING.c.…).select_from(joined)`.
    """
    newest = newest_verdicts(rating_ids)
    joined = RATING.outerjoin(newest, newest.c.rating_id == RATING.c.id)
    columns: dict[str, ColumnElement[Any]] = {
        name: func.coalesce(newest.c[theirs], RATING.c[own])
        for name, theirs, own in (
            ("state", "state", "state"),
            ("for_officer", "for_officer", "for_officer"),
            ("counted_on", "counted_on", "day"),
        )
    }
    return joined, columns
