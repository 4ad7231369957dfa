"""Accounts of staff: made, listed, changed, closed. How they come in: services/access/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_app.domain.roles import Role
from feedback_app.domain.second_factor import must_enrol
from feedback_app.domain.staff_sessions import Stage, is_idle
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.agency_accounts import account_of_agency
from feedback_app.services.access.links import IssuedLink, add_link, is_good_name
from feedback_app.services.access.log_in import normal_username
from feedback_app.services.access.people import AccountFaultError, Viewer
from feedback_app.services.access.secrets import hash_password
from feedback_app.services.access.strength import fault_of_password
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, AccountUnit, Agency
from feedback_app.storage.queries import (
    access_links,
    audit,
    people,
    second_factors,
    staff_sessions,
)
from feedback_app.storage.queries import accounts as queries


def create_account(
    site: Site,
    *,
    agency_id: int,
    username: str,
    name: str,
    role: Role,
    unit_ids: frozenset[int],
    password: str,
    by: int | None = None,
    officer_id: int | None = None,
) -> int:
    """Make an account with a password that is known already; return its number."""
    fault = fault_of_password(password, username=normal_username(username))
    if fault:
        raise AccountFaultError(fault)
    account = _new_account(site, agency_id, username, name, role, unit_ids)
    account.password_hash = hash_password(password)
    account.officer_id = officer_id
    with site.db.transaction() as tx:
        _add_account(tx, account, unit_ids, at=site.now(), by=by)
        return account.id


def invite_account(
    site: Site,
    *,
    agency_id: int,
    username: str,
    name: str,
    role: Role,
    unit_ids: frozenset[int],
    by: int | None = None,
    officer_id: int | None = None,
) -> IssuedLink:
    """Make an account whose password only its owner will know, by a one-time link."""
    account = _new_account(site, agency_id, username, name, role, unit_ids)
    account.officer_id = officer_id
    with site.db.transaction() as tx:
        _add_account(tx, account, unit_ids, at=site.now(), by=by)
        return add_link(tx, site, account)


def add_first_admin(
    tx: Session, site: Site, *, agency_id: int, username: str, name: str
) -> IssuedLink:
    """The same for the first admin, in the transaction that makes the office."""
    account = _new_account(site, agency_id, username, name, Role.ADMIN, frozenset())
    _add_account(tx, account, frozenset(), at=site.now(), by=None)
    return add_link(tx, site, account)


def is_still_invited(site: Site, username: str) -> bool:
    """Whether the owner of an open account has not set a password yet."""
    with site.db.read() as session:
        account = queries.open_account_named(session, normal_username(username))
    return account is not None and not account.password_hash


def new_link_for(site: Site, *, username: str) -> IssuedLink:
    """A new one-time link for an open account, from the server's own command line."""
    with site.db.transaction() as tx:
        account = queries.open_account_named(tx, normal_username(username))
        if account is None:
            raise AccountFaultError("Tidak ada akun bernama %(name)s.", name=username)
        issued = add_link(tx, site, account)
        audit.append(
            tx,
            agency_id=account.agency_id,
            at=site.now(),
            account_id=None,
            action="issue_link",
            subject=account.username,
            detail={"kind": issued.kind},
        )
        return issued


def add_invited(
    tx: Session,
    site: Site,
    *,
    agency_id: int,
    username: str,
    name: str,
    role: Role,
    officer_id: int | None,
    by: int | None,
) -> Account:
    """An account without a password or a link yet, within a larger act."""
    account = _new_account(site, agency_id, username, name, role, frozenset())
    account.officer_id = officer_id
    _add_account(tx, account, frozenset(), at=site.now(), by=by)
    return account


def _new_account(
    site: Site, agency_id: int, username: str, name: str, role: Role, unit_ids: frozenset[int]
) -> Account:
    username = normal_username(username)
    if not (3 <= len(username) <= 80) or not username.replace(".", "").replace("-", "").isalnum():
        raise AccountFaultError(
            "Nama pengguna: 3 sampai 80 huruf, angka, titik, atau tanda hubung."
        )
    if not is_good_name(name):
        raise AccountFaultError("Isi nama lengkap, paling banyak 200 karakter.")
    if role is Role.SUPERVISOR and not unit_ids:
        raise AccountFaultError("Pilih paling sedikit satu unit untuk seorang atasan.")
    return Account(
        agency_id=agency_id,
        username=username,
        name=name.strip(),
        role=role.value,
        password_hash="",
        sso_name=None,
        sso_subject=None,
        officer_id=None,
        created_at=site.now(),
        closed_at=None,
    )


def _add_account(
    tx: Session, account: Account, unit_ids: frozenset[int], *, at: datetime, by: int | None
) -> None:
    if queries.username_is_taken(tx, account.username):
        raise AccountFaultError("Nama pengguna %(name)s sudah dipakai.", name=account.username)
    tx.add(account)
    tx.flush()
    tx.add_all(
        AccountUnit(account_id=account.id, unit_id=unit_id, agency_id=account.agency_id)
        for unit_id in sorted(unit_ids)
    )
    audit.append(
        tx,
        agency_id=account.agency_id,
        at=at,
        account_id=by,
        action="create_account",
        subject=account.username,
        detail={"role": account.role},
    )


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the admin's list."""

    account_id: int
    username: str
    name: str
    role: str
    units: tuple[str, ...]
    is_closed: bool
    is_invited: bool  # nobody has set its password yet
    has_second_factor: bool
    lacks_second_factor: bool  # its role needs one


def account_lines(site: Site, viewer: Viewer) -> list[AccountLine]:
    """Every account of the viewer's agency, open ones first."""
    with site.db.read() as session:
        units = queries.unit_names_by_account(session, viewer.agency_id)
        with_factor = second_factors.accounts_with_factor(session, viewer.agency_id)
        is_demo = session.get_one(Agency, viewer.agency_id).is_demo
        found = queries.accounts_of_agency(session, viewer.agency_id)
        return [
            AccountLine(
                account_id=row.id,
                username=row.username,
                name=row.name,
                role=row.role,
                units=tuple(units.get(row.id, ())),
                is_closed=row.closed_at is not None,
                is_invited=not row.password_hash,
                has_second_factor=row.id in with_factor,
                lacks_second_factor=row.id not in with_factor
                and must_enrol(Role(row.role), agency_is_demo=is_demo),
            )
            for row in found
        ]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account as the admin sees it."""

    line: AccountLine
    sessions: int
    link_expires_at: datetime | None
    sso_name: str
    sso_is_bound: bool
    is_own: bool
    officer_id: int | None


def account_page(site: Site, viewer: Viewer, account_id: int) -> AccountPage:
    """One account of the viewer's agency; NotThereError for any other."""
    line = next((x for x in account_lines(site, viewer) if x.account_id == account_id), None)
    if line is None:
        raise NotThereError
    now = site.now()
    with site.db.read() as session:
        account = session.get_one(Account, account_id)
        rows = staff_sessions.living_sessions_of(session, account_id, stage=Stage.FULL, now=now)
        link = access_links.open_link_of(session, account_id, now=now)
    alive = [row for row in rows if not is_idle(last_seen=row.last_seen_at, now=now)]
    return AccountPage(
        line=line,
        sessions=len(alive),
        link_expires_at=link.expires_at if link else None,
        sso_name=account.sso_name or "",
        sso_is_bound=account.sso_subject is not None,
        is_own=account_id == viewer.account_id,
        officer_id=account.officer_id,
    )


def close_account(site: Site, viewer: Viewer, account_id: int) -> None:
    """Close another account of the agency and end its sessions; its name stays taken."""
    if account_id == viewer.account_id:
        raise AccountFaultError("Akun sendiri tidak dapat ditutup.")
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        refuse_last_admin(tx, account)
        close_quietly(tx, site, account, by=viewer.account_id)


def close_quietly(tx: Session, site: Site, account: Account, *, by: int | None) -> None:
    """Close an account within a larger act; `by` is None where the calendar does it."""
    account.closed_at = site.now()
    account.sso_name = account.sso_subject = None  # free for the person's next account
    staff_sessions.end_sessions_of(tx, account.id, now=site.now())
    access_links.revoke_links_of(tx, account.id, now=site.now())
    audit.append(
        tx,
        agency_id=account.agency_id,
        at=site.now(),
        account_id=by,
        action="close_account",
        subject=account.username,
    )


def refuse_last_admin(tx: Session, account: Account) -> None:
    """Somebody must be left who can log in and invite others."""
    if account.role != Role.ADMIN.value:
        return
    if not people.usable_admins(tx, account.agency_id, but=account.id):
        raise AccountFaultError(
            "Ini admin terakhir yang dapat masuk. Undang admin lain dahulu, lalu ulangi."
        )


def end_sessions_of_account(site: Site, viewer: Viewer, account_id: int) -> int:
    """End every session of an account of the agency; return how many lived."""
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        ended = staff_sessions.end_sessions_of(tx, account_id, now=site.now())
        log_act(tx, site, viewer, "end_sessions_of_account", account.username)
    return ended


SSO_NAME_MAX = 200


def name_for_single_sign_on(site: Site, viewer: Viewer, account_id: int, name: str) -> None:
    """Say which name of the single sign-on belongs to this account ('': none).

    That unbinds it, and ends every session of an account that had such a name before.
    """
    plain = normal_username(name)
    if len(plain) > SSO_NAME_MAX or not plain.isprintable():
        raise AccountFaultError("Nama masuk tunggal paling banyak 200 karakter.")
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        if plain and queries.sso_name_is_taken(tx, plain, by_other_than=account_id):
            raise AccountFaultError("Nama masuk tunggal ini sudah dipakai akun lain.")
        if account.sso_name is not None:  # who came in by it may be another person
            staff_sessions.end_sessions_of(tx, account_id, now=site.now())
        account.sso_name = plain or None
        account.sso_subject = None
        log_act(tx, site, viewer, "set_sso_name", account.username, {"sso_name": plain})
