"""scripts/backup.py and restore.py as an office calls them: exit codes, words, kills, the daily run."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from feedback_app import instance
from feedback_app.config import ROOT, Settings
from feedback_app.domain.backups import EXIT_CODES
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.backup_state import backup_state
from feedback_app.services.upkeep.drill import drill
from tests.conftest import keep_keys, settings_for
from tests.ground.office import add_ratings, known_office
from tests.ground.scripts import run_script
from tests.storage.on_disk import bytes_kept

RATINGS = 20
KILLS = 5
FORM = {"outcome", "ratings", "seconds", "taken_at"}


@pytest.fixture
def at(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> Iterator[tuple[Site, dict[str, str]]]:
    """An office with keys of its own, and the environment its scripts run in."""
    folder = tmp_path / "instance"
    keep_keys(settings_for(database_url, folder))  # of the office that the database knows
    environment = {"INSTANCE_DIR": str(folder)}
    if database_url.startswith("sqlite"):
        shutil.copy(database_url.removeprefix("sqlite:///"), folder / "suara_loket.db")
    else:
        environment["DATABASE_URL"] = database_url
    site = open_site(Settings.from_environment(environment))
    add_ratings(site, known_office(site), RATINGS)
    (tmp_path / "stick").mkdir()
    yield site, environment
    site.db.close()


def run(
    environment: dict[str, str], script: str, *arguments: str | Path
) -> tuple[int, dict[str, Any], str]:
    done = run_script(script, *arguments, environment=os.environ | environment)
    found = json.loads(done.stdout) if done.stdout.strip() else {}
    if found:
        assert set(found) >= FORM
        assert EXIT_CODES[found["outcome"]] == done.returncode or found["outcome"] == "not sure"
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, found, done.stderr


def test_an_office_is_copied_tried_and_brought_back(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    _site, environment = at
    own = {"OFFICE_NAME": "Dinas Uji", "TIME_ZONE": "WITA", "BACKUP_KEEP": "30"}
    secret = {"DATABASE_URL": environment.get("DATABASE_URL", "")}
    instance.write(tmp_path / "instance" / instance.FILE, own | secret)
    code, made, words = run(environment, "backup.py", "--to", tmp_path / "stick")
    assert (code, made["outcome"], made["ratings"]) == (0, "proven", RATINGS)
    assert "another stick" in words
    code, tried, _words = run(environment, "restore.py", "--drill")
    assert (code, tried["ratings"], tried["taken_at"]) == (0, RATINGS, made["taken_at"])
    given = ("--from", made["copy"], "--keys", made["keys"], "--into")
    code, back, _words = run({"INSTANCE_DIR": "/nowhere"}, "restore.py", *given, tmp_path / "new")
    assert (code, back["outcome"], back["ratings"]) == (0, "proven", RATINGS)
    code, again, words = run(environment, "restore.py", *given, tmp_path / "new")
    assert (code, again["reason"]) == (2, "not_empty")
    assert "not empty" in words
    there = {"INSTANCE_DIR": str(tmp_path / "new")}
    settings = tmp_path / "new" / instance.FILE
    assert instance.read(settings) == own  # but for what holds a password
    assert settings.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / "new" / "suara_loket.db") as database:
        asked = "SELECT count(*) FROM sqlite_master WHERE name = 'office_settings'"
        assert database.execute(asked).fetchone() == (0,)
    assert run_plain(there, "rebuild_tallies.py", "--check") == 0
    assert run_plain(there, "migrate.py") == 0


def run_plain(environment: dict[str, str], script: str, *arguments: str) -> int:
    return run_script(script, *arguments, environment=os.environ | environment).returncode


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bad_calls_are_2_with_a_word_and_failures_1(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    _site, environment = at
    stick = tmp_path / "stick"
    for script, arguments, code, reason in (
        ("backup.py", ("--to", tmp_path / "unplugged"), 2, "no_folder"),
        ("backup.py", ("--to", tmp_path / "instance" / "keys"), 2, "inside"),
        ("restore.py", ("--drill",), 2, "no_copy"),
        ("restore.py", ("--drill", "--copies", tmp_path / "unplugged"), 2, "no_folder"),
    ):
        found = run(environment, script, *arguments)
        assert (found[0], found[1]["reason"]) == (code, reason)
        assert found[2].strip()
    assert run(environment, "backup.py")[0] == 2
    assert run(environment, "backup.py", "--to", stick, "--keep", "0")[0] == 2
    assert run(environment, "restore.py", "--from", stick)[0] == 2
    copy = Path(run(environment, "backup.py", "--to", stick)[1]["copy"])
    keys = next(stick.glob("*.json"))
    given = ("--from", copy, "--into", tmp_path / "new", "--keys")
    assert run(environment, "restore.py", *given, tmp_path / "no.json")[:1] == (2,)
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    given_there = ("--from", copy, "--keys", keys, "--into", nowhere)
    elsewhere = {"INSTANCE_DIR": str(tmp_path / "elsewhere")}
    assert run(elsewhere, "restore.py", *given_there)[1]["reason"] == "database"
    copy.write_bytes(copy.read_bytes()[:-100])
    code, found, words = run(environment, "restore.py", *given, keys)
    assert (code, found["reason"]) == (1, "damaged")
    assert "damaged" in words
    assert not (tmp_path / "new").exists()


@pytest.mark.long
@pytest.mark.proof
@pytest.mark.engine_alike
def test_a_backup_or_restore_killed_anywhere_leaves_nothing_half(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    """SIGKILL at a random moment of the work; whatever bears a name afterwards is whole."""
    site, environment = at
    stick, chance = tmp_path / "stick", random.Random(1)
    first = run(environment, "backup.py", "--to", stick)[1]
    length = float(first["seconds"])
    keys = first["keys"]
    for _kill in range(KILLS):
        kill_after(environment, length, chance, "backup.py", "--to", stick, "--keep", "2")
        assert drill(site, stick).outcome == "proven"
    copies = sorted(stick.glob("*.db.gz"))
    for copy in copies:
        shutil.rmtree(tmp_path / "all", ignore_errors=True)
        given = ("--from", copy, "--keys", keys, "--into", tmp_path / "all")
        assert run(environment, "restore.py", *given)[0] == 0
    for _kill in range(KILLS):
        into = tmp_path / "new"
        given = ("--from", copies[-1], "--keys", keys, "--into", into)
        kill_after(environment, length, chance, "restore.py", *given)
        if into.exists():
            assert {path.name for path in into.iterdir()} == {"keys", "suara_loket.db"}
            shutil.rmtree(into)
        assert run(environment, "restore.py", *given)[0] == 0
        shutil.rmtree(into)


def kill_after(
    environment: dict[str, str],
    length: float,
    chance: random.Random,
    script: str,
    *arguments: str | Path,
) -> None:
    """Start, wait until the work has begun, kill within it."""
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    with subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        folders = [Path(environment["INSTANCE_DIR"]), Path(str(arguments[-1])).parent]
        until = time.monotonic() + 30
        while running.poll() is None and time.monotonic() < until:
            if any(list(f.glob(".backup-*")) + list(f.glob(".*.part")) for f in folders):
                break
            time.sleep(0.01)
        time.sleep(chance.uniform(0, length))
        running.kill()
    for folder in folders:
        for left in [*folder.glob(".backup-*"), *folder.glob(".*.part")]:
            shutil.rmtree(left)  # a later run sweeps it after some hours


def test_the_daily_upkeep_backs_up_and_tries_once_a_day(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    site, environment = at
    assert backup_state(site).level == "none"
    stick = tmp_path / "stick"
    daily = environment | {"BACKUP_TO": str(stick)}
    assert run_plain(daily, "daily_upkeep.py", "--wait") == 0
    state = backup_state(site)
    assert state.level == "ok"
    assert state.trouble is None
    assert state.proven is not None
    assert state.proven.ratings == RATINGS
    assert len(list(stick.glob("*.db.gz"))) == 1
    assert run_plain(daily, "daily_upkeep.py", "--wait") == 0
    assert len(list(stick.glob("*.db.gz"))) == 1


def test_a_missing_stick_is_told_to_the_admin_and_tried_again_later(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    site, environment = at
    daily = environment | {"BACKUP_TO": str(tmp_path / "unplugged")}
    assert run_plain(daily, "daily_upkeep.py", "--wait") == 2
    state = backup_state(site)
    assert state.trouble is not None
    assert "not there" in state.trouble.words[1]
    assert not (tmp_path / "unplugged").exists()
    with site.db.engine.begin() as connection:
        connection.execute(text("DELETE FROM backup_run"))  # an hour later
    (tmp_path / "unplugged").mkdir()
    assert run_plain(daily, "daily_upkeep.py", "--wait") == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_stick_that_is_full_keeps_what_it_has_and_no_half_file(
    at: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    _site, environment = at
    stick = tmp_path / "stick"
    size = "size=24k"  # the copy is larger, the file of keys is not
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", stick], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine mounts no small disk")
    try:
        (stick / "earlier").write_bytes(b"kept")
        code, found, words = run(environment, "backup.py", "--to", stick)
        assert (code, found["outcome"], found["reason"]) == (1, "failed", "full")
        assert "full" in words
        assert not [
            path for path in stick.iterdir() if ".db.gz" in path.name or ".part" in path.name
        ]
    finally:
        subprocess.run(["umount", stick], check=True)
    assert not list((tmp_path / "instance").glob(".backup-*"))
    assert bytes_kept(tmp_path / "instance")
