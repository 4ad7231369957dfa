"""Write a file so that it appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def whole_file(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside the target and rename, so that nobody ever reads half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    place = Path(name)
    try:
        place.chmod(0o600)
        write(place)
        place.chmod(0o600)  # a writer may have put a file of its own there, open to all (DuckDB)
        place.replace(path)
    finally:
        place.unlink(missing_ok=True)
