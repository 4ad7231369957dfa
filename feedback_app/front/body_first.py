"""Requests are collected whole, under a deadline, before one of a few threads runs the program.

A thread that waits for a body waits as long as its sender likes: eight half-sent forms stopped the
whole office (docs/adr/0013-bodies-first.md). Here the event loop waits, which can hold thousands.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from feedback_app.front.collecting import SMALL_BYTES, Patience, RefusedError, collect
from feedback_app.front.environ import environ_of
from feedback_app.front.refusals import refusal
from feedback_app.front.rsgi import Headers, HTTPProtocol, Scope

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication


log = logging.getLogger(__name__)

THREADS = 8  # 16 and 32 were slower: they share one interpreter lock
QUEUE = 256  # whole requests that wait for a thread: some seconds of work
LARGE_AT_ONCE = 4  # bodies beyond SMALL_BYTES: an uploaded file is 12 MB of memory
SOON_S = 5  # after the start
LOOK_S = 0.05
QUIET_S = 0.3  # at the stop, after the last answer, until the system has sent it


@dataclass(slots=True)
class Request:
    """A whole request on its way to a thread; `answered` ends what the event loop keeps of it."""

    scope: Scope
    headers: Headers
    protocol: HTTPProtocol
    body: bytes
    answered: asyncio.Future[None]


class BodyFirst:
    """An RSGI program around a WSGI program."""

    def __init__(
        self,
        program: WSGIApplication,
        *,
        most_bytes: int,
        most_bytes_at: Callable[[str], int],
        patience: Patience,
        soon: Callable[[], object] | None = None,
    ) -> None:
        """`most_bytes_at` is asked for the path of a body larger than `most_bytes`.

        `soon` is called once, in a thread of its own, when the first visitors have been answered.
        """
        self._program = program
        self._most_bytes = most_bytes
        self._most_bytes_at = most_bytes_at
        self._patience = patience
        self._soon = soon
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._answered: deque[asyncio.Future[None]] = deque()
        self._busy: set[str] = set()
        self._collecting: set[asyncio.Task[Any]] = set()
        self._large = 0
        self._is_stopping = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads; the server calls this once, in its worker, before it listens."""
        self._loop = loop
        for number in range(THREADS):
            name = f"request-{number + 1}"
            threading.Thread(target=self._answer_for_ever, name=name, daemon=True).start()
        if self._soon:
            soon = threading.Timer(SOON_S, self._soon)
            soon.daemon = True
            soon.start()
        if threading.current_thread() is threading.main_thread():
            self._also_stop_on(signal.SIGTERM)
            self._also_stop_on(signal.SIGINT)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what the event loop still keeps of answered requests."""
        self._let_go()
        loop.run_until_complete(asyncio.sleep(0))

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Collect the body, hand the request to a thread, wait until it is answered."""
        self._let_go()
        headers = scope.headers
        length = headers.get("content-length")
        if "transfer-encoding" in headers:  # then a length beside it says nothing (RFC 9112, 6.3)
            length = None
        elif length is None:
            length = "0"
        try:
            if length == "0":
                await self._hand_over(scope, headers, protocol, b"")
            else:
                size = None if length is None else int(length)
                await self._collect_and_hand_over(scope, headers, protocol, size)
        except RefusedError as refused:
            protocol.response_str(refused.status, *refusal(refused.status, scope.path))

    def _let_go(self) -> None:
        # Waking the loop after each answer took .06 ms of a form's .4; the next request will do.
        while self._answered:
            self._answered.popleft().set_result(None)

    async def _hand_over(
        self, scope: Scope, headers: Headers, protocol: HTTPProtocol, body: bytes
    ) -> None:
        if self._requests.qsize() >= QUEUE:
            raise RefusedError(503)
        answered = self._loop.create_future()
        self._requests.put(Request(scope, headers, protocol, body, answered))
        await answered

    async def _collect_and_hand_over(
        self, scope: Scope, headers: Headers, protocol: HTTPProtocol, length: int | None
    ) -> None:
        most = self._most_bytes
        if length is None or length > most:
            most = self._most_bytes_at(scope.path)
        if length is not None and length > most:
            # Never read; the program sees the length and says 413 on a page of its own.
            await self._hand_over(scope, headers, protocol, b"")
            return
        places: list[int] = []
        try:
            body = await self._collect(protocol, length, most, places)
            await self._hand_over(scope, headers, protocol, body)
        finally:
            self._large -= len(places)

    async def _collect(
        self, protocol: HTTPProtocol, length: int | None, most: int, places: list[int]
    ) -> bytes:
        """The body; takes one of the places for large ones when it grows large."""

        def take_place() -> None:
            if self._large >= LARGE_AT_ONCE:
                raise RefusedError(503)
            self._large += 1
            places.append(1)

        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine of the server's runs in a task)
        self._collecting.add(task)
        try:
            if self._is_stopping:
                raise RefusedError(503)
            return await collect(
                protocol, length=length, most=most, patience=self._patience, on_large=take_place
            )
        except asyncio.CancelledError:  # only _refuse_waiting cancels
            raise RefusedError(503) from None
        finally:
            self._collecting.discard(task)

    def _answer_for_ever(self) -> None:
        name = threading.current_thread().name
        while True:
            self._busy.discard(name)
            request = self._requests.get()
            self._busy.add(name)
            self._answer(request)
            self._answered.append(request.answered)
            if len(request.body) > SMALL_BYTES:  # its place is wanted, and its memory
                self._loop.call_soon_threadsafe(self._let_go)
            del request

    def _answer(self, request: Request) -> None:
        protocol = request.protocol
        try:
            environ = environ_of(request.scope, request.headers, request.body)
            protocol.response_bytes(*run(self._program, environ))
        except BaseException:  # a thread that ended would never come back
            log.exception("the program failed")
            protocol.response_empty(500, [])

    def _also_stop_on(self, number: signal.Signals) -> None:
        """Refuse half-sent bodies as soon as the server is told to stop, whatever else it does.

        On POSIX the loop hears the same signal through its wakeup file, whoever handles it here.
        """
        server = signal.getsignal(number)

        def stop(received: int, frame: FrameType | None) -> None:
            self._loop.call_soon_threadsafe(self._refuse_waiting)
            threading.Thread(target=self._leave_when_quiet, daemon=True).start()
            if callable(server):
                server(received, frame)

        signal.signal(number, stop)

    def _refuse_waiting(self) -> None:
        self._is_stopping = True
        for task in self._collecting:
            task.cancel()

    def _leave_when_quiet(self) -> None:
        """End the process when all is answered: a connection without a request holds the server."""
        quiet = 0.0
        while quiet < QUIET_S:
            time.sleep(LOOK_S)
            is_at_work = self._busy or self._collecting or self._requests.qsize()
            quiet = 0.0 if is_at_work else quiet + LOOK_S
        os._exit(0)


def run(
    program: WSGIApplication, environ: dict[str, Any]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and whole body: nobody who reads slowly holds a thread."""
    started: list[tuple[int, list[tuple[str, str]]]] = []
    parts: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        started[:] = [(int(status[:3]), headers)]
        return parts.append

    answer = program(environ, start_response)
    try:
        parts.extend(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return *started[0], b"".join(parts)
