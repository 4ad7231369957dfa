"""A plan lives: worked out, fixed once, changed into a new version, spent; nothing half saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.plan import fixing, plans, runs, spending, versions, year
from feedback_app.services.plan.spending import Paid
from feedback_app.services.site import Site
from feedback_app.storage.db import DatabaseError
from feedback_app.storage.models import (
    Attendance,
    Officer,
    PlanFixing,
    PlanLine,
    PlanRun,
    PlanSpent,
    PlanVersion,
    PlanVersionRun,
)
from feedback_app.storage.queries.plans import eligible_for
from tests.conftest import SteppedClock
from tests.ground.office import Office
from tests.ground.plans import FIRST, MONEY, YEAR, add_roster, begin_plan, hr_of, solved, told_run


@pytest.fixture
def hana(site: Site, office: Office) -> Viewer:
    """HR, with a plan begun."""
    found = hr_of(site, office)
    begin_plan(site, office, found)
    return found


def fix(site: Site, hana: Viewer, number: int, *, seen: int) -> None:
    """Fix a version as a person does."""
    fixing.fix_version(site, hana, YEAR, number, name="Kepala Dinas", position="Kepala", seen=seen)


def run_id_of(site: Site, starts_on: date = FIRST) -> int:
    """The run that begins on this day."""
    with site.db.read() as session:
        return session.scalars(select(PlanRun.id).where(PlanRun.starts_on == starts_on)).one()


def test_more_who_may_go_than_seats_are_left_to_the_lot(
    site: Site, hana: Viewer, office: Office
) -> None:
    assert solved(site, hana) == {"version": 1}
    found = versions.version_of(site, hana, YEAR, 1)
    (bought,) = found.bought
    assert bought.run.run.is_by_lot
    assert bought.run.run.bought == 2  # the money of fees is for two
    assert {seat.officer.id for seat in bought.seats} == set(office.officer.values())
    assert found.money == {"fee": 6_000_000, "travel": 0, "daily": 200_000}
    with site.db.read() as session:  # what the lot draws from: nothing before somebody decides
        run_id = bought.run.run.run_id
        assert eligible_for(session, run_id, agency_id=office.agency_id) is None
    fix(site, hana, 1, seen=0)
    with site.db.read() as session:
        drawn_from = eligible_for(session, run_id, agency_id=office.agency_id)
    assert drawn_from is not None
    assert set(drawn_from.officer_ids) == set(office.officer.values())


def test_who_fixes_second_is_told_and_nothing_is_saved(site: Site, hana: Viewer) -> None:
    solved(site, hana)
    solved(site, hana)
    fix(site, hana, 1, seen=0)
    with pytest.raises(FieldFaultError, match="baru saja menetapkan"):
        fix(site, hana, 2, seen=0)  # the page was read before the first one fixed
    with site.db.read() as session:
        assert [row.number for row in session.scalars(select(PlanFixing))] == [1]
    fix(site, hana, 2, seen=1)
    assert year.year_page(site, hana, YEAR, number=None).holds == 2


def test_what_changes_becomes_a_new_version_beside_the_old(site: Site, hana: Viewer) -> None:
    solved(site, hana)
    fix(site, hana, 1, seen=0)
    assert not year.year_page(site, hana, YEAR, number=None).outdated
    runs.correct_run(site, hana, YEAR, run_id_of(site), told_run(fee=6_000_000))
    with site.db.transaction() as tx:
        tx.execute(update(Officer).where(Officer.name.like("Dewi%")).values(ends_on=FIRST))
    told = year.year_page(site, hana, YEAR, number=None).outdated
    assert {one.what for one in told} == {"changed", "leaving"}
    assert solved(site, hana) == {"version": 2}
    found = versions.difference(site, hana, YEAR, before=1, after=2)
    (change,) = found.runs
    assert (change.before.run.run.bought, change.after.run.run.bought) == (2, 1)
    assert change.went == ("Dewi Contoh",)
    assert found.money["fee"] == 0  # one seat at twice the price
    assert versions.version_of(site, hana, YEAR, 1).money["fee"] == 6_000_000
    runs.withdraw_run(site, hana, YEAR, run_id_of(site))
    assert {one.what for one in year.year_page(site, hana, YEAR, number=2).outdated} >= {
        "cancelled"
    }


def test_a_line_becomes_attendance_and_money_spent(
    site: Site, hana: Viewer, office: Office, clock: SteppedClock
) -> None:
    solved(site, hana)
    fix(site, hana, 1, seen=0)
    run_id = run_id_of(site)
    paid = {
        office.officer["Sari"]: Paid(came=True, fee=2_500_000, travel=0, daily=200_000),
        office.officer["Andi"]: Paid(came=False, fee=3_000_000, travel=0, daily=0),
    }
    with pytest.raises(FieldFaultError, match="belum dimulai"):
        spending.record_spent(site, hana, YEAR, run_id, paid)
    clock.at += timedelta(days=90)
    third = {office.officer["Dewi"]: Paid(came=True, fee=0, travel=0, daily=0)}
    with pytest.raises(FieldFaultError, match="Hanya 2 kursi"):
        spending.record_spent(site, hana, YEAR, run_id, paid | third)
    assert spending.record_spent(site, hana, YEAR, run_id, paid) == 1
    with site.db.read() as session:
        (attended,) = session.scalars(select(Attendance))
        assert (attended.officer_id, attended.reason, attended.jp) == (
            office.officer["Sari"],
            "lot",
            20,
        )
        assert len(session.scalars(select(PlanSpent)).all()) == 2
    money = {line.kind: line for line in year.year_page(site, hana, YEAR, number=1).money}
    assert (money["fee"].spent, money["fee"].left) == (5_500_000, 500_000)
    # what is spent is no money for the next version, and the run stays in it as it was
    runs.add_run(site, hana, YEAR, told_run(starts_on=date(2027, 6, 8), ends_on=date(2027, 6, 9)))
    assert solved(site, hana) == {"version": 2}
    kept = versions.version_of(site, hana, YEAR, 2)
    assert [one.run.run.run_id for one in kept.bought] == [run_id]


def test_floors_that_the_roster_breaks_are_named(site: Site, hana: Viewer, office: Office) -> None:
    add_roster(site, office)
    assert solved(site, hana) == {"version": 1}
    plans.set_floor(site, hana, YEAR, counter="A1", floor=3, first=None, last=None)
    (line,) = solved(site, hana)["collides"]
    assert (line["counter"], line["there"], line["floor"]) == ("A1", 2, 3)
    assert line["days"] > 200  # the roster's pattern, until the year's end
    with site.db.read() as session:
        assert len(session.scalars(select(PlanVersion)).all()) == 1  # nothing half saved


def test_a_peak_keeps_people_at_their_counter(site: Site, hana: Viewer, office: Office) -> None:
    add_roster(site, office)
    plans.set_floor(site, hana, YEAR, counter="A1", floor=2, first=FIRST, last=FIRST)
    solved(site, hana)
    (bought,) = versions.version_of(site, hana, YEAR, 1).bought
    assert [seat.officer.id for seat in bought.seats] == [office.officer["Dewi"]]


def test_a_version_and_who_fixed_it_can_never_be_changed(site: Site, hana: Viewer) -> None:
    solved(site, hana)
    fix(site, hana, 1, seen=0)
    for table in (PlanVersion, PlanVersionRun, PlanLine, PlanFixing):
        for act in (update(table).values(agency_id=1), delete(table)):
            with pytest.raises(DatabaseError), site.db.transaction() as tx:
                tx.execute(act)


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"ends_on": FIRST - timedelta(days=1)}, "sesudah tanggal mulai"),
        ({"ends_on": FIRST + timedelta(days=400)}, "lebih lama dari satu tahun"),
        ({"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 1)}, "di dalam tahun 2027"),
        ({"seats": 0}, "mulai dari 1"),
        ({"jp": 5_000}, "JP bilangan bulat"),
        ({"fee": 10**13}, "dalam rupiah"),
        ({"training": "tidak-ada"}, "dari katalog"),
        ({}, "sudah ada"),
    ],
)
def test_a_run_that_cannot_be_is_refused_in_words(
    site: Site, hana: Viewer, other: dict[str, object], words: str
) -> None:
    with pytest.raises(FieldFaultError) as told:
        runs.add_run(site, hana, YEAR, told_run(**other))
    assert words in str(told.value)


@pytest.mark.engine_alike
def test_money_that_cannot_be_is_refused_in_words(site: Site, hana: Viewer) -> None:
    with pytest.raises(FieldFaultError, match="angka nolnya"):
        plans.change_plan(site, hana, YEAR, replace(MONEY, fee=10**13))
    with pytest.raises(FieldFaultError, match="sudah ada"):
        plans.make_plan(site, hana, YEAR, MONEY)
    with pytest.raises(FieldFaultError, match="Tahun antara"):
        plans.make_plan(site, hana, 1999, MONEY)
    plans.change_plan(site, hana, YEAR, replace(MONEY, fee=0, travel=0, daily=0))
    solved(site, hana)
    assert versions.version_of(site, hana, YEAR, 1).bought == ()  # without money nobody goes
    with pytest.raises(NotThereError):
        versions.version_of(site, hana, YEAR, 9)
