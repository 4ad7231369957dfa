"""P7: PostgreSQL's primary dies, its synchronous standby takes over, and no receipt is lost.

.venv/bin/python tests/rigs/failover_rig.py --failovers 20
.venv/bin/python tests/rigs/failover_rig.py --failovers 4 --control asynchronous

Twelve citizens rate without pause; the web server's address names both servers. The primary is ended
by kill -9 or by an immediate stop, in turns; every third time the line to the standby breaks half a
second before. Then the standby is promoted, the books are compared, and the dead one becomes its
standby. The control is the same without synchronous_standby_names: it must lose. Exits 1 on a
fault, and when the control loses nothing.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.services.site import Site
from tests.ground.browser import free_port
from tests.rigs.faults import books, office
from tests.rigs.faults.citizens import Crowd, place_paths
from tests.rigs.faults.ledger import Account, Ledger
from tests.rigs.faults.office import DATABASE, Postgres
from tests.rigs.faults.server import Forked

CITIZENS, RECEIPTS = 12, 10
LINE_BREAKS_EVERY, BROKEN_S = 3, 0.5
CONTROL = "asynchronous"
RELOAD = "SELECT pg_reload_conf()"


@dataclass
class Pair:
    """A primary and its standby; `url` names both and means the one that may be written."""

    primary: Postgres
    standby: Postgres
    is_synchronous: bool

    def url(self, database: str = DATABASE) -> str:
        """For SQLAlchemy; the order of the two does not matter."""
        hosts = ",".join(sorted(str(server.socket) for server in (self.primary, self.standby)))
        return (
            f"postgresql+psycopg://tests@/{database}?host={hosts}&target_session_attrs=read-write"
        )

    def follow(self) -> None:
        """Make the standby's data anew from the primary's, start it, and wait for it from now on."""
        shutil.rmtree(self.standby.data)
        self.standby.own()
        folder = str(self.primary.socket)
        self.standby.run(
            "pg_basebackup",
            "-h",
            folder,
            "-U",
            "tests",
            "-D",
            self.standby.data,
            "-R",
            "-c",
            "fast",
            "--no-sync",  # servers die here, no power goes
        )
        self.standby.start()
        self._wait_until("state = 'streaming'")
        if self.is_synchronous:
            self.primary.say("ALTER SYSTEM SET synchronous_standby_names = '*'", RELOAD)
            self._wait_until("sync_state = 'sync'")

    def break_line(self) -> None:
        """The standby hears nothing more: a commit that waits for it waits on."""
        self.standby.say("ALTER SYSTEM SET primary_conninfo = ''", RELOAD)
        time.sleep(BROKEN_S)

    def fail_over(self, how: signal.Signals) -> None:
        """End the primary, promote the standby, which then waits for nobody."""
        if how is signal.SIGKILL or self.primary.process is None:
            self.primary.kill()
        else:
            self.primary.process.send_signal(how)
            self.primary.process.wait(timeout=60)
        self.standby.run("pg_ctl", "promote", "-w", "-D", self.standby.data)
        self.primary, self.standby = self.standby, self.primary
        self.primary.say("ALTER SYSTEM RESET synchronous_standby_names", RELOAD)
        self.primary.say("ALTER SYSTEM RESET primary_conninfo", RELOAD)

    def _wait_until(self, what: str) -> None:
        asked = f"SELECT count(*) FROM pg_stat_replication WHERE {what}"  # noqa: S608
        for _ in range(300):
            if self.primary.say(asked) != [0]:
                return
            time.sleep(0.1)
        raise RuntimeError(f"the standby does not follow: never {what}")


@contextmanager
def pair_in(folder: Path, *, is_synchronous: bool) -> Iterator[tuple[office.OfficeFolder, Pair]]:
    """The office on two servers, the second following the first."""
    made = office.build(folder, "postgresql")
    primary, standby = Postgres(folder / "pg"), Postgres(folder / "pg2")
    standby.own()
    pair = Pair(primary, standby, is_synchronous)
    made.postgres = pair
    try:
        primary.start()
        pair.follow()
        yield made, pair
    finally:
        primary.close()
        standby.close()


def fail_again_and_again(
    made: office.OfficeFolder, pair: Pair, *, failovers: int
) -> tuple[list[Account], list[float]]:
    """What the books say after each failover; how long it was until the next receipt."""
    port, outages, accounts = free_port(), [], []
    server = Forked(made.environment(port))
    try:
        with made.site() as site:
            crowd = Crowd(port, place_paths(site), Ledger(), "failover", patience_s=20)
            crowd.start(CITIZENS)
            for number in range(failovers):
                crowd.wait_for(crowd.count(303) + RECEIPTS)
                if number % LINE_BREAKS_EVERY == 0:
                    pair.break_line()
                died = time.time()
                pair.fail_over(signal.SIGKILL if number % 2 else signal.SIGQUIT)
                accounts.append(_settled(crowd.ledger, site))
                crowd.wait_for(crowd.count(303) + 1)
                outages.append(time.time() - died)
                crowd.pause()  # the copy of the data is no part of what is tried
                pair.follow()
                crowd.go_on()
            crowd.finish()
            accounts.append(_settled(crowd.ledger, site))
    finally:
        server.kill()
    return accounts, outages


def _settled(ledger: Ledger, site: Site) -> Account:
    """The tally is read while citizens rate on: a second look tells a difference from a moment."""
    site.db.engine.dispose()
    account = ledger.settle(site)
    for _ in range(5):
        if not account.differences:
            break
        time.sleep(0.2)
        account = ledger.settle(site)
    return account


def main(arguments: list[str]) -> int:
    """Fail over, write it down, print the sum over all runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--failovers", type=int, default=10)
    parser.add_argument("--control", choices=("", CONTROL), default="")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="slpair") as name,
        pair_in(Path(name), is_synchronous=not chosen.control) as (made, pair),
    ):
        accounts, outages = fail_again_and_again(made, pair, failovers=chosen.failovers)
    account = books.worst_of(accounts)
    books.write_down(
        "failover",
        engine="postgresql",
        case="synchronous standby",
        control=chosen.control,
        count=chosen.failovers,
        account=account,
        max_outage_s=round(max(outages), 1),
    )
    books.print_sum("failover")
    is_as_promised = account.lost > 0 if chosen.control else account.faults() == 0
    click.echo("as it must be" if is_as_promised else "P7 BROKEN")
    return 0 if is_as_promised else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
