"""The office's files are its own: folders 0700, files 0600. Windows keeps rights another way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from feedback_app.config import Locations

OF_DATABASE = ("", "-wal", "-shm", "-journal")
OTHERS = 0o077


def open_to_others(where: Locations) -> list[Path]:
    """Files and folders of ours that another account of this machine may look into."""
    return [path for path, mode in _own(where) if mode & OTHERS]


def open_keys(where: Locations) -> list[Path]:
    """Of these the keys and their folder."""
    opened = open_to_others(where)
    return [path for path in opened if path == where.keys or where.keys in path.parents]


def close_to_others(where: Locations) -> list[Path]:
    """Take everybody else's rights away where others left them; return what was open."""
    opened = open_to_others(where)
    for path in opened:
        with suppress(OSError):  # another program's: the doctor tells
            path.chmod(0o700 if path.is_dir() else 0o600)
    return opened


def _own(where: Locations) -> Iterator[tuple[Path, int]]:
    """Ours with their modes: what lies in the instance folder and is this account's."""
    if os.name != "posix":
        return
    seen = list(_within(where.instance_dir)) if os.access(where.instance_dir, os.X_OK) else []
    if where.database_file:
        seen += [Path(f"{where.database_file}{ending}") for ending in OF_DATABASE]
    for path in dict.fromkeys(seen):
        with suppress(OSError):
            found = path.lstat()
            is_ours = found.st_uid == os.geteuid()
            if is_ours and (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
                yield path, stat.S_IMODE(found.st_mode)


def _within(folder: Path) -> Iterator[Path]:
    if folder.lstat().st_mode & stat.S_ISVTX:  # such as /tmp, which is everybody's
        return
    yield folder
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))
