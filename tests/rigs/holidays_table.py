"""The table of public holidays, from the package `holidays`: run after its version has changed.

.venv/bin/python tests/rigs/holidays_table.py --write
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.services.roster.days import TABLE, TABLE_YEARS, holidays_of_package


def table() -> str:
    """A line a day, so that a change shows as such."""
    years = {
        str(year): {str(day): name for day, name in sorted(holidays_of_package(year).items())}
        for year in TABLE_YEARS
    }
    return json.dumps(years, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Print or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    if parser.parse_args(arguments).write:
        TABLE.write_text(table(), encoding="utf-8")
    else:
        click.echo(table())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
