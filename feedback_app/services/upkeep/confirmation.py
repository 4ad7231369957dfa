"""An admin says whether the computer's date is right; only then upkeep goes on after a jump."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from feedback_app.domain.local_time import local_day
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.upkeep import clock, retention


class OtherDayError(Exception):
    """The clock does not say any more what was confirmed: ask again."""


@dataclass(frozen=True, slots=True)
class ClockNotice:
    """What is wrong with the clock, and what waits until somebody confirms it."""

    kind: Literal["back", "ahead"]
    today: date
    known: date  # the last day that is certain
    waiting: Mapping[str, int]  # by table; of `retention.waiting`


def notice(site: Site) -> ClockNotice | None:
    """For the admin's home page; None where upkeep believes the clock."""
    found = clock.doubt(site)
    if found is None:
        return None
    return ClockNotice(
        found.kind, local_day(found.now), local_day(found.known), retention.waiting(site)
    )


def confirm_today(site: Site, viewer: Viewer, *, day: str) -> int:
    """Take the clock as right, write down who said so, do what is overdue; how many rows that was.

    It holds for this instant and for nothing else: when the clock jumps again, upkeep stops again.
    `day` is what the admin read (ISO); OtherDayError when the clock says another by now.
    """
    site = site.at_one_instant()
    if day != site.today().isoformat():
        raise OtherDayError
    found = clock.doubt(site)
    if found is None:
        return 0
    with site.db.transaction() as tx:
        last = {"last_day": local_day(found.known).isoformat()}
        log_act(tx, site, viewer, "confirm_clock", day, last)
    done = retention.do_daily_work(site)
    return sum(count for name, count in done.items() if name not in ("redated", "written_anew"))
