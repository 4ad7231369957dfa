"""The made-up office in a database of its own, and the environment that opens it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.browser import free_port
from tests.ground.postgres import on_server

OpenedSite = tuple[Site, dict[str, str]]  # and the environment that opens it
RATINGS = 12_000  # enough that every screen has numbers, the impact matrix too


@contextmanager
def demo_site(folder: Path, *, database_url: str, ratings: int) -> Iterator[OpenedSite]:
    """A loaded site on SQLite (no URL) or PostgreSQL, closed at the end."""
    with _opened(folder, database_url=database_url) as (site, environment):
        upgrade_schema(site)
        load_demo(site, progress=lambda items: items, rating_count=ratings)
        yield site, environment


def make_demo(folder: Path, server: str) -> None:
    """Load the demo, to copy: in the folder, or as the database `demo` of a server."""
    url = ""
    if server:
        on_server(server, "DROP DATABASE IF EXISTS demo")
        on_server(server, "CREATE DATABASE demo")
        url = server.replace("/postgres?", "/demo?")
    with demo_site(folder, database_url=url, ratings=RATINGS):
        pass


@contextmanager
def demo_copy(
    made: Path, folder: Path, *, database_url: str, **settings: str
) -> Iterator[OpenedSite]:
    """The site whose folder is `made`, in `folder`: its keys, and its database where that is a file.

    On PostgreSQL the URL names a copy that was made of its database.
    """
    shutil.copytree(made, folder, dirs_exist_ok=True)
    with _opened(folder, database_url=database_url, **settings) as opened:
        yield opened


@contextmanager
def _opened(folder: Path, *, database_url: str, **settings: str) -> Iterator[OpenedSite]:
    environment = {"INSTANCE_DIR": str(folder), "PORT": str(free_port()), **settings}
    environment["DATABASE_URL"] = database_url
    site = open_site(Settings.from_environment(environment))
    yield site, environment
    site.db.close()
