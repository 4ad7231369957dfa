"""A temporary folder in memory, where the machine has one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of a random name is made in it)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """For rigs whose disk need not write through: durability has rigs of its own."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)
