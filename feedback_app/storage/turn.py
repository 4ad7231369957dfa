"""Whose turn it is to write: in the order of asking, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from feedback_app.domain.faults import NotSavedError

MOVES_WITHIN_S = 0.5  # a commit takes some thousandths; an import's some tenths


class Turn:
    """A lock given in the order of asking.

    SQLite lets one write at a time; who waits there asks again after ever longer pauses, so late
    comers pass early ones: with 8 threads the slowest of 100 answers took 2.5 s, in turn 0.3 s.
    """

    def __init__(self) -> None:
        """Nobody writes."""
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False
        self._moved_at = float("-inf")  # when somebody last wrote with success

    @contextmanager
    def taken(self, *, within_s: float, most_s: float | None = None) -> Iterator[None]:
        """Hold the turn; NotSavedError when it does not come in time.

        A queue that moves is worth waiting for: then up to `most_s`.
        """
        self._take(within_s, most_s or within_s)
        try:
            yield
            self._moved_at = time.monotonic()
        finally:
            self._give_on()

    def _take(self, within_s: float, most_s: float) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(within_s) or self._comes_moving(mine, most_s - within_s):
            return
        with self._lock:
            if not mine.is_set():
                self._waiting.remove(mine)
                raise NotSavedError(f"no turn to write within {within_s:g} s")
        # It came in the very moment in which the wait ended: it is ours.

    def _comes_moving(self, mine: threading.Event, further_s: float) -> bool:
        """Whether the turn comes while others before it go on writing."""
        until = time.monotonic() + further_s
        while (now := time.monotonic()) < until and now - self._moved_at < MOVES_WITHIN_S:
            if mine.wait(min(MOVES_WITHIN_S, until - now)):
                return True
        return False

    def _give_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
