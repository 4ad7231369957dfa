"""Seats by lot in the demo: one drawn with its minutes, one frozen that waits for its dice."""

from __future__ import annotations

from datetime import date, time, timedelta

from feedback_app.demo.people import Event
from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.lots import after, drawing, lists, pages
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.services.site import Site
from feedback_app.services.trainings import catalogue

DRAWN, FROZEN = "komunikasi", "prima"
SEATS, RUNS, APART = 9, 3, 61  # days between the runs: every second month
DICE = "4163525142"
WITNESSES = ("Budi Hartono (contoh), Subbagian Umum", "Citra Lestari (contoh), Inspektorat")


def lot_events(hr: Viewer, *, last: date) -> list[Event]:
    """Runs are planned, lists made, one is drawn, and one person cannot go."""
    first = last + timedelta(days=40)
    days = tuple(first + timedelta(days=APART * place) for place in range(RUNS))
    return [
        Event(
            local_instant(last - timedelta(days=12), time(9)), lambda s: _plan(s, hr, DRAWN, days)
        ),
        Event(local_instant(last - timedelta(days=11), time(9)), lambda s: _draw(s, hr, days)),
        Event(
            local_instant(last - timedelta(days=3), time(9)), lambda s: _plan(s, hr, FROZEN, days)
        ),
        Event(
            local_instant(last - timedelta(days=2), time(9)), lambda s: _freeze(s, hr, FROZEN, days)
        ),
    ]


def _plan(site: Site, hr: Viewer, code: str, days: tuple[date, ...]) -> None:
    for day in days:
        catalogue.add_run(
            site, hr, code, starts_on=day, ends_on=day + timedelta(days=1), seats=SEATS // RUNS,
            horizon=4,
        )  # fmt: skip


def _freeze(site: Site, hr: Viewer, code: str, days: tuple[date, ...]) -> int:
    """Everybody who never had the course is eligible."""
    choice = lists.choice_for(site, hr, code)
    eligible = frozenset(one.officer_id for one in choice.candidates if one.had is None)
    lot_id = lists.make_list(site, hr, Wish(code, days, SEATS, eligible))
    lists.freeze_list(site, hr, lot_id)
    return lot_id


def _draw(site: Site, hr: Viewer, days: tuple[date, ...]) -> None:
    lot_id = _freeze(site, hr, DRAWN, days)
    drawing.draw_lot(site, hr, lot_id, Thrown(DICE, *WITNESSES))
    seats = pages.lot_page(site, hr, lot_id).seats
    after.leave_lot(site, hr, lot_id, seats[1].officer_id, reason="pindah tugas (contoh)")
