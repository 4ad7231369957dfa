"""The made-up office in a database of its own, and the environment that opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.browser import free_port


@contextmanager
def demo_site(
    folder: Path, *, database_url: str, ratings: int, **settings: str
) -> Iterator[tuple[Site, dict[str, str]]]:
    """A loaded site on SQLite (no URL) or PostgreSQL, closed at the end."""
    environment = {"INSTANCE_DIR": str(folder), "PORT": str(free_port()), **settings}
    environment["DATABASE_URL"] = database_url
    site = open_site(Settings.from_environment(environment))
    upgrade_schema(site)
    load_demo(site, progress=lambda items: items, rating_count=ratings)
    yield site, environment
    site.db.close()
