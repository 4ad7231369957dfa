"""Load a made-up office with two years of ratings, and print its log-ins.

Example: .venv/bin/python scripts/demo_data.py --if-empty
An office's folder gets none of it, nor a server that others can reach (see docs/runbook.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from feedback_app.config import SettingsError, locations
from feedback_app.demo import load, office
from feedback_app.services.upkeep.made_up import IS_AN_OFFICES, why_not_loaded
from feedback_app.services.upkeep.schema import has_no_agency
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Load once; say what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--if-empty", action="store_true", help="do nothing when data is there")
    arguments = parser.parse_args()
    try:
        words = IS_AN_OFFICES if locations().is_office else why_not_loaded()
        if words:
            print("\n".join(words), file=sys.stderr)
            return 2
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
