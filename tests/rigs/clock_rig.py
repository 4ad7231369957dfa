"""P6: the clock is set wrong under load: no answer is lost or kept twice, upkeep destroys nothing.

.venv/bin/python tests/rigs/clock_rig.py --rounds 3
.venv/bin/python tests/rigs/clock_rig.py --engine postgresql
.venv/bin/python tests/rigs/clock_rig.py --control "a new form each time"
.venv/bin/python tests/rigs/clock_rig.py --control "upkeep asks nobody"

Eight citizens rate while the server's clock jumps by an hour, a day, to 1970 and to 2099, and back;
a tenth of the replies get lost, so that saved answers are pressed again under another time. Who is
told "open too long" presses once more with the form that came back, as people do. `misdated` counts
answers that were kept under a day that is not today's. At the end upkeep runs, twice at once, with a
clock 30 and 400 days ahead and a day behind: `destroyed` is what it took. Then it runs under the right
clock: `strays` are marks that it left with a time that is none. Exits 1 on a fault, and when the
controls make no doubles and destroy nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click
from sqlalchemy import func, or_, select

from feedback_app.services.site import Site, system_clock
from feedback_app.services.upkeep import retention
from feedback_app.services.upkeep.clock import UpkeepStoppedError
from feedback_app.storage.models import Rating, Screening
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import Crowd, place_paths
from tests.rigs.faults.ledger import Account, Ledger
from tests.rigs.faults.server import Forked

CITIZENS, RECEIPTS, DROPPED = 8, 12, 0.1
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (timedelta(days=30), timedelta(days=400), -DAY)
NEW_FORMS, UNASKED = "a new form each time", "upkeep asks nobody"


def steps() -> dict[str, timedelta]:
    """By how much the clock is off."""
    now = system_clock()
    return {
        "+1 h": HOUR,
        "-1 h": -HOUR,
        "+1 day": DAY,
        "-1 day": -DAY,
        "1970": datetime(1970, 1, 2, tzinfo=UTC) - now,
        "2099": datetime(2099, 12, 31, tzinfo=UTC) - now,
    }


def step_the_clock(
    made: office.OfficeFolder, *, control: str, rounds: int
) -> tuple[Account, dict[str, int]]:
    """Each step and back, so many rounds; the books at the end, and what else was seen."""
    port, offset = free_port(), made.folder / "offset"
    offset.write_text("0")
    server = Forked(made.environment(port), clock_file=str(offset))
    try:
        with made.site() as site:
            retention.run_daily(site)
            crowd = Crowd(port, place_paths(site), Ledger(), "clock", patience_s=30)
            crowd.takes_new_token, crowd.drops_replies = True, DROPPED
            crowd.opens_new_form = control == NEW_FORMS
            crowd.start(CITIZENS)
            for _ in range(rounds):
                for off in steps().values():
                    for seconds in (off.total_seconds(), 0.0):
                        _set(offset, seconds)
                        crowd.wait_for(crowd.count(303) + RECEIPTS)
            crowd.finish()
            account = crowd.ledger.settle(site)
            seen = {"status_422": crowd.count(422), "status_500": crowd.count(500)}
            seen |= {"misdated": _misdated(site), "destroyed": _destroyed(site, control=control)}
            return account, seen | {"strays": _strays(site)}
    finally:
        server.kill()


def _set(offset: Path, seconds: float) -> None:
    """In one piece: the server reads it all the time."""
    fresh = offset.with_name("offset.new")
    fresh.write_text(str(seconds))
    fresh.replace(offset)


def _misdated(site: Site) -> int:
    days = (site.today(), site.today() - DAY)  # a run may pass midnight
    with site.db.read() as session:
        return session.scalar(select(func.count()).where(Rating.day.not_in(days))) or 0


def _destroyed(site: Site, *, control: str) -> int:
    """Marks of the last day's answers that upkeep takes, twice at once, when the clock jumps."""

    def young() -> int:
        since = system_clock() - DAY
        with site.db.read() as session:
            query = select(func.count()).where(Screening.received_at >= since)
            return session.scalar(query) or 0

    work = retention.do_daily_work if control == UNASKED else retention.run_daily
    before = young()
    for jump in JUMPS:
        wrong = Site(site.settings, site.db, clock=partial(_off, jump))
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(work, wrong) for _ in range(2)]:
                with suppress(UpkeepStoppedError):
                    done.result()
    return before - young()


def _off(jump: timedelta) -> datetime:
    return system_clock() + jump


def _strays(site: Site) -> int:
    """Marks with a time that is none, after upkeep under the right clock."""
    with suppress(UpkeepStoppedError):  # the control has been at work in the future
        retention.run_daily(site)
    now = system_clock()
    is_stray = or_(Screening.received_at > now, Screening.received_at < now - 16 * DAY)
    with site.db.read() as session:
        return session.scalar(select(func.count()).where(is_stray)) or 0


def main(arguments: list[str]) -> int:
    """Step, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", choices=("", NEW_FORMS, UNASKED), default="")
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="slclock") as name:
        made = office.build(Path(name), chosen.engine)
        made.start()
        try:
            account, seen = step_the_clock(made, control=chosen.control, rounds=chosen.rounds)
        finally:
            made.close()
    books.write_down(
        "clock",
        engine=chosen.engine,
        case="steps under load",
        control=chosen.control,
        count=chosen.rounds * len(steps()) * 2,
        account=account,
        **seen,
    )
    books.print_sum("clock")
    bad = account.faults() + seen["status_500"] + seen["destroyed"] + seen["strays"]
    planted = {NEW_FORMS: account.doubled, UNASKED: seen["destroyed"]}
    is_as_promised = planted[chosen.control] > 0 if chosen.control else bad == 0
    click.echo("as it must be" if is_as_promised else "P6 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
