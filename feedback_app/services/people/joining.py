"""One person entered twice: rows are joined, and a wrong joining is taken back (ADR 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.local_time import local_day
from feedback_app.domain.roster import Shift, clashes
from feedback_app.domain.roster_plans import Plan, day_of
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.people.joined_lots import Twice, drawn_twice, give_up
from feedback_app.services.people.person import officer_mark
from feedback_app.services.people.table import refuse_other_than_admin
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.roster.writing import by, save_plan, seen_mark
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Officer, OfficerJoin
from feedback_app.storage.queries import joins, lots, roster
from feedback_app.storage.queries import people as queries


@dataclass(frozen=True, slots=True)
class Joining:
    """What joining `officer` into `into` would do: from which quarter, which coming shifts.

    `seats`: draws in which both have a place, of which one is given up.
    """

    officer: Officer
    into: Officer
    from_day: date
    shifts: Sequence[Shift]
    account: Account | None
    seats: Sequence[Twice]
    seen: str


def choices_for(site: Site, viewer: Viewer, officer_id: int) -> list[tuple[int, str]]:
    """Who this row could be the same person as: number and name with unit."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        _officer(session, viewer, officer_id)
        owners = joins.owners_now(session)
        units = {u.id: u.name for u in roster.units_of_agency(session, viewer.agency_id)}
        return [
            (one.id, f"{one.name} · {one.employment} · {units[one.unit_id]}")
            for one in roster.officers_of(session, viewer.agency_id)
            if one.id != officer_id and one.id not in owners
        ]


def joining_of(site: Site, viewer: Viewer, officer_id: int, into_id: int) -> Joining:
    """What would happen; FieldFaultError when these cannot be one person."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        return _joining(session, site, viewer, officer_id, into_id)


def join_officers(site: Site, viewer: Viewer, officer_id: int, into_id: int, *, seen: str) -> None:
    """Join two rows from this quarter on; coming shifts and the account go along."""
    refuse_other_than_admin(viewer)
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        found = _joining(tx, site, viewer, officer_id, into_id)
        refuse_stale(seen, found.seen)
        change_id = _move_shifts(tx, site, viewer, found.shifts, to=into_id, kind="join")
        if found.account is not None:
            found.account.officer_id = into_id
        lots.put_instead(tx, officer_id, into_id)
        give_up(tx, site, viewer, found.seats)
        tx.add(
            OfficerJoin(
                agency_id=viewer.agency_id,
                officer_id=officer_id,
                into_id=into_id,
                from_day=found.from_day,
                until_day=None,
                account_id=found.account.id if found.account else None,
                change_id=change_id,
                made_by=viewer.account_id,
                made_at=site.now(),
                ended_by=None,
                ended_at=None,
            )
        )
        found.officer.retired_on = found.officer.retired_on or site.today()
        found.officer.ends_on = None
        detail = {"name": f"{found.officer.name} → {found.into.name}"}
        detail |= {"from": found.from_day.isoformat()}
        for one in (officer_id, into_id):
            log_act(tx, site, viewer, "join_officers", str(one), detail)


def _move_shifts(
    tx: Session, site: Site, viewer: Viewer, shifts: Sequence[Shift], *, to: int, kind: str
) -> int | None:
    if not shifts:
        return None
    added = tuple(replace(shift, shift_id=0, officer_id=to) for shift in shifts)
    return save_plan(tx, site, by(viewer), kind, Plan(tuple(shifts), added))


def _joining(
    session: Session, site: Site, viewer: Viewer, officer_id: int, into_id: int
) -> Joining:
    if officer_id == into_id:
        raise FieldFaultError("into", "Pilih orang lain: keduanya data yang sama.")
    officer, into = (_officer(session, viewer, one) for one in (officer_id, into_id))
    owners = joins.owners_now(session)
    if officer.id in owners or into.id in owners:
        raise FieldFaultError("into", "Salah satu data ini sudah digabung.")
    if into.retired_on is not None:
        raise FieldFaultError(
            "into", "%(name)s sudah berhenti. Gabungkan ke data yang masih dipakai.", name=into.name
        )
    _refuse_two_places(session, officer, into)
    account = queries.account_of_officer(session, officer.id)
    if account is not None and queries.account_of_officer(session, into.id) is not None:
        raise FieldFaultError(
            "into", "Keduanya punya akun. Tutup dahulu akun yang tidak dipakai lagi."
        )
    coming = queries.standing_shifts_of(session, [officer.id], since=site.now())
    seats = drawn_twice(
        session, site, joins.rows_of(session, officer.id), joins.rows_of(session, into.id)
    )
    marks = [officer_mark(officer), officer_mark(into), seen_mark(coming)]
    marks += [f"{one.lot.lot.id}/{one.officer_id}" for one in seats]
    return Joining(
        officer=officer,
        into=into,
        from_day=quarter_start(site.today()),
        shifts=coming,
        account=account,
        seats=seats,
        seen=mark_of([*marks, account.id if account else ""]),
    )


def _refuse_two_places(session: Session, officer: Officer, into: Officer) -> None:
    """Who stood at two places at once is two people."""
    rows = [*joins.rows_of(session, officer.id), *joins.rows_of(session, into.id)]
    every = queries.every_standing_shift(session, rows)
    found = clashes([replace(shift, officer_id=into.id) for shift in every])
    if found:
        raise FieldFaultError(
            "into",
            "Keduanya bertugas pada waktu yang sama, %(day)s: ini dua orang. "
            "Bila jadwalnya keliru, betulkan dahulu.",
            day=f"{day_of(found[0][1]):%d-%m-%Y}",
        )


def _officer(session: Session, viewer: Viewer, officer_id: int) -> Officer:
    found = session.get(Officer, officer_id)
    if found is None or found.agency_id != viewer.agency_id:
        raise NotThereError
    return found


@dataclass(frozen=True, slots=True)
class Parting:
    """What ending a joining would do: `until_day` is the first day on which each is alone."""

    join: OfficerJoin
    officer: Officer
    into: Officer
    until_day: date


def parting_of(site: Site, viewer: Viewer, join_id: int) -> Parting:
    """A joining that stands; NotThereError for any other."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        join = _standing(session, viewer, join_id)
        officer = session.get_one(Officer, join.officer_id)
        into = session.get_one(Officer, join.into_id)
    return Parting(join, officer, into, quarter_start(site.today()))


def part_officers(site: Site, viewer: Viewer, join_id: int) -> int:
    """End a wrong joining from this quarter on; the row that is on its own again.

    What was shown together stays so: a quarter between is not opened again.
    """
    refuse_other_than_admin(viewer)
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        join = _standing(tx, viewer, join_id)
        officer, into = tx.get_one(Officer, join.officer_id), tx.get_one(Officer, join.into_id)
        join.until_day = max(join.from_day, quarter_start(site.today()))
        join.ended_by, join.ended_at = viewer.account_id, site.now()
        if officer.retired_on is not None and officer.retired_on >= local_day(join.made_at):
            officer.retired_on = None
        if join.change_id is not None:
            shifts = queries.shifts_recorded_in(tx, join.change_id, since=site.now())
            _move_shifts(tx, site, viewer, shifts, to=officer.id, kind="part")
        if join.account_id is not None:
            account = tx.get_one(Account, join.account_id)
            if account.closed_at is None and account.officer_id == into.id:
                account.officer_id = officer.id
        detail: Mapping[str, str] = {
            "name": f"{officer.name} ≠ {into.name}",
            "from": join.until_day.isoformat(),
        }
        for one in (officer.id, into.id):
            log_act(tx, site, viewer, "part_officers", str(one), dict(detail))
        return officer.id


def _standing(session: Session, viewer: Viewer, join_id: int) -> OfficerJoin:
    found = session.get(OfficerJoin, join_id)
    if found is None or found.agency_id != viewer.agency_id or found.ended_at is not None:
        raise NotThereError
    return found
