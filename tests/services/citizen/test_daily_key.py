"""The key of the day is whole from its first reader on, and a full disk makes no empty one."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import daily_key
from feedback_app.services.citizen.daily_key import keyed_mark
from tests.conftest import Browser
from tests.ground.office import TODAY
from tests.web.test_citizen import opened


def mark(folder: Path) -> str:
    return keyed_mark(folder, today=TODAY, text="127.0.0.1")


def keys_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "keys" / "daily").iterdir()]


def failing(number: int) -> Callable[..., None]:
    """What the system says when a call cannot be done."""

    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_full_disk_leaves_no_key_and_the_next_mark_is_under_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(daily_key.os, "fsync", failing(errno.ENOSPC))
        with pytest.raises(NotSavedError):
            mark(tmp_path)
    assert keys_in(tmp_path) == []
    assert mark(tmp_path) == mark(tmp_path)
    assert [len(key) for key in keys_in(tmp_path)] == [32]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_a_full_disk_the_citizen_finds_the_form_as_it_was(
    citizen: Browser, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = opened(citizen, place) | {"comment": "Kursi kurang"}
    with monkeypatch.context() as full:
        full.setattr(daily_key.os, "fsync", failing(errno.ENOSPC))
        page = citizen.post(f"/q/{place}", data=form)
    assert page.status_code == 503
    assert "Kursi kurang" in page.get_data(as_text=True)
    assert citizen.post(f"/q/{place}", data=form).status_code == 303


@pytest.mark.parametrize("broken", [b"", b"short"])
def test_a_key_that_is_not_whole_is_replaced(tmp_path: Path, broken: bytes) -> None:
    folder = tmp_path / "keys" / "daily"
    folder.mkdir(parents=True)
    (folder / TODAY.isoformat()).write_bytes(broken)
    assert mark(tmp_path) == mark(tmp_path)
    assert [len(key) for key in keys_in(tmp_path)] == [32]


def test_many_at_once_have_one_key(tmp_path: Path) -> None:
    for nth in range(20):
        with ThreadPoolExecutor(8) as threads:
            marks = set(threads.map(mark, [tmp_path / str(nth)] * 8))
        assert len(marks) == 1
        assert [len(key) for key in keys_in(tmp_path / str(nth))] == [32]


def test_a_disk_without_hard_links_has_a_key_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_key.os, "link", failing(errno.EPERM))
    assert mark(tmp_path) == mark(tmp_path)
    assert [len(key) for key in keys_in(tmp_path)] == [32]
