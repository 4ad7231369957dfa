"""What was worked out once and cannot change: kept in the process, the oldest let go first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

MOST = 5_000  # quarters of counters; each is a few kilobytes

Value = TypeVar("Value")


class Memory:
    """Answers by question. The question must name everything that the answer hangs on."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._most, self._lock = most, Lock()

    def get(self, question: Hashable, work_out: Callable[[], Value]) -> Value:
        """The answer kept, or worked out now; two at once may both work it out."""
        kept: Value | None = self._kept.get(question)
        if kept is not None:
            return kept
        found = work_out()
        with self._lock:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[question] = found
        return found
