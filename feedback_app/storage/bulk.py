"""Many rows into one table at once: for imports and demo data, never for a single rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from feedback_app.storage.db import Base, Session


def add_rows(session: Session, table_name: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows; for tables numbered by the database, return the new ids in the rows' order."""
    if not rows:
        return []
    table = Base.metadata.tables[table_name]
    values = [dict(row) for row in rows]
    is_numbered = "id" in table.c and "id" not in values[0]
    if not is_numbered:
        session.execute(insert(table), values)
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, values))
