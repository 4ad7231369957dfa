"""A demo site on each engine behind a real server, and one Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from feedback_app import create_app
from feedback_app.services.site import Site
from tests.conftest import DemoOn, SteppedClock, settings_for
from tests.ground.browser import ARGUMENTS, find_chromium, free_port, running_server


@dataclass
class LiveSite:
    """A site, and the address where a server process serves it."""

    site: Site
    address: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def pages_are_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test opened goes with it: displays and kiosks left open would tick on beside the rest."""
    yield
    if "chromium" in request.fixturenames:
        for context in request.getfixturevalue("chromium").contexts:
            context.close()


@contextmanager
def _live(demo_on: DemoOn, engine: str, factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with (
        demo_on(engine, factory.mktemp(f"live-{engine}")) as (site, environment),
        running_server(environment, int(environment["PORT"])) as address,
    ):
        yield LiveSite(site, address)


@pytest.fixture(scope="session")
def live_sqlite(demo_on: DemoOn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The demo office in a file."""
    with _live(demo_on, "sqlite", tmp_path_factory) as live:
        yield live


@pytest.fixture(scope="session")
def live_postgres(demo_on: DemoOn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The demo office on PostgreSQL."""
    with _live(demo_on, "postgresql", tmp_path_factory) as live:
        yield live


@pytest.fixture(params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest) -> LiveSite:
    """The demo office on each engine.

    The two are fixtures of their own: a session fixture with parameters is built again each time
    the parameter changes, once a file and engine.
    """
    site: LiveSite = request.getfixturevalue(
        "live_sqlite" if request.param == "sqlite" else "live_postgres"
    )
    return site


@dataclass
class Served:
    """A site that is served, its clock, and a way to take the server away."""

    site: Site
    address: str
    clock: SteppedClock
    server: BaseWSGIServer


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """The small office, served at the address that its QR codes name."""
    port, clock = free_port(), SteppedClock()
    address = f"http://127.0.0.1:{port}"
    app = create_app(settings_for(database_url, tmp_path, address), clock=clock)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(app.extensions["site"], address, clock, server)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["site"].db.close()
