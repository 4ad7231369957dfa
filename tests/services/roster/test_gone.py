"""Who has left, and a counter that has ended, come back on no roster, by whatever way."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people.joining import join_officers, joining_of
from feedback_app.services.people.leaving import leaving_of, retire
from feedback_app.services.roster import day as days
from feedback_app.services.roster.leave import Leave, affected_by, record_leave
from feedback_app.services.roster.patterns import Repeat, preview_repeat
from feedback_app.services.roster.undo import undo
from feedback_app.services.site import Site
from feedback_app.storage.models import Account, Counter, RosterChange
from tests.ground.office import TODAY, Office
from tests.services.roster.test_import import ANDI, bring
from tests.web.test_roster import TOMORROW, on_duty, standing

pytestmark = pytest.mark.engine_alike


@pytest.fixture
def admin(site: Site, office: Office) -> Viewer:
    """Dina, as services know her."""
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "dina")).one()
    return Viewer(row.id, office.agency_id, "dina", "Dina", Role.ADMIN, frozenset(), None)


def substitute(site: Site, admin: Viewer, office: Office, day: date) -> int:
    """Andi stands in for Sari all day at A1; the number of the change."""
    view = days.day_view(site, admin, "A1", day)
    wanted = days.Wanted(
        view.seen, view.shifts[0].shift_id, None, office.officer["Andi"], time(8), None, ""
    )
    done = days.change_day(site, admin, "A1", day, "substitute", wanted)
    assert done.change_id is not None
    return done.change_id


def leaves(site: Site, admin: Viewer, office: Office, who: str, last: date) -> None:
    """Their last day is this one."""
    officer_id = office.officer[who]
    seen = leaving_of(site, admin, officer_id, last).seen
    retire(site, admin, officer_id, last, seen=seen, reason="", substitute_id=None)


def test_an_undone_change_brings_nobody_back_who_has_left(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    later = TOMORROW + timedelta(days=2)
    on_duty(site, office, "Sari", later)
    change = substitute(site, admin, office, later)
    leaves(site, admin, office, "Sari", TODAY)
    with pytest.raises(FieldFaultError, match="Sari Contoh hanya sampai"):
        undo(site, admin, change)
    assert standing(site, office, later) == ["Andi 08.00–16.00"]


def test_a_substitute_who_leaves_the_same_day_stands_there_no_more(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    for day in (TODAY + timedelta(days=3), TODAY + timedelta(days=4)):
        on_duty(site, office, "Sari", day)
    first = Leave(office.officer["Sari"], TODAY + timedelta(days=3), TODAY + timedelta(days=4), "")
    found = affected_by(site, admin, first)
    given = {shift.shift_id: office.officer["Andi"] for shift in found.shifts}
    record_leave(site, admin, first, given, seen=found.seen)
    leaves(site, admin, office, "Andi", TODAY)
    assert standing(site, office, first.first) == standing(site, office, first.last) == []
    free = days.day_view(site, admin, "A1", first.first).officers
    assert {one for one, _name in free} == {office.officer["Dewi"]}  # Sari is away
    wanted = days.Wanted(
        days.day_view(site, admin, "A1", first.first).seen,
        None, None, office.officer["Andi"], time(8), time(12), "",
    )  # fmt: skip
    with pytest.raises(FieldFaultError):
        days.change_day(site, admin, "A1", first.first, "add", wanted)


def test_a_file_that_puts_somebody_on_duty_after_the_last_day_is_refused_by_name(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    leaves(site, admin, office, "Andi", TOMORROW)
    rows = [f"{TOMORROW + timedelta(days=n):%d-%m-%Y};{ANDI};A1;08.00;12.00" for n in (0, 1)]
    told = bring(site, office, *rows)
    assert not told.is_saved
    ((row, reason),) = [(cell.row, str(cell.reason)) for cell in told.errors]
    assert row == 3
    assert f"Andi Contoh hanya sampai {TOMORROW:%d-%m-%Y}" in reason
    assert bring(site, office, rows[0]).is_saved


def test_a_change_of_before_a_joining_is_undone_for_the_person(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    view = days.day_view(site, admin, "A1", TOMORROW)
    wanted = days.Wanted(view.seen, view.shifts[0].shift_id, None, None, None, None, "")
    change = days.change_day(site, admin, "A1", TOMORROW, "remove", wanted).change_id
    assert change is not None
    pair = office.officer["Sari"], office.officer["Andi"]
    join_officers(site, admin, *pair, seen=joining_of(site, admin, *pair).seen)
    undo(site, admin, change)
    assert standing(site, office, TOMORROW) == ["Andi 08.00–16.00"]


def test_a_week_is_not_copied_behind_the_end_of_a_counter(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    on_duty(site, office, "Sari", monday)
    on_duty(site, office, "Dewi", monday, "A2")
    with site.db.transaction() as tx:
        ends = update(Counter).where(Counter.code == "A2")
        tx.execute(ends.values(ends_on=monday + timedelta(days=5)))
    week = Repeat(monday, monday + timedelta(days=7), monday + timedelta(days=11), "")
    found = preview_repeat(site, admin, week)
    assert [shift.counter_id for shift in found.plan.added] == [office.counter["A1"]]
    assert any("Loket A2" in str(told.values) for told in found.skipped)


def test_an_import_undone_leaves_the_roster_as_it_was(
    site: Site,
    office: Office,
    admin: Viewer,
) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    bring(site, office, f"{TOMORROW:%d-%m-%Y};{ANDI};A1;08.00;12.00")
    with site.db.read() as session:
        change = session.scalars(select(RosterChange.id).order_by(RosterChange.id.desc())).first()
    assert change is not None
    undo(site, admin, change)
    assert standing(site, office, TOMORROW) == ["Sari 08.00–16.00"]
