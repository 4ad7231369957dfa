"""What a process keeps in memory: what cannot change, what a stamp answers for, this minute's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

MOST = 5_000  # quarters of counters; each is a few kilobytes
OPENINGS_TOGETHER = timedelta(minutes=5)

Value = TypeVar("Value")


class Memory:
    """Answers by question. The question must name everything that the answer hangs on."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._most, self._lock = most, Lock()

    def peek(self, question: Hashable) -> Any:
        """The answer kept, or None; nothing is worked out."""
        return self._kept.get(question)

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

    def clear(self) -> None:
        """Keep none of them."""
        with self._lock:
            self._kept.clear()


class Openings:
    """Forms opened by counter and first day of the quarter, until somebody keeps them."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, date]] = Counter()
        self._taken_at: datetime | None = None
        self._lock = Lock()

    def add(self, counts: Mapping[tuple[int, date], int]) -> None:
        """Count these too."""
        with self._lock:
            self._counts.update(counts)

    def take(self, now: datetime) -> dict[tuple[int, date], int]:
        """All of them, and none is left here; nothing where they were taken a moment ago."""
        with self._lock:
            if self._taken_at and self._taken_at <= now < self._taken_at + OPENINGS_TOGETHER:
                return {}
            taken, self._counts, self._taken_at = self._counts, Counter(), now
        return dict(taken)


class Stamped:
    """Answers that hold as long as a stamp is the same; with another stamp all of them go."""

    def __init__(self, most: int = MOST) -> None:
        # together in one name: a reader never takes one stamp's answers for another's
        self._kept: tuple[str | None, dict[Hashable, Any]] = (None, {})
        self._most, self._lock = most, Lock()

    def get(self, question: Hashable, stamp: str, work_out: Callable[[], Value]) -> Value:
        """The answer kept under this stamp, or worked out now.

        The stamp is read before the answer is: what changes in between is kept under the old one
        and goes with it.
        """
        known, kept = self._kept
        found: Value | None = kept.get(question) if known == stamp else None
        if found is not None:
            return found
        found = work_out()
        with self._lock:
            if self._kept[0] != stamp:
                self._kept = (stamp, {})
            kept = self._kept[1]
            while len(kept) >= self._most:
                del kept[next(iter(kept))]
            kept[question] = found
        return found


class ThisMinute:
    """How often something happened in the running minute; earlier minutes are forgotten."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def count(self, minute: datetime, name: str) -> int:
        """How often `name` was added in this minute."""
        return self._counts[name] if minute == self._minute else 0

    def add(self, minute: datetime, name: str) -> None:
        """Count one more."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[name] += 1
