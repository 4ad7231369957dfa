"""A server that is forked from a process which has made the app already: 20 ms of CPU a start.

The template holds the listening socket; who asks while nobody answers waits in its queue.
"""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
import socket
import time
from contextlib import suppress
from typing import Any

from werkzeug.serving import make_server

from feedback_app import create_app
from feedback_app.config import Settings
from tests.rigs.faults.inside import Inside
from tests.rigs.faults.server import FAULTS, START_S, Quiet, forkserver, say_nothing

QUEUED = 64


class Template:
    """The loaded app of one office; `start` forks it."""

    def __init__(self, environment: dict[str, str], fault: str, path: str) -> None:
        """`path` is a form that is opened once, so that its template is compiled."""
        self._line, theirs = multiprocessing.Pipe()
        self._process = forkserver().Process(
            target=_wait_and_fork, args=(environment, fault, path, theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    def start(self, inside: Inside | None = None) -> Warm:
        """One more server; the last one is dead."""
        self._line.send(inside)
        if not self._line.poll(START_S):
            raise RuntimeError("the template forks nothing")
        return Warm(int(self._line.recv()))

    def end(self) -> None:
        """Its servers are dead by now."""
        self._process.kill()
        self._process.join()


class Warm:
    """One forked server."""

    def __init__(self, pid: int) -> None:
        """It answers as soon as it runs."""
        self.pid = pid

    def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait_until_dead()

    def wait_until_dead(self) -> None:
        """RuntimeError where it lives on."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)
        raise RuntimeError("the server was not struck")


def _wait_and_fork(environment: dict[str, str], fault: str, path: str, line: Any) -> None:
    say_nothing()
    if fault:
        FAULTS[fault]()
    app = create_app(Settings.from_environment(environment))
    app.test_client().get(path)
    app.extensions["site"].db.close()  # no connection goes into a process that is forked
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", int(environment["PORT"])))
    listening.listen(QUEUED)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once
    while True:
        try:
            inside = line.recv()
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            line.close()
            _serve(app, listening, inside)
        line.send(child)


def _serve(app: Any, listening: socket.socket, inside: Inside | None) -> None:
    """The forked server's whole life, in a session of its own as a server's is."""
    try:
        os.setsid()
        if inside:
            inside.plant()
        server = make_server(
            "127.0.0.1", 0, app, threaded=True, request_handler=Quiet, fd=listening.fileno()
        )
        server.serve_forever()
    finally:
        os._exit(1)
