"""Closed days are written anew: nothing on disk tells an order, and not one row changes."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from feedback_app.config import ROOT
from feedback_app.domain.local_time import local_day
from feedback_app.domain.tiers import TIERS
from feedback_app.services.site import Site
from feedback_app.services.upkeep import anew as upkeep
from feedback_app.services.upkeep import retention
from feedback_app.storage import anew, bulk, compacting, ratings
from feedback_app.storage.anew import MARK
from feedback_app.storage.comments import COMMENT, comment_row
from feedback_app.storage.db import Database
from feedback_app.storage.models import Case, CaseRating, Rating, UpkeepMark, Verdict
from feedback_app.storage.ratings import differences_from_recount
from feedback_app.storage.verdicts import Change, append_verdicts
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, rating_row
from tests.storage.sqlite_pages import DatabaseFile
from tests.web.test_citizen import opened

DAY = timedelta(days=1)
PER_DAY = 60


def arrive(site: Site, office: Office, day: date, count: int = PER_DAY) -> list[str]:
    """Answers of a day, one transaction each as they come, every third with a comment and held."""
    came = []
    for place in range(count):
        row = rating_row(office) | {"day": day, "for_officer": True, "waktu": place % 4 + 1}
        row |= {"age_band": random.choice(["u25", "25_39", None]), "visit_day": day}
        with site.db.transaction() as tx:
            bulk.add_rows(tx, "rating", [row])
            ratings.count(tx, row)
            if place % 3 == 0:
                words = comment_row(row, f"Saran {place}", day=day, comment_id=row["id"][::-1])
                tx.execute(insert(COMMENT), words)
                change = Change(row["id"], "held", for_officer=True, counted_on=day)
                case_id = case_of(tx, site, office, day)
                append_verdicts(tx, [change], reason="uji", at=site.now(), case_id=case_id)
                link = {"case_id": case_id, "rating_id": row["id"], "agency_id": row["agency_id"]}
                bulk.add_rows(tx, "case_rating", [link])
        came.append(row["id"])
    return came


def case_of(tx: Any, site: Site, office: Office, day: date) -> int:
    found = tx.scalar(select(Case.id).where(Case.first_day == day))
    if found:
        return int(found)
    row: dict[str, Any] = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "size": 1}
    row |= {"counter_id": office.counter["A1"], "officer_id": None, "kind": "held", "rules": "x"}
    row |= {"first_day": day, "last_day": day, "due_on": day + 14 * DAY, "closed_at": None}
    row |= {"opened_at": site.now(), "outcome": None}
    return bulk.add_rows(tx, "case_file", [row | {"detail": {"a": [1]}}])[0]


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in anew.TABLES
        }


def in_their_place(site: Site, table: str, column: int, *, of: set[str]) -> list[str]:
    """Values of a column in the order in which the engine keeps the rows."""
    if not site.db.is_sqlite:
        name = "rating_id" if table in ("verdict", "case_rating") else "id"
        with site.db.engine.connect() as connection:
            found = connection.execute(text(f"SELECT {name} FROM {table} ORDER BY ctid"))  # noqa: S608
            return [row[0] for row in found if row[0] in of]
    file = DatabaseFile(Path(str(site.db.engine.url.database)))
    cells = [c for c in file.cells(file.roots()[table]) if c.values[column] in of]
    return [c.values[column] for c in sorted(cells, key=lambda c: (c.page, -c.offset))]


def order_told(seen: list[str], came: list[str]) -> float:
    """How much of the order of arrival a row of places tells: the share of neighbours in order.

    1 for all, about 0.5 by chance (its deviation over 60 rows is 0.04, over 20 rows 0.07).
    """
    rank = {one: place for place, one in enumerate(came)}
    pairs = list(itertools.pairwise(seen))
    return sum(rank[a] < rank[b] for a, b in pairs) / len(pairs)


def test_rows_of_a_closed_day_lie_by_their_keys_and_not_by_their_arrival(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    came = arrive(site, office, TODAY)
    places = {"rating": 2, "verdict": 0, "case_rating": 1}
    before = {t: in_their_place(site, t, c, of=set(came)) for t, c in places.items()}
    # The control: it is read until then; on SQLite pages that were split are in order already.
    read = "case_rating" if site.db.is_sqlite else "rating"
    assert order_told(before[read], came) > 0.9
    clock.at += DAY
    assert upkeep.write_closed_days(site) > PER_DAY
    for table, column in places.items():
        after = in_their_place(site, table, column, of=set(came))
        assert sorted(after) == sorted(before[table])
        assert 0.2 < order_told(after, came) < 0.8, table
        assert len(after) in (PER_DAY, PER_DAY // 3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_index_of_sqlite_tells_the_order_either(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    came = arrive(site, office, TODAY)
    path = Path(str(site.db.engine.url.database))
    told = []
    for is_anew in (False, True):
        if is_anew:
            clock.at += DAY
            upkeep.write_closed_days(site)
        file = DatabaseFile(path)
        for name, root in file.roots().items():
            ids = [
                next(value for value in cell.values if value in came)
                for cell in sorted(file.cells(root), key=lambda cell: (cell.page, -cell.offset))
                if any(value in came for value in cell.values)
            ]
            if ids:
                told.append((is_anew, name, order_told(ids, came)))
    assert {name for is_anew, name, _share in told if is_anew} >= {
        "rating",
        "verdict",
        "case_rating",
    }
    assert all(0.2 < share < 0.8 for is_anew, _name, share in told if is_anew), told
    assert max(share for is_anew, _name, share in told if not is_anew) > 0.9


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_of_the_tally_do_not_tell_which_kind_of_answer_came_first(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    """A row that counts one answer is that answer."""
    kinds = list(itertools.product(TIERS, ("confirmed", "chosen", "roster", "unknown")))
    came = random.sample(kinds, len(kinds))
    for tier, attribution in came:
        row = rating_row(office) | {"tier": tier, "attribution": attribution, "for_officer": False}
        with site.db.transaction() as tx:
            bulk.add_rows(tx, "rating", [row])
            ratings.count(tx, row)
    path = Path(str(site.db.engine.url.database))

    def placed() -> list[str]:
        file = DatabaseFile(path)
        cells = sorted(file.cells(file.roots()["tally"]), key=lambda c: (c.page, -c.offset))
        return [f"{cell.values[5]} {cell.values[4]}" for cell in cells]

    names = [" ".join(kind) for kind in came]
    assert sorted(placed()) == sorted(names)
    told = order_told(placed(), names)
    clock.at += DAY
    upkeep.write_closed_days(site)
    assert placed() == sorted(placed(), key=lambda name: name.split()[::-1])
    assert told > 0.7  # the control


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_all_rows_of_a_closed_day_carry_one_transactions_number(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    def numbers(table: str, where: str = "true") -> set[str]:
        with site.db.engine.connect() as connection:
            asked = text(f"SELECT xmin::text FROM {table} WHERE {where}")  # noqa: S608
            return set(connection.execute(asked).scalars())

    arrive(site, office, TODAY)
    assert len(numbers("rating")) == PER_DAY
    clock.at += DAY
    arrive(site, office, TODAY + DAY, 3)
    upkeep.write_closed_days(site)
    upkeep.drop_deleted_rows(site)
    own = [numbers(table.name, "true") for table in anew.TABLES if table.name != "rating"]
    assert len(numbers("rating", f"day = '{TODAY}'")) == 1
    assert len(numbers("rating", f"day > '{TODAY}'")) == 3  # today's keep theirs until it is over
    assert numbers("rating", f"day = '{TODAY}'") <= own[0]


def test_not_one_value_changes_and_rows_still_only_grow(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    for back in (3, 1, 0):
        clock.at = clock.at.replace(day=24 - back)
        arrive(site, office, TODAY - back * DAY, 12)
    kept = everything(site.db)
    clock.at += DAY
    assert upkeep.write_closed_days(site) > 36
    assert everything(site.db) == kept
    with site.db.read() as session:
        assert differences_from_recount(session) == 0
    for table in ("rating", "verdict"):
        for act in (f"UPDATE {table} SET agency_id = agency_id", f"DELETE FROM {table}"):  # noqa: S608
            with (
                pytest.raises(DBAPIError, match="append-only"),
                site.db.engine.begin() as connection,
            ):
                connection.exec_driver_sql(act)
    if site.db.is_sqlite:
        with site.db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_day_is_written_anew_once_and_only_when_it_is_over(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    assert upkeep.write_closed_days(site) == 0
    arrive(site, office, TODAY, 3)
    assert upkeep.write_closed_days(site) == 0
    clock.at += 2 * DAY
    assert upkeep.write_closed_days(site) > 0
    assert upkeep.write_closed_days(site) == 0
    with site.db.read() as session:
        assert (
            session.scalars(select(UpkeepMark.day).where(UpkeepMark.name == MARK)).one()
            == TODAY + DAY
        )


def test_a_clock_that_ran_ahead_leaves_no_day_out(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    arrive(site, office, TODAY, 3)
    clock.at = clock.at.replace(year=2099)
    assert upkeep.write_closed_days(site) > 0
    clock.at = clock.at.replace(year=2026, day=25)
    arrive(site, office, TODAY + DAY, 3)
    clock.at += DAY
    assert upkeep.write_closed_days(site) > 0
    with site.db.read() as session:
        assert (
            session.scalars(select(UpkeepMark.day).where(UpkeepMark.name == MARK)).one()
            == TODAY + DAY
        )
    clock.at = clock.at.replace(year=1970)
    assert upkeep.write_closed_days(site) == 0


def test_an_act_cut_off_in_its_middle_leaves_everything_as_it_was(
    site: Site, office: Office, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(site, office, TODAY, 12)
    clock.at += DAY
    kept, real, left = everything(site.db), anew._write, 4

    def cut_off(*given: Any) -> int:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(anew, "_write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        upkeep.write_closed_days(site)
    assert everything(site.db) == kept
    with pytest.raises(DBAPIError, match="append-only"), site.db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM verdict")
    with site.db.read() as session:
        assert session.scalars(select(UpkeepMark.day).where(UpkeepMark.name == MARK)).all() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_is_writing_is_not_waited_for_and_the_days_stay_to_do(
    site: Site, office: Office, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(site, office, TODAY, 3)
    clock.at += DAY
    monkeypatch.setattr(upkeep, "TRIES", 2)
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [rating_row(office) | {"for_officer": False}])
        assert upkeep.write_closed_days(site) == 0
    assert upkeep.write_closed_days(site) > 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_table_too_large_to_be_written_whole_is_left_to_be_written_over(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(site, office, TODAY, 3)
    assert compacting.compact(site.db) == []
    monkeypatch.setattr(compacting, "LARGEST_TABLE_BYTES", 0)
    assert set(compacting.compact(site.db)) >= {"rating", "screening"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_small_file_is_written_whole_without_its_free_room(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE gone (x)")
        connection.exec_driver_sql("INSERT INTO gone VALUES (zeroblob(100000))")
        connection.exec_driver_sql("DROP TABLE gone")

    def size() -> int:
        with site.db.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())

    before = size()
    monkeypatch.setattr(compacting, "LARGEST_SQLITE_BYTES", before - 1)
    assert compacting.compact(site.db) == ["database"]
    assert size() == before
    monkeypatch.undo()
    assert compacting.compact(site.db) == []
    assert size() <= before - 100_000


def test_paper_keyed_for_an_older_day_is_written_anew_with_that_day(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    """Its day was written before; its verdict tells that a row has come to it since."""
    arrive(site, office, TODAY, 20)
    clock.at += DAY
    upkeep.write_closed_days(site)
    row = rating_row(office) | {"state": "held", "for_officer": False, "tier": "paper"}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [row])
        ratings.count(tx, row)
        change = Change(row["id"], "counted", for_officer=False, counted_on=site.today())
        append_verdicts(tx, [change], reason="kertas", at=site.now(), case_id=None)
    clock.at += DAY
    kept = everything(site.db)
    assert upkeep.write_closed_days(site) >= 21
    assert everything(site.db) == kept
    with site.db.read() as session:
        ids = set(session.scalars(select(Rating.id)))
    placed = in_their_place(site, "rating", 2, of=ids)
    assert placed.index(row["id"]) == sorted(placed).index(row["id"])


def test_the_daily_job_does_it_and_says_so(
    site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    for _ in range(10):  # a row from one phone: a case and verdicts
        form = opened(citizen, place)
        clock.at += timedelta(seconds=20)
        assert citizen.post(f"/q/{place}", data=form).status_code == 303
    clock.at += DAY
    done = retention.do_daily_work(site)
    assert done["written_anew"] > 0
    with site.db.read() as session:
        made = session.scalars(select(Verdict.made_at)).all()
        linked = session.scalars(select(CaseRating.rating_id)).all()
    assert {local_day(at) for at in made} == {TODAY}
    assert len(linked) > len(made)  # those taken along, and those held as they came


def test_only_this_act_and_migrations_suspend_what_keeps_rows_from_changing() -> None:
    found = {
        path.name
        for path in (ROOT / "feedback_app").rglob("*.py")
        if any(words in path.read_text() for words in ("DISABLE TRIGGER", "DROP TRIGGER"))
    }
    assert found == {"anew.py", "0011_visit_day.py"}
