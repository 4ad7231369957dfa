"""Find alarms: at which counter and element the monthly mean has moved for good, and since when.

Example: .venv/bin/python scripts/find_signals.py --panel panel.csv --format csv --out alarms.csv
Reads an analyst's file, or without one the database (closed months of complete forms):
  --panel panel.csv   counter,item,month,mean,n  (month YYYY-MM, mean 1 to 4, n answers)
A row an alarm: the month in which it was found, down or up, since which month, and the logarithm
of the likelihood ratio with the limit that it passed. Twelve months of each chart (counter and
item) come first; all charts of the file together give about --per-year false alarms a year.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait for each other

from feedback_app import terminal
from feedback_app.services.alarms import files
from feedback_app.services.upkeep.wrong_files import open_office

MOST_A_YEAR = 100.0


def main() -> int:
    """Print or write the rows; exit 2 with one line a fault when the input cannot be used."""
    arguments = _arguments()
    return terminal.exit_code(lambda: _find(arguments))


def _find(arguments: argparse.Namespace) -> None:
    source = _source(arguments)
    terminal.tell_notes(source.notes)
    rows = files.rows_of(source, per_year=arguments.per_year)
    terminal.give_out(rows, files.FIELDS, ending=arguments.format, out=arguments.out)


def _source(arguments: argparse.Namespace) -> files.Source:
    if arguments.panel is not None:
        return files.from_file(arguments.panel)
    return files.from_site(open_office(), agency=arguments.agency)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panel", metavar="FILE", type=Path, help="CSV, XLSX, ODS, Parquet")
    parser.add_argument(
        "--per-year", metavar="N", type=_per_year, default=1.0, help="false alarms a year (1)"
    )
    parser.add_argument("--format", choices=("json", "csv"), default="json")
    parser.add_argument("--out", metavar="FILE", type=Path, help="instead of printing")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    arguments = parser.parse_args()
    if arguments.panel is not None and arguments.agency:
        parser.error("--agency is for the database, not for --panel")
    return arguments


def _per_year(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_A_YEAR:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {MOST_A_YEAR:g}, like 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
