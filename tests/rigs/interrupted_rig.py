"""P2, P9: the power goes while the program does other work than answers, and the next run does it.

.venv/bin/python tests/rigs/interrupted_rig.py --cuts 10
.venv/bin/python tests/rigs/interrupted_rig.py --work upkeep --cuts 30
.venv/bin/python tests/rigs/interrupted_rig.py --cuts 2 --control "nothing is synced"

The work: a first start (keys, schema), a migration of a filled office of revision 0011, upkeep that
deletes and writes anew, a daily backup with its drill, a restore, changes of the settings. Each
lies on ext4 in a loop image. The power goes at a random moment of the work, every second time 0.3 s
after it said that it is done. After the restart the same work must end well, nothing that was there
before may be missing, and what was told to be done must be done. The control leaves out every sync
and must show it. SQLite; needs root and a kernel that mounts loop images. Exits 1 on a fault, and
when the control shows none.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from tests.rigs.faults import books
from tests.rigs.faults.disk import LoopDisk, loop_disk
from tests.rigs.faults.ledger import Account
from tests.rigs.faults.work import CONTROL, WORKS, run_in_child

AFTER_S = 0.3
LONGEST_S = 300
MEGABYTES = 320  # a backup leaves 200 free


@dataclass
class Interrupted:
    """One kind of work, cut again and again; each time from the same beginning."""

    name: str
    disk: LoopDisk
    beginning: Path
    control: str
    takes_s: float = 0.0

    def round(self, number: int) -> list[str]:
        """Begin, cut, start again, do it again; what is wrong afterwards."""
        folder = self.disk.mount_point / "office"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.beginning, folder)
        self.disk.settle()
        told = self._cut_within(folder, is_late=number % 2 == 0)
        self.disk.restart()
        faults = WORKS[self.name].promised(folder, told) if told else []
        done, said, child = self._begin(folder, "")
        child.join(LONGEST_S)
        if not done.is_set():
            faults.append(f"the next run fails: {said.value.decode(errors='replace')}")
        else:
            faults += WORKS[self.name].check(folder)
        return faults

    def _cut_within(self, folder: Path, *, is_late: bool) -> str:
        """Cut at a moment of the work, or after it; what it said at its end, '' before it."""
        began = time.monotonic()
        done, said, child = self._begin(folder, self.control)
        if is_late or not self.takes_s:
            until = began + LONGEST_S
            while not done.wait(0.1) and child.is_alive() and time.monotonic() < until:
                pass
            self.takes_s = time.monotonic() - began
            time.sleep(AFTER_S)
        else:
            time.sleep(random.uniform(0.2, 1.0) * self.takes_s)
        told = bytes(said.value).decode() if done.is_set() else ""
        self.disk.cut()
        child.kill()
        child.join()
        return told

    def _begin(self, folder: Path, control: str) -> tuple[Any, Any, Any]:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.rigs.faults.loaded"])
        done, said = context.Event(), context.Array("c", 300)
        child = context.Process(target=run_in_child, args=(self.name, folder, control, done, said))
        child.start()
        return done, said, child


def interrupt(name: str, *, cuts: int, control: str) -> tuple[Account, Counter[str]]:
    """So many cuts of one kind of work; faults are told and counted as lost."""
    faults: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="slwork") as folder:
        beginning = Path(folder) / "beginning"
        beginning.mkdir()
        WORKS[name].prepare(beginning)
        with loop_disk(Path(folder), megabytes=MEGABYTES) as disk:
            rig = Interrupted(name, disk, beginning, control)
            for number in range(cuts):
                faults.update(found := rig.round(number))
                for fault in found:
                    click.echo(f"{name} {number}: {fault}")
    return Account(acknowledged=cuts, lost=sum(faults.values())), faults


def main(arguments: list[str]) -> int:
    """Interrupt, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--work", choices=tuple(WORKS))
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--control", choices=("", CONTROL), default="")
    chosen = parser.parse_args(arguments)
    is_good = True
    for name in [chosen.work] if chosen.work else WORKS:
        account, _faults = interrupt(name, cuts=chosen.cuts, control=chosen.control)
        books.write_down(
            "interrupted",
            engine="sqlite",
            case=name,
            control=chosen.control,
            count=chosen.cuts,
            account=account,
            max_load=round(os.getloadavg()[0], 1),
        )
        is_good = is_good and (account.lost > 0) == bool(chosen.control)
    books.print_sum("interrupted")
    click.echo("as it must be" if is_good else "P2 BROKEN")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
