"""An officer leaves on a day, or comes back; the shifts after the last day are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import Plan, day_of, first_day_alone, parted
from feedback_app.services.access.accounts import close_quietly
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people.person import officer_mark, officer_to_change
from feedback_app.services.people.table import refuse_other_than_admin
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.proposals import propose
from feedback_app.services.roster.scope import scope_of
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.roster.writing import by, refuse_clashes, save_plan, seen_mark
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Officer, Unit
from feedback_app.storage.queries import audit, roster
from feedback_app.storage.queries import people as queries

ONE_DAY = timedelta(days=1)
FARTHEST = timedelta(days=366)  # before or after today; more is a typing error


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a last day would do: the shifts that fall away, and whose account is closed."""

    officer: Officer
    last_day: date
    shifts: Sequence[Shift]
    counters: Mapping[int, str]
    account: Account | None
    has_old_days: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Left:
    """What became of it: shifts withdrawn at once, and a proposal for older days."""

    withdrawn: int
    proposal_id: int | None


def leaving_of(site: Site, viewer: Viewer, officer_id: int, last_day: date) -> Leaving:
    """What would happen; FieldFaultError for a day that cannot be."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        officer = officer_to_change(session, viewer, officer_id)
        return _leaving(session, site, officer, last_day)


def retire(
    site: Site,
    viewer: Viewer,
    officer_id: int,
    last_day: date,
    *,
    seen: str,
    reason: str,
    substitute_id: int | None,
) -> Left:
    """Keep the last day. Answers given about the officer stay; ChangedMeanwhileError as shown.

    `substitute_id` takes all the shifts that fall away; FieldFaultError where that cannot be.
    """
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        officer = officer_to_change(tx, viewer, officer_id)
        found = _leaving(tx, site, officer, last_day)
        refuse_stale(seen, found.seen)
        plan = Plan(tuple(found.shifts), _taken_over(tx, viewer, found, substitute_id))
        scope = scope_of(tx, viewer)
        refuse_clashes(tx, plan, called=scope.called, counters=scope.counter_names)
        recent, old = parted(plan, first_alone=first_day_alone(site.today()))
        if not recent.is_empty:
            save_plan(tx, site, by(viewer), "retire", recent)
        asked = None
        if not old.is_empty:
            asked = propose(tx, site, viewer, "retire", old, reason=reason)
        detail = {"to": last_day.isoformat(), "withdrawn": len(recent.withdrawn)}
        log_act(tx, site, viewer, "retire_officer", str(officer.id), detail)
        officer.ends_on = last_day + ONE_DAY
        if officer.ends_on <= site.today():
            _end(tx, site, officer, by_account=viewer.account_id)
        return Left(len(recent.withdrawn), asked)


def _taken_over(
    tx: Session, viewer: Viewer, found: Leaving, substitute_id: int | None
) -> tuple[Shift, ...]:
    if substitute_id is None:
        return ()
    known = {one.id for one in scope_of(tx, viewer).officers} - {found.officer.id}
    if substitute_id not in known:
        raise FieldFaultError("officer", "Pilih petugas.")
    days = [day_of(one) for one in found.shifts] or [found.last_day]
    calendar = calendar_of(tx, viewer.agency_id, first=min(days), last=max(days))
    if any(calendar.is_away(substitute_id, day) for day in days):
        raise FieldFaultError("officer", "Salah satu pengganti tidak bebas pada jam itu.")
    return tuple(replace(one, shift_id=0, officer_id=substitute_id) for one in found.shifts)


def _leaving(session: Session, site: Site, officer: Officer, last_day: date) -> Leaving:
    if officer.retired_on is not None:
        raise FieldFaultError("last_day", "Orang ini sudah berhenti.")
    if abs(last_day - site.today()) > FARTHEST:
        raise FieldFaultError("last_day", "Paling jauh satu tahun dari hari ini.")
    since = local_instant(last_day + ONE_DAY, datetime.min.time())
    shifts = queries.standing_shifts_of(session, [officer.id], since=since)
    return Leaving(
        officer=officer,
        last_day=last_day,
        shifts=shifts,
        counters=_counter_names(session, officer.agency_id),
        account=queries.account_of_officer(session, officer.id),
        has_old_days=not parted(Plan(tuple(shifts), ()), first_alone=first_day_alone(site.today()))[
            1
        ].is_empty,
        seen=mark_of([officer_mark(officer), seen_mark(shifts), last_day]),
    )


def _counter_names(session: Session, agency_id: int) -> dict[int, str]:
    units = {unit.id for unit in roster.units_of_agency(session, agency_id)}
    return {one.id: one.name for one in roster.counters_in(session, units)}


def _end(tx: Session, site: Site, officer: Officer, *, by_account: int | None) -> None:
    """The last day is over: the officer serves no more, and the account is closed."""
    officer.retired_on, officer.ends_on = officer.ends_on, None
    account = queries.account_of_officer(tx, officer.id)
    if account is not None:
        close_quietly(tx, site, account, by=by_account)


def end_those_who_left(tx: Session, site: Site) -> int:
    """What the daily upkeep does for those whose last day is over; how many there were."""
    found = queries.officers_ending(tx, today=site.today())
    for officer in found:
        audit.append(
            tx,
            agency_id=officer.agency_id,
            at=site.now(),
            account_id=None,
            action="end_of_officer",
            subject=str(officer.id),
        )
        _end(tx, site, officer, by_account=None)
    return len(found)


def come_back(site: Site, viewer: Viewer, officer_id: int, *, seen: str) -> None:
    """Undo a leaving that is ahead, or take somebody in again; the account stays closed."""
    with site.db.transaction() as tx:
        officer = officer_to_change(tx, viewer, officer_id, seen=seen)
        unit = tx.get_one(Unit, officer.unit_id)
        if unit.retired_on is not None:
            raise FieldFaultError(
                "unit",
                "Unit %(name)s sudah berakhir. Pindahkan dahulu ke unit lain.",
                name=unit.name,
            )
        if officer.retired_on is None and officer.ends_on is None:
            return
        officer.retired_on = officer.ends_on = None
        log_act(tx, site, viewer, "rejoin_officer", str(officer.id))
