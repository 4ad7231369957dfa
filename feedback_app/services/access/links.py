"""One-time links: an invited or forgetful person sets the own password, which nobody else knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feedback_app.files.qr_symbols import QrOutline, qr_outline
from feedback_app.services.access import guessing
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.agency_accounts import account_of_agency
from feedback_app.services.access.people import AccountFaultError, Viewer
from feedback_app.services.access.secrets import hash_of, hash_password, new_token
from feedback_app.services.access.strength import fault_of_password
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import AccessLink, Account, Agency
from feedback_app.storage.queries import access_links as queries
from feedback_app.storage.queries import accounts, audit

Kind = Literal["invitation", "reset"]
# ADR 1
LIFE: dict[Kind, timedelta] = {"invitation": timedelta(hours=72), "reset": timedelta(hours=24)}
PATH = "/tautan/"  # the route is web/links.py; the address comes from settings, never from a Host


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link to hand over. Its address is shown once: only a hash is kept."""

    kind: Kind
    username: str
    name: str
    url: str
    outline: QrOutline
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What the holder of a link that works may know."""

    kind: Kind
    username: str
    name: str


class DeadLinkError(Exception):
    """Unknown, used, revoked or expired: which one is not said."""


def add_link(tx: Session, site: Site, account: Account) -> IssuedLink:
    """Add a link for the account and revoke the ones before it.

    LoopbackAddressError where nobody else could open it.
    """
    address = site.printed_address(is_demo=tx.get_one(Agency, account.agency_id).is_demo)
    kind: Kind = "reset" if account.password_hash else "invitation"
    token, expires_at = new_token(), site.now() + LIFE[kind]
    store_link(tx, site, account, token=token, expires_at=expires_at)
    url = link_address(address, token)
    return IssuedLink(kind, account.username, account.name, url, qr_outline(url), expires_at)


def store_link(
    tx: Session, site: Site, account: Account, *, token: str, expires_at: datetime
) -> None:
    """Keep the hash of a link's token and revoke the links before it."""
    now = site.now()
    queries.revoke_links_of(tx, account.id, now=now)
    tx.add(
        AccessLink(
            token_hash=hash_of(token),
            account_id=account.id,
            agency_id=account.agency_id,
            kind="reset" if account.password_hash else "invitation",
            created_at=now,
            expires_at=expires_at,
            used_at=None,
            revoked_at=None,
        )
    )


def link_address(address: str, token: str) -> str:
    """Where a link leads, from an address of the settings, never from a request's Host."""
    return address + PATH + token


def issue_link(site: Site, viewer: Viewer, account_id: int) -> IssuedLink:
    """Give an account of the agency a new link; the old password works until it is used."""
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        issued = add_link(tx, site, account)
        log_act(tx, site, viewer, "issue_link", account.username, {"kind": issued.kind})
    return issued


def revoke_link(site: Site, viewer: Viewer, account_id: int) -> None:
    """Make the account's link stop working."""
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        if not queries.revoke_links_of(tx, account_id, now=site.now()):
            raise AccountFaultError("Tidak ada tautan yang masih berlaku.")
        log_act(tx, site, viewer, "revoke_link", account.username)


def open_link(site: Site, token: str) -> OpenedLink:
    """Look at a link without using it up; DeadLinkError when it does not work."""
    with site.db.read() as session:
        found = queries.open_link(session, hash_of(token), now=site.now())
    if found is None:
        raise DeadLinkError
    link, account = found
    return OpenedLink(_kind(link), account.username, account.name)


def use_link(site: Site, token: str, *, name: str, password: str) -> str:
    """Set the password (and the name, when invited), once; return the user name.

    Who waited because somebody guessed at the old password waits no longer.
    """
    opened = open_link(site, token)
    _check(opened, name, password)
    with guessing.turn():
        new_hash = hash_password(password)
    with site.db.transaction() as tx:
        found = queries.open_link(tx, hash_of(token), now=site.now())
        if found is None or not queries.use_link(tx, found[0].id, now=site.now()):
            raise DeadLinkError
        link, account = found
        if _kind(link) == "invitation":
            account.name = name.strip()
        accounts.set_password(tx, account.id, new_hash, now=site.now())
        guessing.release(tx, guessing.key_of_name(account.username))
        audit.append(
            tx,
            agency_id=account.agency_id,
            at=site.now(),
            account_id=account.id,
            action="use_link",
            subject=account.username,
            detail={"kind": link.kind},
        )
    return opened.username


def _check(opened: OpenedLink, name: str, password: str) -> None:
    if opened.kind == "invitation" and not is_good_name(name):
        raise FieldFaultError("name", "Isi nama lengkap, paling banyak 200 karakter.")
    fault = fault_of_password(password, username=opened.username)
    if fault:
        raise FieldFaultError("new", fault)


def is_good_name(name: str) -> bool:
    """Whether this can be a person's name."""
    return bool(name.strip()) and len(name) <= 200 and name.isprintable()


def _kind(link: AccessLink) -> Kind:
    return "invitation" if link.kind == "invitation" else "reset"
