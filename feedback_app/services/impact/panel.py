"""Scores of an agency's officers by month, from the tally, with their attendances."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.form_sets import EARLY, STOPPED_EARLY
from feedback_app.domain.happenings import BY_ITSELF, Happening
from feedback_app.impact.cells import Cells, MixCoefficient, adjust
from feedback_app.impact.events import Event
from feedback_app.impact.panel import Floats, Ints, Panel, in_own_order, month_number
from feedback_app.impact.results import Aim
from feedback_app.services.impact.events import NoDataError, aims_of, events_of, month_of
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import joins, lots, trainings
from feedback_app.storage.queries import panel as queries
from feedback_app.storage.queries.happenings import happenings_of_counters

__all__ = [
    "BadMonthError",
    "Linked",
    "NoDataError",
    "first_day",
    "last_day",
    "link",
    "month_given",
    "read_cells",
    "span",
]


@dataclass(frozen=True, slots=True)
class Linked:
    """The panel (officers named by their id), events, the case mix and where it came from."""

    panel: Panel
    events: tuple[Event, ...]
    aims: Mapping[str, Aim]
    case_mix: tuple[MixCoefficient, ...]
    first: date
    last: date
    fingerprint: str


class BadMonthError(ValueError):
    """What an analyst typed is no month: told at a terminal, in English."""


def month_given(text: str | None) -> int | None:
    """Month number of YYYY-MM as a person typed it; None stays None."""
    if text is None:
        return None
    try:
        return month_number(text)
    except ValueError:
        raise BadMonthError(f"{text!r} is no month; write it like 2026-11") from None


def first_day(month: int) -> date:
    """First day of a month number."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """Last day of a month number."""
    return first_day(month + 1) - timedelta(days=1)


def link(
    site: Site, *, agency_id: int, first_month: int | None = None, last_month: int | None = None
) -> Linked:
    """Panel and events of one agency; a month that is not over yet is left out.

    Only answers in which the citizen named the officer, and that count, enter a score.
    """
    with site.db.read() as session:
        first, last = span(site, session, agency_id, first_month, last_month)
        cells = read_cells(session, agency_id=agency_id, first=first, last=last)
        attended = trainings.attendances(session, agency_id=agency_id)
        drawn = lots.drawn_lots(session, agency_id=agency_id)
        visits = queries.monthly_visits(session, agency_id=agency_id, first=first, last=last)
        codes = queries.counter_codes(session, agency_id=agency_id)
        owners = joins.owners_now(session)
        told = happenings_of_counters(session, codes.keys(), first=first, last=last)
    held = [a for a in attended if a.run.starts_on <= last]
    events = tuple(events_of(held, owners=owners, lots=drawn))
    panel, case_mix = adjust(cells)
    known = {(codes[counter], month): count for (counter, month), count in visits.items()}
    by_code = {codes[counter]: found for counter, found in told.items() if found}
    panel = replace(panel, visits=_visits(panel, known))
    panel = in_own_order(with_happenings(panel, by_code))
    mark = fingerprint(cells, events, by_code)
    return Linked(panel, events, aims_of(held), tuple(case_mix), first, last, mark)


def with_happenings(panel: Panel, by_code: Mapping[str, Sequence[Happening]]) -> Panel:
    """The panel with the months in which something happened at an officer's counter (by code)."""
    happened, new_form = (np.zeros(panel.unit.shape, dtype=bool) for _ in range(2))
    for place, code in enumerate(panel.units):
        for one in by_code.get(code, ()):
            begins = max(month_of(one.first) - panel.first_month, 0)
            ends = panel.months if one.last is None else month_of(one.last) + 1 - panel.first_month
            there = panel.unit[:, begins:ends] == place
            touched = new_form if one.kind == BY_ITSELF else happened
            touched[:, begins:ends] |= there
    return replace(panel, happened=happened, new_form=new_form)


def _visits(panel: Panel, known: Mapping[tuple[str, int], int]) -> Floats | None:
    """Visits to each officer's counter (O, T); None unless every month with answers has some."""
    visits = np.zeros(panel.unit.shape)
    for unit, code in enumerate(panel.units):
        for column in np.flatnonzero((panel.unit == unit).any(axis=0)):
            count = known.get((code, panel.first_month + int(column)), 0)
            if not count:
                return None
            visits[panel.unit[:, column] == unit, column] = count
    return visits


def span(
    site: Site, session: Session, agency_id: int, first_month: int | None, last_month: int | None
) -> tuple[date, date]:
    """First and last day of the whole months that have ratings and were asked for."""
    days = queries.days_with_answers(session, agency_id=agency_id)
    if days is None:
        raise NoDataError("belum ada penilaian")
    over = month_of(site.today() + timedelta(days=1)) - 1  # the last month that is over
    last = min(month_of(days[1]), over, over if last_month is None else last_month)
    first = month_of(days[0]) if first_month is None else max(first_month, month_of(days[0]))
    if last < first:
        raise NoDataError("belum ada bulan penuh dengan penilaian")
    return first_day(first), last_day(last)


def read_cells(session: Session, *, agency_id: int, first: date, last: date) -> Cells:
    """Monthly counts of the officer items, by officer, counter, service, channel, set of forms."""
    parts = [
        _columns(rows)
        for rows in queries.monthly_cells(
            session, agency_id=agency_id, keys=OFFICER_KEYS, first=first, last=last
        )
    ]
    if not parts:
        raise NoDataError("tidak ada penilaian yang menyebut petugas")
    numbers, tiers, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    owners = joins.owners_now(session)
    if owners:
        numbers, tiers, counts = _as_persons(numbers, tiers, counts, owners)
    units = queries.counter_codes(session, agency_id=agency_id)
    services = queries.service_codes(session, agency_id=agency_id)
    officers, officer = np.unique(numbers[:, 0], return_inverse=True)
    counters, unit = np.unique(numbers[:, 1], return_inverse=True)
    tier_names, tier = np.unique(tiers, return_inverse=True)
    kinds, mix = np.unique(
        np.column_stack([numbers[:, 2], tier, numbers[:, 3] == EARLY]), axis=0, return_inverse=True
    )
    mixes = [
        f"{services.get(int(service), '?')}/{tier_names[way]}{STOPPED_EARLY if is_early else ''}"
        for service, way, is_early in kinds
    ]
    return Cells(
        officers=tuple(str(key) for key in officers),
        units=tuple(units.get(int(key), "?") for key in counters),
        mixes=tuple(mixes),
        items=OFFICER_KEYS,
        first_month=month_of(first),
        months=month_of(last) - month_of(first) + 1,
        officer=officer,
        unit=unit,
        mix=mix.ravel(),
        month=numbers[:, 4] - month_of(first),
        counts=counts.reshape(len(counts), len(OFFICER_KEYS), 4),
    )


def _as_persons(
    numbers: Ints, tiers: NDArray[np.str_], counts: Floats, owners: Mapping[int, int]
) -> tuple[Ints, NDArray[np.str_], Floats]:
    """Joined rows as one officer over all months: before and after are one person's.

    Cells that become equal are added up, so that no order of reading shows in the fingerprint.
    """
    numbers = numbers.copy()
    for row, owner in owners.items():
        numbers[numbers[:, 0] == row, 0] = owner
    kinds, tier = np.unique(tiers, return_inverse=True)
    used, place = np.unique(np.column_stack([numbers, tier]), axis=0, return_inverse=True)
    sums = np.zeros((len(used), counts.shape[1]))
    np.add.at(sums, place.ravel(), counts)
    return used[:, :-1], kinds[used[:, -1]], sums


def _columns(rows: Sequence[Sequence[Any]]) -> tuple[Ints, NDArray[np.str_], Floats]:
    """(officer, counter, service, set of forms, month), channel and counts of some cells."""
    officer, counter, service, tier, form_set, month, *counts = zip(*rows, strict=True)
    numbers = np.array([officer, counter, service, form_set, month], dtype=np.int64).T
    return numbers, np.array(tier), np.array(counts, dtype=float).T


def fingerprint(
    cells: Cells, events: tuple[Event, ...], happenings: Mapping[str, Sequence[Happening]]
) -> str:
    """SHA-256 of cells, events and what happened: equal when the same data were measured."""
    order = np.lexsort((cells.month, cells.mix, cells.unit, cells.officer))
    digest = hashlib.sha256(repr((cells.officers, cells.units, cells.mixes)).encode())
    for column in (cells.officer, cells.unit, cells.mix, cells.month):
        digest.update(np.ascontiguousarray(column[order], dtype=np.int64).tobytes())
    digest.update(np.ascontiguousarray(cells.counts[order], dtype=np.float64).tobytes())
    digest.update(repr(sorted(map(repr, events))).encode())
    by_lot = sorted((repr(event), event.drawn_from) for event in events if event.drawn_from)
    if by_lot:  # studies of before keep their fingerprint
        digest.update(repr(by_lot).encode())
    spells = {
        (code, one.kind, one.first, one.last) for code in happenings for one in happenings[code]
    }
    if spells:
        digest.update(repr(sorted(map(repr, spells))).encode())
    return digest.hexdigest()
