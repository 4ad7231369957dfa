"""A database of revision 0011 with data in it comes to 0012 whole, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from feedback_app.domain.form_sets import COMPLETE, EARLY, PARTIAL
from feedback_app.storage import upgrade
from feedback_app.storage.anew import MARK
from feedback_app.storage.db import Base, Database, open_database
from feedback_app.storage.models import (
    Case,
    CaseRating,
    Comment,
    PaperSheet,
    Rating,
    Screening,
    Tally,
    UpkeepMark,
    Verdict,
)
from feedback_app.storage.ratings import differences_from_recount
from feedback_app.storage.verdicts import Change, append_verdicts, standings
from tests.conftest import Copied
from tests.storage.older_office import ANSWERS, DAY, DECIDED_AT, LATE, fill, id_of, midnight
from tests.storage.older_office import upgrade_to as older

MONTH, DECEMBER = DAY.replace(day=1), LATE.replace(day=1)


def older_office(database_url: str, _folder: Path) -> None:
    with closing(open_database(database_url)) as db:
        older(db, "0011_visit_day")
        fill(db.engine)


def upgraded_office(database_url: str, folder: Path) -> None:
    older_office(database_url, folder)
    with closing(open_database(database_url)) as db:
        upgrade.upgrade(db)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines."""
    return str(request.param)


@pytest.fixture
def before(copied: Copied, engine: str, tmp_path: Path) -> Iterator[Database]:
    """The older office, not yet upgraded."""
    with copied(older_office, engine, tmp_path) as url, closing(open_database(url)) as db:
        yield db


@pytest.fixture
def db(copied: Copied, engine: str, tmp_path: Path) -> Iterator[Database]:
    """The same, upgraded."""
    with copied(upgraded_office, engine, tmp_path) as url, closing(open_database(url)) as db:
        yield db


def rows_of(db: Database, table: str, order: str) -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))  # noqa: S608
        return [dict(row) for row in found.mappings()]


def test_answers_and_tallies_are_the_same_as_before(before: Database) -> None:
    kept = rows_of(before, "rating", "id")
    tallies = rows_of(before, "tally", "day, state, for_officer")
    upgrade.upgrade(before)
    added = {"causes": None, "visits_needed": None, "ready_on_time": None}
    assert rows_of(before, "rating", "id") == [dict(row) | added for row in kept]
    assert len(kept) == len(ANSWERS)
    # complete forms as they were; of the others those that stopped early are told apart (0024)
    now = rows_of(before, "tally", "day, state, for_officer")
    complete = [
        {"form_set" if k == "is_complete" else k: v for k, v in row.items()} for row in tallies
    ]
    assert [row for row in now if row["form_set"] == COMPLETE] == [
        row for row in complete if row["form_set"] == COMPLETE
    ]
    assert sorted(
        (row["form_set"], row["n"], str(row["day"])) for row in now if not row["skm_n"]
    ) == [
        (PARTIAL, 1, DAY.isoformat()),
        (EARLY, 1, DAY.isoformat()),
        (EARLY, 1, LATE.isoformat()),
    ]
    assert sum(row["n"] for row in tallies) == len(ANSWERS)
    with before.read() as session:
        assert differences_from_recount(session) == 0
        assert session.scalars(select(Rating.extra).limit(1)).one() == {"a": [1, None]}


def test_each_answer_stands_as_it_stood(db: Database) -> None:
    with db.read() as session:
        found = {row.rating["id"]: row for row in standings(session, [*map(id_of, ANSWERS)])}
    for name, (state, for_officer, verdicts) in ANSWERS.items():
        row = found[id_of(name)]
        expected = verdicts[-1] if verdicts else (state, for_officer, DAY)
        assert (row.state, row.for_officer, row.counted_on) == expected, name


def test_a_comment_has_a_number_a_month_and_a_standing_of_its_own(db: Database) -> None:
    with db.read() as session:
        comments = {row.text: row for row in session.scalars(select(Comment))}
    found = {
        name.removeprefix("Saran "): (row.state, row.month, row.officer_id)
        for name, row in comments.items()
    }
    assert found == {
        "counted": ("counted", MONTH, 1),
        "unit": ("counted", MONTH, None),
        "held": ("held", MONTH, 1),
        "late": ("counted", DECEMBER, None),
        "aside": ("aside", MONTH, 1),
        "sheet": ("held", MONTH, 1),
    }
    ids = [row.id for row in comments.values()]
    assert len(set(ids)) == 6
    assert all(len(one) == 32 and int(one, 16) for one in ids)
    assert not set(ids) & {*map(id_of, ANSWERS)}


def test_the_link_of_a_comment_lies_in_screening_or_on_the_sheet(db: Database) -> None:
    with db.read() as session:
        numbers = {row.text: row.id for row in session.scalars(select(Comment))}
        sent = dict(session.execute(select(Screening.rating_id, Screening.comment_id)).all())
        sheets = session.execute(
            select(PaperSheet.rating_id, PaperSheet.comment_id).order_by(PaperSheet.id)
        ).all()
    expected = {id_of(name): numbers.get(f"Saran {name}") for name in ANSWERS if name != "sheet"}
    assert sent == expected
    assert [tuple(row) for row in sheets] == [
        (id_of("sheet"), numbers["Saran sheet"]),
        (None, None),
    ]


def test_a_case_about_a_text_is_about_the_comment_and_no_answer(db: Database) -> None:
    with db.read() as session:
        numbers = {row.text: row.id for row in session.scalars(select(Comment))}
        about = dict(session.execute(select(Case.id, Case.comment_id)).all())
        linked = {
            tuple(row) for row in session.execute(select(CaseRating.case_id, CaseRating.rating_id))
        }
    assert about == dict.fromkeys(range(1, 5)) | {5: numbers["Saran unit"]}
    assert linked == {(1, id_of("held")), (1, id_of("aside"))}


def test_no_hour_of_an_arrival_and_no_sheet_is_left(db: Database) -> None:
    with db.read() as session:
        verdicts = session.scalars(select(Verdict).order_by(Verdict.rating_id, Verdict.step)).all()
        cases = {row.kind: row for row in session.scalars(select(Case))}
        digests = set(session.scalars(select(Screening.body_digest)))
    of = {name: [v for v in verdicts if v.rating_id == id_of(name)] for name in ("aside", "late")}
    assert [v.step for v in of["aside"]] == [1, 2]
    assert [v.made_at for v in of["aside"]] == [midnight(LATE), DECIDED_AT]
    assert [v.reason for v in of["late"]] == ["selembar kertas dibetulkan"]
    assert of["late"][0].made_at == midnight(LATE)
    assert cases["held"].opened_at == midnight(DAY)
    assert cases["held"].first_day == DAY
    for kind in ("pressed", "fee"):
        case = cases[kind]
        assert (case.opened_at, case.first_day) == (midnight(MONTH), MONTH)
        assert (case.last_day.isoformat(), case.due_on.isoformat()) == ("2026-11-30", "2026-12-14")
    assert digests == {""}  # they were bare hashes


def test_rows_still_only_grow_and_refer_to_what_is_there(db: Database) -> None:
    for table in ("rating", "verdict"):
        for act in (f"UPDATE {table} SET agency_id = agency_id", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
                connection.exec_driver_sql(act)
    for broken in (
        "UPDATE screening SET comment_id = 'x'",
        "UPDATE case_rating SET rating_id = 'x'",
        "UPDATE paper_sheet SET rating_id = 'x' WHERE id = 2",
        "UPDATE paper_sheet SET comment_id = 'x' WHERE id = 2",
        "UPDATE case_file SET comment_id = 'x'",
        "DELETE FROM comment",
        "DELETE FROM case_file WHERE id = 1",
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.exec_driver_sql(broken)
    if db.is_sqlite:
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_nothing_kept_aside_stays_and_keys_are_those_of_the_models(db: Database) -> None:
    found = inspect(db.engine)
    tables = set(found.get_table_names())
    assert tables == {*Base.metadata.tables, "alembic_version"}
    for name in ("rating", "comment", "screening", "verdict", "case_rating", "tally"):
        keys = [column.name for column in Base.metadata.tables[name].primary_key]
        assert found.get_pk_constraint(name)["constrained_columns"] == keys, name
    if db.is_sqlite:
        with db.engine.connect() as connection:
            listed = connection.exec_driver_sql("PRAGMA table_list").mappings()
            without = {row["name"] for row in listed if row["wr"]}
        assert without == {
            "rating",
            "comment",
            "note",
            "screening",
            "verdict",
            "case_rating",
            "held_upload",
            "tally",
            "detail_tally",
            "course_answer",
            "course_reply",
        }


def test_what_follows_works_on_the_upgraded_rows(db: Database) -> None:
    with db.transaction() as tx:
        change = Change(id_of("held"), "counted", for_officer=True, counted_on=LATE)
        moved = append_verdicts(tx, [change], reason="uji", at=DECIDED_AT, case_id=1)
    with db.read() as session:
        assert moved == 1
        assert differences_from_recount(session) == 0
        comment = session.scalars(select(Comment).where(Comment.text == "Saran held")).one()
        assert (comment.state, comment.month) == ("counted", DECEMBER)
        assert session.scalars(select(UpkeepMark.day).where(UpkeepMark.name == MARK)).all() == [
            DAY.replace(day=DAY.day - 1)
        ]
        named = sum(session.scalars(select(Tally.c.n)))
    assert named == len(ANSWERS)
