"""How long a web request waits for the database: a citizen's has a deadline, staff wait longer.

Scripts have none and wait as long as the engine lets them. The deadline is of the running thread,
as one thread answers one request at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.faults import NotSavedError

# What was typed must be back within 3 s, whatever the database does (docs/reliability.md). Of
# 32 citizens at once the slowest of a hundred waited under 2 s, so ordinary crowds stay below.
CITIZEN_S = 2.4
STAFF_S = 10.0  # as SQLite's own waiting always was
AFTER_WRITING_S = 0.3  # left for reading the form's place, after an answer could not be saved
# After somebody waited in vain others wait a moment only: eight threads answer everybody, and forty
# who each wait 2 s would wait for one another. Where nobody can be served (SQLite has one lock for
# all; no server answers), one at a time tries and the others are told at once.
STUCK_S = 5.0
STUCK_WAIT_S = 0.3
LEAST_S = 0.05

Act = Literal["reading", "writing"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a citizen's request gives up (monotonic seconds); None for staff.

    A report of the staff may calculate as long as it likes: only each of its waits is limited.
    """

    at: float | None


_running: ContextVar[Deadline | None] = ContextVar("database deadline", default=None)


def start_for_citizen() -> None:
    """From now on this thread's request has a citizen's patience."""
    _running.set(Deadline(time.monotonic() + CITIZEN_S))


def start_for_staff() -> None:
    """From now on this thread's request has the patience of an office."""
    _running.set(Deadline(None))


def end() -> None:
    """The request is answered."""
    _running.set(None)


def give_up() -> None:
    """Nobody is there to be asked: this citizen's request asks no more."""
    deadline = running()
    if deadline is not None and deadline.at is not None:
        _running.set(Deadline(time.monotonic()))


def running() -> Deadline | None:
    """This thread's deadline; None for a script."""
    return _running.get()


class Waiting:
    """What one database knows of waits: whether somebody has just waited in vain."""

    def __init__(self) -> None:
        """Nobody has."""
        self._stuck_until: dict[Act, float] = {"reading": 0.0, "writing": 0.0}
        self._shut_until: dict[Act, float] = {"reading": 0.0, "writing": 0.0}
        self._trying = {"reading": threading.RLock(), "writing": threading.RLock()}

    def left_s(self, act: Act) -> float | None:
        """Seconds that this thread may still wait, at least a moment; None without a deadline.

        Who writes stops a little earlier, so that the form can still be read and shown again.
        """
        deadline = running()
        if deadline is None:
            return None
        left = STAFF_S if deadline.at is None else deadline.at - time.monotonic()
        if act == "writing":
            left -= AFTER_WRITING_S
        most = STUCK_WAIT_S if time.monotonic() < self._stuck_until[act] else left
        return max(min(left, most), LEAST_S)

    @contextmanager
    def asked(self, act: Act) -> Iterator[None]:
        """Ask the database within; NotSavedError at once where that is known to be in vain.

        Of those who have a deadline one at a time finds out whether it is still stuck.
        """
        deadline = running()
        if deadline is None:
            yield
            return
        if deadline.at is not None and time.monotonic() >= deadline.at:
            raise NotSavedError("the request's time is over")
        if time.monotonic() >= self._shut_until[act]:
            yield
            return
        if not self._trying[act].acquire(blocking=False):
            raise NotSavedError("somebody is waiting for it already")
        try:
            yield
        finally:
            self._trying[act].release()

    def in_vain(self, act: Act) -> None:
        """Somebody waited and got nothing; others may still be served."""
        self._stuck_until[act] = time.monotonic() + STUCK_S

    def shut(self, act: Act) -> None:
        """Somebody waited and got nothing, and nobody else would."""
        self.in_vain(act)
        self._shut_until[act] = self._stuck_until[act]

    def went_well(self, act: Act) -> None:
        """Somebody was served: others may wait as usual."""
        self._stuck_until[act] = self._shut_until[act] = 0.0
