"""A temporary folder in memory, where the machine has room for one there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of a random name is made in it)
_ROOM = 2 * 1024**3  # bytes; containers often have 64 MB only


def memory() -> Path | None:
    """Where files live in memory; None (the usual place) where there is none, or little."""
    is_roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if is_roomy else None


@contextmanager
def quick_folder() -> Iterator[Path]:
    """For rigs whose disk need not write through: durability has rigs of its own."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        yield Path(folder)
