"""Both engines, a small office with a cast of staff, and a client that checks every page."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.codes import place_code
from feedback_app.services.access import secrets
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.collecting import (  # noqa: F401 (hooks, which pytest finds by their names)
    pytest_collection,
    pytest_make_collect_report,
    pytest_unconfigure,
)
from tests.ground.compiled_once import compile_once, share_templates
from tests.ground.demo_site import OpenedSite, demo_copy, make_demo
from tests.ground.office import (
    PASSWORD,
    TOTP_SECRETS,
    Office,
    app_code,
    as_if_unused,
    build_office,
    known_office,
)
from tests.ground.once import copy_into, made_once, shared_folder
from tests.ground.page_check import faults_of_page
from tests.ground.postgres import database_of, on_server, running_postgres
from tests.ground.quick_folder import memory

# Real Argon2id, without the work that it is to be for who guesses; tests log in thousands of times.
# tests/web/test_staff_access.py holds that the product's own parameters are strong.
PRODUCT_HASHER = secrets.hasher
secrets.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


compile_once()

# A Tuesday, 13:05 in Jambi: five minutes after the officers changed at the counter.
NOON = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
CSRF = "wtf-csrf-token"  # Flask-WTF's own salt
_names = itertools.count()
# (what fills it, engine, folder) -> its URL
Copied = Callable[[Callable[[str, Path], None], str, Path], AbstractContextManager[str]]
DemoOn = Callable[..., AbstractContextManager[OpenedSite]]  # (engine, folder, **settings)
# Thousands of small databases are made and thrown away: in memory that costs no disk.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory() or tempfile.gettempdir()))

_server = pytest.StashKey[str]()
_met = pytest.StashKey[set[str]]()  # tests of which a case on the second engine was collected


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of the one PostgreSQL server of this run, which ends after the workers."""
    if _server not in node.config.stash:
        running = ExitStack()
        node.config.stash[_server] = running.enter_context(running_postgres())
        node.config.add_cleanup(running.close)
    node.workerinput["postgres_url"] = node.config.stash[_server]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Know what runs a second time, on PostgreSQL; a browser sees no difference.

    Pages only show what services say, and services run on both engines. So a page's second turn is
    long but where it writes or counts (`both_engines`); guard/test_access.py and test_odd_requests.py
    open every page and send every form on both. Of a test of many cases the first is enough, but where
    the engine holds each by itself, as a table's triggers (`every_case`, and all of tests/storage).
    """
    if "postgresql" in item.name:
        item.add_marker(pytest.mark.second_engine)
        room, marked = item.path.parent.name, item.get_closest_marker
        is_page = room == "web" and not marked("both_engines")
        is_again = is_later_case(item) and room != "storage" and not marked("every_case")
        if is_page or is_again or marked("engine_alike"):
            item.add_marker(pytest.mark.long)


def is_later_case(item: pytest.Item) -> bool:
    """Whether another case of the same test was met before it."""
    met = item.session.stash.setdefault(_met, set())
    name = item.nodeid.partition("[")[0]
    is_later = name in met
    met.add(name)
    return is_later


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: whoever has nothing left takes over the short ones at the end."""
    items.sort(key=lambda item: item.get_closest_marker("proof") is None)


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
        loopback_ok=True,  # cards and links of this office are opened on this machine
    )


def keep_keys(settings: Settings) -> None:
    """Write the keys of a test's site beside its database, for scripts: closed, as they must be."""
    folder = settings.instance_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True)
    for name, keys in (("place", (settings.place_key,)), ("secret", settings.secret_keys)):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text("".join(f"{key.hex()}\n" for key in keys))


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share, for what is made once (ground/once.py)."""
    folder = shared_folder(request.config, tmp_path_factory)
    share_templates(folder / "templates")
    return folder


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The maintenance database of one server for the whole run, whatever its workers."""
    if hasattr(request.config, "workerinput"):
        yield request.config.workerinput["postgres_url"]
        return
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_copy(
    postgres_url: str, request: pytest.FixtureRequest
) -> Callable[[str], AbstractContextManager[str]]:
    """Fresh databases on the server, each a copy of the one named, by their URLs."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    return lambda template: database_of(postgres_url, f"t{worker}{next(_names)}", template)


@pytest.fixture(scope="session")
def copied(request: pytest.FixtureRequest, shared: Path) -> Copied:
    """Databases, and what lies beside them, that are filled once a run on each engine and copied.

    `fill` gets the URL of an empty database and a folder, whose files come with each copy.
    """

    @contextmanager
    def copy(fill: Callable[[str, Path], None], engine: str, folder: Path) -> Iterator[str]:
        name = f"{fill.__module__.rpartition('.')[2]}_{fill.__name__}"
        if engine == "sqlite":
            place = made_once(shared / name, lambda to: fill(f"sqlite:///{to / 'test.db'}", to))
            copy_into(place, folder)
            yield f"sqlite:///{folder / 'test.db'}"
            return
        server = request.getfixturevalue("postgres_url")

        def make(to: Path) -> None:
            on_server(server, f"DROP DATABASE IF EXISTS {name}")
            on_server(server, f"CREATE DATABASE {name}")
            fill(server.replace("/postgres?", f"/{name}?"), to)

        copy_into(made_once(shared / f"{name}-postgresql", make), folder)
        with request.getfixturevalue("postgres_copy")(name) as url:
            yield url

    return copy


@pytest.fixture(scope="session")
def migrated_sqlite(shared: Path) -> Path:
    """A migrated file with the office in it, to copy; rigs/planted.py gives one made before."""
    made = made_once(
        shared / "migrated", lambda to: fill_with_office(f"sqlite:///{to / 'm.db'}", to)
    )
    return made / "m.db"


def fill_with_office(database_url: str, folder: Path) -> None:
    """Migrate an empty database and build the office in it."""
    site = open_site(settings_for(database_url, folder), clock=SteppedClock())
    upgrade_schema(site)
    build_office(site)
    site.db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, copied: Copied, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database on each engine; both always run."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with copied(fill_with_office, request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def demo_on(request: pytest.FixtureRequest, shared: Path) -> DemoOn:
    """The demo as it is loaded today, on either engine: made once a run, and copied."""

    @contextmanager
    def opened(engine: str, folder: Path, **settings: str) -> Iterator[OpenedSite]:
        is_file = engine == "sqlite"
        server = "" if is_file else request.getfixturevalue("postgres_url")
        made = made_once(shared / f"demo-{engine}", lambda place: make_demo(place, server))
        with ExitStack() as stack:
            copy = None if is_file else request.getfixturevalue("postgres_copy")("demo")
            url = stack.enter_context(copy) if copy else ""
            yield stack.enter_context(demo_copy(made, folder, database_url=url, **settings))

    return opened


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

    def token(self) -> str:
        """A CSRF token of this session, without a page that carries it."""
        with self.client.session_transaction() as session:
            raw = session.setdefault("csrf_token", token_hex(20))
        key = self.client.application.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(key, salt=CSRF).dumps(raw))

    def log_in(self, username: str) -> Browser:
        """Log in as one of the cast, by both steps where there are two.

        The log-in's own pages are not fetched for it, a thousand times a run; ground/staff.py does.
        """
        if username in TOTP_SECRETS:
            as_if_unused(self._site, username)
        data = {
            "username": username,
            "password": PASSWORD,
            "csrf_token": self.token(),
            "next": "",
        }
        answer = self.post("/masuk", data=data)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        if username in TOTP_SECRETS:
            code = {"typed": app_code(self._site, username), "next": ""}
            answer = self.post("/masuk/kode", data=code | {"csrf_token": self.token()})
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
