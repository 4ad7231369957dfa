"""P8: a backup holds everything acknowledged before it, and nothing half is taken for whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_app.domain.backups import BackupFaultError, read_name
from feedback_app.domain.faults import NotSavedError
from feedback_app.files import copies as files
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import backup, copies, restore
from feedback_app.services.upkeep.drill import drill
from feedback_app.services.upkeep.schema import rebuild_tallies, tally_differences
from feedback_app.storage import bulk
from feedback_app.storage.db import open_database
from tests.conftest import SteppedClock
from tests.ground.backups import changed, inside, keep_up, keys_of, rows_of, take
from tests.ground.lots import add_course, drawn_lot
from tests.ground.office import Office, add_comment, add_ratings, rating_row, screening_row
from tests.ground.postgres import on_server

# What each way of writing lines has stumbled over once.
ODD_WORDS = ("\\N", "\\.", "a\tb\r\nc\\", "'; DROP TABLE rating; --", '"', "🙂 ünï", "%s :x {y}")
WRITERS = 32


@pytest.fixture
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the instance, as another disk would be."""
    return tmp_path_factory.mktemp("stick")


@pytest.fixture
def full(site: Site, office: Office) -> Site:
    """An office with answers, words and fine times."""
    add_ratings(site, office, 30)
    add_course(site, office)
    drawn_lot(site, office, seats=3)
    with site.db.transaction() as tx:
        for words in ODD_WORDS:
            row = rating_row(office) | {"for_officer": True, "attribution": "confirmed"}
            bulk.add_rows(tx, "rating", [row])
            add_comment(tx, row, words)
            at = site.now() - timedelta(days=1)
            bulk.add_rows(tx, "screening", [screening_row(row, at=at)])
    rebuild_tallies(site)
    return site


def reason_of(fault: pytest.ExceptionInfo[BackupFaultError]) -> tuple[str, str]:
    return fault.value.outcome, fault.value.reason


def restored(site: Site, copy: Path, folder: Path) -> str:
    """The address of a database that was brought back into a folder."""
    clock = site.clock
    done = restore.restore_into_folder(copy, keys_of(site), folder, clock=clock)
    assert done.outcome == "proven"
    return f"sqlite:///{folder / restore.DATABASE}"


def test_everything_comes_back_row_by_row(full: Site, stick: Path) -> None:
    before = rows_of(full.settings.database_url)
    made = take(full, stick)
    assert made.copy is not None
    url = restored(full, made.copy, stick / "new")
    assert rows_of(url) == before
    assert len(before["rating"]) == made.done.ratings == 30 + len(ODD_WORDS)
    assert {row[-1] for row in before["comment"]} == set(ODD_WORDS)
    assert {path.name for path in (stick / "new").iterdir()} == {"keys", restore.DATABASE}
    assert {path.name for path in (stick / "new" / "keys").iterdir()} == {"place", "secret"}


@pytest.mark.every_case
def test_a_copy_of_either_engine_comes_back_into_postgresql(
    full: Site,
    stick: Path,
    postgres_url: str,
    postgres_copy: Callable[[str], AbstractContextManager[str]],
) -> None:
    before = rows_of(full.settings.database_url)
    copy = take(full, stick).copy
    assert copy is not None
    with postgres_copy("template0") as url:
        into = {"instance": stick / "instance", "clock": full.clock}
        done = restore.restore_into_postgres(copy, keys_of(full), url, **into)  # type: ignore[arg-type]
        assert done.outcome == "proven"
        assert rows_of(url) == before
        with pytest.raises(BackupFaultError) as fault:  # now something is there
            restore.restore_into_postgres(copy, keys_of(full), url, **into)  # type: ignore[arg-type]
        assert reason_of(fault) == ("not sure", "not_empty")
        there = open_database(url)  # numbers go on where they were
        with there.transaction() as tx:
            bulk.add_rows(tx, "agency", [{"code": "x", "name": "X", "is_demo": False}])
        with there.transaction() as tx, pytest.raises(Exception, match="append-only"):
            tx.execute(text("UPDATE rating SET day = day"))
        there.close()
    assert (stick / "instance" / "keys" / "place").stat().st_mode & 0o077 == 0


def test_the_drill_proves_the_newest_copy_and_leaves_nothing(full: Site, stick: Path) -> None:
    take(full, stick)
    done = drill(full, stick)
    assert (done.outcome, done.reason, done.ratings) == ("proven", "", 30 + len(ODD_WORDS))
    assert done.taken_at == full.now()
    assert not list(full.settings.instance_dir.glob(".backup-*"))
    if not full.db.is_sqlite:
        with full.db.read() as session:
            asked = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'suara%'"
            assert session.scalar(text(asked)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_cut_anywhere_or_with_one_byte_flipped_is_damaged(full: Site, stick: Path) -> None:
    copy = take(full, stick).copy
    assert copy is not None
    whole = copy.read_bytes()
    lengths = {0, 1, 9, 10, 11, 4096, *range(0, len(whole), len(whole) // 60), len(whole) - 1}
    for length in sorted(lengths):
        copy.write_bytes(whole[:length])
        assert drill(full, stick).reason == "damaged", length
    places = {*range(10), *range(len(whole) - 8, len(whole)), *range(0, len(whole), 997)}
    for place in sorted(places):
        copy.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
        assert drill(full, stick).reason in ("damaged", "not_a_copy"), place
    copy.write_bytes(whole + b"\0")
    assert drill(full, stick).reason == "damaged"
    copy.write_bytes(whole)
    assert drill(full, stick).outcome == "proven"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_packed_again_with_less_in_it_is_found(
    full: Site, stick: Path, tmp_path: Path
) -> None:
    made = take(full, stick)
    copy = made.copy
    assert copy is not None
    whole = copy.read_bytes()
    for statement, reason in (
        ("DELETE FROM backup_run", "not_a_copy"),
        ("UPDATE backup_run SET sentinel = 'x'", "sentinel"),
        ("DELETE FROM tally", "tally"),
        ("UPDATE backup_run SET office = 'x'", "other_office"),
        ("UPDATE alembic_version SET version_num = '0999_later'", "newer"),
        ("DELETE FROM counter", "damaged"),
    ):
        changed(copy, tmp_path, statement)
        assert drill(full, stick).reason == reason
        copy.write_bytes(whole)
    copy.write_bytes(b"PK\3\4 a file of somebody else")
    assert drill(full, stick).reason == "not_a_copy"
    assert drill(full, stick).outcome == "failed"


@pytest.mark.engine_alike
def test_an_old_copy_a_strange_one_and_none_are_told_apart(
    full: Site, stick: Path, clock: SteppedClock
) -> None:
    assert drill(full, stick).reason == "no_copy"
    assert drill(full, stick / "unplugged").reason == "no_folder"
    made = take(full, stick)
    clock.at += timedelta(days=3)
    assert (drill(full, stick).outcome, drill(full, stick).reason) == ("not sure", "old")
    clock.at -= timedelta(days=3)
    assert made.copy is not None
    name = read_name(made.copy.name)
    assert name is not None
    made.copy.rename(stick / replace(name, number=9).file)
    assert drill(full, stick).reason == "unknown_copy"


@pytest.mark.engine_alike
def test_keys_missing_damaged_old_or_of_another_office_are_told_apart(
    full: Site, stick: Path
) -> None:
    made = take(full, stick)
    assert made.copy is not None
    assert made.keys is not None
    into = stick / "new"
    own = keys_of(full)
    for keys, expected in (
        (replace(own, place=b"q" * 32), ("failed", "other_office")),
        (replace(own, secrets=(b"o" * 32,)), ("not sure", "old_keys")),
    ):
        with pytest.raises(BackupFaultError) as fault:
            restore.restore_into_folder(made.copy, keys, into, clock=full.clock)
        assert reason_of(fault) == expected
        assert not into.exists()
    assert files.read_keys(made.keys) == own
    made.keys.write_bytes(made.keys.read_bytes().replace(b"7", b"8", 1))
    assert drill(full, stick).reason == "damaged_keys"
    made.keys.unlink()
    assert drill(full, stick).outcome == "proven"  # it lies on another stick, as it should
    assert drill(full, stick, keys=made.keys).reason == "no_keys"


@pytest.mark.engine_alike
def test_keys_are_written_once_for_a_folder_and_again_when_one_changes(
    full: Site, stick: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = take(full, stick).keys
    assert first is not None
    first.unlink()  # moved away
    assert take(full, stick).keys is None
    other = tmp_path_factory.mktemp("other")
    assert take(full, other).keys is not None
    rotated = replace(full.settings, secret_keys=(b"n" * 32, *full.settings.secret_keys))
    second = take(replace(full, settings=rotated), stick).keys
    assert second is not None
    assert second.name != first.name


@pytest.mark.proof
@pytest.mark.engine_alike
def test_what_32_writers_were_told_is_saved_before_a_backup_is_in_it(
    full: Site, office: Office, stick: Path
) -> None:
    """Each of them writes answers and the tally; the copy stands between two of its transactions."""
    stop = threading.Event()
    saved = [0] * WRITERS
    beside = open_site(full.settings, clock=full.clock)  # a process of its own has its connections

    def write(number: int) -> None:
        while not stop.is_set():
            with suppress(NotSavedError):  # so many at once may wait too long; nothing was told
                add_ratings(full, office, 1)
                saved[number] += 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            acknowledged = 30 + len(ODD_WORDS) + sum(saved)
            made = take(beside, stick)
            assert made.done.ratings is not None
            assert acknowledged <= made.done.ratings <= 30 + len(ODD_WORDS) + sum(saved) + WRITERS
            assert drill(beside, stick).outcome == "proven"  # tally = recount in the copy
    finally:
        beside.db.close()
        stop.set()
        for thread in threads:
            thread.join()
    assert sum(saved) > WRITERS
    assert tally_differences(full) == 0


@pytest.mark.engine_alike
def test_a_backup_cut_off_after_its_copy_had_its_name_is_known_by_its_mark(
    full: Site, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(full, stick)

    def killed(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_settle", killed)
        with pytest.raises(KeyboardInterrupt):
            take(full, stick)
    assert [name.number for name in copies.own_copies(full, stick)] == [2, 1]
    assert drill(full, stick).outcome == "proven"


@pytest.mark.engine_alike
def test_n_newest_stay_also_when_the_clock_goes_back(
    full: Site, stick: Path, clock: SteppedClock
) -> None:
    made = []
    for days in (0, 1, -400, 0):
        clock.at += timedelta(days=days)
        made.append(take(full, stick, keep=3).copy)
    names = copies.own_copies(full, stick)
    assert [name.number for name in names] == [4, 3, 2]
    assert made[-1] is not None
    assert names[0].file == made[-1].name
    assert drill(full, stick).outcome == "proven"
    (stick / "suara-loket-00000000-2020-01-01-0009.db.gz").write_bytes(b"another office's")
    take(full, stick, keep=1)
    assert len(list(stick.glob("suara-loket-00000000*"))) == 1


@pytest.mark.engine_alike
def test_a_copy_that_cannot_be_read_back_removes_no_earlier_one(
    full: Site, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take(full, stick, keep=1).copy
    assert first is not None
    monkeypatch.setattr(files, "digest_of", lambda _path: "what a broken stick gives back")
    made = backup.back_up(full, backup.Order(stick, None, 1))
    assert (made.done.outcome, made.done.reason, made.copy) == ("failed", "damaged", None)
    assert {path.name for path in stick.glob("*.db.gz")} == {first.name}
    assert not list(stick.glob(".*"))


def test_folders_that_are_missing_inside_or_closed_are_named(full: Site, stick: Path) -> None:
    inner = full.settings.instance_dir / "backup"
    inner.mkdir()
    for folder, reason in (
        (stick / "unplugged", "no_folder"),
        (inner, "inside"),
        (Path("/proc"), "unwritable"),
    ):
        with pytest.raises(BackupFaultError) as fault:
            backup.back_up(full, backup.Order(folder, None, 3))
        assert reason_of(fault) == ("not sure", reason)
    assert list(inner.iterdir()) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_role_that_may_make_no_schema_is_not_sure(
    full: Site, stick: Path, postgres_url: str
) -> None:
    take(full, stick)
    with full.db.transaction() as tx:
        tx.execute(text("DROP ROLE IF EXISTS plain"))
        tx.execute(text("CREATE ROLE plain LOGIN"))
        tx.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain"))
        tx.execute(text("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain"))
    url = full.settings.database_url.replace("tests@", "plain@")
    weak = replace(full, settings=replace(full.settings, database_url=url), db=open_database(url))
    done = drill(weak, stick)
    weak.db.close()
    with full.db.transaction() as tx:
        tx.execute(text("DROP OWNED BY plain"))
    on_server(postgres_url, "DROP ROLE plain")
    assert (done.outcome, done.reason) == ("not sure", "no_permission")


def test_copies_hold_no_daily_key_and_fine_times_only_while_they_may(
    full: Site, office: Office, stick: Path, clock: SteppedClock
) -> None:
    daily = full.settings.instance_dir / "keys" / "daily"
    daily.mkdir(parents=True)
    (daily / "2026-11-24").write_bytes(b"the key of this very day, really")
    old = rating_row(office) | {"for_officer": True}
    marked = screening_row(old, at=full.now() - timedelta(days=20)) | {"device_key": "kenari-lama"}
    with full.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [old])
        bulk.add_rows(tx, "screening", [marked])
    rebuild_tallies(full)
    first = take(full, stick).copy
    assert first is not None
    kept = inside(first)
    assert b"body_digest" in kept  # the control: the search does find what is there
    assert kept.count(full.now().strftime("%Y-%m-").encode() + b"23 ") > 0  # times of yesterday
    assert b"kenari-lama" not in kept
    clock.at += timedelta(days=1)
    take(full, stick)
    names = [name.file for name in copies.own_copies(full, stick)]
    assert [name.endswith("-arsip.db.gz") for name in names] == [False, True]
    assert not first.exists()
    archive = inside(stick / names[1])
    assert (full.now() - timedelta(days=2)).strftime("%Y-%m-%d ").encode() not in archive
    clock.at += timedelta(days=14)  # no backup came since, but the office was open
    keep_up(full)
    copies.age(full, stick)
    newest = copies.own_copies(full, stick)[0]
    assert newest.stage == ""
    assert b"2026-11-23 " not in inside(stick / newest.file)
    clock.at += timedelta(days=2)
    keep_up(full)
    copies.age(full, stick)
    assert {name.stage for name in copies.own_copies(full, stick)} == {"-lama"}
    for path in stick.iterdir():
        assert b"the key of this very day" not in path.read_bytes()
        if path.suffix == ".gz":
            assert b"the key of this very day" not in inside(path)
            assert restored(full, path, stick / f"of-{path.name}")
