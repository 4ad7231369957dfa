"""One person entered twice who has needs, a seat in a plan, places in draws: all of it goes along."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.lots import after, drawing, lists, pages
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.services.needs import competences, own
from feedback_app.services.needs.decisions import Told, decide
from feedback_app.services.needs.overview import overview
from feedback_app.services.needs.page import need_page
from feedback_app.services.people.joining import join_officers, joining_of
from feedback_app.services.plan import fixing, spending, versions
from feedback_app.services.plan.carried import carried_runs
from feedback_app.services.plan.needs import needs_of_officers
from feedback_app.services.plan.spending import Paid
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Attendance, LotEntry, Plan, PlanRun
from feedback_app.storage.queries.lots import drawn_lots, seated_by_lot
from feedback_app.storage.queries.trainings import attendances
from tests.conftest import SteppedClock
from tests.ground.lots import BUDI, CITRA, COURSE, DAYS, DICE, add_course, hana
from tests.ground.need_rows import add_need
from tests.ground.office import Office
from tests.ground.plans import FIRST, YEAR, begin_plan, solved

OLD, NEW = "Sari", "Andi"


@pytest.fixture
def dina(site: Site, office: Office) -> Viewer:
    """The admin, as services know her."""
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "dina")).one()
    return Viewer(row.id, office.agency_id, "dina", "Dina", Role.ADMIN, frozenset(), None)


def join(site: Site, dina: Viewer, office: Office, old: str = OLD, new: str = NEW) -> None:
    pair = office.officer[old], office.officer[new]
    join_officers(site, dina, *pair, seen=joining_of(site, dina, *pair).seen)


def oki(site: Site) -> Viewer:
    """The officer's account, wherever it belongs now."""
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "oki")).one()
        own_id = row.officer_id
    return Viewer(row.id, row.agency_id, "oki", "Oki", Role.OFFICER, frozenset(), own_id)


def test_needs_decisions_and_competences_are_the_persons(
    site: Site, office: Office, dina: Viewer, clock: SteppedClock
) -> None:
    clock.at += timedelta(days=7)
    need = add_need(site, office, level="officer", ref_id=office.officer[OLD])
    decide(site, hana(site), need, Told("plan", "Ikut gelombang pertama", 0))
    row = {
        "agency_id": office.agency_id, "post": "now", "title": "Petugas loket", "needed": 3,
        "competence": "Komunikasi", "recorded_at": site.now(),
    }  # fmt: skip
    with site.db.transaction() as tx:
        told = [row | {"officer_id": office.officer[OLD], "held": 1}]
        told.append(row | {"officer_id": office.officer[NEW], "held": 2})
        bulk.add_rows(tx, "officer_competence", told)
    join(site, dina, office)
    before = needs_of_officers(site, agency_id=office.agency_id)
    assert set(before.gaps) == {(str(office.officer[NEW]), "perilaku")}
    found = overview(site, hana(site), only="", item="")
    assert found.shown_officers == {office.officer[NEW]}
    assert found.groups[0].lines[0].name == "Andi Contoh"
    assert [line.need_id for line in own.own_needs(site, oki(site)).needs] == [need]
    later = add_need(site, office, level="officer", ref_id=office.officer[NEW])
    assert [x.reason for x in need_page(site, hana(site), later).earlier] == [
        "Ikut gelombang pertama"
    ]
    told_of = competences.competences(site, hana(site), post="", text="")
    assert [(line.name, line.held) for line in told_of] == [("Andi Contoh", 2)]


def test_a_seat_in_a_plan_is_the_persons_and_is_paid_once(
    site: Site, office: Office, dina: Viewer, clock: SteppedClock
) -> None:
    hr = hana(site)
    begin_plan(site, office, hr)
    solved(site, hr)
    fixing.fix_version(site, hr, YEAR, 1, name="Kepala", position="Kepala Dinas", seen=0)
    join(site, dina, office)
    version = versions.version_of(site, hr, YEAR, 1)
    (bought,) = version.bought
    assert {seat.officer.name for seat in bought.seats} == {"Andi Contoh", "Dewi Contoh"}
    assert not fixing.outdated(site, version)
    clock.at = datetime.combine(FIRST + timedelta(days=3), clock.at.timetz())
    with site.db.read() as session:
        run_id = session.scalars(select(PlanRun.id)).one()
    paid = {office.officer[NEW]: Paid(True, 3_000_000, 0, 100_000)}
    assert spending.record_spent(site, hr, YEAR, run_id, paid) == 1
    assert set(spending.spent_page(site, hr, YEAR, run_id).paid) == {office.officer[NEW]}
    with site.db.read() as session:
        assert session.scalars(select(Attendance.officer_id)).all() == [office.officer[NEW]]
    with site.db.read() as session:  # what a later version takes over
        plan = session.scalars(select(Plan)).one()
        (begun,) = carried_runs(session, plan, today=site.today())
    assert {who.id for _line, who in begun.lines} == set(office.officer.values()) - {
        office.officer[OLD]
    }


def test_who_stands_on_a_draft_is_put_by_the_new_entry(
    site: Site, office: Office, dina: Viewer
) -> None:
    add_course(site, office)
    people = frozenset(office.officer.values()) - {office.officer[NEW]}
    lot_id = lists.make_list(site, hana(site), Wish(COURSE, DAYS, 4, people))
    join(site, dina, office)
    with site.db.read() as session:
        listed = set(session.scalars(select(LotEntry.officer_id)))
    assert listed == people - {office.officer[OLD]} | {office.officer[NEW]}
    lists.freeze_list(site, hana(site), lot_id)


def test_nobody_is_twice_on_a_list_that_will_be_drawn(
    site: Site, office: Office, dina: Viewer
) -> None:
    add_course(site, office)
    everybody = frozenset(office.officer.values())
    lot_id = lists.make_list(site, hana(site), Wish(COURSE, DAYS, 4, everybody))
    lists.freeze_list(site, hana(site), lot_id)
    with pytest.raises(FieldFaultError, match="dua kesempatan") as told:
        joining_of(site, dina, office.officer[OLD], office.officer[NEW])
    assert told.value.field == "into"
    lists.call_off(site, hana(site), lot_id, why="Satu orang tercatat dua kali")
    join(site, dina, office)


@pytest.mark.parametrize("seats", [3, 4, 6])
def test_two_places_of_one_person_in_a_draw_become_one(
    site: Site, office: Office, dina: Viewer, seats: int
) -> None:
    add_course(site, office)
    everybody = frozenset(office.officer.values())
    lot_id = lists.make_list(site, hana(site), Wish(COURSE, DAYS, seats, everybody))
    lists.freeze_list(site, hana(site), lot_id)
    drawing.draw_lot(site, hana(site), lot_id, Thrown(DICE, BUDI, CITRA))
    before = {x.officer_id: x.place.date for x in pages.lot_page(site, hana(site), lot_id).seats}
    join(site, dina, office)
    (seen,) = pages_of(site, office.officer[NEW])
    had = {before[office.officer[OLD]], before[office.officer[NEW]]} - {None}
    assert (seen.place is not None and seen.place.date is not None) == bool(had)
    page = pages.lot_page(site, hana(site), lot_id)
    standing = [x for x in page.seats if not x.place.has_left]
    assert len(standing) == len(everybody) - 1
    assert sum(x.place.date is not None for x in standing) == seats
    with site.db.read() as session:
        (drawn,) = drawn_lots(session, agency_id=office.agency_id)
    assert office.officer[OLD] not in {*drawn.pool, *drawn.seats}


def pages_of(site: Site, officer_id: int) -> list[pages.OwnLot]:
    """Draws as the officer's own page has them, without places that were given up."""
    with site.db.read() as session:
        found = pages.own_lots(session, officer_id, today=site.today())
    return [one for one in found if one.place is None or not one.place.has_left]


def test_a_seat_that_the_old_entry_drew_is_attended_by_the_person(
    site: Site, office: Office, dina: Viewer, clock: SteppedClock
) -> None:
    add_course(site, office)
    people = frozenset(office.officer.values()) - {office.officer[NEW]}
    lot_id = lists.make_list(site, hana(site), Wish(COURSE, DAYS, len(people), people))
    lists.freeze_list(site, hana(site), lot_id)
    drawing.draw_lot(site, hana(site), lot_id, Thrown(DICE, BUDI, CITRA))
    join(site, dina, office)
    page = pages.lot_page(site, hana(site), lot_id)
    seat = next(x for x in page.seats if x.officer_id == office.officer[OLD])
    assert (seat.name, seat.place.date is not None) == ("Andi Contoh", True)
    day = DAYS[(seat.place.date or 0) - 1]
    clock.at = datetime.combine(day + timedelta(days=1), clock.at.timetz())
    after.record_attendance(site, hana(site), lot_id, seat.place.date or 0, [office.officer[OLD]])
    with site.db.read() as session:
        (line,) = attendances(session, agency_id=office.agency_id)
        assert line.attendance.officer_id == office.officer[NEW]
        by_lot = seated_by_lot(session, agency_id=office.agency_id)
    assert (line.training.id, day, office.officer[NEW]) in by_lot
