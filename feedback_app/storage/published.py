"""The table of results that a province reads (deploy/regency.sql), in a database of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import column, create_engine, delete, exc, insert, table

from feedback_app.domain.faults import NotSavedError

SCHEMA, TABLE = "published", "result"
CONNECT_S = 10


def replace_all(url: str, rows: Sequence[Mapping[str, Any]], *, columns: Sequence[str]) -> None:
    """Put these rows in place of those that are there; a reader sees the old or the new ones.

    NotSavedError, and nothing changed, where the database refuses.
    """
    results = table(TABLE, *(column(name) for name in columns), schema=SCHEMA)
    engine = create_engine(url, connect_args={"connect_timeout": CONNECT_S}, hide_parameters=True)
    try:
        with engine.begin() as connection:
            connection.execute(delete(results))
            if rows:
                connection.execute(insert(results), [dict(row) for row in rows])
    except exc.SQLAlchemyError as error:
        raise NotSavedError(str(getattr(error, "orig", error))) from error
    finally:
        engine.dispose()
