"""When the front refuses, without a server: the queue is full, the time is over."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from feedback_app.front import body_first
from feedback_app.front.body_first import QUEUE, THREADS, BodyFirst
from feedback_app.front.collecting import Patience
from feedback_app.web.limits import FORM_BYTES, largest_body

Headers = list[tuple[str, str]]


@dataclass
class Asked:
    """A request without a body, and the answer to it."""

    client: str = "127.0.0.1:5000"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"
    http_version: str = "1.1"
    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    authority: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    answer: tuple[int, dict[str, str]] = (0, {})

    def response_bytes(self, status: int, headers: Headers, _body: bytes) -> None:
        self.answer = (status, dict(headers))

    response_str = response_bytes

    def response_empty(self, status: int, headers: Headers) -> None:
        self.answer = (status, dict(headers))


def test_a_request_behind_a_full_queue_is_asked_to_come_again() -> None:
    may_go = threading.Event()

    def program(_environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        may_go.wait(30)
        start("200 OK", [])
        return []

    async def ask_all() -> list[Asked]:
        front = BodyFirst(program, most_bytes=1, most_bytes_at=lambda _path: 1, patience=Patience())
        front.__rsgi_init__(asyncio.get_running_loop())
        asked = [Asked() for _ in range(THREADS + QUEUE + 5)]
        tasks = []
        for one in asked:
            tasks.append(asyncio.create_task(front.__rsgi__(one, one)))
            await asyncio.sleep(0.001 if len(tasks) > THREADS else 0.02)  # a thread takes it
        may_go.set()
        while any(one.answer[0] == 0 for one in asked):
            await asyncio.sleep(0.01)
        front._let_go()
        await asyncio.gather(*tasks)
        return asked

    answers = [one.answer for one in asyncio.run(ask_all())]
    assert [status for status, _headers in answers] == [200] * (THREADS + QUEUE) + [503] * 5
    assert answers[-1][1]["retry-after"] == "5"


def test_what_may_come_soon_waits_until_visitors_can_be_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Upkeep at once would stand in the way of the first pages."""
    monkeypatch.setattr(body_first, "SOON_S", 0.3)
    called: list[str] = []
    front = BodyFirst(
        lambda _environ, _start: [],
        most_bytes=1,
        most_bytes_at=lambda _path: 1,
        patience=Patience(),
        soon=lambda: called.append(threading.current_thread().name),
    )

    async def start() -> None:
        front.__rsgi_init__(asyncio.get_running_loop())
        assert called == []
        while not called:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(start(), timeout=30))
    assert called != [threading.current_thread().name]


@pytest.mark.parametrize(
    ("began", "now", "received", "until"),
    [
        (100, 100, 0, 115),  # nothing came: 15 s of silence
        (100, 110, 10, 120),  # a byte a second: 20 s in all
        (100, 118, 80_000, 129.8),  # 4 kB a second: slower than 8, but the sum pays for 10 s more
        (100, 700, 12_000_000, 715),  # a large file on a slow line: only silence ends it
    ],
)
def test_patience_ends_with_silence_or_with_slowness(
    began: float, now: float, received: int, until: float
) -> None:
    assert Patience().until(began=began, now=now, received=received) == pytest.approx(
        until, abs=0.1
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_large_bodies_are_taken_where_files_are_uploaded(app: Flask) -> None:
    assert largest_body(app, "/staf/impor/roster") == 12 * 1024 * 1024
    for path in ("/v", "/staf/impor", "/staf", "/none", "/\udc80"):
        assert largest_body(app, path) == FORM_BYTES
