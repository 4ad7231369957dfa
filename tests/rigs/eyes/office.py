"""The made-up office at one hour of one day, served by a server whose clock a state may move."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from werkzeug.serving import make_server

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.domain.elements import FORM_ORDER
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.codes.batches import AlreadyMadeError, Made, Order, make_batch
from feedback_app.services.codes.making import code_address
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage import sqlite
from feedback_app.storage.models import Account, Service, Unit
from tests.conftest import SteppedClock
from tests.ground.browser import free_port

RATINGS = 4_000
MORNING = datetime(2026, 11, 25, 3, tzinfo=UTC)  # a Wednesday, 10:00 WIB: pictures stay alike
ANSWERS = dict.fromkeys(FORM_ORDER, "3") | {"kepercayaan": "4"}


@dataclass
class Office:
    """What a state needs: the site, its clock, where it is served."""

    site: Site
    clock: SteppedClock
    address: str

    def card(self, counter: str) -> str:
        """The address on a counter's card."""
        line = next(line for line in card_lines(self.site) if line.code == counter)
        return self.address + urlsplit(line.url).path

    def tickets(self, size: int, *, service: str, valid_on: date | None = None) -> Made:
        """Tickets of one service, as an admin makes them."""
        with self.site.db.read() as session:
            service_id = session.scalars(select(Service.id).where(Service.code == service)).one()
            unit_id = session.scalars(select(Unit.id).where(Unit.code == "kantor")).one()
        order = Order(unit_id, service_id, valid_on or self.site.today(), size, "csv")
        try:
            return make_batch(self.site, self.admin(), order, after=None)
        except AlreadyMadeError as before:  # by another state
            return make_batch(self.site, self.admin(), order, after=before.args[0])

    def ticket(self, *, service: str, valid_on: date | None = None) -> str:
        """The address on a new ticket of this service."""
        (code,) = self.tickets(1, service=service, valid_on=valid_on).codes
        return code_address(self.site, code)

    def admin(self) -> Viewer:
        """The demo's admin, as a service sees one."""
        with self.site.db.read() as session:
            account = session.scalars(select(Account).where(Account.role == Role.ADMIN)).first()
        assert account is not None
        name, role = account.username, Role(account.role)
        return Viewer(account.id, account.agency_id, name, account.name, role, frozenset(), None)


@contextmanager
def opened_office(folder: Path) -> Iterator[Office]:
    """The demo on SQLite, loaded at MORNING."""
    port, clock = free_port(), SteppedClock(MORNING)
    address = f"http://127.0.0.1:{port}"
    settings = Settings.from_environment({"INSTANCE_DIR": str(folder), "BASE_URL": address})
    first = open_site(settings, clock=clock)
    upgrade_schema(first)
    load_demo(first, progress=lambda items: items, rating_count=RATINGS)
    first.db.close()
    app = create_app(settings, clock=clock)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Office(app.extensions["site"], clock, address)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["site"].db.close()


@contextmanager
def database_held(office: Office, *, readers_too: bool) -> Iterator[None]:
    """Another program holds the file: nothing can be saved, or not even read."""
    office.site.db.engine.dispose()  # a WAL is had alone only while nobody else has it open
    other = sqlite.library.connect(office.site.db.engine.url.database, isolation_level=None)
    if readers_too:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE" if readers_too else "BEGIN IMMEDIATE")
    other.execute("UPDATE counter SET name = name")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.execute("PRAGMA locking_mode=NORMAL")
        other.execute("SELECT count(*) FROM counter").fetchall()  # only a use lets the file go
        other.close()


def token_in(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)
