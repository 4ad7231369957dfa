"""The doctor finds what was made unsafe on purpose, and nothing in a healthy site."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import doctor
from feedback_app.services.upkeep.doctor import Sign
from feedback_app.storage import bulk
from tests.conftest import NOON, SteppedClock
from tests.ground.office import Office, add_ratings, rating_row, screening_row
from tests.ground.scripts import run_script


def bad(site: Site, *, deep: bool = False) -> dict[str, Sign]:
    return {sign.what: sign for sign in doctor.examine(site, deep=deep) if sign.level == "bad"}


def healthy(site: Site) -> Site:
    (site.settings.instance_dir / "keys").mkdir(mode=0o700, exist_ok=True)
    settings = replace(site.settings, base_url="https://suara.example.go.id", proxy_hops=1)
    return open_site(settings)  # with the machine's own clock


def test_a_healthy_site_has_nothing_bad(site: Site, office: Office) -> None:
    found = healthy(site)
    signs = bad(found, deep=True)
    if datetime.now(UTC) < NOON:  # the office's acts lie in this machine's future
        signs.pop("clock")
    if "roster" in signs:  # it holds the tests' day only
        assert "empty since" in signs.pop("roster").found
    if not site.db.is_sqlite:  # the tests' own server runs without fsync, and is found out
        assert signs.pop("database").found.endswith("fsync is off, should be on")
    assert signs == {}
    levels = {sign.what: sign.level for sign in doctor.examine(found, deep=True)}
    assert levels["TLS"] == levels["schema"] == levels["tallies"] == "ok"
    assert levels["backup"] == "warn"
    found.db.close()


def test_each_neglect_is_named_with_what_to_do(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    keys = site.settings.instance_dir / "keys" / "daily"
    keys.mkdir(parents=True, mode=0o700)
    (keys / "2020-01-01").write_bytes(b"k" * 32)
    (keys / "2020-01-01").chmod(0o644)
    add_ratings(site, office, 1)
    row = rating_row(office) | {"for_officer": True}
    screening = screening_row(row, at=site.now() - timedelta(days=17))
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [row])  # without its tally
        bulk.add_rows(tx, "screening", [screening])
        tx.execute(text("UPDATE agency SET is_demo = true"))
    settings = replace(site.settings, base_url="http://suara.example.go.id")
    clock.at -= timedelta(days=1)  # a clock that went back
    found = replace(site, settings=settings)
    signs = bad(found, deep=True)
    assert set(signs) >= {"TLS", "keys", "retention", "demo", "tallies", "clock"}
    assert all(sign.advice for sign in signs.values())
    levels = {sign.what: sign.level for sign in doctor.examine(found, deep=False)}
    assert levels["daily keys"] == "warn"


def test_missing_second_steps_and_old_seals_are_named(site: Site, office: Office) -> None:
    def signs(found: Site) -> dict[str, Sign]:
        return {sign.what: sign for sign in doctor.examine(found, deep=False)}

    assert signs(site)["second step"].level == "ok"
    assert "old keys" not in signs(site)
    rotated = replace(site, settings=replace(site.settings, secret_keys=(b"n" * 32, b"s" * 32)))
    assert "3 second steps" in signs(rotated)["old keys"].found
    with site.db.transaction() as tx:
        tx.execute(text("DELETE FROM second_factor"))
    found = signs(site)["second step"]
    assert found.level == "warn"
    assert "3 HR, inspectorate or admin accounts have none: dina, hana, ina" in found.found
    with site.db.transaction() as tx:
        tx.execute(text("UPDATE agency SET is_demo = true"))
    assert signs(site)["second step"].level == "ok"


def test_a_server_that_may_lose_commits_is_bad(site: Site, office: Office) -> None:
    if site.db.is_sqlite:
        connection = site.db.engine.raw_connection()
        connection.cursor().execute("PRAGMA synchronous=NORMAL")
        connection.close()  # back to the pool, which hands it out again
    else:
        name = site.db.engine.url.database
        with site.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        site.db.engine.dispose()
    found = bad(site)["database"].found
    assert "synchronous" in found
    assert "should be" in found


@pytest.mark.proof
def test_the_script_prints_signs_and_tells_by_its_exit(tmp_path: Path) -> None:
    environment = os.environ | {"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": "", "BASE_URL": ""}
    empty = run_script("doctor.py", environment=environment)
    assert empty.returncode == 1
    assert "schema" in empty.stdout
    assert run_script("migrate.py", environment=environment).returncode == 0
    done = run_script("doctor.py", "--deep", "--format", "json", environment=environment)
    assert done.returncode == 0, done.stdout
    assert {"level", "what", "found", "advice"} == set(json.loads(done.stdout)[0])
    (tmp_path / "keys" / "secret").chmod(0o644)
    told = run_script("doctor.py", environment=environment)
    assert told.returncode == 1
    assert f"others may read {tmp_path / 'keys' / 'secret'}" in told.stdout
