"""An officer leaves on a day: shifts after it go, ratings stay, the account ends with it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import AccountFaultError, Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.people.accounts import change_account, role_form
from feedback_app.services.people.leaving import come_back, leaving_of, retire
from feedback_app.services.people.person import person_page
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.services.site import Site
from feedback_app.services.upkeep.retention import do_daily_work
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Officer, RosterProposal, Shift, Tally
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.services.people.test_joining import admin  # noqa: F401 (a fixture)

IN_A_WEEK = TODAY + timedelta(days=7)


def shifts_of(site: Site, officer_id: int) -> list[date]:
    with site.db.read() as session:
        rows = session.scalars(
            select(Shift)
            .where(Shift.officer_id == officer_id, Shift.withdrawn_at.is_(None))
            .order_by(Shift.starts_at)
        )
        return [local_day(row.starts_at) for row in rows]


def on_duty(site: Site, office: Office, officer_id: int, day: date) -> None:
    row = {
        "agency_id": office.agency_id,
        "officer_id": officer_id,
        "counter_id": office.counter["A1"],
        "starts_at": local_instant(day, time(8)),
        "ends_at": local_instant(day, time(12)),
        "recorded_at": site.now(),
        "withdrawn_at": None,
    }
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "shift", [row])


def officer_row(site: Site, officer_id: int) -> Officer:
    with site.db.read() as session:
        return session.get_one(Officer, officer_id)


def test_a_leaving_withdraws_the_shifts_after_it_and_ends_on_its_day(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
    clock: SteppedClock,
) -> None:
    sari = office.officer["Sari"]
    for days in (3, 7, 8, 20):
        on_duty(site, office, sari, TODAY + timedelta(days=days))
    add_ratings(site, office, 3)
    found = leaving_of(site, admin, sari, IN_A_WEEK)
    assert len(found.shifts) == 2
    done = retire(site, admin, sari, IN_A_WEEK, seen=found.seen, reason="", substitute_id=None)
    assert (done.withdrawn, done.proposal_id) == (2, None)
    assert shifts_of(site, sari) == [TODAY, TODAY + timedelta(days=3), IN_A_WEEK]
    assert officer_row(site, sari).retired_on is None
    clock.at += timedelta(days=7)
    assert do_daily_work(site)["left"] == 0  # the last day itself is one of service
    clock.at += timedelta(days=1)
    assert do_daily_work(site)["left"] == 1
    assert officer_row(site, sari).retired_on == IN_A_WEEK + timedelta(days=1)
    with site.db.read() as session:
        oki = session.scalars(select(Account).where(Account.username == "oki")).one()
        kept = session.scalar(select(Tally.c.n).where(Tally.c.officer_id == sari))
    assert oki.closed_at is not None
    assert kept == 3


def test_a_substitute_takes_over_the_shifts_that_fall_away_or_nothing_is_kept(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    sari, andi, dewi = (office.officer[name] for name in ("Sari", "Andi", "Dewi"))
    on_duty(site, office, sari, IN_A_WEEK + timedelta(days=1))
    on_duty(site, office, dewi, IN_A_WEEK + timedelta(days=1))
    seen = leaving_of(site, admin, sari, IN_A_WEEK).seen
    with pytest.raises(FieldFaultError, match="sudah bertugas"):
        retire(site, admin, sari, IN_A_WEEK, seen=seen, reason="", substitute_id=dewi)
    with pytest.raises(FieldFaultError, match="Pilih petugas"):
        retire(site, admin, sari, IN_A_WEEK, seen=seen, reason="", substitute_id=sari)
    assert IN_A_WEEK + timedelta(days=1) in shifts_of(site, sari)
    retire(site, admin, sari, IN_A_WEEK, seen=seen, reason="", substitute_id=andi)
    assert IN_A_WEEK + timedelta(days=1) in shifts_of(site, andi)
    assert IN_A_WEEK + timedelta(days=1) not in shifts_of(site, sari)


def test_days_older_than_yesterday_wait_for_a_second_person(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    sari, last = office.officer["Sari"], TODAY - timedelta(days=5)
    for days in (-4, -1, 2):
        on_duty(site, office, sari, TODAY + timedelta(days=days))
    found = leaving_of(site, admin, sari, last)
    assert found.has_old_days
    with pytest.raises(FieldFaultError, match="sebabnya"):
        retire(site, admin, sari, last, seen=found.seen, reason="", substitute_id=None)
    assert officer_row(site, sari).retired_on is None  # nothing was kept of it
    done = retire(
        site, admin, sari, last, seen=found.seen, reason="SK pensiun terlambat", substitute_id=None
    )
    assert done.proposal_id is not None
    assert shifts_of(site, sari) == [TODAY - timedelta(days=4)]
    assert officer_row(site, sari).retired_on == last + timedelta(days=1)
    with site.db.read() as session:
        assert session.get_one(RosterProposal, done.proposal_id).kind == "retire"


def test_what_somebody_else_changed_meanwhile_is_not_passed_over(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    sari = office.officer["Sari"]
    seen = leaving_of(site, admin, sari, IN_A_WEEK).seen
    on_duty(site, office, sari, TODAY + timedelta(days=9))
    with pytest.raises(ChangedMeanwhileError):
        retire(site, admin, sari, IN_A_WEEK, seen=seen, reason="", substitute_id=None)
    with pytest.raises(FieldFaultError, match="satu tahun"):
        leaving_of(site, admin, sari, TODAY + timedelta(days=400))


def test_who_comes_back_serves_again(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    dewi = office.officer["Dewi"]
    found = leaving_of(site, admin, dewi, TODAY - timedelta(days=1))
    retire(
        site, admin, dewi, TODAY - timedelta(days=1), seen=found.seen, reason="", substitute_id=None
    )
    assert officer_row(site, dewi).retired_on == TODAY
    with pytest.raises(FieldFaultError, match="sudah berhenti"):
        leaving_of(site, admin, dewi, IN_A_WEEK)
    come_back(site, admin, dewi, seen=person_page(site, admin, dewi).seen)
    assert officer_row(site, dewi).retired_on is None
    history = [line.action for line in person_page(site, admin, dewi).history]
    assert history == ["rejoin_officer", "retire_officer"]


def test_the_last_admin_and_the_own_role_stay(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    def change(account_id: int, role: Role, units: frozenset[int] = frozenset()) -> None:
        seen = role_form(site, admin, account_id).seen
        change_account(
            site, admin, account_id, role=role, unit_ids=units, officer_id=None, seen=seen
        )

    with site.db.read() as session:
        ids = dict(session.execute(select(Account.username, Account.id)).all())
    with pytest.raises(AccountFaultError, match="admin lain"):
        change(admin.account_id, Role.HR)
    change(ids["hana"], Role.ADMIN)
    other = Viewer(ids["hana"], office.agency_id, "hana", "Hana", Role.ADMIN, frozenset(), None)
    seen = role_form(site, other, admin.account_id).seen
    with site.db.transaction() as tx:  # Hana has been invited and has no password yet
        tx.get_one(Account, ids["hana"]).password_hash = ""
    with pytest.raises(AccountFaultError, match="admin terakhir"):
        change_account(
            site,
            other,
            admin.account_id,
            role=Role.HR,
            unit_ids=frozenset(),
            officer_id=None,
            seen=seen,
        )
    with pytest.raises(FieldFaultError, match="satu unit"):
        change(ids["alice"], Role.SUPERVISOR)
    change(ids["alice"], Role.SUPERVISOR, frozenset({office.unit["B"]}))
    assert role_form(site, admin, ids["alice"]).unit_ids == {office.unit["B"]}
    with pytest.raises(FieldFaultError, match="Pilih petugas"):
        change(ids["alice"], Role.OFFICER)
    with pytest.raises(NotThereError):
        role_form(site, admin, 999_999)
