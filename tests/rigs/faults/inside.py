"""A kill or a power cut at a chosen moment inside a group of answers that is one commit (ADR 22)."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from feedback_app.storage import group
from tests.rigs.faults.disk import cut_power

MOMENTS = ("one written", "all written", "within the commit", "committed, nobody told")
MEMBERS = 3  # the leader waits for so many, at most GATHER_S: a group of one proves nothing here
GATHER_S = 1.0
PASS = 2  # groups that end well before
COMMIT_S = 0.004  # a commit with its sync took 1 to 8 ms here
TOLD_S = 0.8  # the control's followers need this on a crowded machine to send their receipts


@dataclass(frozen=True)
class Inside:
    """When it strikes, where that is told, and the disk whose power goes: None kills the process."""

    moment: str
    told: Path
    disk: Path | None = None

    def plant(self) -> None:
        """From now on the groups of this process are watched."""
        watch = _Watch(self)
        lead, begun, write = (
            group.Group._lead,
            group.Group._begun,
            group.Group._write_all,
        )

        def gathered(self: group.Group, wait_ms: int) -> None:
            until = time.monotonic() + GATHER_S
            while len(self._waiting) < MEMBERS and time.monotonic() < until:
                time.sleep(0.002)
            lead(self, wait_ms)

        def watched(self: group.Group, members: list[group._Member], wait_ms: int) -> None:
            watch.begin(len(members))
            write(self, members, wait_ms)

        group.Group._lead = gathered  # type: ignore[method-assign]
        group.Group._write_all = watched  # type: ignore[method-assign]
        group.Group._begun = lambda self, wait_ms: _Cursor(begun(self, wait_ms), watch)  # type: ignore[method-assign]


def members_told(told: Path) -> tuple[int, float]:
    """How many were in the group that was struck, and when by time.monotonic."""
    members, at = told.read_text().split()
    return int(members), float(at)


class _Watch:
    """One leader at a time: what it has done with its group so far."""

    def __init__(self, inside: Inside) -> None:
        self._inside, self._several = inside, count()
        self._members = self._written = 0
        self._is_due = self._has_struck = False

    def begin(self, members: int) -> None:
        self._members, self._written = members, 0
        self._is_due = members > 1 and next(self._several) >= PASS

    def member_is_written(self) -> None:
        self._written += 1
        if self._written == 1:
            self._strike_at("one written")

    def commit_comes(self) -> None:
        self._strike_at("all written")
        if self._is_due and self._inside.moment == "within the commit":
            threading.Timer(random.uniform(0, COMMIT_S), self._strike).start()

    def is_committed(self) -> None:
        self._strike_at("committed, nobody told")

    def _strike_at(self, moment: str) -> None:
        if self._is_due and moment == self._inside.moment:
            self._strike()

    def _strike(self) -> None:
        if self._has_struck:
            return
        self._has_struck = True
        written = self._inside.told.with_suffix(".new")
        written.write_text(f"{self._members} {time.monotonic()}")
        written.rename(self._inside.told)
        if self._inside.disk is not None:
            cut_power(self._inside.disk)
        else:
            os.kill(os.getpid(), signal.SIGKILL)


class _Cursor:
    """The leader's cursor; tells the watch what it does."""

    def __init__(self, cursor: Any, watch: _Watch) -> None:
        self._cursor, self._watch = cursor, watch

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "COMMIT":
            self._watch.commit_comes()
        done = self._cursor.execute(statement, *values)
        if statement == "RELEASE member":
            self._watch.member_is_written()
        elif statement == "COMMIT":
            self._watch.is_committed()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def members_told_before_commit() -> None:
    """The fault that a kill inside a group must show: each answer is told once it is written."""
    write_all, put = group.Group._write_all, group.Group.put

    def slow_end(self: group.Group, members: list[group._Member], wait_ms: int) -> None:
        members[-1].write = _then_wait(members[-1].write)
        write_all(self, members, wait_ms)

    def too_early(self: group.Group, write: group.Write, *, wait_ms: int) -> Any:
        written: Queue[Any] = Queue()

        def telling(statements: Any, kept: group.Kept) -> Any:
            result = write(statements, kept)
            written.put(result)
            return result

        ends: Future[Any] = Future()
        work = partial(put, self, telling, wait_ms=wait_ms)
        threading.Thread(target=_settle, args=(ends, work)).start()
        while not ends.done():
            with suppress(Empty):
                return written.get(timeout=0.002)
        return ends.result()

    group.Group._write_all = slow_end  # type: ignore[method-assign]
    group.Group.put = too_early  # type: ignore[method-assign]


def _settle(ends: Future[Any], work: Callable[[], Any]) -> None:
    try:
        ends.set_result(work())
    except BaseException as fault:
        ends.set_exception(fault)


def _then_wait(write: group.Write) -> group.Write:
    def written(statements: Any, kept: group.Kept) -> Any:
        result = write(statements, kept)
        time.sleep(TOLD_S)
        return result

    return written
