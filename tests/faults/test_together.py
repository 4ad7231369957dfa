"""What strikes where several are at once: a commit of several answers, two servers, a new day's key."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import daily_key
from tests.ground.office import TODAY
from tests.rigs import disk_rig, kill_rig, power_rig
from tests.rigs.faults import books, office
from tests.rigs.faults.disk import reason_not_to, small_tmpfs
from tests.rigs.faults.ledger import Account

pytestmark = pytest.mark.proof


@cache
def why_no_disk() -> str:
    return reason_not_to()


@pytest.fixture
def own_disk() -> None:
    if why_no_disk():
        pytest.skip(why_no_disk())


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="slsmall") as name:
        yield Path(name)


def killed(folder: Path, server: str, *, control: str) -> Account:
    made = office.build(folder, "sqlite")
    found = kill_rig.kill_again_and_again(made, server=server, control=control, kills=2)
    return books.worst_of(found.accounts)


@pytest.mark.parametrize("control", ["", kill_rig.TOO_EARLY])
def test_a_kill_inside_a_commit_of_several_loses_nothing(folder: Path, control: str) -> None:
    """All written and not committed; the control lets followers go before their leader's commit."""
    account = killed(folder, "group", control=control)
    assert bool(account.lost) is bool(control)
    assert account.doubled == account.changed == account.differences == 0


@pytest.mark.long
def test_two_servers_on_one_office_lose_and_double_nothing(folder: Path) -> None:
    assert killed(folder, "two", control="").faults() == 0


@pytest.mark.long
@pytest.mark.usefixtures("own_disk")
def test_a_power_cut_inside_a_commit_of_several_loses_nothing() -> None:
    accounts, rig = power_rig.run_rounds(engine="sqlite", case="group", control="", cuts=4)
    assert books.total(accounts).faults() == 0
    assert rig.members >= 4 * 2


@pytest.mark.usefixtures("own_disk")
def test_the_key_of_a_new_day_on_a_full_disk_is_whole_or_not_there(folder: Path) -> None:
    """A file of 32 bytes needs a page of its own, its folder another."""
    with small_tmpfs(folder, megabytes=1) as disk:
        for pages in range(3):
            instance, filler = disk.mount_point / f"instance{pages}", disk.mount_point / "filler"
            instance.mkdir()
            disk_rig.fill(filler, pages=pages)
            with suppress(NotSavedError):
                daily_key.keyed_mark(instance, today=TODAY, text="phone")
            kept = [path for path in instance.rglob("*") if path.is_file()]
            assert {path.stat().st_size for path in kept} <= {daily_key.KEY_BYTES}
            filler.unlink()
            first, again = (
                daily_key.keyed_mark(instance, today=TODAY, text="phone") for _ in range(2)
            )
            assert first == again
