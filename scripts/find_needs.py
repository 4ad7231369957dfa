"""Find needs: whose scores are below what others reach in the same place, and what that asks for.

Example: .venv/bin/python scripts/find_needs.py --panel panel.csv --format csv --out kebutuhan.csv
Reads an analyst's file, or without one the database (verified answers of the five newest closed
quarters; officers under stable pseudonyms unless --named with a --purpose, which is logged):
  --panel panel.csv   officer,counter,service,month,item,score,n  (month YYYY-MM, score 1 to 4;
                      also unit: then units are compared with each other)
A row an officer, counter, unit and item: gap with its 95% interval, and its nature: training,
process (mend it), ask (first), cannot_tell (too few answers), inseparable (officer and counter
cannot be parted); null where there are enough answers and no gap.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait for each other

import click

from feedback_app import terminal
from feedback_app.domain.needs import DELTA
from feedback_app.services.impact.linked_table import PurposeNeededError
from feedback_app.services.needs import files
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Print or write the rows; exit 2 with one line a fault when the input cannot be used."""
    arguments = _arguments()
    return terminal.exit_code(lambda: _find(arguments))


def _find(arguments: argparse.Namespace) -> None:
    source = _source(arguments)
    terminal.tell_notes(source.notes)
    rows = files.rows_of(source, delta=arguments.delta, progress=_progress)
    terminal.give_out(rows, files.FIELDS, ending=arguments.format, out=arguments.out)


def _source(arguments: argparse.Namespace) -> files.Source:
    if arguments.named != (arguments.purpose is not None):
        raise PurposeNeededError("--named and --purpose go together; the purpose is logged")
    if arguments.panel is not None:
        if arguments.named or arguments.agency:
            raise PurposeNeededError("--named and --agency are for the database, not for --panel")
        return files.from_file(arguments.panel)
    return files.from_site(open_office(), agency=arguments.agency, purpose=arguments.purpose)


def _progress(items: Sequence[str]) -> Iterable[str]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(items, label="items", file=sys.stderr, hidden=hidden) as bar:
        yield from bar


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panel", metavar="FILE", type=Path, help="CSV, XLSX, ODS, Parquet")
    parser.add_argument(
        "--delta", metavar="POINTS", type=_delta, default=DELTA, help="a gap that matters (0.10)"
    )
    parser.add_argument("--format", choices=("json", "csv"), default="json")
    parser.add_argument("--out", metavar="FILE", type=Path, help="instead of printing")
    parser.add_argument(
        "--seed", metavar="N", type=_seed, default=0, help="taken, but nothing here is drawn"
    )
    parser.add_argument("--named", action="store_true", help="names instead of pseudonyms")
    parser.add_argument("--purpose", metavar="TEXT", help="why names are needed; logged")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    return parser.parse_args()


def _delta(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3:
        raise argparse.ArgumentTypeError("must be points from 0 to 3, like 0.10")
    return value


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
