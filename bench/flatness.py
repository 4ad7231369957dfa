"""Staff's pages and public ones in a small office and in a province, as ratios: do years slow them?

Example: .venv/bin/python bench/flatness.py --server postgresql+psycopg://postgres@/postgres
It makes two databases on that PostgreSQL and drops them: one unit of eight counters with 10,000
answers of five years, and 200 units with 1,600 counters and 10,000,000. Server time in process,
medians; the first view after a start told apart. Beside them the machine's limit: the frame alone.
Reach: 50 ms a page and 1.2 times. --ratings 2000000 makes a smaller province.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench.made_province import PASSWORD, Size, build
from bench.timing import median_ms
from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.retention import run_daily
from feedback_app.services.upkeep.schema import upgrade_schema

ROUNDS = 15
PAGES = (
    ("the frame alone", "atasan", "/staf/akun/sesi"),
    ("all counters", "atasan", "/staf/loket/"),
    ("all counters, a year", "atasan", "/staf/loket/?periode=365"),
    ("one counter", "atasan", "/staf/loket/L2"),
    ("officers of a unit", "atasan", "/staf/loket/petugas"),
    ("surveys", "atasan", "/staf/skm/"),
    ("officer's first page", "petugas", "/staf/saya/"),
    ("officer's details", "petugas", "/staf/saya/rincian"),
    ("public results", "", "/hasil/"),
    ("public front page", "", "/"),
)
Found = dict[str, tuple[float, float]]  # page -> first view, median of further ones (ms)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--server", required=True, metavar="URL", help="a PostgreSQL to work on")
    parser.add_argument("--ratings", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=200)
    chosen = parser.parse_args()
    sizes = (Size(1, 10_000), Size(chosen.units, chosen.ratings))
    small, large = (measured(chosen.server, size) for size in sizes)
    print(f"{'':24}{'10,000 answers':>24}{f'{chosen.ratings:,} answers':>26}")
    print(f"{'':24}{'first':>12}{'then':>12}{'first':>14}{'then':>12}{'ratio':>8}")
    for name, (first, then) in small.items():
        cold, warm = large[name]
        print(f"{name:24}{first:9.0f} ms{then:9.1f} ms{cold:11.0f} ms{warm:9.1f} ms", end="")
        print(f"{warm / then:8.2f}")
    print(f"load {os.getloadavg()[0]:.0f}")


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """A fresh one."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def measured(server: str, size: Size) -> Found:
    """Each page's first view and the median of further ones."""
    with (
        database(server, f"flatness_{size.units}") as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        settings = Settings.from_environment({"INSTANCE_DIR": folder, "DATABASE_URL": url})
        site = open_site(settings)
        upgrade_schema(site)
        began = time.monotonic()
        build(site, size, told=partial(_tell, began))
        run_daily(site)
        site.db.close()
        found = {}
        for name, username, path in PAGES:
            app = create_app(settings)  # anew: nothing in memory
            found[name] = _page(app.test_client(), username, path)
            app.extensions["site"].db.close()
        return found


def _tell(began: float, step: str) -> None:
    print(f"{time.monotonic() - began:6.0f} s {step}", file=sys.stderr, flush=True)


def _page(client: FlaskClient, username: str, path: str) -> tuple[float, float]:
    if username:
        page = client.get("/masuk").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]
        sent = {"username": username, "password": PASSWORD, "csrf_token": token}
        client.post("/masuk", data=sent)
        client.get("/staf/akun/")  # the frame's templates and the session are read
    began = time.perf_counter()
    answer = client.get(path)
    first = 1000 * (time.perf_counter() - began)
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code} {answer.location or ''}")
    return first, median_ms(partial(client.get, path), rounds=ROUNDS)


if __name__ == "__main__":
    main()
