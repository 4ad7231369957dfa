"""How long a warm `run.py` takes to its first 200, beside a bare import of flask and sqlalchemy.

Example: .venv/bin/python bench/start.py --rounds 5
Warm: installed, migrated, the demo loaded (once, in a folder of its own). Both are measured in
turn in one run, so that their ratio holds on a busy machine too. --root measures another checkout.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOK_S = 0.005
FIRST_START_S = 300  # the demo's two years of ratings


def main() -> None:
    """Print each round, the medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--root", type=Path, default=ROOT)
    chosen = parser.parse_args()
    root = chosen.root.resolve()
    starts, imports = [], []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        environment = os.environ | {"INSTANCE_DIR": folder}
        first = seconds_to_first_200(root, environment)
        print(f"first start, with the demo: {first:.1f} s")
        for _ in range(chosen.rounds):
            imports.append(seconds_of_bare_import(root))
            starts.append(seconds_to_first_200(root, environment))
            print(
                f"bare import {imports[-1]:.2f} s, run.py {starts[-1]:.2f} s", _load(), flush=True
            )
    start, bare = statistics.median(starts), statistics.median(imports)
    print(f"median: run.py {start:.2f} s, bare import {bare:.2f} s, {start / bare:.1f} times")


def seconds_to_first_200(root: Path, environment: dict[str, str]) -> float:
    """From the command to /healthz saying ok; the server is stopped again."""
    port = _free_port()
    began = time.perf_counter()
    server = subprocess.Popen(
        ["/usr/bin/env", "python3", str(root / "run.py")],
        cwd=root,
        env=environment | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _is_ready(port):
            if server.poll() is not None or time.perf_counter() - began > FIRST_START_S:
                sys.exit("run.py did not start")
            time.sleep(LOOK_S)
        return time.perf_counter() - began
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def seconds_of_bare_import(root: Path) -> float:
    """A whole interpreter of the same venv that imports the two and ends."""
    python = root / ".venv" / "bin" / "python"
    began = time.perf_counter()
    subprocess.run([python, "-c", "import flask, sqlalchemy"], check=True)
    return time.perf_counter() - began


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _load() -> str:
    return f"(load {os.getloadavg()[0]:.1f})"


if __name__ == "__main__":
    main()
