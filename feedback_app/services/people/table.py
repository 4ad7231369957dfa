"""Everybody in one table: officers and accounts, found by name, unit, role and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from feedback_app.domain.folding import fold
from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import AccountLine, account_lines
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.roster.scope import called
from feedback_app.services.site import Site
from feedback_app.storage.models import Officer
from feedback_app.storage.queries import accounts, joins, roster

PAGE = 50  # people on one page
State = Literal["serving", "leaving", "left"]
STATES = ("serving", "leaving", "left", "all")
ACCOUNT_STATES = ("none", "invited", "open", "closed")
ORDERS = ("name", "unit", "role", "account")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person: an officer, an account, or both. `greeting` is '' for who serves at no counter.

    `ends_on` is the first day of being gone, of those who leave or have left.
    """

    officer_id: int | None
    account_id: int | None
    name: str
    greeting: str
    unit_codes: tuple[str, ...]
    units: tuple[str, ...]
    role: str
    employment: str
    state: State
    ends_on: date | None
    account: str  # none, invited, open or closed
    username: str
    lacks_second_factor: bool

    @property
    def key(self) -> str:
        """What a checkbox carries: o12 for an officer, a7 for an account alone."""
        return f"o{self.officer_id}" if self.officer_id is not None else f"a{self.account_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; anything unknown counts as not asked."""

    text: str = ""
    unit: str = ""
    role: str = ""
    state: str = ""
    account: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of people, how many match, and how many there are at all."""

    lines: tuple[PersonLine, ...]
    units: tuple[tuple[str, str], ...]  # code, name
    found: int
    total: int
    page: int
    pages: int
    invitable: int  # whom "all" invites
    plain: int  # who serve and are addressed by their name alone, as nobody said Ibu or Bapak


def refuse_other_than_admin(viewer: Viewer) -> None:
    """The routes say the same; a service does not rest on them. NotThereError."""
    if viewer.role is not Role.ADMIN:
        raise NotThereError


def people_page(site: Site, viewer: Viewer, asked: Asked, *, page: int) -> PeoplePage:
    """The people asked for, one page of them."""
    everybody = everybody_of(site, viewer)
    with site.db.read() as session:
        units = roster.units_of_agency(session, viewer.agency_id)
        plain = sum(
            1
            for one in roster.officers_of(session, viewer.agency_id)
            if one.retired_on is None and one.greeting_from == "rule" and _is_letterless(one)
        )
    found = matching(everybody, asked)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    return PeoplePage(
        lines=tuple(found[(page - 1) * PAGE : page * PAGE]),
        units=tuple((unit.code, unit.name) for unit in units),
        found=len(found),
        total=len(everybody),
        page=page,
        pages=pages,
        invitable=len(invitable_of(found, asked)),
        plain=plain,
    )


def _is_letterless(officer: Officer) -> bool:
    """A greeting without Ibu or Bapak: nobody said which."""
    return officer.display_name.split()[0] not in ("Ibu", "Bapak")


def everybody_of(site: Site, viewer: Viewer) -> list[PersonLine]:
    """Every person of the viewer's agency, by name; joined rows are part of theirs."""
    refuse_other_than_admin(viewer)
    account_of = {line.account_id: line for line in account_lines(site, viewer)}
    with site.db.read() as session:
        officers = roster.officers_of(session, viewer.agency_id)
        units = {unit.id: unit for unit in roster.units_of_agency(session, viewer.agency_id)}
        owners = joins.owners_now(session)
        shown = called([one for one in officers if one.retired_on is None])
        of_officer = {
            row.officer_id: account_of[row.id]
            for row in reversed(accounts.accounts_of_agency(session, viewer.agency_id))
            if row.officer_id is not None
        }  # open ones come first in the list, so they are written last
        codes = {unit.name: unit.code for unit in units.values()}
    lines = [
        _of_officer(one, units[one.unit_id].code, units[one.unit_id].name, shown, of_officer)
        for one in officers
        if one.id not in owners
    ]
    taken = {line.account_id for line in lines} | _of_joined(of_officer, owners)
    alone = (line for line in account_of.values() if line.account_id not in taken)
    lines += [_of_account(line, codes) for line in alone]
    return sorted(lines, key=lambda line: (fold(line.name), line.key))


def _of_joined(of_officer: Mapping[int, AccountLine], owners: Mapping[int, int]) -> set[int | None]:
    return {line.account_id for row, line in of_officer.items() if row in owners}


def _of_officer(
    one: Officer,
    code: str,
    unit: str,
    shown: Mapping[int, str],
    of_officer: Mapping[int, AccountLine],
) -> PersonLine:
    account = of_officer.get(one.id)
    is_gone = one.retired_on is not None
    return PersonLine(
        officer_id=one.id,
        account_id=account.account_id if account else None,
        name=one.name,
        greeting=shown.get(one.id, one.display_name),
        unit_codes=(code,),
        units=(unit,),
        role=Role.OFFICER.value,
        employment=one.employment,
        state="left" if is_gone else "leaving" if one.ends_on else "serving",
        ends_on=one.retired_on or one.ends_on,
        account=_account_state(account),
        username=account.username if account else "",
        lacks_second_factor=bool(account and account.lacks_second_factor),
    )


def _of_account(line: AccountLine, codes: Mapping[str, str]) -> PersonLine:
    return PersonLine(
        officer_id=None,
        account_id=line.account_id,
        name=line.name,
        greeting="",
        unit_codes=tuple(codes[name] for name in line.units),
        units=line.units,
        role=line.role,
        employment="",
        state="left" if line.is_closed else "serving",
        ends_on=None,
        account=_account_state(line),
        username=line.username,
        lacks_second_factor=line.lacks_second_factor,
    )


def _account_state(line: AccountLine | None) -> str:
    if line is None:
        return "none"
    if line.is_closed:
        return "closed"
    return "invited" if line.is_invited else "open"


def matching(lines: Sequence[PersonLine], asked: Asked) -> list[PersonLine]:
    """Those asked for, in the order asked for; who left is shown when asked for."""
    wanted = fold(asked.text)
    found = [
        line
        for line in lines
        if (wanted in fold(f"{line.name} {line.username} {line.greeting}"))
        and (not asked.unit or asked.unit in line.unit_codes)
        and (not asked.role or asked.role == line.role)
        and (not asked.account or asked.account == line.account)
        and (_is_state(line, asked.state))
    ]
    keys = {
        "unit": lambda line: (line.units, fold(line.name)),
        "role": lambda line: (line.role, fold(line.name)),
        "account": lambda line: (ACCOUNT_STATES.index(line.account), fold(line.name)),
    }
    if asked.order in keys:
        found.sort(key=keys[asked.order])
    return found


def may_be_invited(line: PersonLine) -> bool:
    """Who has no password yet and serves, or waits with an invitation."""
    return line.state != "left" and (
        line.account == "invited" or (line.officer_id is not None and line.account != "open")
    )


def invitable_of(found: Sequence[PersonLine], asked: Asked) -> list[PersonLine]:
    """Whom "all of them" invites: a link that is out already stays good unless it is asked for."""
    return [
        line
        for line in found
        if may_be_invited(line) and (line.account != "invited" or asked.account == "invited")
    ]


def _is_state(line: PersonLine, state: str) -> bool:
    if state == "all":
        return True
    return line.state == state if state in STATES else line.state != "left"
