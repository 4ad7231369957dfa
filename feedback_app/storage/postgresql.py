"""How a connection to PostgreSQL is prepared."""

from __future__ import annotations

from typing import Any


def prepare(connection: Any, _record: Any) -> None:
    """Compile no question: over years of answers that takes longer than a page's answer does."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()
