"""Make a year's training plan under a budget: who goes where, with every counter kept staffed.

Example: .venv/bin/python scripts/make_plan.py --officers petugas.csv --needs kebutuhan.csv \\
             --runs jadwal.csv --roster jaga.csv --floors lantai.csv --fee 60000000 --out rencana/
  officers  officer,employment,jp_done     (PNS or PPPK; turns: trainings had, may be missing)
  needs     officer,item,weight
  runs      run,training,kind,start,end,seats,fee,travel,daily,jp,item,gain   (an item a row;
            prices in rupiah a participant for the whole run; an empty gain: never measured)
  roster    officer,counter,day            floors  counter,floor
  leave     officer,start,end              (may be missing)
CSV, XLSX or ODS. --fee, --travel, --daily are what there is of each kind of money; what is not
given has no limit. The plan is proven: none is better. With --fairness 0 --jp-price 0 its objective
is the sum of gain x weight. Exit 0 also when no plan exists; then "collides" names the rules.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # starting threads takes longer than the sums

from feedback_app.domain.training_plan import (
    MONEY,
    SHARE_FAIRNESS,
    SHARE_JP,
    Office,
    Prices,
    YearPlan,
    usual_gain,
)
from feedback_app.files.exports import to_csv, to_xlsx
from feedback_app.files.plan_cells import BadValueError, PlanFileError, number_from_0
from feedback_app.files.plan_files import PlanTables, read_plan_tables
from feedback_app.files.plan_table import plan_sheet
from feedback_app.impact.plan.eligible import eligible
from feedback_app.impact.plan.solve import NotProvenError, solve
from feedback_app.web.language import in_english

FAULTS_TOLD = 50
LARGEST_BUDGET = 10**15


def main() -> int:
    """Read, plan, write, print; exit 2 with one line a fault when the input cannot be used."""
    arguments = _arguments()
    try:
        tables = read_plan_tables(
            officers=arguments.officers, needs=arguments.needs, runs=arguments.runs,
            roster=arguments.roster, floors=arguments.floors, leave=arguments.leave,
        )  # fmt: skip
        if tables.faults:
            print("\n".join(_faults(tables)), file=sys.stderr)
            return 2
        office = _office(tables, arguments)
        _tell_notes(tables, office)
        plan = solve(office)
        if arguments.out is not None and plan.status == "optimal":
            _write(arguments.out, office, plan)
    except PlanFileError as fault:
        print(f"{fault.path}: {in_english(fault.text)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except NotProvenError as error:
        print(f"no proven plan in time: {error}", file=sys.stderr)
        return 1
    print(json.dumps(_record(plan)) if arguments.format == "json" else _table(office, plan))
    return 0


def _faults(tables: PlanTables) -> list[str]:
    lines = [
        f"{path}: row {cell.row}, column {cell.column}: {cell.value!r}: {cell.reason}"
        for path, cell in tables.faults[:FAULTS_TOLD]
    ]
    more = len(tables.faults) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def _office(tables: PlanTables, arguments: argparse.Namespace) -> Office:
    office = Office(
        officers=tables.officers,
        runs=tables.runs,
        needs=tables.needs,
        roster=tables.roster,
        floors=tables.floors,
        limits={kind: getattr(arguments, kind) for kind in MONEY},
        leave=tables.leave,
    )
    usual = usual_gain(office)
    fairness, jp = arguments.fairness, arguments.jp_price
    prices = Prices(
        SHARE_FAIRNESS * usual if fairness is None else fairness,
        SHARE_JP * usual if jp is None else jp,
    )
    return replace(office, prices=prices)


def _tell_notes(tables: PlanTables, office: Office) -> None:
    """What a reader must know of how the files were understood; on stderr."""
    for path, note in tables.notes:
        print(f"{path}: {in_english(note)}", file=sys.stderr)
    for kind in MONEY:
        if office.limits[kind] is None and any(run.prices[kind] for run in office.runs):
            print(f"--{kind} is not given: no limit", file=sys.stderr)
    bare = sorted({counter for _o, counter, _d in office.roster} - office.floors.keys())
    if bare:
        print(f"counters without a floor, all may leave: {', '.join(bare)}", file=sys.stderr)
    last = max(day for _officer, _counter, day in office.roster)
    late = [run.code for run in office.runs if run.end > last]
    if late:
        print(f"after the roster's last day no floor is held: {', '.join(late)}", file=sys.stderr)
    over = [one.code for one in office.officers if one.employment == "PPPK" and one.jp_done > 24]
    if over:
        print(f"PPPK above 24 JP already, get no more: {', '.join(over)}", file=sys.stderr)


def _record(plan: YearPlan) -> dict[str, object]:
    return {
        "status": plan.status,
        "objective": plan.objective,
        "chosen": [{"officer": officer, "run": run} for officer, run in plan.chosen],
        "money": dict(plan.money),
        "collides": list(plan.collides),
    }


def _table(office: Office, plan: YearPlan) -> str:
    if plan.status == "infeasible":
        return "\n".join(["no plan keeps these rules:", *plan.collides])
    runs = {run.code: run for run in office.runs}
    lines = [f"{'officer':<16}{'run':<14}{'training':<18}{'from':<12}{'to':<12}{'gain':>8}"]
    for officer, code in plan.chosen:
        run = runs[code]
        gain = f"{office.gain(officer, run):.3f}" if run.is_known else "unknown"
        lines.append(
            f"{officer:<16}{code:<14}{run.training:<18}{run.start!s:<12}{run.end!s:<12}{gain:>8}"
        )
    for kind in MONEY:
        limit = office.limits[kind]
        there = "no limit" if limit is None else f"{limit:,}"
        lines.append(f"{kind:<8}{plan.money[kind]:>16,} of {there}")
    prices = f"fairness {office.prices.fairness:.4g}, JP {office.prices.jp:.4g}"
    return "\n".join([*lines, f"objective {plan.objective:.4f} (prices: {prices}), proven"])


def _write(folder: Path, office: Office, plan: YearPlan) -> None:
    sheet = plan_sheet(office, plan, eligible=eligible(office))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("plan.csv", to_csv(sheet)), ("plan.xlsx", to_xlsx([sheet]))):
        path = folder / name
        path.touch(mode=0o600)  # names with what they lack are personal data
        path.chmod(0o600)
        path.write_bytes(content)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("officers", "needs", "runs", "roster", "floors"):
        parser.add_argument(f"--{name}", metavar="FILE", type=Path, required=True)
    parser.add_argument("--leave", metavar="FILE", type=Path)
    parser.add_argument("--fee", metavar="N", type=_money, required=True, help="rupiah in all")
    parser.add_argument("--travel", metavar="N", type=_money, help="the same; default: no limit")
    parser.add_argument("--daily", metavar="N", type=_money, help="the same; default: no limit")
    parser.add_argument(
        "--fairness", metavar="L", type=_price,
        help="of each run beyond an officer's first, and of each officer without a turn",
    )  # fmt: skip
    parser.add_argument("--jp-price", metavar="L", type=_price, help="of each JP a PNS is below 20")
    parser.add_argument("--out", metavar="DIR", type=Path, help="plan.csv and plan.xlsx")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    return parser.parse_args()


def _money(text: str) -> int:
    """Rupiah: 60000000, 60.000.000, Rp 60.000.000."""
    plain = text.strip().removeprefix("Rp").strip()
    groups = plain.split(".")
    if len(groups) > 1 and all(len(part) == 3 for part in groups[1:]) and 1 <= len(groups[0]) <= 3:
        plain = "".join(groups)
    plain = plain.removesuffix(".0")
    if not (plain.isascii() and plain.isdigit()):
        raise argparse.ArgumentTypeError("must be rupiah, 0 or more, like 60000000")
    if int(plain[:20]) > LARGEST_BUDGET:
        raise argparse.ArgumentTypeError(f"must be at most {LARGEST_BUDGET} rupiah")
    return int(plain)


def _price(text: str) -> float:
    try:
        return number_from_0(text)
    except BadValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


if __name__ == "__main__":
    sys.exit(main())
