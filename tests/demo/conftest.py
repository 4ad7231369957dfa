"""The demo on a Tuesday, with a third of its answers, loaded once a run: who asks has a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_app.demo.load import load_demo
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import has_no_agency, upgrade_schema
from tests.conftest import SteppedClock, settings_for
from tests.ground.demo_site import RATINGS
from tests.ground.once import made_once

TUESDAY = datetime(2026, 11, 24, 3, tzinfo=UTC)


def empty_site(folder: Path, at: datetime) -> Site:
    """A migrated site in a folder, at this time."""
    settings = settings_for(f"sqlite:///{folder}/demo.db", folder)
    site = open_site(settings, clock=SteppedClock(at))
    upgrade_schema(site)
    return site


def loaded(folder: Path, at: datetime, rating_count: int) -> Site:
    """A demo of so many ratings, first started at this time."""
    site = empty_site(folder, at)
    assert has_no_agency(site)
    load_demo(site, progress=lambda items: items, rating_count=rating_count)
    assert not has_no_agency(site)
    return site


@pytest.fixture(scope="session")
def tuesday(shared: Path) -> Callable[[Path], Site]:
    """Open a copy in a folder."""

    def make(folder: Path) -> None:
        site = empty_site(folder, TUESDAY)
        load_demo(site, progress=lambda items: items, rating_count=RATINGS)
        site.db.close()

    def opened(folder: Path) -> Site:
        made = made_once(shared / "demo-tuesday", make)
        shutil.copy(made / "demo.db", folder / "demo.db")
        settings = settings_for(f"sqlite:///{folder}/demo.db", folder)
        return open_site(settings, clock=SteppedClock(TUESDAY))

    return opened
