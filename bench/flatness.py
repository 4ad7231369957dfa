"""Every page in a small office and in a province of ten million answers, as ratios.

Example: .venv/bin/python bench/flatness.py --server postgresql+psycopg://postgres@/postgres
It makes two databases on that PostgreSQL of this machine (a superuser's URL): one unit of eight
counters with 10,000 answers of five years, and 200 units with 1,600 counters and 10,000,000; --keep
leaves them, and finds them the next time. Both are asked in turn, so that load falls on both.
Counted is CPU, ours and the server's (from /proc), so that waiting for others is not. Beside the
pages the machine's limit: one that only asks SELECT 1. Reach: 50 ms, and 1.2 times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url

from bench.flat_pages import LIMIT, Page, limit_app, pages
from bench.made_province import Size, build
from bench.made_records import LOGINS, add_records
from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.helper.work import Here
from feedback_app.services.access.sessions import open_session
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.retention import run_daily
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.models import Account
from feedback_app.web import daily

ROUNDS = 5
MOST_MS, MOST_TIMES = 50, 1.2
OURS = f"flatness {os.getpid()}"  # another table may be made on the same server meanwhile


class NoPageError(Exception):
    """A redirect, or nothing that this made office has."""


class Office:
    """One of the two sizes, opened; `anew` is a restart: nothing is in memory."""

    def __init__(self, url: str, folder: Path, *, server: Engine) -> None:
        self._server = server
        self._settings = Settings.from_environment(
            {"INSTANCE_DIR": str(folder), "DATABASE_URL": url}
        )
        self.app = self._opened()
        upgrade_schema(self.site)  # one that was kept may be of before
        self._secrets = self._sessions()

    def anew(self) -> None:
        """Restart."""
        self.site.db.close()
        self.app = self._opened()

    @property
    def site(self) -> Site:
        """Its site."""
        found: Site = self.app.extensions["site"]
        return found

    def browser(self, page: Page) -> FlaskClient:
        """A browser in which who opens this page is logged in."""
        if page.path == LIMIT:
            return limit_app(self.site).test_client()
        client = self.app.test_client()
        if page.username:
            with client.session_transaction() as session:
                session["sid"] = self._secrets[page.username]
            client.get("/staf/akun/")  # the frame's templates are read
        return client

    def cpu_ms(self, client: FlaskClient, path: str) -> float:
        """CPU of one answer up to its first byte: of this process and of the database's."""
        began, own = self._database_ms(), time.process_time()
        answer = client.get("/" if path == LIMIT else path)
        own = 1000 * (time.process_time() - own)
        answer.close()
        if answer.status_code != 200:
            raise NoPageError(f"{path}: {answer.status_code} {answer.location or ''}")
        return own + self._database_ms() - began

    def _database_ms(self) -> float:
        asked = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = :name AND application_name = :ours"
        )
        name = {"name": self.site.db.engine.url.database, "ours": OURS}
        with self._server.connect() as connection:
            pids = connection.scalars(asked, name).all()
        return sum(map(_cpu_of, pids))

    def _opened(self) -> Flask:
        app = create_app(self._settings)
        app.extensions["site"] = replace(app.extensions["site"], documents=Here(), studies=Here())
        app.extensions[daily.DONE] = app.extensions["site"].today()  # the day's upkeep is no page's
        return app

    def _sessions(self) -> dict[str, str]:
        """Logged in, second step and all."""
        with self.site.db.transaction() as tx:
            accounts = {row.username: row for row in tx.scalars(select(Account))}
            return {
                name: open_session(tx, self.site, accounts[name], proof="code", user_agent="")
                for name in LOGINS
            }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--server", required=True, metavar="URL", help="a PostgreSQL to work on")
    parser.add_argument("--ratings", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="leave the databases for the next time")
    parser.add_argument("--only", default="", metavar="TEXT", help="pages with this in their line")
    chosen = parser.parse_args()
    sizes = (Size(1, 10_000), Size(chosen.units, chosen.ratings))
    with ExitStack() as stack:
        small, large = (
            stack.enter_context(office(chosen.server, size, keep=chosen.keep)) for size in sizes
        )
        print(f"{'':44}{'10,000 answers':>18}{f'{chosen.ratings:,} answers':>22}")
        print(f"{'CPU ms':44}{'first':>9}{'then':>9}{'first':>13}{'then':>9}{'ratio':>8}")
        missed = [
            page.name
            for page in pages(small.app, today=small.site.today())
            if chosen.only in page.name and not _told(page, small, large)
        ]
        print(f"load {os.getloadavg()[0]:.0f}; beyond {MOST_MS} ms or {MOST_TIMES} times:", *missed)


def _told(page: Page, small: Office, large: Office) -> bool:
    """Print a page's line; return whether it is as quick and flat as it should be."""
    offices = (small, large)
    for one in offices:
        one.anew()
    browsers = [one.browser(page) for one in offices]
    try:
        firsts = [one.cpu_ms(own, page.path) for one, own in zip(offices, browsers, strict=True)]
    except NoPageError as told:
        print(told, file=sys.stderr)
        return True
    then: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for one, own, found in zip(offices, browsers, then, strict=True):
            found.append(one.cpu_ms(own, page.path))
    low, high = map(statistics.median, then)
    print(f"{page.name:44}{firsts[0]:9.1f}{low:9.1f}{firsts[1]:13.1f}{high:9.1f}{high / low:8.2f}")
    sys.stdout.flush()
    return page.path == LIMIT or (high <= MOST_MS and high / low <= MOST_TIMES)


@contextmanager
def office(server: str, size: Size, *, keep: bool) -> Iterator[Office]:
    """A made office of this size, opened."""
    name = f"flatness_{size.units}_{size.ratings}"
    ours = make_url(server).update_query_dict({"application_name": OURS})
    url = ours.set(database=name).render_as_string(hide_password=False)
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with tempfile.TemporaryDirectory() as folder:
        with admin.connect() as connection:
            asked = text("SELECT 1 FROM pg_database WHERE datname = :name")
            is_there = connection.scalar(asked, {"name": name})
        if not is_there:
            _make(admin, url, name, size, Path(folder))
        yield Office(url, Path(folder), server=admin)
    if not keep:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _make(admin: Engine, url: str, name: str, size: Size, folder: Path) -> None:
    unfinished = f"{name}_unfinished"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {unfinished}"))
    began = time.monotonic()
    told = partial(_tell, began)
    site = open_site(
        Settings.from_environment(
            {"INSTANCE_DIR": str(folder), "DATABASE_URL": url.replace(name, unfinished)}
        )
    )
    upgrade_schema(site)
    build(site, size, told=told)
    told("records")
    add_records(site)
    run_daily(site)
    site.db.close()
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {unfinished} RENAME TO {name}"))
    told("done")


def _tell(began: float, step: str) -> None:
    print(f"{time.monotonic() - began:6.0f} s {step}", file=sys.stderr, flush=True)


def _cpu_of(pid: int) -> float:
    """Milliseconds on a processor, 0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except FileNotFoundError:
        return 0.0


if __name__ == "__main__":
    main()
