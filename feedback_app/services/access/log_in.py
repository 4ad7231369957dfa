"""The first step: name and password."""

from __future__ import annotations

from feedback_app.domain.passwords import fault_of_password
from feedback_app.services.access import guessing
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import AccountFaultError, LoginRefusedError, Viewer
from feedback_app.services.access.secrets import hash_password, is_outdated, password_fits
from feedback_app.services.access.sessions import open_session
from feedback_app.services.site import Site
from feedback_app.storage.models import Account
from feedback_app.storage.queries import accounts as queries


def normal_username(text: str) -> str:
    """Names are compared without case or blanks around them."""
    return text.strip().casefold()


def log_in(site: Site, *, username: str, password: str, user_agent: str = "") -> str:
    """Check name and password; return the new session's secret for the cookie.

    The session opens everything only where no second step is due: see `Stage`.
    """
    name = normal_username(username)
    account = None
    with guessing.turn():
        guessing.brake(site, guessing.key_of_name(name))
        if name.isprintable():  # a NUL would be an error to PostgreSQL
            with site.db.read() as session:
                account = queries.open_account_named(session, name)
        fits = password_fits(account.password_hash if account else "", password)
    if not fits or account is None:
        raise LoginRefusedError
    renewed = _renewed_hash(account, password)
    with site.db.transaction() as tx:
        guessing.release(tx, guessing.key_of_name(name))
        if renewed is not None:
            queries.renew_hash(tx, account.id, renewed)
        return open_session(tx, site, account, proof="password", user_agent=user_agent)


def _renewed_hash(account: Account, password: str) -> str | None:
    return hash_password(password) if is_outdated(account.password_hash) else None


def confirm_password(site: Site, viewer: Viewer, password: str) -> None:
    """Ask a logged-in person for the password again; LoginRefusedError when it is wrong."""
    with guessing.turn():
        guessing.brake(site, guessing.key_of_name(viewer.username))
        with site.db.read() as session:
            account = session.get(Account, viewer.account_id)
        if account is None or not password_fits(account.password_hash, password):
            raise LoginRefusedError
    with site.db.transaction() as tx:
        guessing.release(tx, guessing.key_of_name(viewer.username))


def change_password(site: Site, viewer: Viewer, *, old: str, new: str) -> None:
    """Change one's own password and end every session of the account."""
    fault = fault_of_password(new, username=viewer.username)
    if fault:
        raise AccountFaultError(fault)
    confirm_password(site, viewer, old)
    new_hash = hash_password(new)
    with site.db.transaction() as tx:
        queries.set_password(tx, viewer.account_id, new_hash, now=site.now())
        log_act(tx, site, viewer, "change_password", viewer.username)
