"""P2: the power goes a moment after a receipt, and the answer is there after the restart.

.venv/bin/python tests/rigs/power_rig.py --case quiet --cuts 60
.venv/bin/python tests/rigs/power_rig.py --case loaded --cuts 60 --engine postgresql
.venv/bin/python tests/rigs/power_rig.py --case group --cuts 60
.venv/bin/python tests/rigs/power_rig.py --case quiet --cuts 15 --control DELETE+FULL

The office lies on ext4 in a loop image. Quiet: one answer, then the file system is shut down without
writing its journal 0.3 s after the receipt, the server is killed, the image mounted again. A counter
is nearly always in that state, and a rig that only writes without pause does not see what is lost
there. Loaded: citizens send without pause and the power goes in between; who got no receipt presses
again. Group (SQLite): the same, and the power goes inside a commit of several answers, at four
moments in turn. A receipt that comes after the cut began is none: the machine that sent it had no power, and
Linux says "written" to some of the syncs that this kind of cut breaks (`told too late` counts them).
Controls must lose. Needs root and a kernel that mounts loop images. Exits 1 on a fault, and
when a control loses nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app import create_app
from feedback_app.services.site import Site
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import Crowd, place_paths
from tests.rigs.faults.disk import LoopDisk, loop_disk
from tests.rigs.faults.inside import MOMENTS, Inside, members_told
from tests.rigs.faults.ledger import Account, Ledger, Sent
from tests.rigs.faults.server import Forked

AFTER_RECEIPT_S = 0.3
CITIZENS, RECEIPTS, LOADED_S = 6, 12, 0.4  # the cut comes within 0.4 s after so many receipts
CASES = {"quiet": "quiet", "loaded": "loaded", "group": "inside a group"}
STRUCK_S, IN_GROUP = 60, 16  # a group comes within a second, on a crowded machine within some
MEGABYTES = {"sqlite": 64, "postgresql": 320}
# Its writer would flush by itself within 0.2 s, and hide what an unsafe commit loses.
POSTGRES_CONTROL = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
CONTROLS = {
    "sqlite": (
        "synchronous=OFF",
        "synchronous=NORMAL",
        "DELETE+FULL",
        "receipt before commit",
        "members told before the commit",
    ),
    "postgresql": ("synchronous_commit=off",),
}


class PowerRig:
    """One office on one disk, whose power goes again and again."""

    def __init__(
        self, disk: LoopDisk, folder: Path, *, engine: str, case: str, control: str
    ) -> None:
        """Put a fresh office on the disk."""
        self.disk, self.scratch, self.case = disk, folder / "looked-at", case
        self.fault = control if engine == "sqlite" else ""
        (folder / "template").mkdir()
        made = office.build(folder / "template", engine)
        self.office = office.copy_to(made, disk.mount_point)
        if engine == "postgresql" and control:
            self.office.options = POSTGRES_CONTROL
        self.ledger, self.port, self.chance = Ledger(), free_port(), random.Random()
        self.paths: list[str] = []
        self.told_too_late = self.members = 0
        self.told = folder / "told"

    def round(self, number: int) -> Account:
        """Start, rate, cut, start again, look."""
        self.office.start()
        inside = None
        if self.case == "group":
            inside = Inside(MOMENTS[number % len(MOMENTS)], self.told, self.disk.mount_point)
        server = Forked(self.office.environment(self.port), self.fault, inside=inside)
        try:
            if not self.paths:
                with self.office.site() as site:
                    self.paths = place_paths(site)
            self.disk.settle()
            self._rate_and_cut(f"{self.case} {number}")
        finally:
            server.kill()
            self.office.close()
        self.disk.restart()
        return self._look(f"{self.case} {number}/")

    def _rate_and_cut(self, name: str) -> None:
        crowd = Crowd(self.port, self.paths, self.ledger, name, patience_s=5)
        if self.case == "quiet":
            crowd.rate_once()
            time.sleep(AFTER_RECEIPT_S)
            self.disk.cut()
            return
        crowd.start(IN_GROUP if self.case == "group" else CITIZENS)
        try:
            if self.case == "group":
                self._wait_until_struck()
            else:
                crowd.wait_for(RECEIPTS)
                time.sleep(self.chance.uniform(0, LOADED_S))
                self.disk.cut()
        finally:
            crowd.stop()
        self.told_too_late += self.ledger.take_back(after=self.disk.cut_at)

    def _wait_until_struck(self) -> None:
        until = time.monotonic() + STRUCK_S
        while not self.told.exists():
            if time.monotonic() > until:
                raise RuntimeError("no group of several came")
            time.sleep(0.005)
        members, self.disk.cut_at = members_told(self.told)
        self.members += members
        self.told.unlink()

    def _look(self, of_round: str) -> Account:
        """What is kept, before and after those without a receipt have pressed again."""
        round_s = [sent for sent in self.ledger.all() if sent.mark.startswith(of_round)]
        looked_at = self._copy()
        try:
            looked_at.start()
            with looked_at.site() as site:
                first = self.ledger.settle(site, round_s)
                _press_again(site, [sent for sent in round_s if sent.body and not sent.receipt])
                then = self.ledger.settle(site, round_s)
        finally:
            looked_at.close()
        return Account(
            acknowledged=first.acknowledged,
            lost=first.lost,
            doubled=then.doubled,
            changed=then.changed,
            differences=first.differences + then.differences,
        )

    def _copy(self) -> office.OfficeFolder:
        """SQLite is looked at in a copy: closing it would tidy the WAL away on the disk."""
        if self.office.engine == "postgresql":
            return self.office
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        return office.copy_to(self.office, self.scratch)


def _press_again(site: Site, unanswered: list[Sent]) -> None:
    """The same forms, to the program as it is after the restart."""
    if not unanswered:
        return
    app = create_app(site.settings)
    client = app.test_client()
    for sent in unanswered:
        form = "application/x-www-form-urlencoded"
        answer = client.post(sent.path, data=sent.body, content_type=form)
        if answer.status_code == 303:
            sent.receipt = answer.headers["Location"].rsplit("/", 1)[-1]
    app.extensions["site"].db.close()


def run_rounds(
    *, engine: str, case: str, control: str, cuts: int
) -> tuple[list[Account], PowerRig]:
    """So many cuts of one office; then the rig, with what it counted beside."""
    with (
        tempfile.TemporaryDirectory(prefix="slcut") as name,
        loop_disk(Path(name), megabytes=MEGABYTES[engine]) as disk,
    ):
        rig = PowerRig(disk, Path(name), engine=engine, case=case, control=control)
        try:
            return [rig.round(number) for number in range(cuts)], rig
        finally:
            rig.office.close()


def main(arguments: list[str]) -> int:
    """Cut, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--case", choices=tuple(CASES), default="quiet")
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", default="")
    parser.add_argument("--cuts", type=int, default=15)
    chosen = parser.parse_args(arguments)
    if chosen.control and chosen.control not in CONTROLS[chosen.engine]:
        parser.error(f"controls of {chosen.engine}: {', '.join(CONTROLS[chosen.engine])}")
    accounts, rig = run_rounds(
        engine=chosen.engine, case=chosen.case, control=chosen.control, cuts=chosen.cuts
    )
    account = books.total(accounts)
    books.write_down(
        "power",
        engine=chosen.engine,
        case=CASES[chosen.case],
        control=chosen.control,
        count=chosen.cuts,
        account=account,
        cuts_that_lost=sum(one.lost > 0 for one in accounts),
        told_too_late=rig.told_too_late,
        **({"in_groups_struck": rig.members} if rig.members else {}),
        max_load=round(os.getloadavg()[0], 1),
    )
    books.print_sum("power")
    is_as_promised = account.lost > 0 if chosen.control else account.faults() == 0
    click.echo("as it must be" if is_as_promised else "P2 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
