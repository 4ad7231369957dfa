"""What the fault rigs find in a few rounds; `make power-rig` and its like are the long ones.

Each control plants the fault that the rig is for, and must show it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

import run
from feedback_app.config import Settings, SettingsError, locations
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import rating
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import backup, restore
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.services.upkeep.wrong_files import faults_of, settings_to_migrate
from tests.ground.backups import keys_of
from tests.rigs import (
    busy_rig,
    clock_rig,
    disk_rig,
    failover_rig,
    interrupted_rig,
    kill_rig,
    power_rig,
    sums,
)
from tests.rigs.faults import books, office, proxy, work
from tests.rigs.faults.disk import loop_disk, reason_not_to, small_tmpfs
from tests.rigs.faults.ledger import Account, Ledger, Sent
from tests.rigs.faults.server import FAULTS, command_of_run_py

pytestmark = pytest.mark.proof

ENGINES = pytest.mark.parametrize("engine", office.ENGINES)


@cache
def why_no_disk() -> str:
    return reason_not_to()


@cache
def why_no_strace() -> str:
    if shutil.which("strace") is None:
        return "strace is missing"
    tried = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not attach here"


@pytest.fixture
def folder() -> Iterator[Path]:
    """PostgreSQL's user must pass through it: the tests' usual ones are closed to it."""
    with tempfile.TemporaryDirectory(prefix="slsmall") as name:
        yield Path(name)


@pytest.fixture
def own_disk() -> None:
    if why_no_disk():
        pytest.skip(why_no_disk())


@pytest.fixture
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that is planted in this process goes with the test."""
    monkeypatch.setattr(rating, "_save_patiently", rating._save_patiently)


@ENGINES
@pytest.mark.usefixtures("own_disk")
def test_an_answer_is_there_after_a_power_cut_a_moment_after_its_receipt(engine: str) -> None:
    accounts, _late = power_rig.run_rounds(engine=engine, case="quiet", control="", cuts=1)
    assert books.total(accounts) == Account(acknowledged=1)


@pytest.mark.long
@pytest.mark.usefixtures("own_disk")
def test_the_power_rig_sees_what_an_unlinked_journal_loses() -> None:
    """Not always: ext4's own commit every five seconds may come in between."""
    accounts, _late = power_rig.run_rounds(
        engine="sqlite", case="quiet", control="DELETE+FULL", cuts=3
    )
    assert books.total(accounts).lost > 0


@pytest.mark.usefixtures("own_disk")
def test_a_power_cut_under_load_loses_and_doubles_nothing() -> None:
    (account,), _late = power_rig.run_rounds(engine="sqlite", case="loaded", control="", cuts=1)
    assert account.faults() == 0
    assert account.acknowledged >= power_rig.RECEIPTS


def test_a_receipt_told_after_the_power_went_is_none() -> None:
    """The control is the one before it: a receipt of the living machine counts."""
    sent = [Sent(mark, {}, "/", receipt=mark, received_at=at) for mark, at in (("a", 1), ("b", 2))]
    kept = Ledger()
    for one in sent:
        kept.add(one)
    assert kept.take_back(after=1.5) == 1
    assert [one.receipt for one in sent] == ["a", ""]


@pytest.mark.parametrize("is_synced", [True, False])
@pytest.mark.usefixtures("own_disk")
def test_keys_made_at_the_first_start_outlive_a_power_cut(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_synced: bool
) -> None:
    """Cards are printed with them. The control leaves the syncs out."""
    if not is_synced:
        monkeypatch.setattr(os, "fsync", lambda _file: None)
    with loop_disk(folder, megabytes=16) as disk:
        where = {"INSTANCE_DIR": str(disk.mount_point / "instance")}
        made = Settings.from_environment(where)
        time.sleep(power_rig.AFTER_RECEIPT_S)
        disk.cut()
        disk.restart()
        if is_synced:
            kept = Settings.from_environment(where)
            assert (kept.place_key, kept.secret_keys) == (made.place_key, made.secret_keys)
            return
        with suppress(SettingsError):  # an empty file, or none and a new key
            assert Settings.from_environment(where).place_key != made.place_key


@pytest.mark.parametrize("control", ["", work.CONTROL])
@pytest.mark.usefixtures("own_disk")
def test_a_first_start_outlives_a_power_cut_a_moment_after_it(control: str) -> None:
    """Other work, and cuts within it: `make interrupted-rig`."""
    account, faults = interrupted_rig.interrupt("first start", cuts=1, control=control)
    assert account.acknowledged == 1
    assert bool(faults) is bool(control)


# With no page left the keys find no room, with three the database.
@pytest.mark.parametrize(
    "pages",
    [pytest.param(pages, marks=[pytest.mark.long] * (pages in (1, 2))) for pages in range(4)],
)
@pytest.mark.usefixtures("own_disk")
def test_a_first_start_on_a_full_disk_says_so_and_the_next_one_does_it(
    folder: Path, pages: int
) -> None:
    with small_tmpfs(folder, megabytes=2) as disk:
        filler = disk.mount_point / "filler"
        where = {"INSTANCE_DIR": str(disk.mount_point / "instance")}
        disk_rig.fill(filler, pages=pages)
        with pytest.raises((SettingsError, NotSavedError), match=r"No space left|full"):
            first_start(where)
        filler.unlink()
        first_start(where)


def first_start(where: dict[str, str]) -> None:
    site = open_site(settings_to_migrate(where))
    try:
        upgrade_schema(site)
    finally:
        site.db.close()


@pytest.mark.parametrize("is_synced", [True, False])
@pytest.mark.usefixtures("own_disk")
def test_an_office_brought_back_into_a_disk_of_its_own_outlives_a_power_cut(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_synced: bool
) -> None:
    """There the folder cannot be renamed into its place. The control leaves the syncs out."""
    made, copy = office_with_copy(folder)
    if not is_synced:
        monkeypatch.setattr(os, "fsync", lambda _file: None)
    with loop_disk(folder, megabytes=32) as disk:
        (disk.mount_point / "lost+found").rmdir()
        disk.settle()
        restore.restore_into_folder(copy, keys_of(made), disk.mount_point, clock=made.clock)
        time.sleep(power_rig.AFTER_RECEIPT_S)
        disk.cut()
        disk.restart()
        where = {"INSTANCE_DIR": str(disk.mount_point)}
        kinds = {fault.kind for fault in faults_of(locations(where))}
        assert (kinds == set()) is is_synced


def office_with_copy(folder: Path) -> tuple[Site, Path]:
    made, stick = folder / "made", folder / "stick"
    made.mkdir()
    stick.mkdir()
    with office.build(made, "sqlite").site() as site:
        copy = backup.back_up(site, backup.Order(stick, None, 1)).copy
    assert copy is not None
    return site, copy


def killed(
    folder: Path, engine: str, *, control: str, kills: int, server: str = "forked"
) -> Account:
    made = office.build(folder, engine)
    made.start()
    try:
        found = kill_rig.kill_again_and_again(made, server=server, control=control, kills=kills)
    finally:
        made.close()
    return books.worst_of(found.accounts)


# The server and its answers are the same; what PostgreSQL itself keeps, the power cut above shows.
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_a_killed_server_loses_and_doubles_nothing(folder: Path, engine: str) -> None:
    account = killed(folder, engine, control="", kills=1)
    assert account.faults() == 0
    assert account.acknowledged >= kill_rig.RECEIPTS


@pytest.mark.long
def test_the_kill_rig_sees_receipts_that_were_told_too_early(folder: Path) -> None:
    assert killed(folder, "sqlite", control="receipt before commit", kills=2).lost > 0


@pytest.mark.long  # five servers and a proxy; tests/web/test_many_processes.py is quick
@pytest.mark.skipif(bool(proxy.reason_not_to()), reason=proxy.reason_not_to())
@pytest.mark.parametrize("control", ["", "receipt before commit"])
def test_of_four_servers_behind_a_proxy_one_is_killed_and_nothing_is_lost(
    folder: Path, control: str
) -> None:
    account = killed(folder, "postgresql", control=control, kills=2, server="four")
    assert (account.faults() > 0) is bool(control)
    assert account.acknowledged >= 2 * 2 * kill_rig.RECEIPTS


def filled(folder: Path, disk: str) -> tuple[Account, dict[str, int]]:
    (folder / "made").mkdir()
    made = office.build(folder / "made", "sqlite")
    make = {"ext4": loop_disk, "tmpfs": small_tmpfs}[disk]
    with make(folder, megabytes=disk_rig.MEGABYTES["sqlite"]) as small:
        on_disk = office.copy_to(made, small.mount_point)
        account, found = disk_rig.run_full(on_disk, small.mount_point, points=3)
    return account, dict(found)


@pytest.mark.parametrize("disk", ["ext4", "tmpfs"])
@pytest.mark.usefixtures("own_disk")
def test_a_full_disk_keeps_the_form_and_takes_it_once_there_is_room(
    folder: Path, disk: str
) -> None:
    account, found = filled(folder, disk)
    assert account.faults() == 0
    assert found == {"status_503": 3, "forms_thrown_away": 0}


@pytest.mark.usefixtures("own_disk", "as_it_was")
def test_the_disk_rig_sees_a_receipt_for_what_was_not_saved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_rig, "MOST_ANSWERS", 15)
    FAULTS[disk_rig.CONTROL]()
    assert filled(folder, "ext4")[0].lost > 0


@pytest.mark.long
def test_an_io_error_is_told_and_loses_nothing(folder: Path) -> None:
    if why_no_strace():
        pytest.skip(why_no_strace())
    made = office.build(folder, "sqlite")
    account, found, count = disk_rig.run_eio(made, "", faults=8)
    assert account.faults() == 0
    assert count >= 8
    assert found["status_500"] == 0
    assert found["status_503"] > 0  # the faults did reach the citizens


@pytest.mark.long
def test_a_failover_to_a_synchronous_standby_loses_nothing(folder: Path) -> None:
    with failover_rig.pair_in(folder, is_synchronous=True) as (made, pair):
        accounts, _outages = failover_rig.fail_again_and_again(made, pair, failovers=1)
    assert books.worst_of(accounts).faults() == 0


@pytest.mark.long
def test_a_clock_that_is_set_wrong_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_rig, "RECEIPTS", 3)
    account, seen = clock_rig.step_the_clock(office.build(folder, "sqlite"), control="", rounds=1)
    assert account.faults() == 0
    assert (seen["status_500"], seen["destroyed"], seen["strays"]) == (0, 0, 0)


@pytest.mark.long
def test_a_long_reader_stops_nobody(folder: Path) -> None:
    """Its control, an old SQLite, is in tests/storage/test_sqlite.py."""
    made = office.build(folder, "sqlite")
    crowd, account = busy_rig.run_case(made, case="reader", control="", seconds=5)
    assert account.faults() == 0
    began = min(when for when, _took, _status in crowd.waits)
    in_time = [
        when for when, took, status in crowd.waits if status == 303 and when + took < began + 4
    ]
    assert len(in_time) > 4


def test_books_add_up_and_keep_controls_apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(books, "BOOKS", folder)
    for count, lost, control in ((10, 0, ""), (5, 0, ""), (3, 3, "OFF")):
        books.write_down(
            "try",
            engine="sqlite",
            case="quiet",
            control=control,
            count=count,
            account=Account(acknowledged=count, lost=lost),
            max_ms=float(count),
        )
    lines = [json.loads(line) for line in (folder / "try.jsonl").read_text().splitlines()]
    assert all(line["commit"] and line["date"] for line in lines)
    sums = books.sums_of(folder / "try.jsonl")
    assert sums["sqlite", "quiet", ""]["count"] == 15
    assert sums["sqlite", "quiet", ""]["max_ms"] == 10
    assert sums["sqlite", "quiet", "OFF"]["lost"] == 3
    books.print_sum("try")
    assert "CONTROL OFF: count 3" in capsys.readouterr().out


def test_the_rigs_start_what_run_py_starts() -> None:
    program, script, set_up = command_of_run_py()
    assert Path(program).samefile(sys.executable)
    assert script == str(run.ROOT / "scripts" / "serve.py")
    assert set_up == "--set-up"


def test_the_page_s_table_is_what_the_rigs_wrote() -> None:
    page = sums.PAGE.read_text()
    assert page == sums.written(page, sums.table()), "make rig-sums"
    page = sums.TRUST.read_text()
    marks = {"begin": sums.PROMISES_BEGIN, "end": sums.PROMISES_END}
    assert page == sums.written(page, sums.promises(), **marks), "make rig-sums"
