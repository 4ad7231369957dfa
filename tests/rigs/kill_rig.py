"""P1: the web server is killed again and again; no receipt's answer is lost, none is kept twice.

.venv/bin/python tests/rigs/kill_rig.py --server forked --kills 100
.venv/bin/python tests/rigs/kill_rig.py --server real --kills 30 --engine postgresql
.venv/bin/python tests/rigs/kill_rig.py --kills 10 --control "receipt before commit"

Sixteen citizens rate without pause and press again, with the same form, until their receipt is
there. After each SIGKILL, before the next start, the books are compared with the database and the
tally with a recount. Forked: the same WSGI app forked from a process that has loaded it, so that
many kills fit. Real: what run.py starts, all its processes. Two controls must fail: receipts told
before the commit get lost, and citizens who open a new form at each press make doubles. Exits 1 on
a fault, and when a control shows none.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.services.site import Site
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import CUT, Crowd, place_paths
from tests.rigs.faults.ledger import Account, Ledger
from tests.rigs.faults.server import Forked, Real

CITIZENS = 16
RECEIPTS, ALIVE_S = 4, 0.4  # the kill comes within 0.4 s after so many receipts of a new server
A_TICK_S = 0.5
CONTROLS = ("receipt before commit", "a new form each time")


def kill_again_and_again(
    made: office.OfficeFolder, *, server: str, control: str, kills: int
) -> tuple[list[Account], Crowd]:
    """What the books say after each kill, the last one after everybody has a receipt."""
    port, chance = free_port(), random.Random()
    environment = made.environment(port)
    fault = control if control == CONTROLS[0] else ""
    with made.site() as site:
        crowd = Crowd(port, place_paths(site), Ledger(), f"killed {server}", patience_s=10)
        crowd.opens_new_form = control == CONTROLS[1]
        accounts = []
        running = start(server, environment, fault)
        crowd.start(CITIZENS)
        for _ in range(kills):
            crowd.wait_for(crowd.count(303) + RECEIPTS)
            time.sleep(chance.uniform(0, ALIVE_S))
            running.kill()
            accounts.append(_settled(crowd.ledger, site))
            running = start(server, environment, fault)
        crowd.finish()
        running.kill()
        accounts.append(_settled(crowd.ledger, site))
    return accounts, crowd


def start(server: str, environment: dict[str, str], fault: str) -> Forked | Real:
    """The one or the other."""
    return Forked(environment, fault) if server == "forked" else Real(environment)


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
    parser.add_argument("--server", choices=("forked", "real"), default="forked")
    parser.add_argument("--engine", choices=office.ENGINES, default="sqlite")
    parser.add_argument("--control", choices=("", *CONTROLS), default="")
    parser.add_argument("--kills", type=int, default=20)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="slkill") as name:
        made = office.build(Path(name), chosen.engine)
        made.start()
        try:
            accounts, crowd = kill_again_and_again(
                made, server=chosen.server, control=chosen.control, kills=chosen.kills
            )
        finally:
            made.close()
    account = books.worst_of(accounts)
    books.write_down(
        "kill",
        engine=chosen.engine,
        case=chosen.server,
        control=chosen.control,
        count=chosen.kills,
        account=account,
        presses_cut=crowd.count(CUT),
        status_500=crowd.count(500),
        status_503=crowd.count(503),
    )
    books.print_sum("kill")
    is_as_promised = account.faults() > 0 if chosen.control else account.faults() == 0
    click.echo("as it must be" if is_as_promised else "P1 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
