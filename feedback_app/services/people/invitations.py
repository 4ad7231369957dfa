"""Invite many at once: accounts, one-time links of 14 days, and one PDF of slips to cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_app.domain.folding import fold
from feedback_app.domain.local_time import local_day
from feedback_app.domain.person_names import calling_name, other_names
from feedback_app.domain.roles import Role
from feedback_app.files.indonesian import long_date
from feedback_app.files.invitation_slips import Slip, SlipTexts, invitation_slips_pdf
from feedback_app.services.access.accounts import add_invited
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.links import link_address, store_link
from feedback_app.services.access.people import AccountFaultError, Viewer
from feedback_app.services.access.secrets import new_token
from feedback_app.services.people.table import (
    Asked,
    PersonLine,
    everybody_of,
    invitable_of,
    matching,
    may_be_invited,
    refuse_other_than_admin,
)
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Agency
from feedback_app.storage.queries import access_links, people
from feedback_app.storage.queries import accounts as queries

LIFE = timedelta(days=14)  # slips are cut and handed out, some to people who are away
MOST = 200  # slips of one PDF: 25 sheets


@dataclass(frozen=True, slots=True)
class Invited:
    """One person who gets a slip: with a new account of this name, or with the one that waits."""

    line: PersonLine
    username: str
    account_id: int | None


@dataclass(frozen=True, slots=True)
class Invitations:
    """Who gets a slip and who none, with the mark of how they all stood."""

    invited: tuple[Invited, ...]
    without: tuple[PersonLine, ...]  # who have a password, or have left
    expires_at: datetime
    seen: str


def invitations_for(
    site: Site, viewer: Viewer, keys: Collection[str], *, everybody: Asked | None
) -> Invitations:
    """Who of those chosen would be invited; `everybody` are all that a filter finds."""
    refuse_other_than_admin(viewer)
    lines = everybody_of(site, viewer)
    if everybody:
        chosen = invitable_of(matching(lines, everybody), everybody)
    else:
        chosen = [line for line in lines if line.key in keys]
    if not chosen:
        raise AccountFaultError("Pilih paling sedikit satu orang.")
    fitting = [line for line in chosen if may_be_invited(line)]
    if len(fitting) > MOST:
        raise AccountFaultError("Paling banyak %(most)s undangan sekali cetak.", most=MOST)
    with site.db.read() as session:
        invited = _named(session, fitting)
    return Invitations(
        invited=invited,
        without=tuple(line for line in chosen if not may_be_invited(line)),
        expires_at=site.now() + LIFE,
        seen=mark_of(
            (one.line.key, one.username, one.account_id, _open_links(site, one)) for one in invited
        ),
    )


def _open_links(site: Site, one: Invited) -> object:
    """A link made meanwhile would end with ours: the second of two people must see it."""
    if one.account_id is None:
        return ""
    with site.db.read() as session:
        return access_links.newest_link_at(session, one.account_id)


def make_invitations(
    site: Site, viewer: Viewer, keys: Collection[str], *, everybody: Asked | None, seen: str
) -> bytes:
    """The PDF of slips; all accounts and links are made, or none and there is no PDF.

    The slips are set first: what cannot be printed leaves nothing behind. LoopbackAddressError
    where nobody else could open the links.
    """
    found = invitations_for(site, viewer, keys, everybody=everybody)
    refuse_stale(seen, found.seen)
    if not found.invited:
        raise AccountFaultError("Tidak ada yang perlu diundang: semuanya sudah punya akun.")
    tokens = [new_token() for _one in found.invited]
    content = _pdf(site, viewer, found, tokens)
    with site.db.transaction() as tx:
        for one, token in zip(found.invited, tokens, strict=True):
            account = _account(tx, site, viewer, one)
            store_link(tx, site, account, token=token, expires_at=found.expires_at)
            detail = {"kind": "invitation", "to": local_day(found.expires_at).isoformat()}
            log_act(tx, site, viewer, "issue_link", account.username, detail)
        log_act(tx, site, viewer, "print_invitations", str(len(found.invited)))
    return content


def _account(tx: Session, site: Site, viewer: Viewer, one: Invited) -> Account:
    if one.account_id is not None:
        account = tx.get_one(Account, one.account_id)
        if account.password_hash or account.closed_at is not None:
            raise ChangedMeanwhileError
        return account
    if one.line.officer_id is None or people.account_of_officer(tx, one.line.officer_id):
        raise ChangedMeanwhileError
    return add_invited(
        tx,
        site,
        agency_id=viewer.agency_id,
        username=one.username,
        name=one.line.name,
        role=Role.OFFICER,
        officer_id=one.line.officer_id,
        by=viewer.account_id,
    )


def _pdf(site: Site, viewer: Viewer, found: Invitations, tokens: Sequence[str]) -> bytes:
    with site.db.read() as session:
        agency = session.get_one(Agency, viewer.agency_id)
        address = site.printed_address(is_demo=agency.is_demo)
        texts = SlipTexts(
            agency=agency.name,
            until=long_date(local_day(found.expires_at)),
            domain=address.split("://")[1],
            is_demo=agency.is_demo,
        )
    slips = [
        Slip(name=one.line.name, username=one.username, url=link_address(address, token))
        for one, token in zip(found.invited, tokens, strict=True)
    ]
    return site.documents.run(invitation_slips_pdf, slips, texts)


def _named(session: Session, lines: Sequence[PersonLine]) -> tuple[Invited, ...]:
    """User names for those who have none: siti.aminah, and a number where that is taken."""
    taken: set[str] = set()
    found = []
    for line in lines:
        if line.account == "invited":
            found.append(Invited(line, line.username, line.account_id))
            continue
        name = _free(session, line.name, taken)
        taken.add(name)
        found.append(Invited(line, name, None))
    return tuple(found)


def free_username(site: Site, name: str) -> str:
    """A user name that nobody has, made of a person's name."""
    with site.db.read() as session:
        return _free(session, name, frozenset())


def _free(session: Session, name: str, taken: Collection[str]) -> str:
    plain = username_for(name)
    found, number = plain, 2
    while found in taken or queries.username_is_taken(session, found):
        found, number = f"{plain}{number}", number + 1
    return found


def username_for(name: str) -> str:
    """'Dra. Hj. Nurlaila Hasan, M.Si.' -> 'nurlaila.hasan'; at least three plain letters."""
    words = [*calling_name(name).split(), *other_names(name)][:2]
    plain = [unicodedata.normalize("NFKD", fold(word)) for word in words]
    parts = [re.sub(r"[^a-z0-9]", "", word) for word in plain]
    found = ".".join(part for part in parts if part)[:60]
    return found if len(found) >= 3 else f"petugas.{found}".rstrip(".")
