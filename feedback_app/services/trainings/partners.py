"""Universities and other partners of trainings, and how long their agreements hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Partner
from feedback_app.storage.queries import partners as queries
from feedback_app.storage.queries import trainings

SOON = timedelta(days=90)  # a new agreement takes about a quarter
LONGEST = 200


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner with how many trainings name it; `partner_id` None: only trainings do."""

    partner_id: int | None
    name: str
    agreement: str
    first_day: date | None
    last_day: date | None
    trainings: int
    state: str  # valid, ends, over, ahead, unknown


@dataclass(frozen=True, slots=True)
class Told:
    """What HR says of a partner."""

    name: str
    agreement: str
    first_day: date | None
    last_day: date | None


def partners_of(site: Site, viewer: Viewer) -> list[PartnerLine]:
    """Partners that were entered, and those that trainings name."""
    with site.db.read() as session:
        rows = queries.partners(session, agency_id=viewer.agency_id)
        catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    named = [row.partner for row in catalogue if row.partner]
    known = {row.name for row in rows}
    lines = [
        PartnerLine(
            partner_id=row.id,
            name=row.name,
            agreement=row.agreement,
            first_day=row.first_day,
            last_day=row.last_day,
            trainings=named.count(row.name),
            state=state_of(row, today=site.today()),
        )
        for row in rows
    ]
    lines += [
        PartnerLine(None, name, "", None, None, named.count(name), "unknown")
        for name in sorted(set(named) - known)
    ]
    return lines


def state_of(row: Partner, *, today: date) -> str:
    """How the agreement stands today."""
    if row.first_day is None and row.last_day is None:
        return "unknown"
    if row.first_day is not None and today < row.first_day:
        return "ahead"
    if row.last_day is None or today <= row.last_day - SOON:
        return "valid"
    return "ends" if today <= row.last_day else "over"


def partner_of(site: Site, viewer: Viewer, partner_id: int) -> Partner:
    """One partner of the viewer's agency; NotThereError for any other."""
    with site.db.read() as session:
        return _own(session, viewer, partner_id)


def _own(session: Session, viewer: Viewer, partner_id: int) -> Partner:
    found = queries.partner_of_agency(session, partner_id, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def save_partner(site: Site, viewer: Viewer, told: Told, *, partner_id: int | None) -> None:
    """Add a partner, or change this one; trainings that named it follow a new name."""
    name = told.name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise FieldFaultError("name", "Isi nama mitra dalam satu baris, paling banyak 200 huruf.")
    if len(told.agreement.strip()) > LONGEST:
        raise FieldFaultError("agreement", "Paling banyak 200 huruf.")
    if told.first_day and told.last_day and told.last_day < told.first_day:
        raise FieldFaultError("last_day", "Hari terakhir tidak boleh sebelum hari pertama.")
    with site.db.transaction() as tx:
        row = None if partner_id is None else _own(tx, viewer, partner_id)
        same = queries.partner_named(tx, name, agency_id=viewer.agency_id)
        if same is not None and same.id != partner_id:
            raise FieldFaultError("name", "Mitra ini sudah ada dalam daftar.")
        if row is None:
            row = Partner(agency_id=viewer.agency_id, name=name)
            tx.add(row)
        elif row.name != name:
            queries.rename_partner(tx, row.name, name, agency_id=viewer.agency_id)
        row.name, row.agreement = name, told.agreement.strip()
        row.first_day, row.last_day = told.first_day, told.last_day
        log_act(tx, site, viewer, "add_partner" if partner_id is None else "change_partner", name)
