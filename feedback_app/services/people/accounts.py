"""Accounts as a person's: which officer one belongs to, and its role and units."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import refuse_last_admin
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.agency_accounts import account_of_agency
from feedback_app.services.access.people import AccountFaultError, Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people.table import refuse_other_than_admin
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Unit
from feedback_app.storage.queries import accounts as queries
from feedback_app.storage.queries import officer_room, people, roster, staff_sessions


@dataclass(frozen=True, slots=True)
class RoleForm:
    """An account's role, units and officer as a form shows them."""

    username: str
    name: str
    role: str
    unit_ids: frozenset[int]
    officer_id: int | None
    is_own: bool
    seen: str


def officer_choices(site: Site, viewer: Viewer) -> list[tuple[int, str]]:
    """Officers of the viewer's agency who have no account yet: identifier and name."""
    with site.db.read() as session:
        return officer_room.officers_without_account(session, viewer.agency_id)


def chosen_officer(site: Site, *, agency_id: int, role: Role, officer_id: int | None) -> int | None:
    """The officer of a new account; FieldFaultError when a role and a choice do not fit."""
    with site.db.read() as session:
        return _fitting(session, agency_id, role, officer_id)


def _fitting(session: Session, agency_id: int, role: Role, officer_id: int | None) -> int | None:
    if role is not Role.OFFICER:
        if officer_id is not None:
            raise FieldFaultError("officer", "Hanya akun petugas yang memilih petugas.")
        return None
    if officer_id not in dict(officer_room.officers_without_account(session, agency_id)):
        raise FieldFaultError("officer", "Pilih petugas yang memiliki akun ini.")
    return officer_id


def officer_with_nip(site: Site, *, agency_id: int, nip: str) -> int:
    """The agency's officer of this NIP, for the command line."""
    with site.db.read() as session:
        found = officer_room.officer_with_nip(session, agency_id, nip)
    if found is None:
        raise FieldFaultError("officer", "Tidak ada petugas dengan NIP ini.")
    return found


def role_form(site: Site, viewer: Viewer, account_id: int) -> RoleForm:
    """What can be changed of an open account; NotThereError for any other."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        account = account_of_agency(session, viewer, account_id)
        units = frozenset(queries.unit_ids_of(session, account.id))
        return RoleForm(
            username=account.username,
            name=account.name,
            role=account.role,
            unit_ids=units,
            officer_id=account.officer_id,
            is_own=account.id == viewer.account_id,
            seen=_mark(account, units),
        )


def change_account(
    site: Site,
    viewer: Viewer,
    account_id: int,
    *,
    role: Role,
    unit_ids: frozenset[int],
    officer_id: int | None,
    seen: str,
) -> None:
    """Give another account a role and units; its sessions end, and what was said stays said.

    An own account is changed by another admin, and the last admin's stays one.
    """
    refuse_other_than_admin(viewer)
    if account_id == viewer.account_id:
        raise AccountFaultError("Peran akun sendiri hanya dapat diubah oleh admin lain.")
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        account = account_of_agency(tx, viewer, account_id)
        before = frozenset(queries.unit_ids_of(tx, account.id))
        refuse_stale(seen, _mark(account, before))
        if role is not Role.ADMIN:
            refuse_last_admin(tx, account)
        kept = _checked_units(tx, viewer, role, unit_ids, before)
        if role is Role.OFFICER and officer_id == account.officer_id and officer_id is not None:
            owner: int | None = officer_id
        else:
            owner = _fitting(tx, viewer.agency_id, role, officer_id)
        detail = _told(tx, account, role, before, kept)
        account.role, account.officer_id = role.value, owner
        people.set_units(tx, account.id, kept, agency_id=viewer.agency_id)
        staff_sessions.end_sessions_of(tx, account.id, now=site.now())
        log_act(tx, site, viewer, "change_account", account.username, detail)


def _checked_units(
    session: Session,
    viewer: Viewer,
    role: Role,
    unit_ids: frozenset[int],
    before: frozenset[int],
) -> frozenset[int]:
    units = {unit.id: unit for unit in roster.units_of_agency(session, viewer.agency_id)}
    if role is not Role.SUPERVISOR:
        return frozenset()
    if not unit_ids or not unit_ids <= units.keys():
        raise FieldFaultError("units", "Pilih paling sedikit satu unit untuk seorang atasan.")
    over = [units[one].name for one in unit_ids - before if units[one].retired_on is not None]
    if over:
        raise FieldFaultError("units", "Unit %(name)s sudah berakhir.", name=over[0])
    return unit_ids


def _told(
    session: Session, account: Account, role: Role, before: frozenset[int], kept: frozenset[int]
) -> dict[str, str]:
    def named(ids: frozenset[int]) -> str:
        return ", ".join(sorted(session.get_one(Unit, one).name for one in ids)) or "–"

    told = {}
    if account.role != role.value:
        told["role"] = f"{account.role} → {role.value}"
    if before != kept:
        told["unit"] = f"{named(before)} → {named(kept)}"
    return told


def _mark(account: Account, units: frozenset[int]) -> str:
    return mark_of([account.role, account.officer_id, sorted(units), account.closed_at])
