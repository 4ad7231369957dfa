"""/healthz is 503 when no answer can be saved, and never because of a short busy moment."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import Site
from feedback_app.storage import saving, sqlite
from tests.conftest import Browser
from tests.ground.office import Office
from tests.web.test_citizen import opened


@pytest.fixture(autouse=True)
def impatient(app_site: Site) -> None:
    """Ten seconds of waiting are two tenths here, and what was just saved is no proof."""
    app_site.trial.patience_s = 0.2
    app_site.db._saved_at = float("-inf")


@pytest.fixture
def app_site(citizen: Browser) -> Site:
    """The site of the running program."""
    found = citizen.client.application.extensions["site"]
    assert isinstance(found, Site)
    return found


def health(citizen: Browser) -> int:
    return citizen.get("/healthz").status_code


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Somebody else holds what every save needs."""
    if site.db.is_sqlite:
        other = sqlite.library.connect(str(site.db.engine.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    engine = create_engine(site.db.engine.url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE rating IN EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_health_is_well_and_saves_nothing(citizen: Browser, app_site: Site) -> None:
    assert health(citizen) == 200
    assert not app_site.db.has_saved_within(60)


def test_a_lock_that_stays_is_told_and_one_that_passes_is_not(
    citizen: Browser, app_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "STEP_S", 0.05)
    monkeypatch.setattr(saving, "TRIAL", ("SET LOCAL lock_timeout = 50", *saving.TRIAL[1:]))
    with locked(app_site):
        assert health(citizen) == 503
    assert health(citizen) == 200
    app_site.trial.patience_s = 5
    held = threading.Event()

    def hold() -> None:
        with locked(app_site):
            held.set()
            time.sleep(0.5)

    busy = threading.Thread(target=hold)
    busy.start()
    held.wait(5)
    began = time.monotonic()
    assert health(citizen) == 200
    assert time.monotonic() - began > 0.2  # it waited for it
    busy.join()


def test_others_that_save_are_proof_enough(citizen: Browser, app_site: Site) -> None:
    with app_site.db.transaction() as tx:
        tx.execute(text("UPDATE agency SET name = name"))
    with locked(app_site):
        began = time.monotonic()
        assert health(citizen) == 200
        assert time.monotonic() - began < 2


def test_a_wrong_schema_is_told(citizen: Browser, app_site: Site) -> None:
    with app_site.db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_not_yet'"))
    assert health(citizen) == 503


def test_a_database_that_only_reads_is_told(
    citizen: Browser, app_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if app_site.db.is_sqlite:
        monkeypatch.setattr(saving.os, "access", lambda *_: False)  # root may always write
    else:
        name = app_site.db.engine.url.database
        with app_site.db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            )
        app_site.db.engine.dispose()
    assert health(citizen) == 503


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_and_a_file_that_is_gone_are_told(
    citizen: Browser, app_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    with monkeypatch.context() as patched:
        patched.setattr(saving.shutil, "disk_usage", lambda _: usage._replace(free=4096))
        assert health(citizen) == 503
    assert health(citizen) == 200
    file = Path(str(app_site.db.engine.url.database))
    file.rename(file.with_suffix(".away"))
    assert health(citizen) == 503


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_disk_refused_is_told_until_something_is_saved(
    citizen: Browser, app_site: Site, office: Office, place: str
) -> None:
    with app_site.db.engine.connect() as connection:  # pages that the file may not grow by
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    limit = f"PRAGMA max_page_count={pages}"

    def fill() -> None:
        with app_site.db.transaction() as tx:
            tx.execute(text(limit))
            tx.execute(text("CREATE TABLE large AS SELECT randomblob(9000000)"))

    with pytest.raises(NotSavedError, match="full"):
        fill()
    assert health(citizen) == 503
    app_site.db.engine.dispose()  # a new connection knows no limit
    assert citizen.post(f"/q/{place}", data=opened(citizen, place)).status_code == 303
    assert health(citizen) == 200
