"""P3: a full disk and I/O errors: what was not saved is said, nothing that was confirmed is lost.

.venv/bin/python tests/rigs/disk_rig.py --case full --points 250
.venv/bin/python tests/rigs/disk_rig.py --case full --disk tmpfs --points 250
.venv/bin/python tests/rigs/disk_rig.py --case eio --points 1000
.venv/bin/python tests/rigs/disk_rig.py --case full --points 20 --control "receipt in spite of a fault"

Full: the office lies on a small disk that is filled up to a few pages, another number at each
point; citizens with long comments rate until one is told "not saved". What was typed must still
stand in the form, with the same token; once there is room the same form must be taken at once.
EIO: strace makes every so-manieth write and sync of the database's files fail under a running
server. The control swallows the fault and tells a receipt. Needs root, loop mounts, strace.
Exits 1 on a fault, and when the control shows none.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click
from flask import Flask
from werkzeug.test import TestResponse

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.elements import ALL_KEYS
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import TOKEN, Crowd, place_paths
from tests.rigs.faults.disk import loop_disk, small_tmpfs
from tests.rigs.faults.ledger import Account, Ledger, Sent
from tests.rigs.faults.server import FAULTS, Forked

MEGABYTES = {"sqlite": 24, "postgresql": 160}
PAGE = 4096
MOST_PAGES = 64  # what is left free at a fill point: 0 to 63 pages
MOST_ANSWERS = 60  # at one point; SQLite needs about 12 pages for each
LONG = "x" * 900
CONTROL = "receipt in spite of a fault"
FORM = "application/x-www-form-urlencoded"
CALLS = "pwrite64,pwritev,fsync,fdatasync,ftruncate"
EVERY = {
    "sqlite": 47,
    "postgresql": 211,
}  # so many calls between two faults: at 17 hardly an answer got through


class FullDisk:
    """One office on one small disk, filled and freed again and again."""

    def __init__(self, made: office.OfficeFolder, disk: Path) -> None:
        """Open the office that lies there."""
        self.made, self.disk, self.filler = made, disk, disk / "filler"
        self.ledger, self.found = Ledger(), Counter[str]()
        self.app: Flask = create_app(Settings.from_environment(made.environment(8000)))
        with made.site() as site:
            self.paths = place_paths(site)

    def point(self, number: int) -> Account:
        """Fill up to some pages, rate until one is refused, make room, press again, look."""
        site = self.app.extensions["site"]
        site.db.empty_wal()
        refused = self._open(number)
        fill(self.filler, pages=(number * 7) % MOST_PAGES)
        for _ in range(MOST_ANSWERS):
            if not self._is_taken(refused):
                break
            refused = self._open(number)
        else:
            self.found["never_refused"] += 1
        self.filler.unlink()
        self._let_recover()
        if refused.body and not self._is_taken(refused):
            self.found["not_at_once"] += 1
        return self.ledger.settle(site)

    def _open(self, number: int) -> Sent:
        """A form, opened while there is room or not: reading needs none."""
        known = len(self.ledger.all())
        mark = f"full {number}/{known} {LONG}"
        sent = Sent(mark, dict.fromkeys(ALL_KEYS, "3"), self.paths[known % len(self.paths)])
        page = self.app.test_client().get(sent.path, environ_overrides=_address(known))
        token = TOKEN.search(page.get_data(as_text=True))
        if token is None:
            self.found["forms_not_shown"] += 1
            return sent
        fields = sent.answers | {"comment": mark, "token": token[1], "served_by": "not_sure"}
        sent.body = urllib.parse.urlencode(fields)
        self.ledger.add(sent)
        return sent

    def _is_taken(self, sent: Sent) -> bool:
        if not sent.body:
            return False
        address = _address(hash(sent.mark))
        answer = self.app.test_client().post(
            sent.path, data=sent.body, content_type=FORM, environ_overrides=address
        )
        if answer.status_code == 303:
            sent.receipt = answer.headers["Location"].rsplit("/", 1)[-1]
            return True
        self.found[f"status_{answer.status_code}"] += 1
        self._look_at(answer, sent)
        return False

    def _look_at(self, answer: TestResponse, sent: Sent) -> None:
        """The page that says "not saved" gives everything back."""
        page = answer.get_data(as_text=True)
        token = TOKEN.search(page)
        same = token is not None and token[1] in sent.body
        is_whole = same and LONG in page and "Retry-After" in answer.headers
        self.found["forms_thrown_away"] += not is_whole

    def _let_recover(self) -> None:
        """PostgreSQL ends where its WAL finds no room, and starts itself again, or is started."""
        server = self.made.server
        if server is None:
            return
        try:
            server.wait_until_ready()
        except RuntimeError:
            self.found["server_restarts"] += 1
            server.start()


def fill(filler: Path, *, pages: int) -> None:
    """Leave so many pages of its disk free."""
    with filler.open("wb", buffering=0) as file:
        for piece in (PAGE * 16, PAGE):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * piece)
        file.truncate(max(file.tell() - pages * PAGE, 0))


def _address(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


def run_full(made: office.OfficeFolder, disk: Path, *, points: int) -> tuple[Account, Counter[str]]:
    """So many fill points; the books after each."""
    rig = FullDisk(made, disk)
    try:
        accounts = [rig.point(number) for number in range(points)]
    finally:
        rig.app.extensions["site"].db.close()
    return books.worst_of(accounts), rig.found


def run_eio(
    made: office.OfficeFolder, fault: str, *, faults: int
) -> tuple[Account, Counter[str], int]:
    """Until so many calls were made to fail; how many it were."""
    port, found = free_port(), Counter[str]()
    server = Forked(made.environment(port), fault)
    with made.site() as site:
        paths, ledger = place_paths(site), Ledger()
        crowd = Crowd(port, paths, ledger, "eio", patience_s=30)
        postgres = made.server.process if made.server else None
        number = postgres.pid if postgres else server.pid
        with failing_calls(made, number) as log:
            crowd.start(4)
            while injected_in(log) < faults:
                time.sleep(0.2)
        crowd.finish()
        found["status_503"], found["status_500"] = crowd.count(503), crowd.count(500)
        server.kill()
        account = ledger.settle(site)
    return account, found, injected_in(log)


@contextmanager
def failing_calls(made: office.OfficeFolder, number: int) -> Iterator[Path]:
    """strace on a process and all its children; yields its log."""
    log = made.folder / "strace.log"
    every = EVERY[made.engine]
    first = random.randint(1, every)
    command = ["strace", "-f", "-qq", "-p", str(number), "-o", str(log), "-e", f"trace={CALLS}"]
    command += ["-e", f"inject={CALLS}:error=EIO:when={first}+{every}"]
    if made.engine == "sqlite":
        database = made.instance / "suara_loket.db"
        for ending in ("", "-wal", "-journal"):
            command += ["-P", f"{database}{ending}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as tracer:
        while not log.exists():
            if tracer.poll() is not None:
                raise RuntimeError("strace may not attach here")
            time.sleep(0.05)
        try:
            yield log
        finally:
            tracer.terminate()


def injected_in(log: Path) -> int:
    """How many calls were made to fail."""
    return log.read_text(errors="replace").count("(INJECTED)")


def main(arguments: list[str]) -> int:
    """Break the disk, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--case", choices=("full", "eio"), default="full")
    parser.add_argument("--disk", choices=("ext4", "tmpfs"), default="ext4")
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", choices=("", CONTROL), default="")
    parser.add_argument("--points", type=int, default=50)
    chosen = parser.parse_args(arguments)
    make = loop_disk if chosen.disk == "ext4" else small_tmpfs
    with tempfile.TemporaryDirectory(prefix="sldisk") as name:
        template = Path(name) / "template"
        template.mkdir()
        made = office.build(template, chosen.engine)
        if chosen.case == "eio":
            made.start()
            count_in = run_eio(made, chosen.control, faults=chosen.points)
            made.close()
            (account, found, count), case = count_in, "EIO"
        else:
            if chosen.control:
                FAULTS[chosen.control]()
            with make(Path(name), megabytes=MEGABYTES[chosen.engine]) as disk:
                on_disk = office.copy_to(made, disk.mount_point)
                on_disk.start()
                try:
                    account, found = run_full(on_disk, disk.mount_point, points=chosen.points)
                finally:
                    on_disk.close()
            count, case = chosen.points, f"full {chosen.disk}"
    return tell(chosen, case=case, count=count, account=account, found=found)


def tell(
    chosen: argparse.Namespace, *, case: str, count: int, account: Account, found: Counter[str]
) -> int:
    """Write it down; 1 when the promise, or the control, failed."""
    books.write_down(
        "disk",
        engine=chosen.engine,
        case=case,
        control=chosen.control,
        count=count,
        account=account,
        **dict(sorted(found.items())),
    )
    books.print_sum("disk")
    bad = account.faults() + found["not_at_once"] + found["status_500"] + found["forms_thrown_away"]
    is_as_promised = account.lost > 0 if chosen.control else bad == 0
    click.echo("as it must be" if is_as_promised else "P3 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
