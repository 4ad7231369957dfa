"""Half-sent, slow and silent connections while citizens rate: who waits, who is turned away?

Example: .venv/bin/python tests/rigs/half_sent.py
The demo office on the server as run.py starts it. Each case opens its connections, then citizens
rate (form + answer, a connection each); half of them before, as the measure of "usual". `--control`
is the server as it was before docs/adr/0013: threads wait for bodies, and the first case must fail.
Each run appends to docs/rigs/half_sent.jsonl. Exits 1 when a case fails, or the control does not.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click

from feedback_app.config import ROOT
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from tests.ground.browser import wait_until_ready
from tests.ground.demo_site import demo_site
from tests.ground.raw_http import ask, connect, get, held_open, post
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account

RIG = "half_sent"
HELD = 200  # connections an attacker holds
CITIZENS = 15  # before and during, each time
ROUNDS = 3  # the median of their ratios counts: the machine has other things to do
MOST_RATIO = 2.0
PATIENCE_S = 10  # of a citizen
BACK_S = 6.0  # a killed worker
STOP_S = 1.5
NEVER = 999.0  # written down where nobody was served
FEW_FILES = 320  # of which 128 are the program's own


@dataclass(frozen=True)
class Found:
    """What one case gave; `max_` is the greatest of several runs when they are added up."""

    case: str
    count: int
    failed: int
    max_ratio: float = 0.0
    max_s: float = 0.0


@dataclass(frozen=True)
class Office:
    """A served office."""

    port: int
    path: str
    server: subprocess.Popen[bytes]

    def rate(self, *, patience: float = PATIENCE_S) -> float:
        """One citizen from form to receipt on two connections; seconds, or infinity."""
        began = time.monotonic()
        try:
            page = ask(self.port, get(self.path), timeout=patience)
            token = re.search(rb'name="token" value="([\w-]+)"', page.body)
            answers = "".join(f"&{key}=3" for key in ALL_KEYS)
            body = b"token=" + (token[1] if token else b"") + answers.encode()
            status = ask(self.port, post(self.path, body), timeout=patience).status
        except OSError:
            return float("inf")
        return time.monotonic() - began if status == 303 else float("inf")

    def usual(self) -> float:
        """The median citizen's seconds; infinity as soon as two in a row had no receipt."""
        times: list[float] = []
        for _ in range(CITIZENS):
            times.append(self.rate())
            if times[-2:] == [float("inf")] * 2:
                return float("inf")
        return statistics.median(times)


@contextmanager
def silent(office: Office) -> Iterator[None]:
    """Connections that say nothing at all."""
    with held_open(office.port, HELD, b""):
        yield


@contextmanager
def half_heads(office: Office) -> Iterator[None]:
    """Requests that break off in their headers."""
    with held_open(office.port, HELD, get(office.path)[:-8]):
        yield


@contextmanager
def half_bodies(office: Office) -> Iterator[None]:
    """Forms that break off after a few bytes."""
    with held_open(office.port, HELD, post(office.path, b"token=x", length=1000)):
        yield


@contextmanager
def slow_bodies(office: Office) -> Iterator[None]:
    """Forms that come at one byte a second."""
    done = threading.Event()
    with held_open(office.port, HELD, post(office.path, b"token=x", length=1000)) as lines:

        def drip() -> None:
            while not done.wait(1):
                for line in lines:
                    with suppress(OSError):
                        line.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        yield
        done.set()
        thread.join()


@contextmanager
def slow_readers(office: Office) -> Iterator[None]:
    """Some pages asked for on each connection, and none read."""
    asked = get("/static/site.css") * 8
    with ExitStack() as stack:
        for _ in range(HELD):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", office.port))
            line.sendall(asked)
        time.sleep(5)  # until all are answered: the reading is slow, not the asking
        yield


ATTACKS = (half_bodies, half_heads, slow_bodies, silent, slow_readers)


def under(office: Office, attack: Callable[[Office], object]) -> Found:
    """Citizens before and during an attack."""
    ratios = []
    for _ in range(ROUNDS):
        before = office.usual()
        with attack(office):  # type: ignore[attr-defined]
            time.sleep(0.5)
            ratios.append(office.usual() / before)
        if ratios[-1] == float("inf"):
            break
    ratio = statistics.median(ratios) if ratios[-1] != float("inf") else NEVER
    return Found(attack.__name__, HELD, int(ratio > MOST_RATIO), max_ratio=round(ratio, 2))


def vanishing_phones(office: Office) -> Found:
    """Twelve phones go away in the middle of their forms; the thirteenth wants a receipt."""
    usual = office.usual()
    for _ in range(12):
        with connect(office.port) as line:
            line.sendall(post(office.path, b"token=x", length=1000))
    waited = office.rate()
    return Found(
        "vanishing phones", 12, int(waited > usual * MOST_RATIO + 0.1), max_s=round(waited, 2)
    )


def killed_worker(office: Office) -> Found:
    """The process that answers is killed; how long until the next receipt?"""
    children = Path(f"/proc/{office.server.pid}/task/{office.server.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGKILL)
    began = time.monotonic()
    while office.rate() == float("inf") and time.monotonic() - began < 60:
        time.sleep(0.05)
    waited = time.monotonic() - began
    return Found("killed worker", 1, int(waited > BACK_S), max_s=round(waited, 2))


def stop(office: Office) -> Found:
    """The server is told to stop while half-sent requests of every kind are open."""
    beginnings = (b"", get(office.path)[:-8], post(office.path, b"token=x", length=1000))
    with ExitStack() as stack:
        for beginning in beginnings:
            stack.enter_context(held_open(office.port, 50, beginning))
        time.sleep(0.5)
        began = time.monotonic()
        office.server.terminate()
        office.server.wait(timeout=60)
        waited = time.monotonic() - began
    return Found(
        "stop", 150, int(waited > STOP_S or office.server.returncode != 0), max_s=round(waited, 2)
    )


def too_many(office: Office) -> Found:
    """More half-sent forms than the system allows connections; a newcomer only has to wait."""
    with held_open(office.port, FEW_FILES + 80, post(office.path, b"token=x", length=1000)):
        time.sleep(1)
        waited = office.rate(patience=60)
    time.sleep(1)
    is_back = office.usual() < PATIENCE_S
    return Found(
        "too many", FEW_FILES + 80, int(not is_back or waited > 60), max_s=round(waited, 2)
    )


@contextmanager
def served(environment: dict[str, str], path: str, command: list[str]) -> Iterator[Office]:
    """The office on a server process of its own."""
    port = int(environment["PORT"])
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment) as server:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", server)
            yield Office(port, path, server)
        finally:
            server.terminate()


SHIPPED = [sys.executable, str(ROOT / "scripts" / "serve.py")]  # as run.py starts it
WITH_FEW_FILES = ["sh", "-c", f'ulimit -n {FEW_FILES}; exec "$0" "$@"', *SHIPPED]


def before(port: str) -> list[str]:
    """The server as it was: eight threads that wait for bodies."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", port]
    command += ["--log-level", "error", "--blocking-threads", "8", "--workers-kill-timeout", "5"]
    return [*command, "feedback_app.wsgi:app"]


def main(arguments: list[str]) -> int:
    """Print each case and write it down."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--control", action="store_true")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder), database_url="", ratings=300) as (site, environment),
    ):
        path = "/q/" + card_lines(site)[1].url.rsplit("/", 1)[1]
        if chosen.control:
            found = list(control(environment, path))
        else:
            found = list(all_cases(environment, path))
    books.print_sum(RIG)
    failed = sum(one.failed for one in found)
    if chosen.control:
        click.echo("the control fails, as it must" if failed else "THE RIG SEES NOTHING")
        return int(not failed)
    click.echo(f"{failed} of {len(found)} cases failed")
    return int(failed > 0)


def all_cases(environment: dict[str, str], path: str) -> Iterator[Found]:
    """Each on the shipped server; the last on one that is allowed few files."""
    with served(environment, path, SHIPPED) as office:
        office.usual()  # warm
        for attack in ATTACKS:
            yield told(under(office, attack))
        yield told(vanishing_phones(office))
        yield told(killed_worker(office))
        yield told(stop(office))
    with served(environment, path, WITH_FEW_FILES) as office:
        yield told(too_many(office))


def control(environment: dict[str, str], path: str) -> Iterator[Found]:
    """Half bodies on the server as it was."""
    with served(environment, path, before(environment["PORT"])) as office:
        office.usual()
        yield told(under(office, half_bodies), control="threads wait for bodies")


def told(found: Found, *, control: str = "") -> Found:
    """Write it into the book, which prints it."""
    books.write_down(
        RIG,
        engine="sqlite",
        case=found.case,
        control=control,
        count=found.count,
        account=Account(0),
        failed=found.failed,
        max_ratio=found.max_ratio,
        max_s=found.max_s,
    )
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
