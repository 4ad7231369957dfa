"""The office after a year, crawled by every role: once a run, copied by each test that asks for it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from feedback_app import create_app
from feedback_app.storage import restored
from tests.conftest import Copied, SteppedClock, settings_for
from tests.rigs.fuzz import Start, build_full

START = "start.pickle"


@dataclass(frozen=True)
class Crawled:
    """The whole application over a copy of that office, and what each role's pages spoke of."""

    app: Flask
    start: Start


@pytest.fixture(params=["sqlite", "postgresql"])
def crawled(request: pytest.FixtureRequest, copied: Copied, tmp_path: Path) -> Iterator[Crawled]:
    """On PostgreSQL lie the same rows, brought there as a restored copy is: a crawl takes half a
    minute, and there it would meet the same pages."""

    def crawled_office(url: str, folder: Path) -> None:
        (folder / START).write_bytes(pickle.dumps(build_full(folder, url)))

    def moved_office(url: str, _folder: Path) -> None:
        # Its scores have no answers, so that a whole restore would refuse it.
        with restored._engine(url) as engine, engine.begin() as connection:
            restored._fill(connection, tmp_path / "test.db", lambda _session: None)

    with ExitStack() as stack:
        url = stack.enter_context(copied(crawled_office, "sqlite", tmp_path))
        if request.param == "postgresql":
            url = stack.enter_context(copied(moved_office, request.param, tmp_path))
        app = create_app(settings_for(url, tmp_path), clock=SteppedClock())
        yield Crawled(app, pickle.loads((tmp_path / START).read_bytes()))  # noqa: S301 (our own)
        app.extensions["site"].db.close()
