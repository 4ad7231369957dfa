"""Draws with both entries of one person on their list: one person has one chance and one seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import LotChange
from feedback_app.storage.queries import lots as queries
from feedback_app.storage.queries.lots import LotRow

REASON = "Tercatat dua kali: kedua datanya digabung menjadi satu orang."


@dataclass(frozen=True, slots=True)
class Twice:
    """A draw in which a person sits or waits twice: the row that gives its place up."""

    lot: LotRow
    officer_id: int


def drawn_twice(
    session: Session, site: Site, rows: Sequence[int], others: Sequence[int]
) -> list[Twice]:
    """Draws ahead that hold both; FieldFaultError for a frozen list that was not drawn yet."""
    found = []
    for row in queries.shared_lots(session, rows, others):
        if row.days[-1] < site.today() or row.lot.frozen_at is None:
            continue
        if row.lot.drawn_at is None:
            raise FieldFaultError(
                "into",
                "Keduanya ada dalam daftar undian %(title)s yang sudah dibekukan: satu orang "
                "mendapat dua kesempatan. Minta kepegawaian membatalkan daftar itu dahulu.",
                title=row.training.title,
            )
        found.extend(_given_up(session, row, rows, others))
    return found


def _given_up(
    session: Session, row: LotRow, rows: Sequence[int], others: Sequence[int]
) -> list[Twice]:
    """The places of the old entry, or those of the new one where only the old one sits."""
    places = {one.code: one for one in queries.standing_of(session, row.lot)}
    standing = {
        one.officer_id: places[one.code]
        for one in queries.listed(session, row.lot.id)
        if not places[one.code].has_left
    }
    old = [one for one in rows if one in standing]
    new = [one for one in others if one in standing]
    if not old or not new:
        return []
    sits_old = any(standing[one].date is not None for one in old)
    sits_new = any(standing[one].date is not None for one in new)
    return [Twice(row, one) for one in (new if sits_old and not sits_new else old)]


def give_up(tx: Session, site: Site, viewer: Viewer, found: Sequence[Twice]) -> None:
    """The place falls to the next who waits, for good: ending the joining brings nothing back."""
    for one in found:
        tx.add(
            LotChange(
                agency_id=viewer.agency_id,
                lot_id=one.lot.lot.id,
                officer_id=one.officer_id,
                kind="left",
                reason=REASON,
                recorded_by=viewer.account_id,
                recorded_at=site.now(),
            )
        )
        subject = f"{one.lot.lot.id} {one.lot.training.code}"
        log_act(tx, site, viewer, "leave_lot", subject, {"note": REASON})
