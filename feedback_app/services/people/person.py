"""One officer: what is known, what citizens read, and each change of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.person_names import (
    HONORIFICS,
    LONGEST,
    greeting_by_rule,
    sex_by_nip,
    sex_by_title,
)
from feedback_app.domain.roster import Shift
from feedback_app.services.access.accounts import AccountPage, account_page
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.links import is_good_name
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.people.history import HistoryLine, history_of
from feedback_app.services.people.table import refuse_other_than_admin
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer, Unit
from feedback_app.storage.queries import joins, places, roster
from feedback_app.storage.queries import people as queries

EMPLOYMENTS = ("PNS", "PPPK")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form says of an officer; `greeting` '' asks for the rule, `sex` helps it."""

    name: str
    nip: str
    employment: str
    unit_id: int | None
    greeting: str
    sex: str  # "1", "2" or "": only for the rule, not kept
    is_wish: bool


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """An earlier row of the same person."""

    join_id: int
    name: str
    from_day: date


@dataclass(frozen=True, slots=True)
class PersonPage:
    """An officer's page; `into` is set where this row was joined into somebody else's."""

    officer: Officer
    unit: Unit
    shown: str  # what the form writes, with the word that tells apart
    account: AccountPage | None
    coming: Sequence[Shift]
    joined: Sequence[JoinedRow]
    into: Officer | None
    join_id: int | None
    history: Sequence[HistoryLine]
    seen: str


def person_page(site: Site, viewer: Viewer, officer_id: int) -> PersonPage:
    """An officer of the viewer's agency; NotThereError for any other."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        officer = _officer(session, viewer, officer_id)
        account = queries.account_of_officer(session, officer.id)
        standing = joins.join_standing(session, officer.id)
        rows = joins.joins_into(session, officer.id)
        today = local_instant(site.today(), time.min)
        page = PersonPage(
            officer=officer,
            unit=session.get_one(Unit, officer.unit_id),
            shown=places.display_names(session, [officer.id])[officer.id],
            account=None,
            coming=queries.standing_shifts_of(session, [officer.id], since=today),
            joined=[
                JoinedRow(row.id, session.get_one(Officer, row.officer_id).name, row.from_day)
                for row in rows
            ],
            into=session.get_one(Officer, standing.into_id) if standing else None,
            join_id=standing.id if standing else None,
            history=history_of(
                session,
                viewer,
                officer_ids=joins.rows_of(session, officer.id),
                username=account.username if account else "",
            ),
            seen=officer_mark(officer),
        )
        account_id = account.id if account else None
    if account_id is None:
        return page
    return _with_account(page, account_page(site, viewer, account_id))


def _with_account(page: PersonPage, account: AccountPage) -> PersonPage:
    values = {name: getattr(page, name) for name in page.__slots__}
    return PersonPage(**values | {"account": account})


def officer_mark(officer: Officer) -> str:
    """What an officer's forms were shown."""
    return mark_of(
        [
            officer.name,
            officer.nip,
            officer.employment,
            officer.unit_id,
            officer.display_name,
            officer.greeting_from,
            officer.ends_on,
            officer.retired_on,
        ]
    )


def _officer(session: Session, viewer: Viewer, officer_id: int) -> Officer:
    found = session.get(Officer, officer_id)
    if found is None or found.agency_id != viewer.agency_id:
        raise NotThereError
    return found


def officer_to_change(
    tx: Session, viewer: Viewer, officer_id: int, *, seen: str | None = None
) -> Officer:
    """The officer, held; NotThereError for any other, ChangedMeanwhileError when it changed."""
    refuse_other_than_admin(viewer)
    officer = queries.officer_for_change(tx, officer_id, agency_id=viewer.agency_id)
    if officer is None:
        raise NotThereError
    if joins.join_standing(tx, officer.id) is not None:
        raise FieldFaultError("", "Data ini sudah digabung; ubahlah di halaman orangnya.")
    if seen is not None:
        refuse_stale(seen, officer_mark(officer))
    return officer


def add_officer(site: Site, viewer: Viewer, wanted: Wanted) -> int:
    """Enter an officer; the number. FieldFaultError for what cannot be."""
    refuse_other_than_admin(viewer)
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        values = _checked(tx, viewer, wanted, officer=None)
        row = values | {"agency_id": viewer.agency_id, "retired_on": None}
        officer_id = bulk.add_rows(tx, "officer", [row])[0]
        log_act(tx, site, viewer, "add_officer", str(officer_id), {"name": values["name"]})
    return officer_id


def change_officer(
    site: Site, viewer: Viewer, officer_id: int, wanted: Wanted, *, seen: str
) -> None:
    """Change an officer; what citizens wrote about stays with the officer's row."""
    with site.db.transaction() as tx:
        officer = officer_to_change(tx, viewer, officer_id, seen=seen)
        values = _checked(tx, viewer, wanted, officer=officer)
        told: dict[str, str] = {}
        for name, new in values.items():
            old = getattr(officer, name)
            if old == new:
                continue
            setattr(officer, name, new)
            told |= _told(tx, name, old, new)
        if told:
            log_act(tx, site, viewer, "change_officer", str(officer.id), told)


def _told(session: Session, name: str, old: Any, new: Any) -> dict[str, str]:
    """Old and new for the history; a NIP is never written down there."""
    if name == "nip":
        return {"nip": "diganti"}
    if name == "greeting_from":
        return {}
    if name == "unit_id":
        units = [session.get_one(Unit, one).name for one in (old, new)]
        return {"unit": " → ".join(units)}
    return {{"display_name": "greeting"}.get(name, name): f"{old} → {new}"}


def _checked(
    session: Session, viewer: Viewer, wanted: Wanted, *, officer: Officer | None
) -> dict[str, Any]:
    """The columns, or FieldFaultError at the first field that cannot be."""
    name, nip = " ".join(wanted.name.split()), re.sub(r"[\s.'-]", "", wanted.nip)
    if not is_good_name(name):
        raise FieldFaultError("name", "Isi nama lengkap, paling banyak 200 huruf.")
    if not (nip.isascii() and nip.isdigit() and len(nip) == 18):
        raise FieldFaultError("nip", "NIP harus 18 angka.")
    other = queries.officer_of_nip(session, nip, agency_id=viewer.agency_id)
    if other is not None and (officer is None or other.id != officer.id):
        raise FieldFaultError(
            "nip",
            "NIP ini milik %(name)s. Bila orangnya sama, gabungkan keduanya.",
            name=other.name,
        )
    if wanted.employment not in EMPLOYMENTS:
        raise FieldFaultError("employment", "Pilih PNS atau PPPK.")
    values: dict[str, Any] = {"name": name, "nip": nip, "employment": wanted.employment}
    values["unit_id"] = _unit(session, viewer, wanted, officer)
    return values | _greeting(wanted, name, nip, officer)


def _unit(session: Session, viewer: Viewer, wanted: Wanted, officer: Officer | None) -> int:
    units = {unit.id: unit for unit in roster.units_of_agency(session, viewer.agency_id)}
    unit = units.get(wanted.unit_id or 0)
    if unit is None:
        raise FieldFaultError("unit", "Pilih unit.")
    is_moving = officer is None or officer.unit_id != unit.id
    if is_moving and (unit.retired_on is not None or unit.ends_on is not None):
        raise FieldFaultError(
            "unit", "Unit %(name)s sudah atau segera berakhir; pilih unit lain.", name=unit.name
        )
    return unit.id


def _greeting(wanted: Wanted, name: str, nip: str, officer: Officer | None) -> dict[str, str]:
    """The greeting as it is typed, or by the rule where the field is empty or untouched."""
    typed = " ".join(wanted.greeting.split())
    if len(typed) > LONGEST or not typed.isprintable():
        raise FieldFaultError("greeting", "Sapaan paling banyak 80 huruf.")
    if wanted.is_wish and not typed:
        raise FieldFaultError("greeting", "Tulis sapaan yang diinginkan orangnya.")
    is_untouched = officer is not None and typed == officer.display_name
    is_by_rule = officer is None or officer.greeting_from == "rule"
    if typed and (not is_untouched or not is_by_rule or wanted.is_wish):
        kind = "wish" if wanted.is_wish else "office"
        return {"display_name": typed, "greeting_from": kind}
    sex = sex_by_nip(nip, employment=wanted.employment) or sex_by_title(name)
    sex = sex or (wanted.sex if wanted.sex in HONORIFICS else None) or _sex_told(officer)
    return {"display_name": greeting_by_rule(name, sex=sex), "greeting_from": "rule"}


def _sex_told(officer: Officer | None) -> str | None:
    """What the standing greeting says."""
    if officer is None:
        return None
    words = officer.display_name.split()
    return next((key for key, word in HONORIFICS.items() if word in words), None)


def wish_for_greeting(site: Site, viewer: Viewer, text: str) -> None:
    """An officer's own wish, from the own account's page; '' gives it back to the office."""
    typed = " ".join(text.split())
    if len(typed) > LONGEST or not typed.isprintable():
        raise FieldFaultError("greeting", "Sapaan paling banyak 80 huruf.")
    with site.db.transaction() as tx:
        officer = None
        if viewer.officer_id is not None:
            officer = queries.officer_for_change(tx, viewer.officer_id, agency_id=viewer.agency_id)
        if officer is None:
            raise NotThereError
        old = officer.display_name
        if typed:
            officer.display_name, officer.greeting_from = typed, "wish"
        else:
            sex = sex_by_nip(officer.nip, employment=officer.employment) or _sex_told(officer)
            officer.display_name = greeting_by_rule(officer.name, sex=sex)
            officer.greeting_from = "rule"
        told = {"greeting": f"{old} → {officer.display_name}"}
        log_act(tx, site, viewer, "wish_for_greeting", str(officer.id), told)


def greeting_of(site: Site, viewer: Viewer) -> tuple[str, str] | None:
    """The viewer's own greeting and where it came from; None for who is no officer."""
    if viewer.officer_id is None:
        return None
    with site.db.read() as session:
        officer = session.get_one(Officer, viewer.officer_id)
        shown = places.display_names(session, [officer.id])[officer.id]
    return shown, officer.greeting_from
