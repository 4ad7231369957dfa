"""Measure the supervisor's screens on a small and on a ten times larger office.

Example: .venv/bin/python bench/dashboard.py --ratings 12000 --times 10
Prints medians in one run, the ratio of both sizes, and the machine's limit beside them: the same
page frame without a figure (the viewer's own sessions), and one bare sum over the tally.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text

from bench.timing import median_ms
from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.demo import office
from feedback_app.demo.load import load_demo
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema

ROUNDS = 30
PAGES = {
    "frame alone": "/staf/akun/sesi",
    "all counters": "/staf/loket/",
    "all counters, a year": "/staf/loket/?periode=365",
    "one counter": "/staf/loket/L2",
    "one officer's room": "/staf/saya/",
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ratings", type=int, default=12_000)
    parser.add_argument("--times", type=int, default=10)
    chosen = parser.parse_args()
    small, large = (measure(n) for n in (chosen.ratings, chosen.ratings * chosen.times))
    print(f"{'':24}{chosen.ratings:>12,} {chosen.ratings * chosen.times:>12,}  ratio")
    for name, low in small.items():
        print(f"{name:24}{low:>9.1f} ms {large[name]:>9.1f} ms  {large[name] / low:.2f}")


def measure(ratings: int) -> dict[str, float]:
    """Medians in milliseconds, by page."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = Settings.from_environment({"INSTANCE_DIR": folder})
        site = open_site(settings)
        upgrade_schema(site)
        load_demo(site, progress=lambda items: items, rating_count=ratings)
        app = create_app(settings)
        found = {"bare sum of the tally": median_ms(lambda: _sum(site), rounds=ROUNDS)}
        for name, path in PAGES.items():
            client = app.test_client()
            user = "petugas" if path == "/staf/saya/" else "atasan"
            client.post("/masuk", data=_log_in(client.get("/masuk").get_data(as_text=True), user))
            assert client.get(path).status_code == 200, path  # noqa: S101
            found[name] = median_ms(partial(client.get, path), rounds=ROUNDS)
        site.db.close()
        app.extensions["site"].db.close()
        return found


def _log_in(page: str, user: str) -> dict[str, str]:
    token = page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]
    return {"username": user, "password": office.DEMO_PASSWORD, "csrf_token": token}


def _sum(site: Site) -> None:
    with site.db.read() as session:
        session.execute(text("SELECT state, SUM(n) FROM tally GROUP BY state")).all()


if __name__ == "__main__":
    main()
