"""A key that lives two days: marks of device and network cannot be traced once it is gone."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.upkeep_clock import LONGEST_SILENCE

KEPT_DAYS = 2  # today's and yesterday's; older ones are destroyed (docs/privacy.md)
KEY_BYTES = 32


def keyed_mark(instance_dir: Path, *, today: date, text: str) -> str:
    """An HMAC of `text` under today's key: equal within a day, meaningless once it is gone.

    NotSavedError when the disk takes no key: under none the marks could be guessed.
    """
    with _disk():
        key = _whole_key(_file(instance_dir, today)) or _key_of_day(
            instance_dir / "keys" / "daily", today
        )
    return _mark(key, text)


def mark_of_yesterday(instance_dir: Path, *, today: date, text: str) -> str | None:
    """What `keyed_mark` said the day before; None when nothing was marked then.

    Without it midnight would make two devices of one.
    """
    with _disk():
        key = _whole_key(_file(instance_dir, today - timedelta(days=1)))
    return _mark(key, text) if key else None


def _file(instance_dir: Path, day: date) -> str:
    """Of a day's key. Text, as it is asked for twice an answer: a Path takes longer than the file.

    Never kept in memory: what was destroyed is gone for every process.
    """
    return os.path.join(instance_dir, "keys", "daily", day.isoformat())  # noqa: PTH118 (see above)


def _mark(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotSavedError(f"key of the day: {error.strerror}") from error


def _key_of_day(folder: Path, today: date) -> bytes:
    path = folder / today.isoformat()
    key = _whole_key(path)
    if key is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _follows_on(folder, today):
            _destroy_old_keys(folder, today)
        _make_key(path)
        key = _whole_key(path)
    if key is None:
        raise NotSavedError(f"key of {path.name}: cannot be read back")
    return key


def _whole_key(path: Path | str) -> bytes | None:
    """The key, if it is there and whole."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (as for `_file`)
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    return key if len(key) == KEY_BYTES else None


def _make_key(path: Path) -> None:
    """Give the file its name only once it is whole, for others read it from then on."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # as old as its day, once left
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and _whole_key(path) is None:  # cut off on a full disk, or damaged
            path.unlink(missing_ok=True)
        _name(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)  # a power cut must not give one device two marks in a day
        os.close(folder)


def _name(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was first, and all use its key
    except OSError:  # a disk without hard links: the last one wins
        fresh.replace(path)


def destroy_old(instance_dir: Path, *, today: date) -> int:
    """Destroy keys past their two days; return how many there were."""
    folder = instance_dir / "keys" / "daily"
    with _disk():
        return _destroy_old_keys(folder, today) if folder.exists() else 0


def _follows_on(folder: Path, today: date) -> bool:
    """Whether the keys that are there lead on to this day; after a jump upkeep decides.

    A clock that is wrong for an hour must not destroy the key by which today's answers are told
    apart once it is right again.
    """
    newest = max((path.name[:10] for path in folder.iterdir()), default="")
    return (today - LONGEST_SILENCE).isoformat() <= newest <= today.isoformat()


def _destroy_old_keys(folder: Path, today: date) -> int:
    """Also those of days to come: a wrong clock has made them."""
    oldest = (today - timedelta(days=KEPT_DAYS - 1)).isoformat()
    tomorrow = (today + timedelta(days=1)).isoformat()
    old = [path for path in folder.iterdir() if path.name < oldest or path.name >= tomorrow]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
