"""A demo site on each engine behind a real server, and one Chromium."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """The demo office on each engine."""
    folder: Path = tmp_path_factory.mktemp(f"live-{request.param}")
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_url")
        on_server(server, "CREATE DATABASE live")
        url = server.replace("/postgres?", "/live?")
    with (
        demo_site(folder, database_url=url, ratings=RATINGS) as (site, environment),
        running_server(environment, int(environment["PORT"])) as address,
    ):
        yield LiveSite(site, address)
