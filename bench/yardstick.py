"""Whole flows (fetch the form, send it, saved for good) beside a plain Flask program's.

Example: .venv/bin/python bench/yardstick.py --rounds 3 --seconds 8
Same server, same run, in turns. Two sets of places: the demo's eight counters, where nearly every
answer is held as one great burst, and a hall of 300 with every rule asked and few answers held.
The figure to trust is the server's CPU a flow (/proc of all its processes), since other work on
the machine changes flows a second. Last, four citizens a second at chance instants (an open loop):
how long a POST takes when nobody pushes, beside the machine's own fdatasync in the same seconds.
Linux only. --root measures another checkout's program.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.bare_sync import bare_syncs, percentile
from bench.crowd import Seen, callers, crowd, look_once
from bench.large_hall import build_hall
from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.retention import run_daily
from feedback_app.services.upkeep.schema import upgrade_schema

HALL = 300
WARM_UP_S = 1.5
TICKS = os.sysconf("SC_CLK_TCK")
REACH = "reach: CPU >= 5.0 x, flows >= 4.5 x, p99 <= 3 x p50 at 32 clients"
A_SECOND, STEADY_P99_MS = 4.0, 25


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did in one round."""

    flows_a_second: float
    cpu_ms: float  # of the server, a flow
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Served:
    """A program to measure: how it is started, and the paths of its forms."""

    name: str
    template: Path  # its folder, copied for each round
    paths: list[str]
    command: list[str]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--clients", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--places", nargs="+", default=["demo", "hall"], choices=["demo", "hall"])
    parser.add_argument("--steady-seconds", type=float, default=120)
    parser.add_argument("--root", type=Path, default=ROOT)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="yardstick-") as name:
        folder = Path(name)
        print(REACH)
        print(f"{'places':8}{'clients':>8}{'':>8}{'flows/s':>9}{'CPU ms':>8}", end="")
        print(f"{'p50':>7}{'p99':>7}{'p99/p50':>9}{'x flows':>9}{'x CPU':>7}{'load':>6}")
        ours = {places: _ours(chosen.root.resolve(), folder, places) for places in chosen.places}
        for places, own in ours.items():
            pair = (own, _plain(folder, places))
            for clients in chosen.clients:
                _compare(pair, places, clients, chosen.rounds, chosen.seconds)
        for places, own in ours.items():
            _steady(own, places, chosen.steady_seconds)


def _compare(
    pair: tuple[Served, Served], places: str, clients: int, rounds: int, seconds: float
) -> None:
    found: dict[str, list[Round]] = {one.name: [] for one in pair}
    for number in range(rounds):
        for one in pair if number % 2 else pair[::-1]:
            found[one.name].append(_round(one, clients, seconds, seed=number))
    ours, plain = (_medians(found[one.name]) for one in pair)
    load = os.getloadavg()[0]
    for name, found_here in (("plain", plain), ("ours", ours)):
        print(
            f"{places:8}{clients:8}{name:>8}{found_here.flows_a_second:9.1f}{found_here.cpu_ms:8.2f}",
            end="",
        )
        print(
            f"{found_here.p50:7.0f}{found_here.p99:7.0f}{found_here.p99 / found_here.p50:9.1f}",
            end="",
        )
        times = found_here.flows_a_second / plain.flows_a_second
        cpu_times = plain.cpu_ms / found_here.cpu_ms
        print(f"{times:9.2f}{cpu_times:7.2f}{load:6.1f}", flush=True)


def _steady(served: Served, places: str, seconds: float) -> None:
    """A line of its own: at this pace waiting is the machine's and the program's, nobody else's."""
    before = os.getloadavg()[0]
    with _fresh(served) as (folder, _pid, port):
        look_once(port, served.paths)
        callers(port, served.paths, a_second=A_SECOND, seconds=2 * WARM_UP_S, seed=100)
        with bare_syncs(folder, a_second=A_SECOND) as bare:
            seen = callers(port, served.paths, a_second=A_SECOND, seconds=seconds, seed=1)
    _must_be_fine(served, seen)
    print(
        f"{places}, {A_SECOND:g} a second, {len(seen.posts)} POSTs: "
        f"p50 {seen.percentile(0.5):.1f}, p99 {seen.percentile(0.99):.1f} ms "
        f"(reach: p99 <= {STEADY_P99_MS}); the machine's fdatasync "
        f"p50 {percentile(bare, 0.5):.1f}, p99 {percentile(bare, 0.99):.1f} ms; "
        f"load {before:.1f} to {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _medians(rounds: list[Round]) -> Round:
    names = ("flows_a_second", "cpu_ms", "p50", "p99")
    return Round(*(statistics.median(getattr(one, name) for one in rounds) for name in names))


def _round(served: Served, clients: int, seconds: float, *, seed: int) -> Round:
    """Start it on a fresh copy, let it warm up, and measure."""
    with _fresh(served) as (_folder, pid, port):
        look_once(port, served.paths)
        crowd(port, served.paths, clients=clients, seconds=WARM_UP_S, seed=seed + 100)
        before = _cpu_s(pid)
        seen = crowd(port, served.paths, clients=clients, seconds=seconds, seed=seed)
        used = _cpu_s(pid) - before
    _must_be_fine(served, seen)
    return Round(
        seen.flows / seen.seconds,
        1000 * used / seen.flows,
        seen.percentile(0.5),
        seen.percentile(0.99),
    )


def _must_be_fine(served: Served, seen: Seen) -> None:
    if set(seen.statuses) != {303}:
        sys.exit(f"{served.name}: {dict(seen.statuses)}")


@contextmanager
def _fresh(served: Served) -> Iterator[tuple[Path, int, int]]:
    """Its folder, process and port, of a server over a copy that goes afterwards."""
    with tempfile.TemporaryDirectory(dir=served.template.parent) as name:
        folder = Path(name) / "instance"
        shutil.copytree(served.template, folder)
        with _running(served, folder) as (pid, port):
            yield folder, pid, port


@contextmanager
def _running(served: Served, folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own = {"INSTANCE_DIR": str(folder), "PLAIN_DATABASE": str(folder / "plain.db")}
    own |= {"PORT": str(port), "DEMO": "1", "BASE_URL": f"http://127.0.0.1:{port}"}
    root = Path(served.command[1]).parent.parent
    with subprocess.Popen(served.command, cwd=root, env=os.environ | own) as server:
        try:
            _wait_for(port)
            yield server.pid, port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def _wait_for(port: int) -> None:
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if b" 200 " in probe.recv(100):
                    return
        except OSError:
            pass
        time.sleep(0.1)


def _cpu_s(pid: int) -> float:
    """Seconds of CPU of a process and all below it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return own + sum(_cpu_s(child) for child in children)


def _ours(root: Path, folder: Path, places: str) -> Served:
    template = folder / f"ours-{places}"
    template.mkdir()
    site = open_site(Settings.from_environment({"INSTANCE_DIR": str(template), "DEMO": "1"}))
    upgrade_schema(site)
    if places == "demo":
        load_demo(site, progress=lambda items: items, rating_count=4000)
    else:
        build_hall(site, counters=HALL)
    run_daily(site)  # else the server does it within the first round
    paths = [urlsplit(line.url).path for line in card_lines(site)]
    site.db.empty_wal()
    site.db.close()
    command = [sys.executable, str(root / "scripts" / "serve.py")]
    return Served("ours", template, paths, command)


def _plain(folder: Path, places: str) -> Served:
    template = folder / f"plain-{places}"
    template.mkdir()
    paths = [f"/q/{n + 1}" for n in range(8 if places == "demo" else HALL)]
    command = [sys.executable, str(ROOT / "scripts" / "serve.py"), "--program", "bench.plain:app"]
    return Served("plain", template, paths, command)


if __name__ == "__main__":
    main()
