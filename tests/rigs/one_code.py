"""One code, one answer (P17): each code tried by fifty at once, on SQLite and PostgreSQL.

.venv/bin/python tests/rigs/one_code.py                      1,000 codes x 50, both engines
.venv/bin/python tests/rigs/one_code.py --codes 20           sooner
.venv/bin/python tests/rigs/one_code.py --control            a planted fault that must be seen
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import delete, func, select

from feedback_app.domain.codes import place_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.rating import Served
from feedback_app.domain.visit_codes import NewCode
from feedback_app.services.citizen.arriving import Submission, open_form
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.rating import submit_rating
from feedback_app.services.citizen.visit_codes import Given
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import tally_differences, upgrade_schema
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import CodeCount, Rating, VisitCode
from feedback_app.storage.queries import visit_codes as queries
from feedback_app.storage.queries.visit_codes import Spent
from tests.conftest import NOON, SteppedClock, settings_for
from tests.ground.codes import codes as new_codes
from tests.ground.office import Office, build_office, known_office
from tests.ground.postgres import running_postgres
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account

SITES = 4  # as many processes of the web server, each with its own connections
COUNTERS = 10  # where the same code is tried, so that nothing but the code stands in the way
PAUSE = timedelta(minutes=31)  # between codes: longer than the window of screening
A_DAY = 40  # codes a day, so that none expires before its turn
PATIENCE = 40  # tries of one sender whose answer was not saved
PLANTED_PAUSE = 0.05  # seconds between the planted version's look and its deletion


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in the database afterwards. `twice`: codes that opened more than one."""

    sent: int
    kept: int
    visits: int
    counted_visits: int
    held_posters: int
    redeemed: int
    left: int
    tally_differences: int
    twice: int

    def faults(self, *, codes: int) -> list[str]:
        """What breaks the promise; an empty list keeps it."""
        expected = {
            "kept": self.sent,
            "visits": codes,
            "counted_visits": codes,
            "held_posters": self.sent - codes,
            "redeemed": codes,
            "left": 0,
            "tally_differences": 0,
            "twice": 0,
        }
        return [
            f"{name}: {getattr(self, name)} instead of {value}"
            for name, value in expected.items()
            if getattr(self, name) != value
        ]


def try_codes(
    sites: Sequence[Site], clock: SteppedClock, office: Office, *, codes: int, tries: int
) -> Outcome:
    """Try each code from `tries` phones at once, then count what was kept."""
    places = _places(sites[0], office)
    waiting: list[NewCode] = []
    twice = 0
    visits = 0
    with ThreadPoolExecutor(tries) as threads:
        for number in range(codes):
            if not waiting:
                clock.at = _next_morning(clock.at)
                waiting = new_codes(sites[0], office, min(A_DAY, codes - number), service=None)
            _at_once(threads, sites, places, waiting.pop(), tries=tries)
            clock.at += PAUSE
            now = _count(sites[0], tier="visit")
            twice += now - visits > 1
            visits = now
    return _outcome(sites[0], sent=codes * tries, twice=twice)


def _at_once(
    threads: ThreadPoolExecutor,
    sites: Sequence[Site],
    places: Sequence[str],
    code: NewCode,
    *,
    tries: int,
) -> None:
    barrier = threading.Barrier(tries)

    def one(number: int) -> None:
        site = sites[number % len(sites)]
        text = code.long if number % 2 else code.typed
        sent = submission(site, places[number % len(places)], text, number=number)
        barrier.wait()
        for _ in range(PATIENCE):
            try:
                submit_rating(site, sent)
            except NotSavedError:  # busy: what the browser does then is send it again
                time.sleep(0.05)
            else:
                return
        raise AssertionError("an answer could not be saved")

    list(threads.map(one, range(tries)))


def submission(site: Site, place: str, visit: str, *, number: int) -> Submission:
    """An answer from a phone of its own."""
    token = open_form(site, place_at(site, place, at=site.now()))
    return Submission(
        place_code=place,
        token=token,
        service_id=None,
        served=Served("not_sure", None, None),
        visit_purpose=None,
        answers={key: 1 + (number + i) % 4 for i, key in enumerate(ALL_KEYS)},
        causes=(),
        visit_facts={},
        bands={},
        comment="",
        visit=Given(visit, is_odd=False),
        is_pressed=False,
        is_charged=False,
        language="id",
        device=f"phone {number}",
        network=f"network {number}",
        device_secret="",
        from_staff_browser=False,
    )


def _places(site: Site, office: Office) -> list[str]:
    with site.db.transaction() as tx:
        rows = [
            {
                "agency_id": office.agency_id,
                "unit_id": office.unit["A"],
                "code": f"Z{number}",
                "name": f"Loket Z{number}",
                "number": 1000 + number,
                "card_serial": 1,
                "retired_on": None,
            }
            for number in range(COUNTERS)
        ]
        bulk.add_rows(tx, "counter", rows)
    return [place_code(1000 + number, 1, key=site.settings.place_key) for number in range(COUNTERS)]


def _next_morning(at: datetime) -> datetime:
    """1:00 WIB of the next day."""
    return (at + timedelta(days=1)).replace(hour=18, minute=0)


def _count(site: Site, **wanted: Any) -> int:
    with site.db.read() as session:
        question = select(func.count()).select_from(Rating).filter_by(**wanted)
        return int(session.scalar(question) or 0)


def _outcome(site: Site, *, sent: int, twice: int) -> Outcome:
    with site.db.read() as session:
        redeemed = session.scalar(select(func.sum(CodeCount.redeemed)))
        left = session.scalar(select(func.count()).select_from(VisitCode))
    return Outcome(
        sent=sent,
        kept=_count(site),
        visits=_count(site, tier="visit"),
        counted_visits=_count(site, tier="visit", state="counted"),
        held_posters=_count(site, tier="poster", state="held"),
        redeemed=int(redeemed or 0),
        left=int(left or 0),
        tally_differences=tally_differences(site),
        twice=twice,
    )


def spend_in_two_steps(
    session: Session,
    kind: Literal["long", "typed"],
    marks: Sequence[str],
    *,
    unit_id: int,
    now: datetime,
) -> Spent | None:
    """The planted fault: look first, delete later, as if nobody came between."""
    column = VisitCode.long_mark if kind == "long" else VisitCode.typed_mark
    found = session.execute(
        select(
            VisitCode.service_id,
            VisitCode.valid_from,
            VisitCode.called_at,
            VisitCode.is_restored,
        ).where(
            column.in_(marks),
            VisitCode.unit_id == unit_id,
            VisitCode.valid_from <= now,
            VisitCode.expires_at > now,
        )
    ).first()
    if found is None:
        return None
    time.sleep(PLANTED_PAUSE)
    session.execute(delete(VisitCode).where(column.in_(marks)))
    return Spent(*found)


@contextmanager
def planted() -> Iterator[None]:
    """Spend codes by the planted version."""
    kept: Callable[..., Spent | None] = queries.spend
    queries.spend = spend_in_two_steps  # type: ignore[assignment]
    try:
        yield
    finally:
        queries.spend = kept


def run(url: str, folder: Path, *, codes: int, tries: int) -> Outcome:
    """A fresh database, several sites over it, one clock."""
    clock = SteppedClock(NOON)
    sites = [open_site(settings_for(url, folder), clock=clock) for _ in range(SITES)]
    try:
        upgrade_schema(sites[0])
        build_office(sites[0])
        return try_codes(sites, clock, known_office(sites[0]), codes=codes, tries=tries)
    finally:
        for site in sites:
            site.db.close()


def _note(engine: str, found: Outcome, asked: argparse.Namespace, *, control: str) -> None:
    """A receipt is an answer counted as a visit; a code that opened two is doubled."""
    account = Account(
        found.counted_visits, doubled=found.twice, differences=found.tally_differences
    )
    books.write_down(
        "one_code",
        engine=engine.lower(),
        case=f"each tried by {asked.tries} at once",
        control=control,
        count=asked.codes,
        account=account,
        sent=found.sent,
    )


def main() -> int:
    """Both engines; exit 1 when a promise is broken, or the control was not seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--codes", type=int, default=1000)
    parser.add_argument("--tries", type=int, default=50)
    parser.add_argument("--control", action="store_true", help="plant the fault; PostgreSQL only")
    asked = parser.parse_args()
    bad = False
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        urls = {"SQLite": f"sqlite:///{folder}/one.db", "PostgreSQL": postgres}
        if asked.control:
            with planted():
                found = run(postgres, Path(folder), codes=asked.codes, tries=asked.tries)
            _note("PostgreSQL", found, asked, control="looked at, then deleted")
            print(f"control: {found.twice} of {asked.codes} codes opened more than one answer")
            return 0 if found.twice else 1
        for name, url in urls.items():
            begun = time.monotonic()
            found = run(url, Path(folder), codes=asked.codes, tries=asked.tries)
            faults = found.faults(codes=asked.codes)
            bad = bad or bool(faults)
            _note(name, found, asked, control="")
            print(
                f"{name}: {asked.codes} codes x {asked.tries} at once: {found.kept} of {found.sent}"
                f" answers kept, {found.counted_visits} counted as visits, {found.held_posters} held"
                f" as poster, {found.twice} codes opened twice, {found.tally_differences} differences"
                f" from a recount, {time.monotonic() - begun:.0f} s"
                f"{'; ' + '; '.join(faults) if faults else ''}",
                flush=True,
            )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
