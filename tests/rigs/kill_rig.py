"""P1: the web server is killed again and again; no receipt's answer is lost, none is kept twice.

.venv/bin/python tests/rigs/kill_rig.py --server forked --kills 100
.venv/bin/python tests/rigs/kill_rig.py --server real --kills 30 --engine postgresql
.venv/bin/python tests/rigs/kill_rig.py --server group --kills 40
.venv/bin/python tests/rigs/kill_rig.py --server two --kills 20
.venv/bin/python tests/rigs/kill_rig.py --kills 10 --control "receipt before commit"

Sixteen citizens rate without pause and press again, with the same form, until their receipt is
there. After each SIGKILL, before the next start, the books are compared with the database and the
tally with a recount. Forked: the same WSGI app forked from a process that has loaded it, so that
many kills fit. Real: what run.py starts, all its processes; every third kill is of the process that
answers alone, which the other replaces; every tenth start is by an interpreter of its own. Group
(SQLite): the forked server kills itself inside a commit of several answers, at four moments in
turn. Two: two servers on one office, citizens press here and there, one of the two is killed.
Controls must fail: receipts told before the commit get lost, citizens who open a new form at each
press make doubles, followers let go before their leader's commit lose theirs. Exits 1 on a fault,
and when a control shows none.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.services.site import Site
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import CUT, Crowd, place_paths
from tests.rigs.faults.inside import MOMENTS, Inside, members_told
from tests.rigs.faults.ledger import Account, Ledger
from tests.rigs.faults.server import Real
from tests.rigs.faults.warm import Template

CITIZENS = 16
RECEIPTS, ALIVE_S = 4, 0.4  # the kill comes within 0.4 s after so many receipts of a new server
A_TICK_S = 0.5
WORKER_EVERY, OWN_INTERPRETER_EVERY = 3, 10
SERVERS = ("forked", "real", "group", "two")
CASES = {"group": "inside a group", "two": "two servers"}
TOO_EARLY = "members told before the commit"
CONTROLS = ("receipt before commit", "a new form each time", TOO_EARLY)


@dataclass
class Killer:
    """One office whose servers are killed in turn."""

    environments: list[dict[str, str]]
    server: str
    fault: str
    told: Path  # where a group that was struck says how many it were
    form: str  # a form's path
    members: int = 0

    def __post_init__(self) -> None:
        """Start all."""
        self._chance, self._starts = random.Random(), count()
        self._template: Template | None = None
        if self.server in ("forked", "group"):
            self._template = Template(self.environments[0], self.fault, self.form)
        self._running = [self._start(environment) for environment in self.environments]

    def kill(self, number: int, crowd: Crowd) -> None:
        """Let it answer, kill it; it stays dead until `mend`."""
        if self.server == "group":
            self._running[0].wait_until_dead()
            self.members += members_told(self.told)[0]
            self.told.unlink()
            return
        crowd.wait_for(crowd.count(303) + RECEIPTS)
        time.sleep(self._chance.uniform(0, ALIVE_S))
        victim = self._running[number % len(self._running)]
        if self._is_of_worker(number):
            victim.kill_worker()
        else:
            victim.kill()

    def mend(self, number: int) -> None:
        """Start what was killed; who waits for a worker replaces it by itself."""
        if not self._is_of_worker(number):
            place = number % len(self._running)
            self._running[place] = self._start(self.environments[place])

    def strike_no_more(self) -> None:
        """So that everybody may come to a receipt."""
        if self.server == "group":
            self._running[0].kill()
            self.server = "forked"
            self.mend(0)

    def end(self) -> None:
        """Kill all."""
        for running in self._running:
            running.kill()
        if self._template:
            self._template.end()

    def _is_of_worker(self, number: int) -> bool:
        return self.server == "real" and number % WORKER_EVERY == WORKER_EVERY - 1

    def _start(self, environment: dict[str, str]) -> Any:
        number = next(self._starts)
        if self._template is None:
            is_own = self.server == "real" and number % OWN_INTERPRETER_EVERY == 0
            return Real(environment, is_fork=not is_own)
        is_struck = self.server == "group"
        moment = MOMENTS[number % len(MOMENTS)]
        return self._template.start(Inside(moment, self.told) if is_struck else None)


def kill_again_and_again(
    made: office.OfficeFolder, *, server: str, control: str, kills: int
) -> tuple[list[Account], Crowd, int]:
    """What the books say after each kill, the last one after everybody has a receipt.

    Then the citizens, and how many answers were in the groups that were struck.
    """
    ports = [free_port() for _ in range(2 if server == "two" else 1)]
    fault = "" if control == CONTROLS[1] else control
    with made.site() as site:
        crowd = Crowd(ports[0], place_paths(site), Ledger(), f"killed {server}", patience_s=10)
        crowd.other_port = ports[1] if server == "two" else 0
        crowd.opens_new_form = control == CONTROLS[1]
        accounts = []
        environments = [made.environment(port) for port in ports]
        killer = Killer(environments, server, fault, made.folder / "told", crowd.paths[0])
        crowd.start(CITIZENS)
        for number in range(kills):
            killer.kill(number, crowd)
            accounts.append(_settled(crowd.ledger, site))
            killer.mend(number)
        killer.strike_no_more()
        crowd.finish()
        killer.end()
        accounts.append(_settled(crowd.ledger, site))
    return accounts, crowd, killer.members


def _settled(ledger: Ledger, site: Site) -> Account:
    """PostgreSQL may still end what the killed server had sent: then the tally is read once more."""
    account = ledger.settle(site)
    if account.differences and not site.db.is_sqlite:
        time.sleep(A_TICK_S)
        account = ledger.settle(site)
    return account


def main(arguments: list[str]) -> int:
    """Kill, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--server", choices=SERVERS, default="forked")
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", choices=("", *CONTROLS), default="")
    parser.add_argument("--kills", type=int, default=20)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="slkill") as name:
        made = office.build(Path(name), chosen.engine)
        made.start()
        try:
            accounts, crowd, members = kill_again_and_again(
                made, server=chosen.server, control=chosen.control, kills=chosen.kills
            )
        finally:
            made.close()
    account = books.worst_of(accounts)
    books.write_down(
        "kill",
        engine=chosen.engine,
        case=CASES.get(chosen.server, chosen.server),
        control=chosen.control,
        count=chosen.kills,
        account=account,
        presses_cut=crowd.count(CUT),
        **({"in_groups_struck": members} if members else {}),
        status_500=crowd.count(500),
        status_503=crowd.count(503),
    )
    books.print_sum("kill")
    is_as_promised = account.faults() > 0 if chosen.control else account.faults() == 0
    click.echo("as it must be" if is_as_promised else "P1 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
