"""find_signals as an analyst calls it: a panel or the database in, the contract's rows out."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.rigs.alarms_truth import Office, draw
from tests.scripts.test_impact_scripts import run as run  # noqa: PLC0414 (a fixture)

FIELDS = ["counter", "item", "month", "direction", "since", "limit", "value"]
HEADING = "counter,item,month,mean,n"


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """An office of which one chart falls."""
    path = tmp_path / "panel.csv"
    rows = [
        (one.counter, one.item, f"{2024 + at // 12}-{at % 12 + 1:02d}", mean, int(n))
        for one in draw(Office(drop=0.8, months=15), 2)
        for at, mean, n in zip(one.months, one.mean, one.n, strict=True)
    ]
    pd.DataFrame(rows, columns=HEADING.split(",")).to_csv(path, index=False)
    return path


def test_a_panel_in_the_contracts_rows_out(run, panel: Path, tmp_path: Path) -> None:
    said = run("find_signals", "--panel", panel)
    assert (said.code, said.err) == (0, "")
    rows = json.loads(said.out)
    assert all(list(row) == FIELDS for row in rows)
    fall = next(row for row in rows if (row["counter"], row["item"]) == ("L1", "U1"))
    assert (fall["direction"], fall["since"]) == ("down", "2025-01")
    assert fall["month"] in {"2025-01", "2025-02"}
    assert fall["value"] > fall["limit"] > 0
    out = tmp_path / "alarms.csv"
    said = run("find_signals", "--panel", panel, "--format", "csv", "--out", out)
    assert said.code == 0
    assert pd.read_csv(out).to_dict("records") == rows


def test_a_young_file_has_no_alarms_and_open_rows_are_told(run, tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"{HEADING}\nL1,waktu,2026-01,3,40\nL1,waktu,2026-02,,0\n")
    said = run("find_signals", "--panel", path)
    assert (said.code, said.out) == (0, "[]\n")
    assert "n = 0" in said.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("L1,waktu,2026-01,5,4", "row 2, column mean: '5': must be a number from 1 to 4"),
        ("L1,waktu,2026-01,3,-4", "row 2, column n: '-4': must be a whole number"),
        ("L1,waktu,2026-13,3,4", "row 2, column month: '2026-13': must be a month"),
        (",waktu,2026-01,3,4", "row 2, column counter: '': must not be empty"),
        ("L1,waktu,2026-01,3,4\nL1,waktu,2026-01,3,4", "are there already"),
        ("L1,waktu,2026-01,,0", "the file has no answers"),
        ("", "the file has no rows"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(
    run, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"{HEADING}\n{content}\n")
    said = run("find_signals", "--panel", path)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert len(said.err.splitlines()) == 1


def test_odd_calls_are_refused(run, panel: Path, tmp_path: Path) -> None:
    for more in (
        ("--per-year", "0"),
        ("--per-year", "x"),
        ("--format", "xml"),
        ("--agency", "x"),  # the database's
        ("--out", tmp_path / "none" / "a.json"),
    ):
        assert run("find_signals", "--panel", panel, *more).code == 2, more
    assert "no.csv" in run("find_signals", "--panel", tmp_path / "no.csv").err
