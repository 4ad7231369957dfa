"""How answers stand now: each rating's row with the newest of its verdicts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.sql.selectable import FromClause, Subquery

from feedback_app.storage.db import Base

RATING, VERDICT = (Base.metadata.tables[name] for name in ("rating", "verdict"))

Ids = Collection[str] | Select[str]


def newest_verdicts(rating_ids: Ids | None = None) -> Subquery:
    """One row a rating that has verdicts: the newest; of these ratings only, when named.

    Verdicts grow for ever: name the ratings, unless the question is about all of them.
    """
    last = select(VERDICT.c.rating_id, func.max(VERDICT.c.step)).group_by(VERDICT.c.rating_id)
    if rating_ids is not None:
        last = last.where(VERDICT.c.rating_id.in_(rating_ids))
    is_newest = tuple_(VERDICT.c.rating_id, VERDICT.c.step).in_(last)
    return select(VERDICT).where(is_newest).subquery("newest_verdict")


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
