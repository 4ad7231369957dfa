"""The office's web server: as run.py starts it, or forked from a process that has loaded it."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

from werkzeug.serving import WSGIRequestHandler, make_server

import run
from feedback_app import create_app
from feedback_app.config import ROOT, Settings
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import arriving, rating
from feedback_app.services.site import Clock, system_clock
from feedback_app.storage import sqlite
from tests.rigs.faults.inside import Inside, members_told_before_commit

START_S = 300  # a busy machine starts slowly: 90 s were too few at a load of 15


class Server(Protocol):
    """What a rig does with a server, whichever it is."""

    pid: int

    def kill(self) -> None:
        """SIGKILL to all of it."""


class Forked:
    """The same WSGI app in a process forked from one that has loaded everything."""

    def __init__(
        self,
        environment: dict[str, str],
        fault: str = "",
        clock_file: str = "",
        inside: Inside | None = None,
    ) -> None:
        """Start, and wait until it answers."""
        context = forkserver()
        port = int(environment["PORT"])
        self._process = context.Process(
            target=serve, args=(environment, port, fault, clock_file, inside), daemon=True
        )
        self._process.start()
        self.pid = int(self._process.pid or 0)
        wait_until_ready(port, self._process.is_alive)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.join()

    def wait_until_dead(self) -> None:
        """RuntimeError where it lives on."""
        self._process.join(START_S)
        if self._process.is_alive():
            raise RuntimeError("the server was not struck")


class Real:
    """The server that run.py starts, with all its processes.

    By an interpreter of its own, or `is_fork` of one that has loaded the same modules: a sixth of
    the start's CPU. The processes that answer and wait are the same.
    """

    def __init__(
        self, environment: dict[str, str], *, is_fork: bool = False, fault: str = ""
    ) -> None:
        """Start, and wait until it answers; a planted fault needs a fork."""
        port = int(environment["PORT"])
        said = environment | {"HOST": "127.0.0.1"}
        if is_fork:
            process = forkserver().Process(target=serve_as_run_py, args=(said, ROOT, fault))
            process.start()
            self._is_alive, self._join = process.is_alive, process.join
        else:
            started = subprocess.Popen(
                command_of_run_py(),
                cwd=ROOT,
                env=os.environ | said,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._is_alive, self._join = lambda: started.poll() is None, started.wait
            process = started
        self.pid = int(process.pid or 0)
        wait_until_ready(port, self._is_alive)

    def kill(self) -> None:
        """SIGKILL to the main process and its workers at once."""
        os.killpg(self.pid, signal.SIGKILL)
        self._join()

    def kill_worker(self) -> None:
        """SIGKILL to a worker only; the main process may mend it, or end."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for number in listed[-1:]:
            os.kill(int(number), signal.SIGKILL)


def command_of_run_py() -> list[str]:
    """What run.py would start, taken from run.py itself, so that the rigs follow it."""
    started: list[list[str]] = []

    def note(command: list[str], _environment: dict[str, str]) -> int:
        started.append(command)
        return 0

    with (
        mock.patch.object(run, "install", return_value=Path(sys.executable)),
        mock.patch.object(run, "_run_until_stopped", note),
        mock.patch.object(run, "address", return_value=("127.0.0.1", 0)),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        run.serve()
    return started[0]


def wait_until_ready(port: int, is_alive: Callable[[], bool]) -> None:
    """Until /healthz says ok; RuntimeError when the process ends or takes too long."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if not is_alive():
            raise RuntimeError("the server stopped at its start")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError("the server did not get ready")


def forkserver() -> Any:
    """The context of processes that are forked from a loaded one."""
    context = multiprocessing.get_context("forkserver")
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
    context.set_forkserver_preload(["tests.rigs.faults.loaded"])
    return context


class Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log(self, *_arguments: object) -> None:
        """Say nothing."""


def serve(
    environment: dict[str, str], port: int, fault: str, clock_file: str, inside: Inside | None
) -> None:
    """The forked process's whole life, in a session of its own as a server's is."""
    os.setsid()
    say_nothing()
    if inside:
        inside.plant()
    if fault:
        FAULTS[fault]()
    clock: Clock = ClockInFile(clock_file) if clock_file else system_clock
    app = create_app(Settings.from_environment(environment), clock=clock)
    make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet).serve_forever()


def serve_as_run_py(environment: dict[str, str], root: Path, fault: str) -> None:
    """The same process as `command_of_run_py` starts, forked."""
    from scripts.serve import main  # noqa: PLC0415 (loaded already, in loaded.py)

    if fault:
        FAULTS[fault]()  # the process that answers is a fork of this one
    os.setsid()
    multiprocessing.set_start_method("fork", force=True)  # as it is where run.py starts
    os.chdir(root)
    say_nothing()
    os.environ.update(environment)
    sys.argv[1:] = command_of_run_py()[2:]
    sys.exit(main(sys.argv[1:]))


def say_nothing() -> None:
    """What a server says while its disk goes belongs in no report; RIG_LOG names a file for it."""
    log = os.open(os.environ.get("RIG_LOG", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())


@dataclass(frozen=True)
class ClockInFile:
    """The machine's time shifted by as many seconds as a file says: a clock that is set anew."""

    path: str

    def __call__(self) -> datetime:
        """The present instant by that clock."""
        return system_clock() + timedelta(seconds=float(Path(self.path).read_text() or 0))


def _unsafe(journal: str, synchronous: str) -> None:
    """SQLite as it must not be used."""

    def prepare(connection: Any, *, wait_ms: int = 0) -> None:
        connection.isolation_level = None
        for words in (f"busy_timeout={sqlite.BUSY_TIMEOUT_MS}", f"journal_mode={journal}"):
            connection.execute(f"PRAGMA {words}").fetchall()
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")

    sqlite.prepare = prepare


def _receipt_before_commit() -> None:
    """The fault that a kill must show: the receipt is told, the answer saved a moment later."""
    save = rating._save_patiently

    def soon(*arguments: Any) -> None:
        threading.Timer(0.05, save, arguments).start()

    rating._save_patiently = soon  # type: ignore[assignment]


def _receipt_in_spite_of_a_fault() -> None:
    """The fault that a full disk must show: what could not be saved is confirmed all the same."""
    save = rating._save_patiently

    def hope(*arguments: Any) -> None:
        with contextlib.suppress(NotSavedError, arriving.FaultyError):
            save(*arguments)

    rating._save_patiently = hope  # type: ignore[assignment]


FAULTS: dict[str, Callable[[], None]] = {
    "synchronous=OFF": partial(_unsafe, "WAL", "OFF"),
    "synchronous=NORMAL": partial(_unsafe, "WAL", "NORMAL"),
    "DELETE+FULL": partial(_unsafe, "DELETE", "FULL"),
    "an old SQLite": partial(setattr, sqlite, "VERSION", (3, 40, 1)),
    "receipt before commit": _receipt_before_commit,
    "receipt in spite of a fault": _receipt_in_spite_of_a_fault,
    "members told before the commit": members_told_before_commit,
}
