"""The list of a draw: who may be put on it, make it, drop it, freeze it, call it off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain import lot as rules
from feedback_app.domain.lot_seats import dealt, new_codes
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.lots.told import Told, told_before
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Lot, Officer, Training, TrainingRun
from feedback_app.storage.queries import lots as queries
from feedback_app.storage.queries import trainings
from feedback_app.storage.queries.lots import LotRow

MOST_DATES = 12
MOST_PEOPLE = 1000
LONGEST_REASON = 200


class LotChangedError(Exception):
    """Somebody else froze, drew or called it off since; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A draw to be made: the plan fills it in as well as HR's form.

    `days` are first days of planned runs of the training; `officers` all who are eligible: need,
    hours and leave are settled before, as only what is known now may leave somebody out.
    """

    training: str  # code
    days: tuple[date, ...]
    seats: int
    officers: frozenset[int]


def make_list(site: Site, viewer: Viewer, wish: Wish) -> int:
    """Keep a draft of the list, each person with a new code; return its number.

    FieldFaultError names what cannot be: days, seats or officers.
    """
    with site.db.read() as session:
        training = _checked(session, site, viewer, wish)
        horizon = _horizon(session, training, wish.days)
    told = told_before(site, viewer, wish.days, wish.seats, len(wish.officers), horizon=horizon)
    with site.db.transaction() as tx:
        training = _checked(tx, site, viewer, wish)
        _refuse_second_draw(tx, viewer, training, wish.days)
        lot = _new_lot(site, viewer, training, wish, told)
        tx.add(lot)
        tx.flush()
        codes = new_codes(len(wish.officers))
        queries.add_entries(tx, lot, dict(zip(sorted(wish.officers), codes, strict=True)))
        detail = {"n": len(wish.officers), "seats": wish.seats, "dates": len(wish.days)}
        log_act(tx, site, viewer, "make_lot", f"{lot.id} {training.code}", detail)
        return lot.id


def _new_lot(site: Site, viewer: Viewer, training: Training, wish: Wish, told: Told) -> Lot:
    return Lot(
        agency_id=viewer.agency_id,
        training_id=training.id,
        days=[day.isoformat() for day in sorted(wish.days)],
        seats=wish.seats,
        made_by=viewer.account_id,
        made_at=site.now(),
        told=told.kept(),
        list_hash="",
        dice="",
        witnesses=[],
        why_called_off="",
    )


def drop_list(site: Site, viewer: Viewer, lot_id: int) -> None:
    """Delete a draft; what was told to everybody can only be called off."""
    with site.db.transaction() as tx:
        row = own_lot(tx, viewer, lot_id, to_change=True)
        if row.lot.frozen_at is not None:
            raise LotChangedError
        log_act(tx, site, viewer, "drop_lot", f"{lot_id} {row.training.code}")
        queries.remove_draft(tx, row.lot)


def freeze_list(site: Site, viewer: Viewer, lot_id: int) -> str:
    """Fix the list for good and return its hash, to be told to everybody before the dice."""
    with site.db.transaction() as tx:
        row = own_lot(tx, viewer, lot_id, to_change=True)
        if row.lot.frozen_at is not None or row.lot.called_off_at is not None:
            raise LotChangedError
        _check_days_ahead(row.days, site.today())
        _refuse_second_draw(tx, viewer, row.training, row.days)
        _check_all_serve(tx, viewer, lot_id)
        hashed = rules.list_hash(queries.frozen_list(tx, lot_id))
        row.lot.list_hash = hashed
        row.lot.frozen_at, row.lot.frozen_by = site.now(), viewer.account_id
        log_act(tx, site, viewer, "freeze_lot", f"{lot_id} {row.training.code}", {"hash": hashed})
        return hashed


def call_off(site: Site, viewer: Viewer, lot_id: int, *, why: str) -> None:
    """End a frozen list without a draw; it stays to be seen with the reason."""
    reason = one_line(why, "why")
    with site.db.transaction() as tx:
        row = own_lot(tx, viewer, lot_id, to_change=True)
        if row.lot.frozen_at is None or row.lot.drawn_at or row.lot.called_off_at:
            raise LotChangedError
        row.lot.called_off_at, row.lot.called_off_by = site.now(), viewer.account_id
        row.lot.why_called_off = reason
        detail = {"note": reason}
        log_act(tx, site, viewer, "call_off_lot", f"{lot_id} {row.training.code}", detail)


def own_lot(session: Session, viewer: Viewer, lot_id: int, *, to_change: bool = False) -> LotRow:
    """A draw of the viewer's agency; NotThereError for any other."""
    row = queries.lot_of(session, lot_id, agency_id=viewer.agency_id, to_change=to_change)
    if row is None:
        raise NotThereError
    return row


def one_line(text: str, field: str) -> str:
    """A reason in one line; FieldFaultError when there is none or too much."""
    found = " ".join(text.split())
    if not found or len(found) > LONGEST_REASON or not found.isprintable():
        raise FieldFaultError(field, "Isi alasan dalam satu baris, paling banyak 200 huruf.")
    return found


def _checked(session: Session, site: Site, viewer: Viewer, wish: Wish) -> Training:
    training = trainings.training_coded(session, wish.training, agency_id=viewer.agency_id)
    if training is None:
        raise FieldFaultError("training", "Pilih satu pelatihan dari katalog.")
    days = sorted(wish.days)
    if not days or len(days) > MOST_DATES:
        raise FieldFaultError("days", "Pilih satu sampai 12 tanggal pelatihan.")
    runs = {run.starts_on: run for run in runs_ahead(session, training, site.today())}
    _check_days_ahead(days, site.today())
    if set(days) - set(runs) or len(set(days)) < len(days):
        raise FieldFaultError("days", "Pilih tanggal dari jadwal pelatihan ini.")
    able = {row.id for row in serving(session, viewer.agency_id)}
    if wish.officers - able or len(wish.officers) > MOST_PEOPLE:
        raise FieldFaultError("officers", "Ada petugas yang tidak dapat didaftar. Pilih lagi.")
    _check_seats([runs[day] for day in days], wish)
    return training


def _check_seats(runs: Sequence[TrainingRun], wish: Wish) -> None:
    try:
        rules.check_seats(len(wish.officers), seats=wish.seats, dates=len(runs))
    except rules.LotFaultError as fault:
        raise FieldFaultError("seats", fault.text) from None
    shares = dealt(wish.seats, len(runs))
    for number, (run, sent) in enumerate(zip(runs, shares, strict=True), start=1):
        if run.seats is not None and sent > run.seats:
            raise FieldFaultError(
                "seats",
                "Kursi dibagi bergiliran: tanggal ke-%(day)s mendapat %(sent)s, padahal kursinya "
                "%(seats)s. Kurangi jumlah kursi undian, atau buat undian sendiri.",
                day=number,
                sent=sent,
                seats=run.seats,
            )


def _check_days_ahead(days: Collection[date], today: date) -> None:
    if any(day <= today for day in days):
        raise FieldFaultError(
            "days", "Semua tanggal harus sesudah hari ini: undian dilakukan sebelum pelatihan."
        )


def _refuse_second_draw(
    tx: Session, viewer: Viewer, training: Training, days: Collection[date]
) -> None:
    """Seats are drawn once: whoever could draw again could draw until the wanted one sits."""
    trainings.hold_training(tx, training.id)  # two lists frozen at once: the second waits
    told = days_with_draw(tx, training, agency_id=viewer.agency_id)
    for day in sorted(set(days) & told.keys()):
        raise FieldFaultError(
            "days",
            "Kursi tanggal %(day)s sudah ada undiannya (nomor %(lot)s); satu tanggal diundi satu "
            "kali saja.",
            day=f"{day:%d-%m-%Y}",
            lot=told[day],
        )


def days_with_draw(session: Session, training: Training, *, agency_id: int) -> dict[date, int]:
    """First days of a training's runs whose list is frozen or drawn, with the draw's number."""
    return {
        day: row.lot.id
        for row in queries.lots_of(session, agency_id=agency_id)
        if row.training.id == training.id
        and row.lot.frozen_at is not None
        and row.lot.called_off_at is None
        for day in row.days
    }


def _check_all_serve(session: Session, viewer: Viewer, lot_id: int) -> None:
    able = {row.id for row in serving(session, viewer.agency_id)}
    gone = [one.name for one in queries.listed(session, lot_id) if one.officer_id not in able]
    if gone:
        raise FieldFaultError(
            "officers",
            "%(name)s sudah tidak bertugas. Hapus daftar ini, lalu buat yang baru.",
            name=gone[0],
        )


def serving(session: Session, agency_id: int) -> list[Officer]:
    """Officers who may be put on a list."""
    return [row for row in trainings.officers(session, agency_id=agency_id) if not row.retired_on]


def runs_ahead(session: Session, training: Training, today: date) -> list[TrainingRun]:
    """Runs of a training that have not begun, by first day."""
    lines = trainings.runs_of(session, [training.id])
    return sorted(
        (line.run for line in lines if line.run.starts_on > today), key=lambda run: run.starts_on
    )


def _horizon(session: Session, training: Training, days: Collection[date]) -> int | None:
    """Months after the first of these runs in which its effect will be looked for."""
    first = min(days)
    lines = trainings.runs_of(session, [training.id])
    return next((x.run.planned_horizon for x in lines if x.run.starts_on == first), None)
