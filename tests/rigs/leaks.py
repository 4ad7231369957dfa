"""Faults of disclosure that the differencing bot must find: each is the product with one mistake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from flask import current_app
from sqlalchemy import select

from feedback_app.domain import disclosure
from feedback_app.domain.disclosure import causes as gate_of_causes
from feedback_app.domain.disclosure import officers as gate_of_officers
from feedback_app.domain.disclosure import parts as gate_of_parts
from feedback_app.domain.disclosure.officers import OfficerLine, OfficerPart, OfficerSums, Part
from feedback_app.domain.skm import TooFew
from feedback_app.files.exports import Sheet
from feedback_app.services.counters import closed_figures, closed_officers, dashboard, exports
from feedback_app.services.counters import officers as officers_page
from feedback_app.services.counters.officers import NamedLine
from feedback_app.services.counters.page import CounterView
from feedback_app.services.people import joining
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import counters, unit_officers
from tests.rigs.differencing_needs import exact_gaps
from tests.rigs.small_town import FIRST

PARTS_OUT = date(2026, 10, 8)


@contextmanager
def live_sliding_figures() -> Iterator[None]:
    """Planted: as it was before, scores over any days from ten forms on, today's included."""

    def daily(days: Any, *, today: date) -> disclosure.Grid:
        blocks = (
            disclosure.Block(d.day, d.day, d.n, d.total, d.squares)
            for d in sorted(days, key=lambda d: d.day)
            if d.n
        )
        return disclosure.Grid(tuple(blocks), 0, today)

    def from_ten_on(blocks: Any, *, grid: disclosure.Grid) -> Any:
        n = sum(block.n for block in blocks)
        return TooFew(n, 10) if n < 10 else disclosure.score_of(blocks, grid=grid)

    with (
        patch.object(closed_figures, "grid_of", daily),
        patch.object(dashboard, "score_of", from_ten_on),
    ):
        yield


@contextmanager
def quarters_left_open() -> Iterator[None]:
    """Planted: blocks are shown as soon as they are full, and a quarter's end fills nothing."""
    with patch.object(closed_figures, "grid_of", _never_filled):
        yield


def _never_filled(days: Any, *, today: date) -> disclosure.Grid:
    blocks, first, n, total, squares = [], FIRST, 0, 0, 0
    for one in sorted(days, key=lambda d: d.day):
        n, total, squares = n + one.n, total + one.total, squares + one.squares
        if one.day < today and n >= disclosure.MIN_GROUP:
            blocks.append(disclosure.Block(first, one.day, n, total, squares))
            first, n, total, squares = one.day + timedelta(days=1), 0, 0, 0
    return disclosure.Grid(tuple(blocks), n, today)


@contextmanager
def parts_of_ten() -> Iterator[None]:
    """Planted: the usual rule, parts and what is left of ten or more, blind to blocks beside."""

    def by_size(
        sizes: Mapping[tuple[int, ...], Collection[int]], untold: Mapping[tuple[int, ...], int]
    ) -> frozenset[tuple[int, ...]]:
        sizes = {key: (*row, untold.get(key, 0)) for key, row in sizes.items()}
        left, *parts = sorted(sizes)
        small = [part for part in parts if 0 < sum(sizes[part]) < 10]
        if not small and parts and 0 < sum(sizes[left]) < 10:
            small = [min(parts, key=lambda part: sum(sizes[part]))]
        return frozenset(small[:1])

    with (
        patch.object(gate_of_officers, "narrow_split", by_size),
        patch.object(gate_of_parts, "narrow_split", by_size),
    ):
        yield


@contextmanager
def as_it_is() -> Iterator[None]:
    """The product."""
    yield


@contextmanager
def appeals_unseen() -> Iterator[None]:
    """Planted: figures after an appeal as if nobody had seen those before."""

    def nothing(*_question: object) -> list[object]:
        return []

    with patch.object(unit_officers, "taken_by_appeals", nothing):
        yield


@contextmanager
def months_of_few() -> Iterator[None]:
    """Planted: causes by month beside the quarter's, however few low answers a month holds."""
    with patch.object(gate_of_causes, "tells_months", lambda lows: len(lows) > 1):
        yield


@contextmanager
def officers_by_counter_too() -> Iterator[None]:
    """Planted: a figure by counter and officer was left in a counter's file.

    The gate lets each of them through by itself; beside the unit's, they tell of other counters.
    """
    real = exports.counter_sheets

    def with_officers(view: CounterView) -> list[Sheet]:
        site = current_app.extensions["site"]
        with site.db.read() as session:
            counter = session.scalars(select(Counter).where(Counter.code == view.line.code)).one()
            lines = _lines_of_counter(site, session, counter)
            names = counters.officers_named(session, lines)
        found = [NamedLine(who, names[who], line) for who, line in lines.items()]
        unit = officers_page.UnitOfficers("A", tuple(found), 0, None)
        table = officers_page.OfficersView((), "2026-t3", ("", ""), (unit,))
        return [*real(view), officers_page.officer_sheet(table)]

    with patch.object(exports, "counter_sheets", with_officers):
        yield


def _lines_of_counter(site: Site, session: Session, counter: Counter) -> closed_officers.Lines:
    if site.today() < PARTS_OUT:
        return {}
    unit = closed_officers._quarter(site, session, counter.unit_id, FIRST)
    place = unit.days.counter_ids.index(counter.id)
    days = replace(unit.days, counter_ids=(counter.id,))
    own = closed_officers.Quarter(days, (unit.blocks[place],))
    nobody = TooFew(0, 10)
    complete = closed_officers._Work(session, own, {}).complete()
    return {who: OfficerLine(part, nobody) for who, part in complete.items()}


@contextmanager
def early_forms_of_few() -> Iterator[None]:
    """Planted: forms that stopped early are told however few they are."""

    def of_all(sums: Mapping[int, OfficerSums], **_gate: object) -> dict[int, Part]:
        return {
            who: OfficerPart(who, own.n, own.by_poster, gate_of_officers._mean_of_four(own), {})
            for who, own in sums.items()
        }

    with patch.object(closed_officers, "early_parts", of_all):
        yield


@contextmanager
def a_total_of_both_sets() -> Iterator[None]:
    """Planted: a mean over both sets, with n of both, beside the complete forms'.

    So does whoever tells the share that stopped early beside n: the rest of n is its mean.
    """
    real = officers_page.officer_sheet

    def with_total(view: officers_page.OfficersView) -> Sheet:
        sheet = real(view)
        both = []
        for row in sheet.rows:
            n = sum(cell for cell in (row[2], row[8]) if isinstance(cell, int))
            both.append((*row, n, row[4]))
        columns = (*sheet.columns, "Semua formulir", "Rata-rata semua")
        return replace(sheet, columns=columns, rows=tuple(both))

    with patch.object(officers_page, "officer_sheet", with_total):
        yield


@contextmanager
def nine_left_beside() -> Iterator[None]:
    """Planted: the nine forms of a counter lie in its unit's survey, and beside all blocks."""
    with patch.object(closed_figures, "_shortened", lambda *_question: 0):
        yield


@contextmanager
def shares_of_all_and_none() -> Iterator[None]:
    """Planted: a share of causes is rounded to 0 or 100 percent too: then all or none ticked."""
    with patch.object(gate_of_causes, "LEAST", 0), patch.object(gate_of_causes, "MOST", 100):
        yield


@contextmanager
def joined_from_before() -> Iterator[None]:
    """Planted: a joining that holds for the quarter that was shown apart as well."""
    with patch.object(joining, "quarter_start", lambda _today: FIRST):
        yield


@dataclass(frozen=True)
class World:
    """The product, or a fault in it, in a town of this seed that shows the fault."""

    plant: Callable[[], Any]
    seed: int = 0


LEFT_OPEN_SEED = 1  # in town 0 counter B1's last block ends with the quarter: nothing is left over
_PLANTS: dict[str, Callable[[], Any]] = {
    "the product": as_it_is,
    "planted: live sliding figures": live_sliding_figures,
    "planted: parts of ten beside blocks": parts_of_ten,
    "planted: appeals that are not looked at": appeals_unseen,
    "planted: causes of months with few low answers": months_of_few,
    "planted: officers by counter beside the unit": officers_by_counter_too,
    "planted: early-stopped forms however few": early_forms_of_few,
    "planted: a total of both sets of forms": a_total_of_both_sets,
    "planted: nine forms of a counter left beside the blocks": nine_left_beside,
    "planted: shares that say all or none": shares_of_all_and_none,
    "planted: a joining of a quarter that was shown": joined_from_before,
    "planted: gaps of needs with all their decimals": exact_gaps,
}
WORLDS = {name: World(plant) for name, plant in _PLANTS.items()} | {
    "planted: a survey beside quarters left open": World(quarters_left_open, LEFT_OPEN_SEED)
}
