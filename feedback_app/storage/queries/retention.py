"""What is past its time, counted and deleted: one rule a table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from feedback_app.storage.db import Base, Session, changed_rows


def rows_before(session: Session, table_name: str, column: str, *, before: datetime) -> int:
    """How many rows of a table are older than this instant."""
    table = Base.metadata.tables[table_name]
    question = select(func.count()).select_from(table).where(table.c[column] < before)
    return int(session.scalar(question) or 0)


def delete_before(session: Session, table_name: str, column: str, *, before: datetime) -> int:
    """Delete them; return how many there were."""
    table = Base.metadata.tables[table_name]
    return changed_rows(session.execute(delete(table).where(table.c[column] < before)))
