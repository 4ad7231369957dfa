"""The first step: name and password."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_app.domain.staff_sessions import browser_words
from feedback_app.services.access import guessing
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import AccountFaultError, LoginRefusedError, Viewer
from feedback_app.services.access.secrets import hash_password, is_outdated, password_fits
from feedback_app.services.access.sessions import open_session
from feedback_app.services.access.strength import fault_of_password
from feedback_app.services.site import Site
from feedback_app.storage.models import Account
from feedback_app.storage.queries import accounts as queries
from feedback_app.storage.queries import audit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Browser:
    """What asks to log in: its user agent, and account -> name of this browser as its known one.

    The names were given at earlier log-ins of those accounts, and nobody else can have them.
    """

    user_agent: str = ""
    known_as: Mapping[int, str] = field(default_factory=dict)


UNKNOWN_BROWSER = Browser()


def normal_username(text: str) -> str:
    """Names are compared without case or blanks around them, however their accents were typed."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def log_in(site: Site, *, username: str, password: str, browser: Browser = UNKNOWN_BROWSER) -> str:
    """Check name and password; return the new session's secret for the cookie.

    The session opens everything only where no second step is due: see `Stage`.
    """
    name = normal_username(username)
    with guessing.turn():
        account = _account_named(site, name)
        known_as = browser.known_as.get(account.id) if account else None
        key = guessing.key_of_browser(known_as) if known_as else guessing.key_of_name(name)
        guessing.brake(site, key)
        fits = password_fits(account.password_hash if account else "", password)
        renewed = _renewed_hash(account, password) if fits and account else None
    if not fits or account is None:
        _note_refusal(site, account, browser)
        raise LoginRefusedError
    with site.db.transaction() as tx:
        guessing.release(tx, key)
        if renewed is not None:
            queries.renew_hash(tx, account.id, renewed)
        return open_session(tx, site, account, proof="password", user_agent=browser.user_agent)


def _account_named(site: Site, name: str) -> Account | None:
    if not name.isprintable():  # a NUL would be an error to PostgreSQL
        return None
    with site.db.read() as session:
        return queries.open_account_named(session, name)


def _note_refusal(site: Site, account: Account | None, browser: Browser) -> None:
    """Write it down where its owner will read it. The brake bounds how often (ASVS 5, 16.3.1).

    An unknown name is not written anywhere: it may be a password typed into the wrong field.
    """
    log.warning("log-in refused: %s", "wrong password" if account else "no such account")
    family, system = browser_words(browser.user_agent)
    with site.db.transaction() as tx:
        if account is None:  # written all the same, so that both refusals take as long
            guessing.count_unknown_name(tx, site)
            return
        audit.append(
            tx,
            agency_id=account.agency_id,
            at=site.now(),
            account_id=None,
            action="fail_to_log_in",
            subject=account.username,
            detail={"browser": " ".join(filter(None, (family, system)))},
        )


def _renewed_hash(account: Account, password: str) -> str | None:
    return hash_password(password) if is_outdated(account.password_hash) else None


def confirm_password(site: Site, viewer: Viewer, password: str) -> None:
    """Ask a logged-in person for the password again; LoginRefusedError when it is wrong."""
    key = guessing.key_of_confirming(viewer.account_id)
    with guessing.turn():
        guessing.brake(site, key)
        with site.db.read() as session:
            account = session.get(Account, viewer.account_id)
        if account is None or not password_fits(account.password_hash, password):
            raise LoginRefusedError
    with site.db.transaction() as tx:
        guessing.release(tx, key)


def change_password(site: Site, viewer: Viewer, *, old: str, new: str) -> None:
    """Change one's own password and end every session of the account."""
    fault = fault_of_password(new, username=viewer.username)
    if fault:
        raise AccountFaultError(fault)
    confirm_password(site, viewer, old)
    with guessing.turn():
        new_hash = hash_password(new)
    with site.db.transaction() as tx:
        queries.set_password(tx, viewer.account_id, new_hash, now=site.now())
        log_act(tx, site, viewer, "change_password", viewer.username)
