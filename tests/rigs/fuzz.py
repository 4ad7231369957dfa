"""P11: no input gives a server error. Odd requests over every route, as every role.

Example: .venv/bin/python tests/rigs/fuzz.py --requests 1000000 --engine sqlite --engine postgresql
Routes come from the URL map; forms, fields and query names from crawling the real pages. Prints
counts and exits 1 on a server error. A failure names its number; --first NUMBER --requests 1
--seed SEED sends that one again.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.routing import Rule
from werkzeug.test import run_wsgi_app

from feedback_app import create_app
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.paper import sheet_number
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.db import Base, changed_rows
from tests.conftest import Browser, SteppedClock, settings_for
from tests.ground.full_office import fill_office, place_codes
from tests.ground.office import PASSWORD, build_office, known_office
from tests.ground.postgres import on_server, running_postgres
from tests.ground.quick_folder import quick_folder
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account
from tests.rigs.odd_requests import Maker, Sent, environ_of
from tests.rigs.vocabulary import Move, Page, Vocabulary, crawl, hidden_fields, play

CAST = ("", "alice", "charlie", "dina", "hana", "ina", "oki")  # "" is a citizen
# Each of these costs tens of milliseconds by design (Argon2, PDF, numbers), so it comes more rarely.
RARE = {
    "staff.enter", "staff.change_password", "admin.add_account", "admin.new_password",
    "admin.cards_file", "surveys.report", "surveys.poster", "surveys.workbook", "results.poster",
    "impact.start", "impact.calculator", "impact.report", "impact.training",
    "own.begin_second_factor", "own.end_session", "accounts.add", "accounts.new_password", "second_step.check",
    "staff.logout",  # and each of these ends the walk's session until it is put back
}  # fmt: skip
SHEET = dict.fromkeys(ALL_KEYS, "3")
# What staff do before the walk, so that it meets codes, tablets, sheets of paper and an appeal.
MOVES: dict[str, tuple[Move, ...]] = {
    "alice": (
        Move("/staf/kertas/baru", "paper.add", {}),
        Move(
            "/staf/kertas/1/ketik?hari=2026-11-24&loket=1",
            "paper.key_one",
            SHEET | {"sheet": sheet_number("AA", 1)},
        ),
        Move("", "paper.key_one", SHEET | {"sheet": sheet_number("AA", 2)}),
        Move("/staf/kertas/1/selesai", "paper_checks.draw", {}),
    ),
    "dina": (
        Move("/staf/admin/kode/baru", "codes.check", {"size": "20", "way": "csv"}),
        Move("", "codes.make", {}),
        Move("/staf/admin/kode/kunci", "codes.add_key", {"name": "Mesin antrean"}),
        Move("/staf/admin/perangkat/", "devices.register", {"name": "Layar", "kind": "display"}),
        Move("/staf/admin/perangkat/", "devices.register", {"name": "Tablet", "kind": "kiosk"}),
        Move("/staf/admin/jalur/", "tiers.check", {"c1": "visit"}),
        Move("", "tiers.save", {}),
        Move("/staf/admin/orang/akun/2", "accounts.issue_link", {}),
    ),
}
RARELY = 0.1
ACCOUNT_TABLES = ("account", "staff_session")  # in the order in which they lean on each other
ROUND = 2_000  # requests to one database, before a fresh one takes its place
FAULTS_LOGGED_BY = "feedback_app.web.errors"
FAILURES_SHOWN = 20


@dataclass(frozen=True)
class Failure:
    """A server error and the request that made it."""

    number: int
    role: str
    request: str
    trace: str


@dataclass
class Counted:
    """What a walk met."""

    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)  # answered 2xx, or 3xx not to the log-in
    busy: int = 0  # 503 that says "not saved": allowed on SQLite, whose writers wait for one lock
    failures: list[Failure] = field(default_factory=list)

    def __iadd__(self, other: Counted) -> Counted:
        """Put together what two walks met."""
        self.statuses += other.statuses
        self.reached += other.reached
        self.busy += other.busy
        self.failures += other.failures
        return self


class _Traces(logging.Handler):
    """Keeps the traceback behind the last server error."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.last = "".join(traceback.format_exception(record.exc_info[1]))


Rows = dict[str, list[dict[str, Any]]]


def _rows_of(app: Flask) -> Rows:
    """Accounts and sessions as they are now."""
    with app.extensions["site"].db.read() as session:
        return {
            name: [dict(row) for row in session.execute(select(table)).mappings()]
            for name, table in Base.metadata.tables.items()
            if name in ACCOUNT_TABLES
        }


def _put_back(app: Flask, rows: Rows) -> None:
    """Make accounts and sessions what they were."""
    with suppress(NotSavedError), app.extensions["site"].db.transaction() as tx:
        for name in ACCOUNT_TABLES:
            table = Base.metadata.tables[name]
            (key,) = table.primary_key
            for row in rows[name]:
                changed = tx.execute(update(table).where(key == row[key.name]).values(row))
                if not changed_rows(changed):
                    tx.execute(insert(table).values(row))


@dataclass(frozen=True)
class Start:
    """Where a walk begins: everybody logged in, some work done, what each role's pages speak of."""

    words: dict[str, Vocabulary]  # by name; "" is a citizen
    seeds: list[str]  # addresses that are printed


def start_of(app: Flask) -> Start:
    """Log everybody in, do the first work, crawl; once a database, for a code is good once."""
    seeds = seeds_of(app)
    clients: dict[str, FlaskClient] = {}
    pages: dict[str, list[Page]] = {}
    for name in CAST:
        browser = Browser(app.test_client())
        if name:
            browser.log_in(name)
        clients[name] = browser.client
        pages[name] = play(app, browser.client, MOVES.get(name, ()))
    words: dict[str, Vocabulary] = {}
    for name, client in clients.items():
        words[name] = crawl(app, client, seeds=seeds, public=words.get(""), pages=pages[name])
        words[name].fields["password"] = [PASSWORD]
        words[name].fields["username"] = [*CAST]
        words[name].fields["sheet"] = [sheet_number("AA", n) for n in (1, 2, 3, 99)]
    return Start(words, seeds)


def clients_of(app: Flask, words: Mapping[str, Vocabulary]) -> dict[str, FlaskClient]:
    """A client of each role, with the log-in that its crawl had."""
    clients = {name: app.test_client() for name in words}
    for name, client in clients.items():
        cookie, _, value = words[name].cookie.partition("=")
        if cookie:
            client.set_cookie(cookie, value)
    return clients


class Walker:
    """One process's application, and what each role's pages speak of."""

    def __init__(self, app: Flask, start: Start) -> None:
        """`app`'s site must hold what `start` was made on."""
        app.config["PROPAGATE_EXCEPTIONS"] = False
        self.app = app
        self.traces = _Traces()
        self.words = start.words
        self.clients = clients_of(app, start.words)
        self.accounts = _rows_of(app)
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        # What this role's pages lead to, and of that what a citizen's pages do not.
        self.linked = {name: self._among(set(self.words[name].args)) for name in CAST}
        public = set(self.words[""].args)
        self.own = {
            name: self._among(set(self.words[name].args) - public) or self.linked[name]
            for name in CAST
        }

    def walk(self, numbers: Sequence[int], *, seed: int) -> Counted:
        """Send the requests of these numbers."""
        counted = Counted()
        log = logging.getLogger(FAULTS_LOGGED_BY)
        log.addHandler(self.traces)
        log.propagate = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)  # files of bodies that break off
                for number in numbers:
                    self._step(number, seed, counted)
        finally:
            log.removeHandler(self.traces)
            log.propagate = True
        return counted

    def _step(self, number: int, seed: int, counted: Counted) -> None:
        rng = random.Random(f"{seed}/{number}")
        role = CAST[number % len(CAST)]
        rules = rng.choice((self.rules, self.linked[role], self.own[role], self.own[role]))
        (rule,) = rng.choices(rules, [RARELY if r.endpoint in RARE else 1.0 for r in rules])
        maker = Maker(rng, self.words[role])
        fresh = self._fresh_fields(rng, role, rule)
        sent = maker.request(rule, fresh=fresh)
        self.app.config["WTF_CSRF_ENABLED"] = sent.is_csrf_checked
        status, place, text, trace = self._send(sent)
        counted.statuses[status] += 1
        if status < 400 and "/masuk?" not in place:
            counted.reached[rule.endpoint] += 1
        elif "/masuk?" in place and sent.environ.get("HTTP_COOKIE") == self.words[role].cookie:
            _put_back(self.app, self.accounts)  # logged out, closed: the walk must go on
        if status == 503 and "Belum tersimpan" in text:
            counted.busy += 1
        elif status >= 500:
            counted.failures.append(Failure(number, role or "citizen", str(sent), trace))

    def _among(self, endpoints: set[str]) -> list[Rule]:
        return [rule for rule in self.rules if rule.endpoint in endpoints]

    def _fresh_fields(self, rng: random.Random, role: str, rule: Rule) -> dict[str, str]:
        """A form's token is good once: sometimes its page is opened anew before it is sent."""
        forms = self.words[role].forms.get(rule.endpoint)
        if not forms or rng.random() > 0.3:
            return {}
        page = self.clients[role].get(rng.choice(forms).page)
        return hidden_fields(page.get_data(as_text=True))

    def _send(self, sent: Sent) -> tuple[int, str, str, str]:
        self.traces.last = ""
        try:
            chunks, status, headers = run_wsgi_app(self.app, environ_of(sent), buffered=True)
        except Exception:  # whatever leaves the application is a server error
            return 599, "", "", traceback.format_exc()
        number = int(status.split()[0])
        text = b"".join(chunks).decode("utf-8", "replace") if number >= 500 else ""
        return number, headers.get("Location", ""), text, self.traces.last


def seeds_of(app: Flask) -> list[str]:
    """Addresses that no page links to: of cards, a receipt, a style sheet, a form's question."""
    site = app.extensions["site"]
    office = known_office(site)
    codes = place_codes(office, key=site.settings.place_key)
    pages = [f"/q/{code}" for code in codes]
    client = app.test_client()
    token = hidden_fields(client.get(pages[0]).get_data(as_text=True))["token"]
    body = dict.fromkeys(ALL_KEYS, "3") | {"token": token, "pressed": "1"}  # makes a case as well
    receipt = client.post(pages[0], data=body).headers["Location"]
    officer, day = office.officer["Sari"], site.today()
    away = f"/staf/jadwal/berhalangan?petugas={officer}&dari={day}&sampai={day}"
    return [*pages, receipt, "/static/site.css", away]


def build_full(folder: Path, database_url: str) -> Start:
    """Migrate a database, fill it, log everybody in, crawl."""
    app = create_app(settings_for(database_url, folder), clock=SteppedClock())
    site = app.extensions["site"]
    upgrade_schema(site)
    fill_office(site, build_office(site))
    start = start_of(app)
    site.db.close()
    return start


class Databases:
    """A template and its copies, on one engine."""

    def __init__(self, folder: Path, server: str | None) -> None:
        """Build the template; `server` is PostgreSQL's maintenance database, None is SQLite."""
        self.folder, self.server = folder, server
        if server:
            on_server(server, "CREATE DATABASE full_office")
        self.start = build_full(folder, self._url("full_office"))

    def copy(self, name: str) -> str:
        """The URL of a fresh copy."""
        if self.server:
            on_server(self.server, f"CREATE DATABASE {name} TEMPLATE full_office")
        else:
            shutil.copy(self.folder / "full_office.db", self.folder / f"{name}.db")
        return self._url(name)

    def drop(self, name: str) -> None:
        """Throw a copy away."""
        if self.server:
            on_server(self.server, f"DROP DATABASE {name} WITH (FORCE)")
        else:
            for file in self.folder.glob(f"{name}.db*"):
                file.unlink()

    def _url(self, name: str) -> str:
        if self.server:
            return self.server.replace("/postgres?", f"/{name}?")
        return f"sqlite:///{self.folder / f'{name}.db'}"


_walker: Walker  # one a process


def _start(folder: Path, database_url: str, start: Start) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the first process's to answer
    global _walker  # noqa: PLW0603 (a pool's process has no other place for it)
    logging.getLogger("feedback_app").setLevel(logging.CRITICAL)
    logging.getLogger(FAULTS_LOGGED_BY).setLevel(logging.ERROR)
    app = create_app(settings_for(database_url, folder), clock=SteppedClock())
    _walker = Walker(app, start)


def _walk(task: tuple[str, range, int]) -> Counted:
    url, numbers, seed = task
    site = _walker.app.extensions["site"]
    site.db.close()
    settings = replace(site.settings, database_url=url)
    _walker.app.extensions["site"] = open_site(settings, clock=site.clock)
    counted = _walker.walk(numbers, seed=seed)
    _walker.app.extensions["site"].db.close()
    return counted


def fuzz(
    engine: str, *, first: int, requests: int, seed: int, processes: int, folder: Path
) -> Counted:
    """Send the requests from `first` on, in rounds; each round's processes share one database."""
    counted = Counted()
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if engine == "postgresql" else None
        databases = Databases(folder, server)
        home = databases.copy("crawled")
        pool = stack.enter_context(
            get_context("spawn").Pool(processes, _start, (folder, home, databases.start))
        )
        rounds = range(first, first + requests, ROUND)
        bar = click.progressbar(rounds, label=engine, file=sys.stderr)
        for start in stack.enter_context(bar):
            name = f"round_{start}"
            url = databases.copy(name)
            end = min(start + ROUND, first + requests)
            parts = [(url, range(start + p, end, processes), seed) for p in range(processes)]
            try:
                for part in pool.imap_unordered(_walk, parts):
                    counted += part
            except KeyboardInterrupt:  # what was counted so far is told all the same
                break
            databases.drop(name)
            if len(counted.failures) > FAILURES_SHOWN:
                break
    return counted


def main() -> int:
    """Fuzz and print what was met."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" would have it ignored
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=1_000_000, help="on each engine")
    parser.add_argument("--first", type=int, default=0, help="number of the first request")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    chosen = parser.parse_args()
    is_bad = False
    for engine in chosen.engine or ("sqlite", "postgresql"):
        began = time.monotonic()
        with quick_folder() as folder:
            counted = fuzz(
                engine,
                first=chosen.first,
                requests=chosen.requests,
                seed=chosen.seed,
                processes=chosen.processes,
                folder=folder,
            )
        is_bad |= report(engine, counted, seconds=time.monotonic() - began)
    return int(is_bad)


def report(engine: str, counted: Counted, *, seconds: float) -> bool:
    """Print the counts; whether there was a fault."""
    total = sum(counted.statuses.values())
    faults = len(counted.failures) + (counted.busy if engine == "postgresql" else 0)
    books.write_down(
        "odd_requests",
        engine=engine,
        case="every route, every role",
        control="",
        count=total,
        account=Account(0, changed=faults),
        answered_with_success=sum(counted.reached.values()),
        max_routes=len(counted.reached),
        told_not_saved=counted.busy,
    )
    print(f"{engine}: {total} requests, {faults} server errors, {counted.busy} told 'not saved'")
    print(
        f"  {total / seconds:.0f} requests/s; by status: {dict(sorted(counted.statuses.items()))}"
    )
    print(f"  routes answered with success: {len(counted.reached)}; rarest: "
          f"{counted.reached.most_common()[:-6:-1]}")  # fmt: skip
    for failure in counted.failures[:FAILURES_SHOWN]:
        print(f"  number {failure.number}, {failure.role}: {failure.request}\n{failure.trace}")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
