"""P5: a busy database shows no citizen a server error, and a long reader stops nobody.

.venv/bin/python tests/rigs/busy_rig.py --seconds 25
.venv/bin/python tests/rigs/busy_rig.py --case reader --engine postgresql
.venv/bin/python tests/rigs/busy_rig.py --case reader --control "an old SQLite"

Everything: 32 citizens rate without pause on the server that run.py starts, while staff open pages
and files, all ratings are recounted, exported and backed up, again and again. Reader: 8 citizens,
while one transaction that has read stays open for 30 s. Prints p50, p99 and the greatest wait of a
POST, and how many were told anything but "received". Pass: p99 under 2 s, no 5xx. Controls: a
SQLite in TRUNCATE mode under the same reader, a lock on PostgreSQL's tally. Waits depend on what
else the machine does: the load is written down with them, and how long a bare write with fsync of
4 kB took beside them, on the same disk, in the same seconds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click
import requests
from sqlalchemy import text

from feedback_app.demo.office import COUNTERS, DEMO_PASSWORD
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage import sqlite
from tests.ground.browser import free_port
from tests.ground.postgres import find_binaries
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import Crowd, place_paths
from tests.rigs.faults.ledger import Ledger
from tests.rigs.faults.server import Forked, Real

RATINGS = 8_000
WRITERS = {"everything": 32, "reader": 8}
READER_S = 30
MOST_S = 2.0
CONTROLS = {"sqlite": "an old SQLite", "postgresql": "a locked tally"}


def read_and_back_up(made: office.OfficeFolder, until: float) -> None:
    """A process of its own: recount, read everything out, back up, until the time is over."""
    with made.site() as site:
        while time.time() < until:
            if tally_differences(site):
                raise AssertionError("the tally differs from a recount")
            with site.db.read() as session:
                session.execute(text("SELECT * FROM rating")).all()
            back_up(made)


def back_up(made: office.OfficeFolder) -> None:
    """SQLite's online backup, or pg_dump."""
    if not isinstance(made.postgres, office.Postgres | office.Elsewhere):
        source = sqlite.library.connect(made.instance / "suara_loket.db")
        target = sqlite.library.connect(":memory:")
        source.backup(target)
        target.close()
        source.close()
        return
    command = [str(find_binaries() / "pg_dump"), "-h", str(made.postgres.socket), "-U", "tests"]
    subprocess.run([*command, "-Fc", office.DATABASE], stdout=subprocess.DEVNULL, check=True)


def open_pages(port: int, until: float) -> None:
    """A process of its own: a supervisor who opens pages and files."""
    browser, address = requests.Session(), f"http://127.0.0.1:{port}"
    browser.headers["X-Forwarded-Proto"] = "http"
    page = browser.get(f"{address}/masuk", timeout=60).text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    form = {"username": "atasan", "password": DEMO_PASSWORD, "next": "", "csrf_token": token}
    browser.post(f"{address}/masuk", data=form, timeout=60).raise_for_status()
    counter = COUNTERS[0].code
    pages = ["/staf/loket/", f"/staf/loket/{counter}", "/staf/loket/unduh.xlsx", "/hasil/"]
    while time.time() < until:
        for path in pages:
            browser.get(address + path, timeout=60).raise_for_status()


def let_staff_in(made: office.OfficeFolder) -> None:
    """A demo's accounts are closed behind a proxy, as this one is said to be: it is no demo here."""
    with made.site() as site, site.db.transaction() as tx:
        tx.execute(text("UPDATE agency SET is_demo = false"))


@contextmanager
def bare_syncs(folder: Path) -> Iterator[list[float]]:
    """Seconds of a bare write and sync, twenty times a second beside everything else."""
    took: list[float] = []
    over = threading.Event()

    def write_on() -> None:
        with (folder / "bare").open("wb", buffering=0) as file:
            while not over.wait(0.05):
                began = time.perf_counter()
                file.write(b"\0" * 4096)
                os.fsync(file.fileno())
                took.append(time.perf_counter() - began)

    beside = threading.Thread(target=write_on)
    beside.start()
    try:
        yield took
    finally:
        over.set()
        beside.join()


@contextmanager
def long_reader(site: Site) -> Iterator[None]:
    """A transaction that has read and stays open: a report, a database browser."""
    with site.db.read() as session:
        session.execute(text("SELECT count(*) FROM rating")).scalar()
        yield


@contextmanager
def locked_tally(site: Site) -> Iterator[None]:
    """PostgreSQL's control: nobody may write the tally meanwhile."""
    with site.db.transaction() as tx:
        tx.execute(text("LOCK TABLE tally IN ACCESS EXCLUSIVE MODE"))
        yield


def run_case(
    made: office.OfficeFolder, *, case: str, control: str, seconds: float
) -> tuple[Crowd, Any]:
    """Rate under it; the crowd with its waits, and the account."""
    port = free_port()
    environment = made.environment(port)
    is_old = control == CONTROLS["sqlite"]
    server = Forked(environment, control) if is_old else Real(environment)
    others = []
    with made.site() as site:
        crowd = Crowd(port, place_paths(site), Ledger(), case, patience_s=60)
        try:
            if case == "everything":
                until = time.time() + seconds
                context = multiprocessing.get_context("forkserver")
                elsewhere = (_opened_elsewhere(made), until)
                others = [
                    context.Process(target=read_and_back_up, args=elsewhere),
                    context.Process(target=open_pages, args=(port, until)),
                ]
                for other in others:
                    other.start()
                crowd.start(WRITERS[case])
                time.sleep(seconds)
            else:
                hold = locked_tally if control == CONTROLS["postgresql"] else long_reader
                with hold(site):
                    crowd.start(WRITERS[case])
                    time.sleep(seconds)
            crowd.finish()
            for other in others:
                other.join()
                if other.exitcode:
                    raise RuntimeError("pages or exports failed; see above")
        finally:
            server.kill()
        return crowd, crowd.ledger.settle(site)


def _opened_elsewhere(made: office.OfficeFolder) -> office.OfficeFolder:
    """The same office for another process: a running server cannot be handed over, its folder can."""
    shown = office.OfficeFolder(made.folder, made.engine)
    if made.server is not None:
        shown.postgres = office.Elsewhere(made.server.socket)
    return shown


def main(arguments: list[str]) -> int:
    """Be busy, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--case", choices=tuple(WRITERS), default="everything")
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", choices=("", *CONTROLS.values()), default="")
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--ratings", type=int, default=RATINGS)
    chosen = parser.parse_args(arguments)
    seconds = chosen.seconds or {"everything": 25, "reader": READER_S}[chosen.case]
    with tempfile.TemporaryDirectory(prefix="slbusy") as name:
        made = office.build(Path(name), chosen.engine, ratings=chosen.ratings)
        made.start()
        let_staff_in(made)
        load = os.getloadavg()[0]
        try:
            with bare_syncs(Path(name)) as bare:
                crowd, account = run_case(
                    made, case=chosen.case, control=chosen.control, seconds=seconds
                )
        finally:
            made.close()
    waits = sorted(took for _when, took, _status in crowd.waits)
    p99 = waits[int(len(waits) * 0.99)]
    refused = sum(status >= 500 for _when, _took, status in crowd.waits)
    books.write_down(
        "busy",
        engine=chosen.engine,
        case=chosen.case,
        control=chosen.control,
        count=len(waits),
        account=account,
        refused=refused,
        max_p50_ms=round(waits[len(waits) // 2] * 1000),
        max_p99_ms=round(p99 * 1000),
        max_ms=round(waits[-1] * 1000),
        max_bare_sync_p99_ms=round(sorted(bare)[int(len(bare) * 0.99)] * 1000),
        max_load=round(load, 1),
    )
    books.print_sum("busy")
    is_good = p99 < MOST_S and not refused and not account.faults()
    click.echo("as it must be" if is_good != bool(chosen.control) else "P5 BROKEN")
    return 0 if is_good != bool(chosen.control) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
