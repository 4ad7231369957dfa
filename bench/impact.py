"""Speed of the impact room: single answers in Parquet, the tally in SQLite and PostgreSQL.

Example: .venv/bin/python bench/impact.py --rows 10000000
Every stage runs in a process of its own (so that its peak memory is its own) and takes the best of
three. The bare read of the columns and pyfixest on single answers (if PYFIXEST names a Python that
has it) are measured in the same run; docs/performance.md holds a table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "2")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import duckdb
import numpy as np
import pandas as pd

from feedback_app.config import Settings
from feedback_app.files.responses import answers_of_parquet
from feedback_app.impact.cells import Cells, adjust, build_cells
from feedback_app.impact.events import Event
from feedback_app.impact.fixed_effects import OUTSIDE, Shape, dense_cells, event_study
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.results import Plan
from feedback_app.services.impact import panel as score_panel
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.models import TALLY_SUMS
from tests.ground.postgres import running_postgres

OFFICERS, SERVICES, MONTHS, COUNTERS = 50_000, 10, 36, 8_000
ITEMS = ("kompetensi", "perilaku", "informasi", "kecepatan")
EVENT_MONTHS = [*range(-12, -1), *range(13)]  # 24 of them; the month before is the reference
FIRST_MONTH = 2023 * 12


def trained_at() -> np.ndarray:
    """Month of each officer's training: a fifth go, spread over months 12 to 23; 999 for never."""
    rng = np.random.default_rng(1)
    return np.where(rng.random(OFFICERS) < 0.2, rng.integers(12, 24, OFFICERS), 999)


def relative() -> np.ndarray:
    """Place of the event month of each officer-month (O, T)."""
    since = np.arange(MONTHS)[None, :] - trained_at()[:, None]
    found = np.full(since.shape, OUTSIDE)
    for place, month in enumerate(EVENT_MONTHS):
        found[since == month] = place
    return found


def generate(path: Path, rows: int) -> None:
    """Write single answers; the officers' levels differ, the training adds to perilaku."""
    first = trained_at()
    with duckdb.connect() as connection:
        who = pd.DataFrame({"officer": np.arange(OFFICERS), "first_month": first})
        connection.register("w", who)
        items = ", ".join(
            f"""(4 - least(3, greatest(0, (hash(i * 31 + {place}) % 100 + officer % 17
            - CASE WHEN '{item}' = 'perilaku' AND "month" > first_month THEN 8 ELSE 0 END)
            // 48)))::TINYINT AS {item}"""
            for place, item in enumerate(ITEMS)
        )
        connection.execute(
            f"""COPY (SELECT officer, service, "month", counter, {items} FROM (
                SELECT i, (hash(i) % {OFFICERS})::INTEGER AS officer,
                (hash(i * 7 + 1) % {SERVICES})::TINYINT AS service,
                (hash(i * 13 + 5) % {MONTHS})::TINYINT AS "month",
                (hash(i) % {OFFICERS} // {OFFICERS // COUNTERS + 1})::SMALLINT AS counter
                FROM range({int(rows)}) AS t(i)) JOIN w USING (officer))
                TO '{path}' (FORMAT parquet)"""
        )


def stage_read(path: Path) -> None:
    """The bare read of the four columns that the event study needs."""
    with duckdb.connect() as connection:
        connection.execute(
            'SELECT officer, service, "month", perilaku FROM read_parquet(?)', [str(path)]
        ).fetchnumpy()


def stage_event_study(path: Path) -> None:
    """Parquet to coefficients and clustered errors."""

    chunks = answers_of_parquet(path, "perilaku", services=SERVICES, months=MONTHS)
    cells = dense_cells(chunks, Shape(OFFICERS, SERVICES, MONTHS))
    found = event_study(*cells, relative())
    effect, error = found.coefficients[14], found.se[14]
    print(f"  effect in month +3: {effect:+.4f} ({error:.4f})", file=sys.stderr)


def read_cells(path: Path) -> Cells:
    """Cells of all four items from Parquet."""
    names = ", ".join(["officer", "service", '"month"', "counter", *ITEMS])
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {names} FROM read_parquet(?)", [str(path)])
        rows = found.fetchnumpy()
    names_of = {"officer": "officer", "unit": "counter", "mix": "service", "month": "month"}
    names_of |= {item: item for item in ITEMS}
    columns = {name: np.asarray(rows[column]) for name, column in names_of.items()}
    return build_cells(
        columns,
        items=ITEMS,
        officers=[str(i) for i in range(OFFICERS)],
        units=[str(i) for i in range(COUNTERS)],
        mixes=[str(i) for i in range(SERVICES)],
        first_month=FIRST_MONTH,
        months=MONTHS,
    )


def stage_cells(path: Path) -> None:
    """Parquet to cells of four items."""
    read_cells(path)


def stage_panel(path: Path) -> None:
    """Parquet to the officer × month panel with one case mix."""
    adjust(read_cells(path))


def stage_ancova(path: Path) -> None:
    """Parquet to the whole measurement: four items, intervals, checks; 1,999 draws."""
    _measure(path, draws=1999)


def stage_ancova_499(path: Path) -> None:
    """The same with 499 draws."""
    _measure(path, draws=499)


def _measure(path: Path, *, draws: int) -> None:
    panel, _mix = adjust(read_cells(path))
    events = [
        Event(str(i), "course", FIRST_MONTH + int(month), "lot", "officer", 1e6)
        for i, month in enumerate(trained_at())
        if month < MONTHS
    ]
    found = measure_impact(panel, events, Plan(draws=draws))
    for e in found.estimates:
        print(f"  {e.item}: {e.estimate} ({e.ci_lo}, {e.ci_hi})", file=sys.stderr)


PYFIXEST = """
import sys, time, resource, json, numpy as np, pandas as pd, duckdb
sys.path.insert(0, {root!r}); sys.path.insert(0, {bench!r})
import pyfixest as pf
rel = np.load({relative!r})
def once():
    d = duckdb.sql("SELECT officer, service, month, perilaku FROM '" + {path!r} + "'").df()
    d["event"] = rel[d["officer"], d["month"]]
    model = "perilaku ~ i(event, ref=-1) | officer + month + service"
    return pf.feols(model, d, vcov={{"CRV1": "officer"}})
best = None
for _ in range({repeats}):
    t = time.perf_counter(); fit = once(); s = time.perf_counter() - t
    best = s if best is None else min(best, s)
print(json.dumps([best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""

STAGES: dict[str, Callable[[Path], None]] = {
    "read": stage_read,
    "event_study": stage_event_study,
    "cells": stage_cells,
    "panel": stage_panel,
    "ancova_499": stage_ancova_499,
    "ancova": stage_ancova,
}


TALLY_OFFICERS = 50_000  # × 36 months: 1.8 million rows of the tally, six answers each


def _rest(divisor: int) -> str:
    """x modulo a divisor; drivers take a percent sign for a place holder."""
    return f"(x - x / {divisor} * {divisor})"


def fill_tally(url: str, folder: Path) -> None:
    """A tally of TALLY_OFFICERS × MONTHS rows, written by the database itself."""
    settings = Settings.from_environment({"DATABASE_URL": url, "INSTANCE_DIR": str(folder)})
    site = open_site(settings)
    upgrade_schema(site)
    key = {
        "day": "date('2023-01-10', '+' || (x / 50000) || ' months')"
        if site.db.is_sqlite
        else "(date '2023-01-10' + ((x / 50000) || ' months')::interval)::date",
        "counter_id": f"{_rest(50_000)} / 7 + 1",
        "service_id": f"{_rest(10)} + 1",
        "officer_id": f"{_rest(50_000)} + 1",
        "attribution": "'chosen'",
        "tier": "'poster'",
        "state": "'counted'",
        "is_complete": "1",
        "agency_id": "1",
    }
    sums = dict.fromkeys(TALLY_SUMS, "1")
    sums |= {f"{item}_3": f"3 + {_rest(3)}" for item in ITEMS}
    columns = key | sums
    last = TALLY_OFFICERS * MONTHS - 1
    source = (
        f"WITH RECURSIVE g(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM g WHERE x < {last}) "
        f"SELECT {', '.join(columns.values())} FROM g"
        if site.db.is_sqlite
        else f"SELECT {', '.join(columns.values())} FROM generate_series(0, {last}) AS g(x)"
    )
    with site.db.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO tally ({', '.join(columns)}) {source}")
    site.db.close()


def from_tally(url: str, folder: Path) -> float:
    """Seconds from the tally to the panel with one case mix."""
    site = open_site(Settings.from_environment({"DATABASE_URL": url, "INSTANCE_DIR": str(folder)}))
    start = time.perf_counter()
    with site.db.read() as session:
        cells = score_panel.read_cells(
            session, agency_id=1, first=date(2023, 1, 1), last=date(2025, 12, 31)
        )
    middle = time.perf_counter()
    adjust(cells)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    end = time.perf_counter()
    print(
        f"  {len(cells.officer):,} cells: {middle - start:.1f} s, panel {end - middle:.1f} s,"
        f" peak {peak:.0f} MB so far",
        flush=True,
    )
    site.db.close()
    return middle - start


def run_tallies() -> None:
    """Both engines, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.db'}"
        fill_tally(url, folder)
        print("tally in SQLite", flush=True)
        from_tally(url, folder)
    with tempfile.TemporaryDirectory() as name, running_postgres() as url:
        fill_tally(url, Path(name))
        print("tally in PostgreSQL", flush=True)
        from_tally(url, Path(name))


def run_stage(name: str, path: Path, repeats: int) -> None:
    """Best of `repeats` in this process, and its peak memory in MB, as JSON."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        STAGES[name](path)
        best = min(best, time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([best, peak]))


def measured(name: str, path: Path, repeats: int) -> tuple[float, float]:
    """Run a stage in a process of its own."""
    command = [sys.executable, __file__, "--stage", name, "--file", str(path)]
    command += ["--repeats", str(repeats)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def with_pyfixest(path: Path, folder: Path, repeats: int) -> tuple[float, float] | None:
    """The same event study by pyfixest on single answers, first run (compiling) left out."""
    python = os.environ.get("PYFIXEST")
    if not python:
        return None
    spots = folder / "relative.npy"
    np.save(spots, relative())
    program = PYFIXEST.format(
        root=str(ROOT),
        bench=str(ROOT / "bench"),
        relative=str(spots),
        path=str(path),
        repeats=repeats,
    )
    done = subprocess.run([python, "-c", program], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        return None
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def main() -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--stages", nargs="*", default=list(STAGES), choices=list(STAGES))
    parser.add_argument("--stage", choices=list(STAGES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-tally", action="store_true", help="leave the two databases out")
    arguments = parser.parse_args()
    if arguments.stage:
        run_stage(arguments.stage, arguments.file, arguments.repeats)
        return 0
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "answers.parquet"
            generate(path, rows)
            print(f"\n{rows:,} answers, {path.stat().st_size / 1e6:.0f} MB of Parquet")
            print(f"{'stage':<14}{'seconds':>9}{'x bare read':>13}{'peak MB':>9}")
            bare = 0.0
            for stage in arguments.stages:
                repeats = 1 if stage.startswith("ancova") else arguments.repeats
                seconds, peak = measured(stage, path, repeats)
                bare = seconds if stage == "read" else bare
                ratio = seconds / bare if bare else float("nan")
                print(f"{stage:<14}{seconds:>9.2f}{ratio:>13.1f}{peak:>9.0f}", flush=True)
            other = with_pyfixest(path, Path(name), 2 if rows <= 2_000_000 else 1)
            if other:
                print(f"{'pyfixest':<14}{other[0]:>9.2f}{other[0] / bare:>13.1f}{other[1]:>9.0f}")
    if not arguments.no_tally:
        run_tallies()
    return 0


if __name__ == "__main__":
    sys.exit(main())
