"""An office whose files do not belong together is refused in words, and nothing is touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_app.config import ROOT, SettingsError, locations
from feedback_app.services.office.setup import agency_for
from feedback_app.services.site import open_site
from feedback_app.services.upkeep import doctor
from feedback_app.services.upkeep.schema import accept_keys, note_keys, upgrade_schema
from feedback_app.services.upkeep.wrong_files import (
    WrongFilesError,
    faults_of,
    open_office,
    settings_of_office,
    settings_to_answer,
    settings_to_migrate,
    settings_with_other_keys,
)
from feedback_app.storage import revision, sqlite, upgrade
from feedback_app.storage.db import Database, open_database
from tests.conftest import Copied
from tests.ground import scripts

KEY = "ab" * 32
NOBODY = 65534


@dataclass
class Deployment:
    """An office as it lies on a disk, and the environment that opens it."""

    environment: dict[str, str]

    @property
    def instance(self) -> Path:
        """Its folder."""
        return Path(self.environment["INSTANCE_DIR"])

    @property
    def keys(self) -> Path:
        """Its keys."""
        return self.instance / "keys"

    @property
    def file(self) -> Path:
        """SQLite's file."""
        return self.instance / "suara_loket.db"

    @property
    def is_sqlite(self) -> bool:
        """Whether its database is a file."""
        return not self.environment["DATABASE_URL"]

    def say(self, *statements: str) -> None:
        """Run statements in its database."""
        db = self.database()
        with db.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        db.close()

    def database(self) -> Database:
        """Its database, opened without a question."""
        return open_database(self.environment["DATABASE_URL"] or f"sqlite:///{self.file}")

    def refusal(self) -> str:
        """What is said when it is opened; nothing may have been touched by that."""
        before = snapshot(self.instance)
        for settings in (settings_of_office, settings_to_migrate, settings_to_answer):
            with pytest.raises(WrongFilesError) as refused:
                settings(self.environment)
        assert snapshot(self.instance) == before
        said = str(refused.value)
        lines = said.splitlines()
        assert lines[0].startswith("Suara Loket tidak dijalankan. ")
        assert lines[-1].startswith("Suara Loket does not start. ")
        return said


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file below: rights, time of change, content."""
    if not folder.is_dir():
        return {str(folder): (0, 0, "")}
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def environment_of(database_url: str, folder: Path) -> dict[str, str]:
    """Of an office in that folder; a file is not named, as offices do not name it."""
    is_file = database_url.startswith("sqlite")
    url = "" if is_file else database_url
    return {"INSTANCE_DIR": str(folder / "instance"), "DATABASE_URL": url, "BASE_URL": ""}


def make_office(database_url: str, folder: Path) -> None:
    site = open_site(settings_to_migrate(environment_of(database_url, folder)))
    upgrade_schema(site)
    agency_for(site, code="dukcapil", name="Dinas")
    site.db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines."""
    return str(request.param)


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Of an office that is not there yet."""
    if engine == "sqlite":
        yield environment_of("sqlite:", tmp_path)
        return
    copy: Callable[[str], AbstractContextManager[str]] = request.getfixturevalue("postgres_copy")
    with copy("template1") as url:
        yield environment_of(url, tmp_path)


@pytest.fixture
def office(copied: Copied, engine: str, tmp_path: Path) -> Iterator[Deployment]:
    """An office with an agency in it."""
    with copied(make_office, engine, tmp_path) as url:
        yield Deployment(environment_of(url, tmp_path))


@pytest.fixture
def on_file(engine: str, request: pytest.FixtureRequest) -> Deployment:
    """Only where the database is a file."""
    if engine != "sqlite":
        pytest.skip("the file is PostgreSQL's own")
    office = request.getfixturevalue("office")
    assert isinstance(office, Deployment)
    return office


def test_a_whole_office_opens_again_and_again(office: Deployment) -> None:
    for _ in range(2):
        site = open_office(office.environment)
        assert upgrade_schema(site) == revision.newest()
        site.db.close()
    assert not (office.keys / "unused").exists()


def test_before_the_first_start_only_migrate_and_the_server_go_on(
    environment: dict[str, str],
) -> None:
    with pytest.raises(SettingsError, match=r"python3 run\.py"):
        open_office(environment)
    assert not Path(environment["INSTANCE_DIR"]).exists()
    settings_to_migrate(environment)
    assert (Path(environment["INSTANCE_DIR"]) / "keys" / "unused").exists()
    settings_to_migrate(environment)  # the first start was cut off before the database


@pytest.mark.parametrize("names", [("place",), ("secret",), ("place", "secret")])
def test_missing_keys_beside_a_database_are_named(
    office: Deployment, names: tuple[str, ...]
) -> None:
    for name in names:
        (office.keys / name).unlink()
    said = office.refusal()
    assert all(f"{office.keys / name} tidak ada" in said for name in names)
    assert "Bring that file back from the backup of the keys" in said
    shutil.rmtree(office.keys)
    assert str(office.keys / "place") in office.refusal()


def test_a_missing_or_empty_database_beside_keys_is_named(office: Deployment) -> None:
    if office.is_sqlite:
        office.file.unlink()
        assert f"{office.file} is missing, but its keys are there" in office.refusal()
        office.file.touch()
        assert f"{office.file} is empty, but its keys are there" in office.refusal()
        return
    office.say("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    assert "is empty, but its keys are there" in office.refusal()
    gone = dict(
        office.environment,
        DATABASE_URL=office.environment["DATABASE_URL"].replace("tests@/", "tests@/gone"),
    )
    assert "is not on the server" in Deployment(gone).refusal()


def test_another_offices_keys_are_refused(office: Deployment) -> None:
    (office.keys / "place").write_text(KEY + "\n")
    assert "is another office's" in office.refusal()


def test_a_key_is_changed_by_a_line_on_top_and_not_at_once(office: Deployment) -> None:
    path = office.keys / "secret"
    old = path.read_text()
    path.write_text(KEY + "\n")
    assert "put the old line back" in office.refusal()
    path.write_text(KEY + "\n" + old)
    site = open_office(office.environment)
    note_keys(site)
    site.db.close()
    path.write_text(KEY + "\n")
    open_office(office.environment).db.close()


@pytest.mark.parametrize("content", ["", "zz\n", "ab\n", None])
def test_a_key_file_that_is_none_is_named(office: Deployment, content: str | None) -> None:
    path = office.keys / "place"
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
        path.chmod(0o600)
    assert f"{path} is no whole file of keys" in office.refusal()


def test_a_newer_schema_and_an_older_one(office: Deployment) -> None:
    office.say("UPDATE alembic_version SET version_num = '0011_visit_day'")
    with pytest.raises(WrongFilesError, match=r"scripts/migrate\.py"):
        settings_of_office(office.environment)
    settings_to_migrate(office.environment)
    office.say("UPDATE alembic_version SET version_num = '9999_not_yet'")
    assert "newer version of the program (schema 9999_not_yet)" in office.refusal()


def test_a_database_from_before_the_marks_takes_the_keys_beside_it(office: Deployment) -> None:
    office.say("DELETE FROM office_mark")
    (office.keys / "place").write_text(KEY + "\n")
    site = open_site(settings_to_migrate(office.environment))
    upgrade_schema(site)
    site.db.close()
    (office.keys / "place").write_text("cd" * 32 + "\n")
    assert "is another office's" in office.refusal()
    office.say("DELETE FROM office_mark")
    (office.keys / "place").unlink()
    assert "is missing, but its database is there" in office.refusal()


def test_another_programs_database_is_refused(office: Deployment) -> None:
    office.say("DROP TABLE alembic_version")
    assert "holds another program's data" in office.refusal()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda b: b"\0" * 100 + b[100:], "is damaged or no database"),
        (lambda b: b[:16] + b"\7\7" + b[18:], "is damaged or no database"),
        (lambda b: b[:100] + b"\xff" * 4000 + b[4100:], "is damaged or no database"),
        (lambda _: b"Tolong dibaca: ini bukan basis data.\n" * 99, "is damaged or no database"),
        (lambda b: b[: len(b) // 2], "is cut off"),
        (lambda b: b[:50], "is damaged or no database"),
    ],
)
def test_a_damaged_file_is_named(
    on_file: Deployment, spoil: Callable[[bytes], bytes], words: str
) -> None:
    on_file.file.write_bytes(spoil(on_file.file.read_bytes()))
    assert f"{on_file.file} {words}" in on_file.refusal()


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder(on_file: Deployment) -> None:
    on_file.file.unlink()
    on_file.file.mkdir()
    assert f"{on_file.file} is a folder" in on_file.refusal()
    shutil.rmtree(on_file.keys)
    on_file.keys.touch()
    assert f"{on_file.keys} is no folder" in on_file.refusal()
    shutil.rmtree(on_file.instance)
    on_file.instance.touch()
    assert f"{on_file.instance} is no folder" in on_file.refusal()


def test_a_database_in_use_and_one_after_a_crash_are_whole(on_file: Deployment) -> None:
    db = on_file.database()
    with db.transaction() as tx:
        tx.execute(text("UPDATE agency SET name = 'Dinas Dukcapil'"))
    open_office(on_file.environment).db.close()
    saved = {path.name: path.read_bytes() for path in on_file.instance.glob("suara_loket.db*")}
    assert saved["suara_loket.db-wal"]
    db.close()
    for name, content in saved.items():
        (on_file.instance / name).write_bytes(content)
    site = open_office(on_file.environment)
    with site.db.read() as session:
        assert session.scalar(text("SELECT name FROM agency")) == "Dinas Dukcapil"
    site.db.close()


def test_a_locked_database_stops_a_script_in_words_and_no_server(
    on_file: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_app.storage.peek.WAIT_S", 0.1)
    other = sqlite.library.connect(str(on_file.file), isolation_level=None)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(WrongFilesError, match="is locked by another program"):
        settings_of_office(on_file.environment)
    settings_to_answer(on_file.environment)
    other.close()


def test_a_server_that_is_away_stops_scripts_and_no_process_that_answers(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/none?host={tmp_path}"
    where = {"INSTANCE_DIR": str(tmp_path / "i"), "DATABASE_URL": url}
    with pytest.raises(WrongFilesError, match="does not answer"):
        settings_to_migrate(where)
    assert not (tmp_path / "i").exists()


def test_an_office_refuses_made_up_data_and_deletes_none(office: Deployment) -> None:
    office.say("UPDATE agency SET is_demo = true")
    open_office(office.environment).db.close()  # nobody has said that this is an office's folder
    office.environment["DEMO"] = "0"
    said = office.refusal()
    assert f"Ganti nama folder {office.instance}, misalnya menjadi instance-demo" in said
    assert "Nothing is deleted." in said
    office.say("UPDATE agency SET is_demo = false")
    open_office(office.environment).db.close()


def test_a_real_office_beside_made_up_data_is_refused_too(office: Deployment) -> None:
    office.say("INSERT INTO agency (code, name, is_demo) VALUES ('contoh', 'Contoh', true)")
    office.environment["DEMO"] = "0"
    assert "made-up data, whose passwords everybody knows" in office.refusal()


def run_script(office: Deployment, script: str, *arguments: str) -> scripts.Done:
    environment = os.environ | office.environment | {"PORT": "18999"}
    return scripts.run_script(script, *arguments, environment=environment)


OPENERS = {
    "migrate.py": (),
    "daily_upkeep.py": (),
    "serve.py": (),
    "dev_server.py": (),
    "demo_data.py": ("--if-empty",),
    "create_account.py": ("a", "--name", "A"),
    "rebuild_tallies.py": ("--check",),
    "reseal.py": (),
    "print_qr_cards.py": ("--list",),
    "link_scores.py": ("--out", "/nowhere/x.csv"),
    "measure_impact.py": ("--out", "/nowhere"),
    "backup.py": ("--to", "/nowhere"),
    "restore.py": ("--drill",),
    "set_up.py": (),
    "settings.py": ("backup_keep=30",),
    "find_needs.py": (),
    "find_signals.py": (),
    "first_start.py": (),
    "publish_results.py": ("--to", "postgresql:///nowhere"),
}


@pytest.mark.proof
@pytest.mark.parametrize("script", OPENERS)
def test_every_script_refuses_wrong_files_without_a_traceback(
    on_file: Deployment, script: str
) -> None:
    (on_file.keys / "place").unlink()
    before = snapshot(on_file.instance)
    done = run_script(on_file, script, *OPENERS[script])
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert f"{on_file.keys / 'place'} is missing" in done.stderr
    assert done.stderr.startswith(f"Suara Loket: {on_file.instance}")  # which folder it reads
    assert snapshot(on_file.instance) == before


def test_every_script_that_opens_the_office_looks_at_its_files_first() -> None:
    """`wrong_files` is the one way in: it looks before anything is made or changed."""
    sources = [*(ROOT / "scripts").glob("*.py"), ROOT / "run.py", ROOT / "feedback_app" / "wsgi.py"]
    found = [path.name for path in sources if "Settings.from_environment" in path.read_text()]
    assert found == []
    opening = {p.name for p in (ROOT / "scripts").glob("*.py") if "wrong_files" in p.read_text()}
    assert opening == {*OPENERS, "import_records.py", "accept_keys.py"}


def as_nobody(office: Deployment) -> str:
    """What is wrong for another account of this machine; root may read everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            said = " ".join(fault.words[1] for fault in faults_of(locations(office.environment)))
        except Exception as error:
            said = repr(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        return told.read().decode()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root alone may")
def test_what_may_not_be_read_or_written_is_named(on_file: Deployment, tmp_path: Path) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_mode & 0o005 != 0o005:
            parent.chmod(parent.stat().st_mode | 0o005)
    assert f"{on_file.instance} or its folder cannot be written to" in as_nobody(on_file)
    on_file.instance.chmod(0o777)
    assert f"{on_file.file} cannot be read" in as_nobody(on_file)
    on_file.keys.chmod(0o755)
    for path in (on_file.file, on_file.keys / "secret"):
        path.chmod(0o444)
    said = as_nobody(on_file)
    assert f"{on_file.file} or its folder cannot be written to" in said
    assert f"{on_file.keys / 'place'} cannot be read" in said
    assert "secret" not in said


def test_lost_keys_are_replaced_only_when_asked_for(office: Deployment) -> None:
    shutil.rmtree(office.keys)
    site = open_site(settings_with_other_keys(office.environment))
    accept_keys(site)
    with site.db.read() as session:
        acts = session.scalars(text("SELECT action FROM audit_entry")).all()
    assert acts == ["accept_keys"]
    site.db.close()
    open_office(office.environment).db.close()


def test_the_doctor_survives_and_tells(
    on_file: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in on_file.environment.items():
        monkeypatch.setenv(name, value)
    whole = on_file.file.read_bytes()
    for content in (b"", whole[:5000], b"\0" * 5000, whole[:8192] + b"\xff" * (len(whole) - 8192)):
        on_file.file.write_bytes(content)
        before = snapshot(on_file.instance)
        signs = doctor.examine_office(deep=True)
        assert doctor.worst(signs) == "bad"
        if content[8192:] == b"":
            assert snapshot(on_file.instance) == before
    on_file.file.unlink()
    (on_file.keys / "secret").unlink()
    signs = doctor.examine_office(deep=False)
    assert [sign.level for sign in signs if sign.what == "files"] == ["bad"]


def test_files_are_closed_to_others_and_the_doctor_looks(
    on_file: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in on_file.environment.items():
        monkeypatch.setenv(name, value)
    modes = {path: path.stat().st_mode & 0o077 for path in on_file.instance.rglob("*")}
    assert set(modes.values()) == {0}
    assert on_file.instance.stat().st_mode & 0o777 == 0o700
    log = on_file.instance / "log.txt"
    log.touch()
    on_file.instance.chmod(0o755)
    for path in (log, on_file.file, on_file.keys / "place"):
        path.chmod(0o644)
    found = {sign.what: sign for sign in doctor.examine_office(deep=False)}
    assert found["keys"].level == found["rights"].level == "bad"
    db = open_office(on_file.environment).db
    with db.transaction() as tx:
        tx.execute(text("UPDATE agency SET name = 'B'"))
    names = {path.name for path in on_file.instance.iterdir()}
    assert {"suara_loket.db-wal", "suara_loket.db-shm"} <= names
    modes = {path: path.stat().st_mode & 0o077 for path in on_file.instance.rglob("*")}
    db.close()
    assert set(modes.values()) == {0}, modes
    assert on_file.instance.stat().st_mode & 0o777 == 0o700


@pytest.mark.proof
def test_of_two_migrations_at_once_one_waits_and_both_end_well(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "migrate.py")]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=-1, stderr=-1, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert {out for out, _ in said} == {f"schema {revision.newest()}\n"}
    open_office(environment).db.close()


def test_who_migrates_second_waits_longer_than_sqlite_does(
    on_file: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    first = on_file.database()
    site = open_office(on_file.environment)
    started = time.monotonic()
    with first.engine.execution_options(begin_immediate=True).begin():
        waiting = threading.Thread(target=upgrade.upgrade, args=(site.db,))
        waiting.start()
        waiting.join(0.6)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()
    assert time.monotonic() - started > 0.6
    for db in (first, site.db):
        db.close()
