"""Seats by lot in the demo: one drawn with its minutes, one frozen that waits for its dice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from feedback_app.demo.people import Event
from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.lots import after, drawing, lists, pages
from feedback_app.services.lots.choice import choice_for
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

    def at(days_ago: int, act: Callable[[Site], object]) -> Event:
        return Event(local_instant(last - timedelta(days=days_ago), time(9)), act)

    return [
        at(13, lambda site: _plan(site, hr, DRAWN, days)),
        at(12, lambda site: _freeze(site, hr, DRAWN, days)),
        at(11, lambda site: _draw(site, hr)),
        at(4, lambda site: _leave(site, hr)),
        at(3, lambda site: _plan(site, hr, FROZEN, days)),
        at(2, lambda site: _freeze(site, hr, FROZEN, days)),
    ]


def _plan(site: Site, hr: Viewer, code: str, days: tuple[date, ...]) -> None:
    for day in days:
        catalogue.add_run(
            site, hr, code, starts_on=day, ends_on=day + timedelta(days=1), seats=SEATS // RUNS,
            horizon=4,
        )  # fmt: skip


def _freeze(site: Site, hr: Viewer, code: str, days: tuple[date, ...]) -> None:
    """Everybody who never had the course is eligible."""
    choice = choice_for(site, hr, code)
    eligible = frozenset(one.officer_id for one in choice.candidates if one.had is None)
    lot_id = lists.make_list(site, hr, Wish(code, days, SEATS, eligible))
    lists.freeze_list(site, hr, lot_id)


def _draw(site: Site, hr: Viewer) -> None:
    drawing.draw_lot(site, hr, _newest(site, hr), Thrown(DICE, *WITNESSES))


def _leave(site: Site, hr: Viewer) -> None:
    lot_id = _newest(site, hr)
    gone = pages.lot_page(site, hr, lot_id).seats[1]
    after.leave_lot(site, hr, lot_id, gone.officer_id, reason="pindah tugas (contoh)")


def _newest(site: Site, hr: Viewer) -> int:
    return pages.lots_page(site, hr)[0][0].lot.id
