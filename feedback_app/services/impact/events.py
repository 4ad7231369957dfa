"""Attendances as the measurement takes them, without loading the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.faults import ReadableError
from feedback_app.domain.training import HORIZON
from feedback_app.impact.events import Event
from feedback_app.impact.results import Aim
from feedback_app.storage.queries.lots import DrawnLot
from feedback_app.storage.queries.trainings import Attended


class NoDataError(ReadableError):
    """There are no ratings in this span that name an officer."""


def aims_of(attended: Iterable[Attended]) -> dict[str, Aim]:
    """What was fixed of each training: with its first run, if it was written down in time.

    Else the elements that the catalogue names today and the usual months, fixed on no day.
    """
    found: dict[str, Aim] = {}
    for a in sorted(attended, key=lambda a: a.run.starts_on):
        run, code = a.run, a.training.code
        is_in_time = run.planned_on is not None and run.planned_on <= run.starts_on
        if is_in_time and not found.get(code, Aim()).fixed_on:
            found[code] = Aim(
                _officer_items(run.planned_elements or ()),
                run.planned_horizon or HORIZON,
                str(run.planned_on),
            )
        found.setdefault(code, Aim(_officer_items(a.training.elements)))
    return found


def _officer_items(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in OFFICER_KEYS if key in set(keys))


def month_of(day: date) -> int:
    """Month number (year × 12 + month − 1) of a day."""
    return day.year * 12 + day.month - 1


def events_of(
    attended: Iterable[Attended], *, owners: Mapping[int, int], lots: Iterable[DrawnLot] = ()
) -> list[Event]:
    """Attendances as the measurement takes them; the month is that of the first day.

    `owners` are joined rows' persons; a run that both rows of a person have is attended once.
    Who sat by one of the `lots` is compared within its list.
    """
    lists = _lists_by_seat(lots, owners)
    events = [
        Event(
            officer=str(owners.get(row, row)),
            training=a.training.code,
            month=month_of(a.run.starts_on),
            reason=a.attendance.reason,
            sent=a.attendance.sent,
            cost=float("nan") if a.training.cost is None else float(a.training.cost),
            drawn_from=lists.get((a.training.id, a.run.starts_on, owners.get(row, row)), ()),
        )
        for a in attended
        for row in [a.attendance.officer_id]
    ]
    if not owners:
        return events
    first: dict[tuple[str, str, int], Event] = {}
    for event in events:
        first.setdefault((event.officer, event.training, event.month), event)
    return list(first.values())


def _lists_by_seat(
    lots: Iterable[DrawnLot], owners: Mapping[int, int]
) -> dict[tuple[int, date, int], tuple[str, ...]]:
    """Persons of the list, without those who left, by training, first day and who has the seat."""
    found = {}
    for lot in lots:
        persons = tuple(sorted({str(owners.get(row, row)) for row in lot.pool}))
        for officer, day in lot.seats.items():
            found[lot.training_id, day, owners.get(officer, officer)] = persons
    return found
