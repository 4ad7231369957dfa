"""The tests that take a minute or repeat what another shows; what came out is written down.

Example: .venv/bin/python tests/rigs/long_tests.py -k browser
Words go to pytest. Each run appends to docs/rigs/long_tests.jsonl; exits as pytest does.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
import pytest

from tests.rigs.faults.books import BOOKS, commit


class Outcomes:
    """Counts what became of each test."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.counted: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test counts by its call; a fault before or after it counts too."""
        if report.when == "call" or report.outcome != "passed":
            self.counted[report.outcome] += 1


def main(words: list[str]) -> int:
    """Run them, and append one line."""
    outcomes, began = Outcomes(), time.monotonic()
    workers = str((os.cpu_count() or 1) + 1)
    arguments = ["-m", "long", "-q", "-n", workers, "--dist", "worksteal", *words]
    code = int(pytest.main(arguments, plugins=[outcomes]))
    line = {
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "words": " ".join(words),
        **{name: outcomes.counted[name] for name in ("passed", "failed", "skipped")},
        "seconds": round(time.monotonic() - began),
        "load": round(os.getloadavg()[0], 1),
    }
    BOOKS.mkdir(exist_ok=True)
    with (BOOKS / "long_tests.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    click.echo(json.dumps(line))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
