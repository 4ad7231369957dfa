"""The draw itself: dice and witnesses are looked at first, then it is run, once."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain import lot as rules
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.lots.lists import LotChangedError, own_lot
from feedback_app.services.site import Site
from feedback_app.storage.queries import lots as queries
from feedback_app.storage.queries.lots import LotRow

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Thrown:
    """Dice as thrown, and the names of the two who saw it."""

    dice: str
    first_witness: str
    second_witness: str


def checked(site: Site, thrown: Thrown, row: LotRow) -> Thrown:
    """The same with tidy names; FieldFaultError names what cannot be. Dice are never tidied."""
    try:
        rules.check_dice(thrown.dice)
    except rules.LotFaultError as fault:
        raise FieldFaultError("dice", fault.text) from None
    names = []
    for field in ("first_witness", "second_witness"):
        name = " ".join(str(getattr(thrown, field)).split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise FieldFaultError(field, "Isi nama saksi, paling banyak 120 huruf.")
        names.append(name)
    if names[0].casefold() == names[1].casefold():
        raise FieldFaultError("second_witness", "Dua saksi harus dua orang yang berbeda.")
    if row.days[0] <= site.today():
        raise FieldFaultError(
            "dice",
            "Tanggal pelatihan pertama sudah tiba: undian harus dilakukan sebelumnya. "
            "Batalkan daftar ini, lalu buat yang baru dengan tanggal yang masih di depan.",
        )
    return Thrown(thrown.dice, names[0], names[1])


def draw_lot(site: Site, viewer: Viewer, lot_id: int, thrown: Thrown) -> rules.Draw:
    """Draw and keep it. LotChangedError when it was drawn or called off meanwhile."""
    with site.db.transaction() as tx:
        row = own_lot(tx, viewer, lot_id, to_change=True)
        if row.lot.frozen_at is None or row.lot.drawn_at or row.lot.called_off_at:
            raise LotChangedError
        kept = checked(site, thrown, row)
        content = queries.frozen_list(tx, lot_id)
        drawn = rules.draw(content, dice=kept.dice, seats=row.lot.seats, dates=len(row.days))
        if drawn.list_hash != row.lot.list_hash:
            raise FieldFaultError(
                "dice",
                "Daftar ini bukan lagi daftar yang dibekukan. Jangan diundi: laporkan kepada "
                "admin, lalu batalkan.",
            )
        row.lot.dice = kept.dice
        row.lot.witnesses = [kept.first_witness, kept.second_witness]
        row.lot.drawn_at, row.lot.drawn_by = site.now(), viewer.account_id
        detail = {"dice": kept.dice, "seed": drawn.seed}
        log_act(tx, site, viewer, "draw_lot", f"{lot_id} {row.training.code}", detail)
        return drawn
