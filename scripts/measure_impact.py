"""Measure which training raised which score, by how much and how surely.

Example: .venv/bin/python scripts/measure_impact.py --out hasil/ --training prima
Reads the database, or an analyst's files:
  --panel panel.csv    officer,counter,month,score,n  (month YYYY-MM, score 1 to 4; also item)
  --events events.csv  officer,training,date,reason,assigned_unit,cost
Writes verdicts.csv (one a training), estimates.csv, diagnostics.csv, report.html and pictures to
--out; prints two tables, or with --format json the estimates alone.
--export FOLDER --purpose TEXT writes panel.csv and events.csv under pseudonyms, from the database;
read with --panel and --events they give the same numbers. The purpose is logged.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait for each other

import click

from feedback_app import terminal
from feedback_app.impact.results import Plan
from feedback_app.services.impact import files as impact_files
from feedback_app.services.impact import measurement
from feedback_app.services.impact.replication import export_study
from feedback_app.services.imports import office as imports
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Measure, write, print; exit 2 with one line a fault when the input cannot be used."""
    arguments = _arguments()
    if fault := _bad_call(arguments):
        print(fault, file=sys.stderr)
        return 2
    return terminal.exit_code(lambda: _measure(arguments))


def _measure(arguments: argparse.Namespace) -> None:
    if arguments.export is not None:
        _export(arguments)
    if arguments.out is None:
        return
    source = _source(arguments)
    terminal.tell_notes(source.notes)
    plan = Plan(
        horizon=arguments.horizon,
        method=arguments.method,
        level=arguments.level,
        draws=arguments.draws,
        seed=arguments.seed,
    )
    found = measurement.measure(source, training=arguments.training, plan=plan, progress=_progress)
    about = measurement.about(source, language=arguments.language, plan=plan)
    written = impact_files.write_study(arguments.out, found, about)
    if arguments.format == "json":
        print(json.dumps([impact_files.record(e) for e in found.estimates], allow_nan=False))
    else:
        print("\n".join([*impact_files.verdict_table(found), "", *impact_files.table(found)]))
        print(f"\n{len(written)} files in {arguments.out}")


def _bad_call(arguments: argparse.Namespace) -> str:
    """What is wrong with the options together; "" when nothing is."""
    if (arguments.panel is None) != (arguments.events is None):
        return "--panel and --events go together"
    if arguments.out is None and arguments.export is None:
        return "--out is needed, or --export"
    if arguments.export is not None and arguments.panel is not None:
        return "--export reads the database; leave --panel and --events out"
    if arguments.purpose is not None and arguments.export is None:
        return "--purpose is for --export"
    return ""


def _export(arguments: argparse.Namespace) -> None:
    site = open_office()
    agency_id = imports.only_agency(site, code=arguments.agency)
    done = export_study(site, arguments.export, agency_id=agency_id, purpose=arguments.purpose)
    said = f"{arguments.export}: {done.rows} rows, {done.officers} officers"
    if done.passed_over:
        said += f"; {done.passed_over} attendances of officers whom nobody rated are left out"
    print(said, file=sys.stderr if arguments.format == "json" else sys.stdout)


def _source(arguments: argparse.Namespace) -> measurement.Source:
    if arguments.panel is not None:
        return measurement.from_files(arguments.panel, arguments.events)
    site = open_office()
    return measurement.from_site(site, agency=arguments.agency)


def _progress(codes: Sequence[str]) -> Iterable[str]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(codes, label="trainings", file=sys.stderr, hidden=hidden) as bar:
        yield from bar


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panel", metavar="FILE", type=Path, help="CSV, XLSX, ODS, Parquet")
    parser.add_argument("--events", metavar="FILE", type=Path, help="the same")
    parser.add_argument("--training", metavar="CODE", help="this training only")
    parser.add_argument("--method", choices=("auto", "ancova", "imputation"), default="auto")
    parser.add_argument(
        "--horizon", metavar="N|all", type=_horizon, default=4, help="months after (4)"
    )
    parser.add_argument(
        "--level", choices=("officer", "counter"), help="what was sent; default: as recorded"
    )
    parser.add_argument("--out", metavar="DIR", type=Path)
    parser.add_argument("--export", metavar="FOLDER", type=Path, help="panel and events, to repeat")
    parser.add_argument("--purpose", metavar="TEXT", help="why they are exported; logged")
    parser.add_argument("--seed", metavar="N", type=_count, default=measurement.SEED)
    parser.add_argument("--draws", metavar="N", type=_draws, default=measurement.DRAWS)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--language", choices=("id", "en"), default="id", help="of the report")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    return parser.parse_args()


def _horizon(text: str) -> int | None:
    if text == "all":
        return None
    value = _count(text)
    if not 2 <= value <= 120:
        raise argparse.ArgumentTypeError("must be 2 to 120 months, or all")
    return value


def _draws(text: str) -> int:
    value = _count(text)
    if not 99 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError("must be 99 to 1000000")
    return value


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
