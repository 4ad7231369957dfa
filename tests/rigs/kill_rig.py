"""P1: the web server is killed again and again; no receipt's answer is lost, none is kept twice.

.venv/bin/python tests/rigs/kill_rig.py --server forked --kills 100
.venv/bin/python tests/rigs/kill_rig.py --server real --kills 30 --engine postgresql
.venv/bin/python tests/rigs/kill_rig.py --server group --kills 40
.venv/bin/python tests/rigs/kill_rig.py --server two --kills 20
.venv/bin/python tests/rigs/kill_rig.py --server four --kills 20 --engine postgresql
.venv/bin/python tests/rigs/kill_rig.py --kills 10 --control "receipt before commit"

Sixteen citizens rate without pause and press again, with the same form, until their receipt is
there. After each SIGKILL, before the next start, the books are compared with the database and the
tally with a recount. Forked: the same WSGI app forked from a process that has loaded it, so that
many kills fit. Real: what run.py starts, all its processes; every third kill is of the process that
answers alone, which the other replaces; every tenth start is by an interpreter of its own. Group
(SQLite): the forked server kills itself inside a commit of several answers, at four moments in
turn. Two: two servers on one office, citizens press here and there, one of the two is killed.
Four (PostgreSQL): four of them behind nginx with deploy/nginx.conf; while one is dead the others
must give receipts. Controls must fail: receipts told before the commit get lost, citizens who open a new form at each
press make doubles, followers let go before their leader's commit lose theirs. Exits 1 on a fault,
and when a control shows none.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
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
from tests.rigs.faults.proxy import proxy_before, reason_not_to
from tests.rigs.faults.server import Real
from tests.rigs.faults.warm import Template

CITIZENS = 16
RECEIPTS, ALIVE_S = 4, 0.4  # the kill comes within 0.4 s after so many receipts of a new server
A_TICK_S = 0.5
WORKER_EVERY, OWN_INTERPRETER_EVERY = 3, 10
SERVERS = {"forked": 1, "real": 1, "group": 1, "two": 2, "four": 4}  # how many at once
CASES = {"group": "inside a group", "two": "two servers", "four": "four behind a proxy"}
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
    without_s: float = 0.0  # the longest time after a kill without a receipt of the others

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
        if self.server == "four":
            self._others_serve(crowd)

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

    def _others_serve(self, crowd: Crowd) -> None:
        """RuntimeError where they do not: `wait_for` has a limit."""
        began, receipts = time.monotonic(), crowd.count(303)
        crowd.wait_for(receipts + 1)
        self.without_s = max(self.without_s, time.monotonic() - began)
        crowd.wait_for(receipts + RECEIPTS)

    def _is_of_worker(self, number: int) -> bool:
        return self.server == "real" and number % WORKER_EVERY == WORKER_EVERY - 1

    def _start(self, environment: dict[str, str]) -> Any:
        number = next(self._starts)
        if self._template is None:
            is_own = self.server == "real" and number % OWN_INTERPRETER_EVERY == 0
            return Real(environment, is_fork=not is_own, fault="" if is_own else self.fault)
        is_struck = self.server == "group"
        moment = MOMENTS[number % len(MOMENTS)]
        return self._template.start(Inside(moment, self.told) if is_struck else None)


@dataclass(frozen=True)
class Found:
    """What the books say after each kill, the last after everybody has a receipt; and the run."""

    accounts: list[Account]
    crowd: Crowd
    killer: Killer


def kill_again_and_again(
    made: office.OfficeFolder, *, server: str, control: str, kills: int
) -> Found:
    """Kill so often, and settle the books each time."""
    ports = [free_port() for _ in range(SERVERS[server])]
    fault = "" if control == CONTROLS[1] else control
    with made.site() as site, ExitStack() as stack:
        crowd = Crowd(ports[0], place_paths(site), Ledger(), f"killed {server}", patience_s=10)
        crowd.other_port = ports[1] if server == "two" else 0
        crowd.opens_new_form = control == CONTROLS[1]
        accounts = []
        environments = [made.environment(port) for port in ports]
        killer = Killer(environments, server, fault, made.folder / "told", crowd.paths[0])
        if server == "four":
            crowd.port, crowd.meets_proxy = free_port(), True
            folder = made.folder / "proxy"
            stack.enter_context(proxy_before(folder, port=crowd.port, ports=ports))
        crowd.start(CITIZENS)
        for number in range(kills):
            killer.kill(number, crowd)
            accounts.append(_settled(crowd.ledger, site))
            killer.mend(number)
        killer.strike_no_more()
        crowd.finish()
        killer.end()
        accounts.append(_settled(crowd.ledger, site))
    return Found(accounts, crowd, killer)


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
    if chosen.server == "four" and (chosen.engine != "postgresql" or reason_not_to()):
        parser.error(reason_not_to() or "four servers share one PostgreSQL: --engine postgresql")
    if chosen.server == "four" and chosen.control == CONTROLS[1]:
        parser.error("nobody presses again there: the proxy does, with the same form")
    with tempfile.TemporaryDirectory(prefix="slkill") as name:
        made = office.build(Path(name), chosen.engine)
        made.start()
        try:
            found = kill_again_and_again(
                made, server=chosen.server, control=chosen.control, kills=chosen.kills
            )
        finally:
            made.close()
    account = books.worst_of(found.accounts)
    _write_down(chosen, account, found)
    books.print_sum("kill")
    is_as_promised = account.faults() > 0 if chosen.control else account.faults() == 0
    click.echo("as it must be" if is_as_promised else "P1 BROKEN")
    return 0 if is_as_promised else 1


def _write_down(chosen: argparse.Namespace, account: Account, found: Found) -> None:
    crowd, killer = found.crowd, found.killer
    more: dict[str, float] = {"in_groups_struck": killer.members} if killer.members else {}
    if chosen.server == "four":
        more["status_502"] = crowd.count(502)
        more["max_s_without_receipt"] = round(killer.without_s, 1)
        more["max_load"] = round(os.getloadavg()[0], 1)
    books.write_down(
        "kill",
        engine=chosen.engine,
        case=CASES.get(chosen.server, chosen.server),
        control=chosen.control,
        count=chosen.kills,
        account=account,
        presses_cut=crowd.count(CUT),
        **more,
        status_500=crowd.count(500),
        status_503=crowd.count(503),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
