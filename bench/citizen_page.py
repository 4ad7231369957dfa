"""Measure the citizen's page: its size, and the flow GET + durable POST beside a bare commit.

Example: .venv/bin/python bench/citizen_page.py
Prints ratios measured in one run; the machine's own limit (a one-row durable commit) beside them.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.timing import median_ms
from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage import sqlite

ROUNDS = 200


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = Settings.from_environment({"INSTANCE_DIR": folder})
        site = open_site(settings)
        upgrade_schema(site)
        load_demo(site, progress=lambda items: items, rating_count=4000)
        path = "/q/" + card_lines(site)[1].url.rsplit("/", 1)[1]
        client = create_app(settings).test_client()
        plain = client.get(path).data
        packed = client.get(path, headers={"Accept-Encoding": "gzip"}).data
        print(f"first view: {len(plain)} bytes HTML+CSS+SVG, 1 blocking response")
        print(f"on the wire: {len(packed)} bytes (gzip)")

        def flow() -> None:
            page = client.get(path).get_data(as_text=True)
            found = re.search(r'name="token" value="([^"]+)"', page)
            answers = dict.fromkeys(ALL_KEYS, "3") | {"token": found[1] if found else ""}
            assert client.post(path, data=answers).status_code == 303  # noqa: S101

        commit = median_ms(_bare_commit(Path(folder) / "bare.db"), rounds=ROUNDS)
        get = median_ms(lambda: client.get(path), rounds=ROUNDS)
        both = median_ms(flow, rounds=ROUNDS)
        print(f"bare one-row durable commit: {commit:.2f} ms (the machine's limit)")
        print(f"GET {get:.2f} ms; GET + durable POST {both:.2f} ms")
        print(f"commit / (GET + POST): {commit / both:.2f}")


def _bare_commit(path: Path) -> Callable[[], None]:
    connection = sqlite.library.connect(path)
    sqlite.prepare(connection)
    connection.execute("CREATE TABLE t (x)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("COMMIT")

    return commit


if __name__ == "__main__":
    main()
