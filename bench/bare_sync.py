"""How long the machine itself takes to keep 4 kB, beside whatever else runs on it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = bytes(4096)


@contextmanager
def bare_syncs(folder: Path, *, a_second: float) -> Iterator[list[float]]:
    """Milliseconds of a bare write with fdatasync, so many a second until the end."""
    taken, over = list[float](), threading.Event()

    def work() -> None:
        with (folder / "bare").open("wb", buffering=0) as file:
            while not over.wait(1 / a_second):
                began = time.perf_counter()
                file.write(PAGE)
                os.fdatasync(file.fileno())
                taken.append(1000 * (time.perf_counter() - began))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
