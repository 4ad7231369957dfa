"""Questions about seats by lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, delete, insert, select, update

from feedback_app.domain.lot import draw, freeze
from feedback_app.domain.lot_seats import Change, Kind, Place, standing
from feedback_app.storage.db import Session
from feedback_app.storage.models import Lot, LotChange, LotEntry, Officer, Training
from feedback_app.storage.queries import joins


@dataclass(frozen=True, slots=True)
class LotRow:
    """A draw with its training, as it is called today."""

    lot: Lot
    training: Training

    @property
    def days(self) -> tuple[date, ...]:
        """First days of the runs, in order."""
        return tuple(date.fromisoformat(day) for day in self.lot.days)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the list; `unit_id` is where the person is now.

    `officer_id` is the row that was listed, `person_id` who that is today (ADR 19); `gone_on` is
    the first day on which that person serves no more.
    """

    officer_id: int
    person_id: int
    name: str
    unit_id: int
    code: str
    gone_on: date | None


def lots_of(session: Session, *, agency_id: int) -> list[LotRow]:
    """The agency's draws, newest first."""
    return _rows(session, Lot.agency_id == agency_id)


def frozen_lots(session: Session) -> list[LotRow]:
    """Draws that everybody was told of, newest first."""
    return _rows(session, Lot.frozen_at.is_not(None))


def _rows(session: Session, wanted: ColumnElement[bool]) -> list[LotRow]:
    rows = session.execute(
        select(Lot, Training)
        .join(Training, Training.id == Lot.training_id)
        .where(wanted)
        .order_by(Lot.id.desc())
    )
    return [LotRow(lot, _as_today(session, training)) for lot, training in rows]


def lot_of(
    session: Session, lot_id: int, *, agency_id: int | None, to_change: bool = False
) -> LotRow | None:
    """One draw, of this agency (None: of any); `to_change` holds it until the end."""
    question = select(Lot).where(Lot.id == lot_id)
    if agency_id is not None:
        question = question.where(Lot.agency_id == agency_id)
    lot = session.scalar(question.with_for_update() if to_change else question)
    if lot is None:
        return None
    return LotRow(lot, _as_today(session, session.get_one(Training, lot.training_id)))


def _as_today(session: Session, training: Training) -> Training:
    """The training that it was merged into meanwhile, or itself."""
    if training.merged_into_id is None:
        return training
    return session.get_one(Training, training.merged_into_id)


def listed(session: Session, lot_id: int) -> list[Listed]:
    """Everybody of a draw's list, by name."""
    owners = joins.owners_now(session)
    entries = session.scalars(select(LotEntry).where(LotEntry.lot_id == lot_id)).all()
    persons = {one.officer_id: owners.get(one.officer_id, one.officer_id) for one in entries}
    rows = session.scalars(select(Officer).where(Officer.id.in_(set(persons.values()))))
    known = {row.id: row for row in rows}
    found = [
        Listed(
            one.officer_id,
            person.id,
            person.name,
            person.unit_id,
            one.code,
            person.retired_on or person.ends_on,
        )
        for one in entries
        for person in [known[persons[one.officer_id]]]
    ]
    return sorted(found, key=lambda one: (one.name, one.officer_id))


def frozen_list(session: Session, lot_id: int) -> bytes:
    """The bytes of the list: its codes, sorted."""
    codes = session.scalars(select(LotEntry.code).where(LotEntry.lot_id == lot_id))
    return freeze(tuple(codes))


def add_entries(session: Session, lot: Lot, codes: Mapping[int, str]) -> None:
    """Put officers on the list, each with a code."""
    own = {"agency_id": lot.agency_id, "lot_id": lot.id}
    rows = [own | {"officer_id": officer, "code": code} for officer, code in codes.items()]
    session.execute(insert(LotEntry), rows)


def remove_draft(session: Session, lot: Lot) -> None:
    """Delete a draw that was not told yet, with its list."""
    session.execute(delete(LotEntry).where(LotEntry.lot_id == lot.id))
    session.delete(lot)


def changes_of(session: Session, lot_id: int) -> Sequence[LotChange]:
    """What came after the draw, in its order."""
    return session.scalars(
        select(LotChange).where(LotChange.lot_id == lot_id).order_by(LotChange.id)
    ).all()


def standing_of(session: Session, lot: Lot) -> tuple[Place, ...]:
    """Everybody of a drawn list with seat or place in the queue, as things are now."""
    content = frozen_list(session, lot.id)
    drawn = draw(content, dice=lot.dice, seats=lot.seats, dates=len(lot.days))
    codes = {one.officer_id: one.code for one in listed(session, lot.id)}
    changes = (
        # the column holds nothing else: every row is written by services/lots/after.py
        Change(cast(Kind, row.kind), codes[row.officer_id])
        for row in changes_of(session, lot.id)
    )
    return standing(drawn, changes)


def shared_lots(session: Session, rows: Iterable[int], others: Iterable[int]) -> list[LotRow]:
    """Lists that hold one of these rows and one of those, without those called off."""
    holding = [
        select(LotEntry.lot_id).where(LotEntry.officer_id.in_(list(ids))) for ids in (rows, others)
    ]
    wanted = Lot.id.in_(holding[0]) & Lot.id.in_(holding[1]) & Lot.called_off_at.is_(None)
    return list(reversed(_rows(session, wanted)))


def put_instead(session: Session, officer_id: int, other_id: int) -> None:
    """On lists that are not frozen yet let one row stand where another stood, with its code."""
    drafts = select(Lot.id).where(Lot.frozen_at.is_(None))
    taken = select(LotEntry.lot_id).where(LotEntry.officer_id == other_id)
    session.execute(
        update(LotEntry)
        .where(LotEntry.officer_id == officer_id, LotEntry.lot_id.in_(drafts))
        .where(LotEntry.lot_id.not_in(taken))
        .values(officer_id=other_id)
    )


def lots_with_officer(session: Session, officer_ids: Iterable[int]) -> list[tuple[LotRow, str]]:
    """Frozen draws that have one of these rows on the list, newest first, with the own code."""
    rows = session.execute(
        select(Lot, Training, LotEntry.code)
        .join(LotEntry, LotEntry.lot_id == Lot.id)
        .join(Training, Training.id == Lot.training_id)
        .where(LotEntry.officer_id.in_(list(officer_ids)), Lot.frozen_at.is_not(None))
        .order_by(Lot.id.desc())
    )
    return [(LotRow(lot, _as_today(session, training)), code) for lot, training, code in rows]


@dataclass(frozen=True, slots=True)
class DrawnLot:
    """One draw as records and studies take it: who could be drawn, and who sits on which day.

    `pool` is everybody on the list who did not leave, `seats` the first day by person (ADR 19).
    """

    training_id: int
    training: str
    days: tuple[date, ...]
    pool: frozenset[int]
    seats: Mapping[int, date]


def drawn_lots(session: Session, *, agency_id: int) -> list[DrawnLot]:
    """Every draw of the agency, oldest first."""
    found = []
    for row in reversed(lots_of(session, agency_id=agency_id)):
        if row.lot.drawn_at is None:
            continue
        officers = {one.code: one.person_id for one in listed(session, row.lot.id)}
        places = standing_of(session, row.lot)
        found.append(
            DrawnLot(
                training_id=row.training.id,
                training=row.training.code,
                days=row.days,
                pool=frozenset(officers[one.code] for one in places if not one.has_left),
                seats={
                    officers[one.code]: row.days[one.date - 1]
                    for one in places
                    if one.date is not None
                },
            )
        )
    return found


def seated_by_lot(session: Session, *, agency_id: int) -> set[tuple[int, date, int]]:
    """(training, first day, officer) of every seat that a lot gave."""
    return {
        (lot.training_id, day, officer)
        for lot in drawn_lots(session, agency_id=agency_id)
        for officer, day in lot.seats.items()
    }
