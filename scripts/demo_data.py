"""Load a made-up office with two years of ratings, and print its log-ins.

Example: .venv/bin/python scripts/demo_data.py --if-empty
DEMO=0 in the environment starts an office without it (see docs/runbook.md).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from feedback_app.config import SettingsError
from feedback_app.demo import load, office
from feedback_app.services.upkeep.schema import has_no_agency
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Load once; say what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--if-empty", action="store_true", help="do nothing when data is there")
    arguments = parser.parse_args()
    if os.environ.get("DEMO") == "0":
        return 0
    try:
        site = open_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if has_no_agency(site):
        print("Memuat data contoh / loading demo data …", flush=True)
        loaded = load.load_demo(site, progress=_progress)
        print(", ".join(f"{name}: {count}" for name, count in loaded.items()))
    elif not arguments.if_empty:
        print("the database already holds data; nothing was loaded", file=sys.stderr)
        return 1
    print(office.log_ins(site.settings.base_url))
    return 0


def _progress(items: Iterable[Any]) -> Iterable[Any]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(items, label="ratings", file=sys.stderr, hidden=hidden) as bar:
        yield from bar


if __name__ == "__main__":
    sys.exit(main())
