"""What is costly to make and the same for every test: made once a run, copied by each that needs it.

Workers are processes of their own, each with its own session fixtures; so the first that comes makes
it in a folder that all share, and the others wait for a lock.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def shared_folder(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share; each worker's own temporary folder lies in it."""
    own = factory.getbasetemp()
    return own.parent if hasattr(config, "workerinput") else own


def copy_into(made: Path, folder: Path) -> None:
    """What lies in `made`, with its rights, into a folder that is there."""
    for one in made.iterdir():
        (shutil.copytree if one.is_dir() else shutil.copy2)(one, folder / one.name)


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by whoever asks first; one that was left half made is made anew."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(parents=True)
            make(begun)
            begun.rename(folder)
    return folder
