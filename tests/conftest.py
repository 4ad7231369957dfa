"""Both engines, a small office with a cast of staff, and a client that checks every page."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.codes import place_code
from feedback_app.services.access import secrets
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.compiled_once import compile_once
from tests.ground.office import (
    PASSWORD,
    TOTP_SECRETS,
    Office,
    app_code,
    as_if_unused,
    build_office,
    known_office,
)
from tests.ground.page_check import faults_of_page
from tests.ground.postgres import running_postgres

# Real Argon2id, without the work that it is to be for who guesses; tests log in thousands of times.
# tests/web/test_staff_access.py holds that the product's own parameters are strong.
PRODUCT_HASHER = secrets.hasher
secrets.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


compile_once()

# A Tuesday, 13:05 in Jambi: five minutes after the officers changed at the counter.
NOON = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
_names = itertools.count()


@dataclass
class SteppedClock:
    """A clock that a test sets."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        """The time it was set to."""
        return self.at


def settings_for(
    database_url: str, folder: Path, base_url: str = "http://127.0.0.1:8000"
) -> Settings:
    """Settings of a test site."""
    return Settings(
        database_url=database_url,
        base_url=base_url,
        instance_dir=folder,
        trusted_hosts=("localhost", "127.0.0.1"),
        proxy_hops=0,
        secret_keys=(b"s" * 32,),
        place_key=b"p" * 32,
    )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of one server for the whole run."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the office in it, to copy."""
    folder = tmp_path_factory.mktemp("migrated")
    site = open_site(settings_for(f"sqlite:///{folder / 'm.db'}", folder), clock=SteppedClock())
    upgrade_schema(site)
    build_office(site)
    site.db.close()
    return folder / "m.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database with the office in it, to copy."""
    on_server(postgres_url, "CREATE DATABASE migrated")
    url = postgres_url.replace("/postgres?", "/migrated?")
    site = open_site(settings_for(url, tmp_path_factory.mktemp("pg")), clock=SteppedClock())
    upgrade_schema(site)
    build_office(site)
    site.db.close()
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database on each engine; both always run."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("migrated_postgres")
    name = f"t{next(_names)}"
    on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.replace("/postgres?", f"/{name}?")
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> SteppedClock:
    """The site's clock."""
    return SteppedClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of this test's site."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def site(settings: Settings, clock: SteppedClock) -> Iterator[Site]:
    """Services without a web."""
    site = open_site(settings, clock=clock)
    yield site
    site.db.close()


@pytest.fixture
def office(site: Site) -> Office:
    """One agency, two units, their counters, officers, roster and staff: see ground/office.py."""
    return known_office(site)


@pytest.fixture
def app(settings: Settings, clock: SteppedClock, office: Office) -> Iterator[Flask]:
    """The whole application over that office."""
    app = create_app(settings, clock=clock)
    yield app
    app.extensions["site"].db.close()


@dataclass
class Browser:
    """A client that fails on any faulty page it fetches."""

    client: FlaskClient
    fetched: list[str] = field(default_factory=list)

    def get(self, path: str, **options: object) -> TestResponse:
        """Fetch and check."""
        return self._checked(self.client.get(path, **options))

    def post(self, path: str, **options: object) -> TestResponse:
        """Send and check; a staff page's CSRF token is added."""
        return self._checked(self.client.post(path, **options))

    def csrf(self, path: str) -> str:
        """The CSRF token of a page."""
        page = self.client.get(path).get_data(as_text=True)
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def log_in(self, username: str) -> Browser:
        """Log in as one of the cast, by both steps where there are two."""
        if username in TOTP_SECRETS:
            as_if_unused(self._site, username)
        data = {
            "username": username,
            "password": PASSWORD,
            "csrf_token": self.csrf("/masuk"),
            "next": "",
        }
        answer = self.post("/masuk", data=data)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        if username in TOTP_SECRETS:
            code = {"typed": app_code(self._site, username), "next": ""}
            answer = self.post("/masuk/kode", data=code | {"csrf_token": self.csrf("/masuk/kode")})
            assert answer.status_code == 302, answer.get_data(as_text=True)
        return self

    @property
    def _site(self) -> Site:
        site = self.client.application.extensions["site"]
        assert isinstance(site, Site)
        return site

    def _checked(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 308):
            assert answer.status_code != 500
            faults = faults_of_page(answer.get_data(as_text=True), answer.headers)
            assert not faults, f"{answer.request.path}: {faults}"
        return answer


@pytest.fixture
def browse(app: Flask) -> Callable[[], Browser]:
    """New browsers, each with its own cookies."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def citizen(browse: Callable[[], Browser]) -> Browser:
    """Somebody with a phone."""
    return browse()


@pytest.fixture
def place(office: Office) -> str:
    """The code on the card of counter A1."""
    return place_code(office.number["A1"], 1, key=b"p" * 32)


def on_server(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
