"""Staff accounts and log-in: Argon2id passwords, sessions kept and ended on the server."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from feedback_app.domain.roles import Role
from feedback_app.services.acts import log_act
from feedback_app.services.site import NotThereError, Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, AccountUnit, LoginThrottle, StaffSession
from feedback_app.storage.queries import accounts as queries
from feedback_app.storage.queries import audit

PASSWORD_MIN = 10  # characters; length beats composition rules (NIST SP 800-63B §3.1.1)
GUESSES = 8  # failed log-ins of one name per window; then only a wait, never a lock
GUESS_WINDOW = timedelta(minutes=10)

_hasher = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's low-memory profile
# Checked when a name is unknown, so that both cases take the same time.
_NOBODY_HASH = _hasher.hash("nobody has this password")


class LoginRefusedError(Exception):
    """Name or password is wrong; which one is not said."""


class TooManyGuessesError(Exception):
    """This name was guessed too often; try again after the window."""


class AccountFaultError(ValueError):
    """The account cannot be made or changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: handed to every service that reads for staff."""

    account_id: int
    agency_id: int
    username: str
    name: str
    role: Role
    unit_ids: frozenset[int]
    officer_id: int | None


def log_in(site: Site, *, username: str, password: str) -> str:
    """Check name and password; return the new session's secret for the cookie."""
    name = normal_username(username)
    account = None
    with site.db.transaction() as tx:
        if _is_throttled(tx, site, name):
            raise TooManyGuessesError
    if name.isprintable():  # a NUL would be an error to PostgreSQL
        with site.db.read() as session:
            account = queries.open_account_named(session, name)
    if not _password_fits(account, password) or account is None:
        with site.db.transaction() as tx:
            _count_failure(tx, site, name)
        raise LoginRefusedError
    return _open_session(site, account, name)


def _open_session(site: Site, account: Account, name: str) -> str:
    secret = secrets.token_urlsafe(32)
    now = site.now()
    with site.db.transaction() as tx:
        throttle = tx.get(LoginThrottle, _hash(name))
        if throttle is not None:
            tx.delete(throttle)
        tx.add(
            StaffSession(
                secret_hash=_hash(secret),
                account_id=account.id,
                created_at=now,
                expires_at=now + timedelta(hours=site.settings.session_hours),
                revoked_at=None,
            )
        )
        audit.append(
            tx,
            agency_id=account.agency_id,
            at=now,
            account_id=account.id,
            action="log_in",
            subject=name,
        )
    return secret


def viewer_of_session(site: Site, secret: str) -> Viewer | None:
    """Who this session belongs to; None once it has expired or was ended."""
    with site.db.read() as session:
        found = queries.account_of_session(session, _hash(secret), now=site.now())
        if found is None:
            return None
        return Viewer(
            account_id=found.id,
            agency_id=found.agency_id,
            username=found.username,
            name=found.name,
            role=Role(found.role),
            unit_ids=frozenset(queries.unit_ids_of(session, found.id)),
            officer_id=found.officer_id,
        )


def log_out(site: Site, secret: str) -> None:
    """End this session on the server."""
    with site.db.transaction() as tx:
        queries.end_session(tx, _hash(secret), now=site.now())


def create_account(
    site: Site,
    *,
    agency_id: int,
    username: str,
    name: str,
    role: Role,
    unit_ids: frozenset[int],
    password: str | None = None,
    by: int | None = None,
    officer_id: int | None = None,
) -> str:
    """Make an account; return its password (a random one when none is given)."""
    username = normal_username(username)
    chosen = password or secrets.token_urlsafe(9)
    _check_new_account(username, name, role, unit_ids, chosen)
    account = Account(
        agency_id=agency_id,
        username=username,
        name=name.strip(),
        role=role.value,
        password_hash=_hasher.hash(chosen),  # before the transaction: it takes long on purpose
        officer_id=officer_id,
        created_at=site.now(),
        closed_at=None,
    )
    with site.db.transaction() as tx:
        _add_account(tx, account, unit_ids, at=site.now(), by=by)
    return chosen


def _add_account(
    tx: Session, account: Account, unit_ids: frozenset[int], *, at: datetime, by: int | None
) -> None:
    if queries.username_is_taken(tx, account.username):
        raise AccountFaultError(f"Nama pengguna {account.username} sudah dipakai.")
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


def change_password(site: Site, viewer: Viewer, *, old: str, new: str) -> None:
    """Change one's own password and end every session of the account."""
    if len(new) < PASSWORD_MIN:
        raise AccountFaultError(f"Kata sandi paling sedikit {PASSWORD_MIN} karakter.")
    with site.db.read() as session:
        account = session.get(Account, viewer.account_id)
    if not _password_fits(account, old):
        raise LoginRefusedError
    new_hash = _hasher.hash(new)
    with site.db.transaction() as tx:
        queries.set_password(tx, viewer.account_id, new_hash, now=site.now())
        log_act(tx, site, viewer, "change_password", viewer.username)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the admin's list."""

    account_id: int
    username: str
    name: str
    role: str
    units: tuple[str, ...]
    is_closed: bool


def account_lines(site: Site, viewer: Viewer) -> list[AccountLine]:
    """Every account of the viewer's agency, open ones first."""
    with site.db.read() as session:
        units = queries.unit_names_by_account(session, viewer.agency_id)
        found = queries.accounts_of_agency(session, viewer.agency_id)
        return [
            AccountLine(
                account_id=row.id,
                username=row.username,
                name=row.name,
                role=row.role,
                units=tuple(units.get(row.id, ())),
                is_closed=row.closed_at is not None,
            )
            for row in found
        ]


def close_account(site: Site, viewer: Viewer, account_id: int) -> None:
    """Close another account of the agency and end its sessions; its name stays taken."""
    if account_id == viewer.account_id:
        raise AccountFaultError("Akun sendiri tidak dapat ditutup.")
    with site.db.transaction() as tx:
        account = _account_of_agency(tx, viewer, account_id)
        account.closed_at = site.now()
        queries.end_sessions_of(tx, account_id, now=site.now())
        log_act(tx, site, viewer, "close_account", account.username)


def give_new_password(site: Site, viewer: Viewer, account_id: int) -> str:
    """Set a random password, to be handed over once, and end the account's sessions."""
    password = secrets.token_urlsafe(9)
    new_hash = _hasher.hash(password)
    with site.db.transaction() as tx:
        account = _account_of_agency(tx, viewer, account_id)
        queries.set_password(tx, account_id, new_hash, now=site.now())
        log_act(tx, site, viewer, "give_new_password", account.username)
    return password


def account_named(site: Site, viewer: Viewer, account_id: int) -> AccountLine:
    """One account of the viewer's agency; NotThereError for any other."""
    for line in account_lines(site, viewer):
        if line.account_id == account_id:
            return line
    raise NotThereError


def _account_of_agency(tx: Session, viewer: Viewer, account_id: int) -> Account:
    account = tx.get(Account, account_id)
    if account is None or account.agency_id != viewer.agency_id or account.closed_at is not None:
        raise NotThereError
    return account


def normal_username(text: str) -> str:
    """Names are compared without case or blanks around them."""
    return text.strip().casefold()


def _check_new_account(
    username: str, name: str, role: Role, unit_ids: frozenset[int], password: str
) -> None:
    if not (3 <= len(username) <= 80) or not username.replace(".", "").replace("-", "").isalnum():
        raise AccountFaultError(
            "Nama pengguna: 3 sampai 80 huruf, angka, titik, atau tanda hubung."
        )
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise AccountFaultError("Isi nama lengkap, paling banyak 200 karakter.")
    if len(password) < PASSWORD_MIN:
        raise AccountFaultError(f"Kata sandi paling sedikit {PASSWORD_MIN} karakter.")
    if role is Role.SUPERVISOR and not unit_ids:
        raise AccountFaultError("Pilih paling sedikit satu unit untuk seorang atasan.")


def _password_fits(account: Account | None, password: str) -> bool:
    try:
        return _hasher.verify(account.password_hash if account else _NOBODY_HASH, password)
    except (VerificationError, InvalidHashError):
        return False


def _is_throttled(tx: Session, site: Site, name: str) -> bool:
    throttle = tx.get(LoginThrottle, _hash(name))
    if throttle is None:
        return False
    if throttle.window_ends_at <= site.now():
        tx.delete(throttle)
        return False
    return throttle.failures >= GUESSES


def _count_failure(tx: Session, site: Site, name: str) -> None:
    throttle = tx.get(LoginThrottle, _hash(name))
    if throttle is None:
        ends = site.now() + GUESS_WINDOW
        tx.add(LoginThrottle(name_hash=_hash(name), failures=1, window_ends_at=ends))
    else:
        throttle.failures += 1


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
