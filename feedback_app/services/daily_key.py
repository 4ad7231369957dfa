"""A key that lives two days: marks of device and network cannot be traced once it is gone."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import date, timedelta
from pathlib import Path

KEPT_DAYS = 2  # today's and yesterday's; older ones are destroyed (docs/privacy.md)


def keyed_mark(instance_dir: Path, *, today: date, text: str) -> str:
    """An HMAC of `text` under today's key: equal within a day, meaningless once it is gone."""
    key = _key_of_day(instance_dir / "keys" / "daily", today)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _key_of_day(folder: Path, today: date) -> bytes:
    path = folder / today.isoformat()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _destroy_old_keys(folder, today)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def destroy_old(instance_dir: Path, *, today: date) -> int:
    """Destroy keys past their two days; return how many there were."""
    folder = instance_dir / "keys" / "daily"
    return _destroy_old_keys(folder, today) if folder.exists() else 0


def _destroy_old_keys(folder: Path, today: date) -> int:
    oldest = (today - timedelta(days=KEPT_DAYS - 1)).isoformat()
    old = [path for path in folder.iterdir() if path.name < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
