"""A demo site on each engine behind a real server, and one Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from feedback_app.services.site import Site
from tests.conftest import on_server
from tests.ground.browser import ARGUMENTS, find_chromium, running_server
from tests.ground.demo_site import demo_site

RATINGS = 12_000  # enough that every screen has numbers, the impact matrix too


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


@contextmanager
def _live(folder: Path, database_url: str) -> Iterator[LiveSite]:
    with (
        demo_site(folder, database_url=database_url, ratings=RATINGS) as (site, environment),
        running_server(environment, int(environment["PORT"])) as address,
    ):
        yield LiveSite(site, address)


@pytest.fixture(scope="session")
def live_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The demo office in a file."""
    with _live(tmp_path_factory.mktemp("live-sqlite"), "") as live:
        yield live


@pytest.fixture(scope="session")
def live_postgres(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """The demo office on PostgreSQL."""
    on_server(postgres_url, "CREATE DATABASE live")
    url = postgres_url.replace("/postgres?", "/live?")
    with _live(tmp_path_factory.mktemp("live-postgresql"), url) as live:
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
