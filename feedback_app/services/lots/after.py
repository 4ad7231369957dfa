"""After a draw: somebody cannot go, a date has fewer seats, and who came is recorded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from feedback_app.domain.lot_seats import Place, seated_on
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.lots.lists import LotChangedError, one_line, own_lot
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import LotChange
from feedback_app.storage.queries import lots as queries
from feedback_app.storage.queries import trainings
from feedback_app.storage.queries.lots import LotRow


def leave_lot(site: Site, viewer: Viewer, lot_id: int, officer_id: int, *, reason: str) -> None:
    """Somebody of the list cannot go: the next who waits takes the seat. Never undone."""
    kept = one_line(reason, "reason")
    with site.db.transaction() as tx:
        row, places, officers = _drawn(tx, viewer, lot_id)
        place = next((one for one in places if officers[one.code] == officer_id), None)
        if place is None:
            raise NotThereError
        if place.has_left:
            raise LotChangedError
        day = None if place.date is None else row.days[place.date - 1]
        if day is not None and day <= site.today():
            raise FieldFaultError(
                "reason", "Pelatihan pada tanggal ini sudah mulai; kursinya tidak dapat diganti."
            )
        _note(tx, site, viewer, row, officer_id, kind="left", reason=kept)
        log_act(tx, site, viewer, "leave_lot", f"{lot_id} {row.training.code}", {"note": kept})


def take_seats_away(
    site: Site, viewer: Viewer, lot_id: int, number: int, *, left: int, reason: str
) -> int:
    """A date keeps only so many seats: its last drawn wait again; return how many they are."""
    kept = one_line(reason, "reason")
    with site.db.transaction() as tx:
        row, places, officers = _drawn(tx, viewer, lot_id)
        day = day_numbered(row, number)
        if day <= site.today():
            raise FieldFaultError("seats", "Pelatihan pada tanggal ini sudah mulai.")
        seated = seated_on(places, number)
        if not 0 <= left < len(seated):
            raise FieldFaultError(
                "seats", "Isi jumlah kursi yang tersisa, kurang dari %(now)s.", now=len(seated)
            )
        for place in seated[left:]:
            officer_id = officers[place.code]
            _note(tx, site, viewer, row, officer_id, kind="fewer", reason=kept)
        detail = {"day": day.isoformat(), "seats": left, "note": kept}
        log_act(tx, site, viewer, "cut_lot", f"{lot_id} {row.training.code}", detail)
        return len(seated) - left


def record_attendance(
    site: Site, viewer: Viewer, lot_id: int, number: int, came: Collection[int]
) -> int:
    """Write down who of a date's seats came, chosen by lot; return how many were new."""
    with site.db.transaction() as tx:
        row, places, officers = _drawn(tx, viewer, lot_id)
        day = day_numbered(row, number)
        if day > site.today():
            raise FieldFaultError("came", "Pelatihan ini belum mulai; catat sesudahnya.")
        seated = {officers[one.code] for one in seated_on(places, number)}
        persons = {one.officer_id: one.person_id for one in queries.listed(tx, lot_id)}
        if not came or set(came) - seated:
            raise FieldFaultError("came", "Pilih yang hadir dari mereka yang mendapat kursi.")
        key = (row.training.id, day)
        runs = trainings.ensure_runs(tx, {key: day}, agency_id=viewer.agency_id)
        told = {"reason": "lot"}
        defaults = {
            "jp": row.training.jp, "result": "attended", "certificate": "", "sent": "officer",
            "source_id": "",
        }  # fmt: skip
        wishes = [
            trainings.AttendanceWish(runs[key], officer_id, told, defaults)
            for officer_id in sorted({persons[one] for one in came})
        ]
        done = trainings.save_attendances(tx, wishes, agency_id=viewer.agency_id, at=site.now())
        new = done.count(None)
        subject = f"{lot_id} {row.training.code} {day}"
        log_act(tx, site, viewer, "record_lot_attendance", subject, {"n": new})
        return new


def day_numbered(row: LotRow, number: int) -> date:
    """The first day of a date of the draw, numbered from 1; NotThereError for none."""
    if not 1 <= number <= len(row.days):
        raise NotThereError
    return row.days[number - 1]


def _drawn(
    session: Session, viewer: Viewer, lot_id: int
) -> tuple[LotRow, tuple[Place, ...], dict[str, int]]:
    """A drawn lot held for a change, its places, and officers by code."""
    row = own_lot(session, viewer, lot_id, to_change=True)
    if row.lot.drawn_at is None:
        raise NotThereError
    officers = {one.code: one.officer_id for one in queries.listed(session, lot_id)}
    return row, queries.standing_of(session, row.lot), officers


def _note(
    tx: Session, site: Site, viewer: Viewer, row: LotRow, officer_id: int, *, kind: str, reason: str
) -> None:
    tx.add(
        LotChange(
            agency_id=viewer.agency_id,
            lot_id=row.lot.id,
            officer_id=officer_id,
            kind=kind,
            reason=reason,
            recorded_by=viewer.account_id,
            recorded_at=site.now(),
        )
    )
    tx.flush()
