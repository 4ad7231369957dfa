"""Greetings that were a name's first word are made anew; what an office wrote itself stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_app.storage import upgrade
from feedback_app.storage.db import Database, open_database
from tests.storage.older_office import fill, upgrade_to

# NIP's 15th figure, employment, name, greeting before, greeting after, where it is from
OFFICERS = (
    ("1", "PNS", "M. Ridwan Effendi", "M.", "Bapak Ridwan", "rule"),
    ("2", "PNS", "Hj. Siti Aminah, S.E.", "Hj.", "Ibu Siti", "rule"),
    ("1", "PPPK", "I Made Wirawan", "I", "Made", "rule"),
    ("2", "PPPK", "Suharni", "Suharni", "Suharni", "rule"),
    ("1", "PNS", "Andi Saputra", "Bapak Andi", "Bapak Andi", "office"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An office of the revision before, with greetings as imports made them."""
    with ExitStack() as kept:
        url = f"sqlite:///{tmp_path / 'old.db'}"
        if request.param == "postgresql":
            url = kept.enter_context(request.getfixturevalue("postgres_copy")("template0"))
        found = open_database(url)
        kept.callback(found.close)
        upgrade_to(found, "0011_visit_day")
        fill(found.engine)
        upgrade_to(found, "0018_log_in")
        rows = [
            {
                "id": n,
                "nip": f"19850302201001{sex}{n:03d}",
                "e": employment,
                "name": name,
                "d": shown,
            }
            for n, (sex, employment, name, shown, _new, _from) in enumerate(OFFICERS, start=10)
        ]
        with found.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO officer (id, agency_id, unit_id, nip, name, display_name, employment)"
                    " VALUES (:id, 1, 1, :nip, :name, :d, :e)"
                ),
                rows,
            )
        yield found


def test_first_words_become_greetings_and_written_ones_stay(db: Database) -> None:
    upgrade.upgrade(db)
    with db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT display_name, greeting_from FROM officer WHERE id >= 10 ORDER BY id")
        ).all()
        closed_as = connection.execute(text("SELECT count(*) FROM officer_join")).scalar_one()
    assert [tuple(row) for row in rows] == [(new, origin) for *_rest, new, origin in OFFICERS]
    assert closed_as == 0
