"""make_plan, draw_lot and verify_lot as an office calls them: files in, JSON out, faults told."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import openpyxl
import pytest

from feedback_app.config import ROOT
from feedback_app.domain.training_plan import Prices
from feedback_app.files.plan_table import COLUMNS
from feedback_app.impact.plan.solve import solve
from tests.ground.plan_office import office_of_a_year
from tests.scripts.test_scripts import run

pytestmark = pytest.mark.proof

TABLES = {
    "officers": "officer,employment,jp_done\nAni,PNS,20\nBudi,PPPK,18\nCici,P3K,0\n",
    "needs": "officer,item,weight\nAni,perilaku,2\nAni,informasi,1\nBudi,Perilaku,3\nCici,perilaku,1\n",
    "runs": "run,training,kind,start,end,seats,fee,travel,daily,jp,item,gain\n"
    "R1,prima,teknis,5 Januari 2027,06-01-2027,2,6.000.000,0,0,6,perilaku,\"0,2\"\n"
    "R1,prima,teknis,5 Januari 2027,06-01-2027,2,6.000.000,0,0,6,informasi,0.1\n"
    "R2,daring,kursus,2027-01-11,2027-01-11,9,0,0,0,4,perilaku,0.05\n",
    "roster": "officer,counter,day\n"
    + "".join(f"{o},L1,{d}-01-2027\n" for o in ("Ani", "Budi") for d in ("05", "06", "11")),
    "floors": "counter,floor\nL1,1\n",
}  # fmt: skip


def files(folder: Path, **changed: str) -> list[str]:
    found = []
    for name, text in (TABLES | changed).items():
        (folder / f"{name}.csv").write_text(text)
        found += [f"--{name}", str(folder / f"{name}.csv")]
    return found


def plan(folder: Path, *more: str, **changed: str) -> dict[str, object]:
    plain = ("--fairness", "0", "--jp-price", "0", "--format", "json")
    done = run("make_plan.py", *files(folder, **changed), "--fee", "12.000.000", *plain, *more)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_small_office_by_hand(tmp_path: Path) -> None:
    """R1: Budi .6 and Cici .2 (Ani .5 stays at L1 while Budi is away), R2: Ani .1 and Cici .05.

    Budi has 18 JP and may have 24: R1 with its 6 is all he can take.
    """
    found = plan(tmp_path)
    assert found["status"] == "optimal"
    assert found["objective"] == pytest.approx(0.95)
    assert [(c["officer"], c["run"]) for c in found["chosen"]] == [  # type: ignore[attr-defined]
        ("Ani", "R2"), ("Budi", "R1"), ("Cici", "R1"), ("Cici", "R2"),
    ]  # fmt: skip
    assert found["money"] == {"fee": 12_000_000, "travel": 0, "daily": 0}
    assert found["collides"] == []


def test_leave_takes_a_person_out_and_leaves_the_floor_to_the_others(tmp_path: Path) -> None:
    leave = "officer,start,end\nBudi,4-1-2027,8-1-2027\n"
    found = plan(tmp_path, leave=leave)
    assert {"officer": "Budi", "run": "R1"} not in found["chosen"]  # type: ignore[operator]
    assert {"officer": "Ani", "run": "R1"} not in found["chosen"]  # type: ignore[operator]


def test_a_plan_that_cannot_be_names_the_rule(tmp_path: Path) -> None:
    found = plan(tmp_path, floors="counter,floor\nL1,3\n")
    assert (found["status"], found["objective"], found["chosen"]) == ("infeasible", None, [])
    assert found["collides"] == ["floor L1 2027-01-05: 2 left, 3 must stay (and 2 more days)"]


def test_the_plan_of_a_year_is_that_of_the_same_office_in_memory(tmp_path: Path) -> None:
    town = office_of_a_year(2, officers=9, runs=12, days=60, prices=Prices(0.05, 0.005))
    texts = {
        "officers": ["officer,employment,jp_done,turns"]
        + [f"{o.code},{o.employment},{o.jp_done},{o.turns}" for o in town.officers],
        "needs": ["officer,item,weight"] + [f"{o},{i},{w}" for (o, i), w in town.needs.items()],
        "runs": ["run,training,kind,start,end,seats,fee,travel,daily,jp,item,gain"]
        + [
            f"{r.code},{r.training},{r.kind},{r.start},{r.end},{r.seats},{r.prices['fee']},"
            f"{r.prices['travel']},{r.prices['daily']},{r.jp},{item},{gain}"
            for r in town.runs
            for item, gain in r.gains.items()
        ],
        "roster": ["officer,counter,day"] + [f"{o},{c},{d:%d/%m/%Y}" for o, c, d in town.roster],
        "floors": ["counter,floor"] + [f"{c},{f}" for c, f in town.floors.items()],
    }
    money = [part for kind, n in town.limits.items() for part in (f"--{kind}", str(n))]
    called = files(tmp_path, **{name: "\n".join(lines) + "\n" for name, lines in texts.items()})
    prices = ("--fairness", "0.05", "--jp-price", "0.005", "--format", "json")
    done = run("make_plan.py", *called, *money, *prices)
    found, same = json.loads(done.stdout), solve(town)
    assert found["objective"] == pytest.approx(same.objective)
    assert [(c["officer"], c["run"]) for c in found["chosen"]] == list(same.chosen)


def test_the_plan_is_written_in_the_laws_order_for_the_owner_alone(tmp_path: Path) -> None:
    out = tmp_path / "rencana"
    done = run("make_plan.py", *files(tmp_path), "--fee", "12000000", "--out", str(out))
    assert done.returncode == 0
    assert "proven" in done.stdout
    rows = list(csv.reader((out / "plan.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][COLUMNS.index("nama")] == "Budi"
    assert rows[1][COLUMNS.index("jadwal")] == "5 Januari 2027 s.d. 6 Januari 2027"
    assert rows[1][COLUMNS.index("biaya_kontribusi")] == "6000000"
    sheet = openpyxl.load_workbook(out / "plan.xlsx").active
    assert sheet is not None
    assert tuple(cell.value for cell in next(sheet.rows)) == COLUMNS
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_bad_cells_are_told_on_one_line_each(tmp_path: Path) -> None:
    wrong = {"floors": "counter,floor\nL9,1\nL1,half\n"}
    done = run("make_plan.py", *files(tmp_path, **wrong), "--fee", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{tmp_path}/floors.csv: row 2, column counter: 'L9': is not in the roster",
        f"{tmp_path}/floors.csv: row 3, column floor: 'half': must be a number",
    ]
    (tmp_path / "floors.csv").write_text("counter,lantai\nL1,1\n")
    told = run("make_plan.py", *files(tmp_path, floors="counter,lantai\nL1,1\n"), "--fee", "1")
    assert told.returncode == 2
    assert "column is missing: floor" in told.stderr


@pytest.mark.parametrize(
    ("fee", "told"), [("-1", "must be rupiah, 0 or more"), ("9" * 30, "must be at most")]
)
def test_money_that_is_none_is_refused(tmp_path: Path, fee: str, told: str) -> None:
    done = run("make_plan.py", *files(tmp_path), f"--fee={fee}")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_budget_none_left_and_ten_trillion(tmp_path: Path) -> None:
    assert run("make_plan.py", *files(tmp_path)).returncode == 2
    assert plan(tmp_path, "--fee", "0")["money"] == {"fee": 0, "travel": 0, "daily": 0}
    assert plan(tmp_path, "--fee", "10.000.000.000.000")["objective"] == pytest.approx(0.95)


def test_an_unmeasured_training_gets_the_mean_of_the_measured(tmp_path: Path) -> None:
    runs = TABLES["runs"].replace("perilaku,0.05\n", "perilaku,\n")
    # The mean of .2 and .1. R2 is now worth .45 for Budi, so Ani .5 goes to R1 with Cici .2.
    assert plan(tmp_path, runs=runs)["objective"] == pytest.approx(0.5 + 0.2 + 0.45 + 0.15)
    done = run("make_plan.py", *files(tmp_path, runs=runs), "--fee", "12000000")
    assert "unknown" in done.stdout


LIST = b"A7\nB2\nC9\nK1\nZ4\n"
DRAW = ("--dice", "4163525142", "--seats", "3", "--dates", "2")


def test_a_draw_is_written_and_repeated(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(LIST)
    record = str(tmp_path / "record.json")
    called = ("--list", str(tmp_path / "list.txt"), *DRAW, "--out", record)
    done = run("draw_lot.py", *called)
    assert done.returncode == 0
    assert done.stdout.splitlines()[2].split() == ["1", "K1", "date", "1"]
    told = "bc1d74c71b505da00995826b10c8c4e4a402dc0d6523c162e25559cb51f15ecf"
    assert told in run("draw_lot.py", "--list", str(tmp_path / "list.txt"), "--hash-only").stdout
    assert run("verify_lot.py", record, "--hash", told).returncode == 0
    assert run("verify_lot.py", record, "--hash", told[::-1]).returncode == 1
    Path(record).write_text(Path(record).read_text().replace('"date": 2', '"date": 1'))
    changed = run("verify_lot.py", record)
    assert (changed.returncode, changed.stdout) == (
        1,
        "NOT EQUAL: repeating the draw gives another seated\n",
    )


def test_a_draw_that_cannot_be_says_why(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(LIST.replace(b"\n", b"\r\n"))
    out = ("--out", str(tmp_path / "record.json"))
    done = run("draw_lot.py", "--list", str(tmp_path / "list.txt"), *DRAW, *out)
    assert done.returncode == 2
    assert "LF" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "record.json").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{}", 1),
        (b"[]", 1),
        (b'{"list": 1, "list": 2}', 1),
        (b"no json", 2),
        (b"\xff", 2),
        (b"[" * 100_000, 2),
    ],
)
def test_what_is_no_record_is_not_equal_or_a_bad_call(
    tmp_path: Path, content: bytes, code: int
) -> None:
    (tmp_path / "record.json").write_bytes(content)
    done = run("verify_lot.py", str(tmp_path / "record.json"))
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert run("verify_lot.py", str(tmp_path / "absent.json")).returncode == 2
    assert run("verify_lot.py").returncode == 2


def test_the_verifier_is_one_file_of_the_standard_library_for_python_3_9() -> None:
    source = (ROOT / "scripts" / "verify_lot.py").read_text()
    tree = ast.parse(source, feature_version=(3, 9))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert names == {"__future__", "argparse", "hashlib", "hmac", "json", "sys", "typing"}
