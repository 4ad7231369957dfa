"""An office that is about to draw: a course on three dates ahead, more people than seats."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.lots import drawing, lists
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Training
from tests.ground.office import Office

DAYS = (date(2027, 1, 11), date(2027, 3, 8), date(2027, 5, 10))
DICE = "4163525142"
COURSE = "empati"
BUDI, CITRA = "Budi Hartono, S.Sos., Kepala Subbagian", "Citra Lestari, Inspektorat"


def add_course(site: Site, office: Office, *, people: int = 7, seats: int | None = 2) -> None:
    """A course with three runs ahead, and officers so that there are `people` of them."""
    own: dict[str, Any] = {"agency_id": office.agency_id}
    course = own | {
        "code": COURSE, "title": "Empati di loket", "kind": "teknis", "elements": ["perilaku"],
        "competences": [], "provider": "BPSDM", "partner": "", "jp": 12, "cost": 500_000,
    }  # fmt: skip
    with site.db.transaction() as tx:
        training_id = bulk.add_rows(tx, "training", [course])[0]
        runs = [
            own | {"training_id": training_id, "starts_on": day, "ends_on": day, "seats": seats}
            for day in DAYS
        ]
        bulk.add_rows(tx, "training_run", runs)
        for place in range(len(office.officer), people):
            name = f"Orang {place:02}"
            row = own | {
                "unit_id": office.unit["A"], "nip": f"1985010120100120{place:02}", "name": name,
                "display_name": name, "employment": "PNS", "retired_on": None,
            }  # fmt: skip
            office.officer[name] = bulk.add_rows(tx, "officer", [row])[0]


def add_attendance(site: Site, office: Office, name: str, day: date) -> int:
    """The course once more on a day, attended by one officer; return the run's number."""
    own: dict[str, Any] = {"agency_id": office.agency_id}
    with site.db.transaction() as tx:
        training_id = tx.scalars(select(Training.id).where(Training.code == COURSE)).one()
        run = own | {"training_id": training_id, "starts_on": day, "ends_on": day, "seats": None}
        run_id = bulk.add_rows(tx, "training_run", [run])[0]
        row = own | {
            "run_id": run_id, "officer_id": office.officer[name], "jp": 12, "result": "attended",
            "certificate": "", "reason": "unknown", "sent": "officer", "source_id": "",
            "recorded_at": site.now(),
        }  # fmt: skip
        bulk.add_rows(tx, "attendance", [row])
    return run_id


def make_list(site: Site, office: Office, *, seats: int = 4, days: tuple[date, ...] = DAYS) -> int:
    """A draft with everybody on it; return its number."""
    everybody = frozenset(office.officer.values())
    return lists.make_list(site, hana(site), Wish(COURSE, days, seats, everybody))


def drawn_lot(site: Site, office: Office, *, seats: int = 4, days: tuple[date, ...] = DAYS) -> int:
    """A draw that is done; return its number."""
    lot_id = make_list(site, office, seats=seats, days=days)
    lists.freeze_list(site, hana(site), lot_id)
    drawing.draw_lot(site, hana(site), lot_id, Thrown(DICE, BUDI, CITRA))
    return lot_id


def hana(site: Site) -> Viewer:
    """HR, as if both steps were done."""
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "hana")).one()
        return Viewer(row.id, row.agency_id, row.username, row.name, Role.HR, frozenset(), None)
