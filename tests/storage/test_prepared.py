"""The driver's way stores and reads what SQLAlchemy's way does: SQLite's own adapters would not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, MetaData, String, Table, insert, select
from sqlalchemy import text as sql

from feedback_app.storage.db import Database, UtcDateTime, open_database
from feedback_app.storage.prepared import Prepared, insertion

TABLE = Table(
    "kinds",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("day", Date),
    Column("at", UtcDateTime()),
    Column("told", JSON),
    Column("yes", Boolean),
    Column("words", String),
)
ELSEWHERE = timezone(timedelta(hours=7))
ROWS: tuple[dict[str, Any], ...] = (
    {
        "day": date(2026, 11, 27),
        "at": datetime(2026, 11, 28, 0, 30, 1, 250, tzinfo=ELSEWHERE),
        "told": {"a": [1, None], "ü": "é"},
        "yes": True,
        "words": "Antre “lama”",
    },
    {"day": None, "at": None, "told": {}, "yes": False, "words": ""},
    {"day": date(1, 1, 1), "at": datetime(2026, 1, 1, tzinfo=UTC), "told": None, "yes": None}
    | {"words": None},
)
NAMES = ("day", "at", "told", "yes", "words")


def raw(db: Database, number: int) -> list[Any]:
    """What lies on the disk, with its kind."""
    asked = ", ".join(f"typeof({name}), {name}" for name in NAMES)
    with db.engine.connect() as connection:
        found = connection.execute(sql(f"SELECT {asked} FROM kinds WHERE id = {number}"))  # noqa: S608
        return list(found.one())


def test_both_ways_store_the_same_text_and_read_the_same_value(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path / 'kinds.db'}")
    TABLE.metadata.create_all(db.engine)
    add, ask = Prepared(insertion(TABLE)), Prepared(select(TABLE).order_by(TABLE.c.id))
    for number, row in enumerate(ROWS):
        with db.transaction() as tx:
            tx.execute(insert(TABLE), {"id": 2 * number} | row)
        db.save(
            lambda statements, _kept, n=2 * number + 1, r=row: statements.run(add, {"id": n} | r)
        )
        assert raw(db, 2 * number) == raw(db, 2 * number + 1)
    with db.read() as session:
        usual = [tuple(row) for row in session.execute(select(TABLE).order_by(TABLE.c.id))]
    with db.glance() as statements:
        assert list(statements.rows(ask, {})) == usual
    assert usual[1][2] == datetime(2026, 11, 27, 17, 30, 1, 250, tzinfo=UTC)
    db.close()
