"""link_scores and measure_impact as an analyst calls them: files in, files out, faults told."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from feedback_app.config import Settings
from feedback_app.impact.panel import month_text
from feedback_app.impact.results import Estimate
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.models import AuditEntry, Officer
from tests.conftest import Copied
from tests.ground.happened import add_told
from tests.ground.office import Office, build_office, known_office
from tests.ground.scores import MONTHS, OFFICERS, TRAINED, TRAINED_AT, add_scores, month_day
from tests.rigs.worlds import World, draw

START = 2024 * 12  # the worlds' month 0 is January 2024
FIELDS = [
    "training",
    "item",
    "method",
    "estimand",
    "estimate",
    "se",
    "ci_lo",
    "ci_hi",
    "p",
    "p_maxT",
    "q_bh",
    "n_trained",
    "n_controls",
    "n_clusters",
    "cluster_level",
    "n_responses",
    "pre_gap",
    "dip_p",
    "bracket_lo",
    "bracket_hi",
    "mde80",
    "share_top",
    "share_low",
    "verdict",
    "warnings",
    "seed",
]


@dataclass
class Said:
    """What a script answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Call a script's main with these arguments."""

    def call(script: str, *arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
        try:
            code = importlib.import_module(f"scripts.{script}").main()
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        said = capsys.readouterr()
        lines = said.err.splitlines(keepends=True)
        if lines and lines[0].startswith("Suara Loket: "):  # which folder is read
            lines = lines[1:]
        return Said(code, said.out, "".join(lines))

    return call


@pytest.fixture
def world(tmp_path: Path) -> tuple[Path, Path]:
    """A panel and events with an effect of +.2 as files."""
    return write_world(tmp_path, World("w", effect=0.2, dates=(11, 17), a_date=8))


def write_world(folder: Path, world: World) -> tuple[Path, Path]:
    drawn = draw(world, 3)
    panel = drawn.panel
    rows = [
        (f"o{o}", f"L{panel.unit[o, t]}", month_text(START + t), panel.score[0, o, t], n)
        for o in range(len(panel.officers))
        for t, n in enumerate(panel.n[0, o].astype(int))
    ]
    paths = folder / "panel.csv", folder / "events.csv"
    names = ["officer", "counter", "month", "score", "n"]
    pd.DataFrame(rows, columns=names).to_csv(paths[0], index=False)
    events = [
        (f"o{e.officer}", e.training, month_text(START + e.month) + "-15", e.reason, "", 5e6)
        for e in drawn.events
    ]
    names = ["officer", "training", "date", "reason", "assigned_unit", "cost"]
    pd.DataFrame(events, columns=names).to_csv(paths[1], index=False)
    return paths


def measure(run, paths: tuple[Path, Path], out: Path, *more: object) -> Said:
    files = ("--panel", paths[0], "--events", paths[1], "--out", out, "--draws", 499)
    return run("measure_impact", *files, *more)


def test_files_in_estimates_report_and_pictures_out(run, world, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    said = measure(run, world, out)
    assert said.code == 0, said.err
    assert "improved" in said.out
    names = {path.name for path in out.iterdir()}
    assert {"estimates.csv", "diagnostics.csv", "report.html"} <= names
    assert any(name.startswith("event-study-01-course-score") for name in names)
    table = pd.read_csv(out / "estimates.csv")
    assert list(table.columns) == FIELDS
    assert table.loc[0, "ci_lo"] > 0
    assert table.loc[0, "ci_lo"] < 0.2 < table.loc[0, "ci_hi"]
    svg = next(out.glob("*.svg")).read_text()
    assert svg.startswith("<svg")
    assert "xmlns" in svg
    english = measure(run, world, out, "--language", "en")
    assert english.code == 0
    assert "What is known" in (out / "report.html").read_text()


def test_json_prints_the_published_fields_only(run, world, tmp_path: Path) -> None:
    assert [field.name for field in fields(Estimate)] == FIELDS
    said = measure(run, world, tmp_path / "o", "--format", "json")
    (one,) = json.loads(said.out)
    assert list(one) == FIELDS
    assert one["method"] == "ancova"
    assert one["verdict"] == "improved"
    assert one["share_top"] is None  # a file with means only cannot tell
    assert isinstance(one["warnings"], list)
    other = measure(run, world, tmp_path / "o", "--format", "json", "--method", "imputation")
    (two,) = json.loads(other.out)
    assert two["method"] == "imputation"
    assert two["estimate"] == pytest.approx(one["bracket_lo"], abs=1e-9)


def test_the_same_seed_gives_the_same_bytes(run, world, tmp_path: Path) -> None:
    first = measure(run, world, tmp_path / "a", "--format", "json").out
    assert measure(run, world, tmp_path / "b", "--format", "json").out == first
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    other = measure(run, world, tmp_path / "c", "--format", "json", "--seed", 5).out
    a, b = json.loads(first)[0], json.loads(other)[0]
    assert a["estimate"] == b["estimate"]
    assert a["ci_lo"] == pytest.approx(b["ci_lo"], abs=0.03)


def test_semicolons_commas_and_parquet_are_read_too(run, world, tmp_path: Path) -> None:
    first = json.loads(measure(run, world, tmp_path / "a", "--format", "json").out)
    frame = pd.read_csv(world[0])
    parquet = tmp_path / "p.parquet"
    duckdb.from_df(frame).write_parquet(str(parquet))
    read = measure(run, (parquet, world[1]), tmp_path / "b", "--format", "json")
    assert json.loads(read.out)[0]["estimate"] == pytest.approx(first[0]["estimate"], abs=1e-12)
    semi = tmp_path / "semi.csv"
    frame.to_csv(semi, index=False, sep=";", decimal=",")
    read = measure(run, (semi, world[1]), tmp_path / "c", "--format", "json")
    assert json.loads(read.out)[0]["estimate"] == pytest.approx(first[0]["estimate"], abs=1e-12)


PANEL_FAULTS = {
    "a score of 5": (3, "score", "5", "must be a number from 1 to 4"),
    "a score of 0.9": (3, "score", "0.9", "must be a number from 1 to 4"),
    "a word": (3, "score", "baik", "must be a number from 1 to 4"),
    "nan": (3, "score", "nan", "must be a number from 1 to 4"),
    "a month 13": (4, "month", "2024-13", "must be a month like 2026-11"),
    "half an answer": (5, "n", "3.5", "must be a whole number"),
    "a negative count": (5, "n", "-3", "must be a whole number"),
    "nobody": (6, "officer", "", "must not be empty"),
}


@pytest.mark.parametrize("fault", PANEL_FAULTS.values(), ids=PANEL_FAULTS)
def test_a_bad_cell_is_told_by_row_and_column(run, world, tmp_path: Path, fault) -> None:
    row, column, value, reason = fault
    frame = pd.read_csv(world[0], dtype=str)
    frame.loc[row - 2, column] = value
    frame.to_csv(world[0], index=False)
    said = measure(run, world, tmp_path / "out")
    assert said.code == 2
    assert f"row {row}, column {column}: {value!r}: {reason}" in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_bad_events_are_told_by_row_and_column(run, world, tmp_path: Path) -> None:
    lines = world[1].read_text().splitlines()
    lines += [lines[1], "o99,course,2024-05-05,,,", "o1,course,kemarin,because,,-3"]
    world[1].write_text("\n".join(lines))
    said = measure(run, world, tmp_path / "out")
    assert said.code == 2
    last = len(lines)
    for row, column, reason in (
        (last - 2, "officer", "already"),
        (last - 1, "officer", "not in the panel"),
        (last, "date", "must be a date"),
        (last, "reason", "must be one of"),
        (last, "cost", "must be rupiah"),
    ):
        assert any(
            f"row {row}, column {column}:" in line and reason in line
            for line in said.err.splitlines()
        ), (row, column, said.err)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file is empty"),
        (b"officer,counter,month,score,n\n", "no rows"),
        (b"officer,counter,month,score\na,b,2024-01,3\n", "column is missing: n"),
        (b"officer,officer,counter,month,score,n\na,a,b,2024-01,3,9\n", "twice"),
        (b"\x00\x01\x02\xff", "not a text table"),
    ],
)
def test_a_file_that_is_no_panel_is_one_clear_line(
    run, world, tmp_path: Path, content: bytes, reason: str
) -> None:
    world[0].write_bytes(content)
    said = measure(run, world, tmp_path / "out")
    assert said.code == 2
    assert reason in said.err
    assert "panel.csv" in said.err
    assert not (tmp_path / "out").exists()


def events_file(path: Path, rows: list[tuple[str, str, str]]) -> None:
    lines = ["officer,training,date", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines))


def codes(run, paths: tuple[Path, Path], out: Path, *more: object) -> list[str]:
    said = measure(run, paths, out, "--format", "json", *more)
    assert said.code == 0, said.err
    (one,) = json.loads(said.out)
    if one["estimate"] is None:
        assert one["verdict"] == "cannot tell"
        assert {one[name] for name in ("se", "ci_lo", "ci_hi", "p", "p_maxT", "q_bh")} == {None}
    return list(one["warnings"])


def test_what_cannot_be_estimated_gets_its_code(run, world, tmp_path: Path) -> None:
    everybody = [f"o{i}" for i in range(40)]
    cases = {
        "all on one day": ([(o, "c", "2024-12-10") for o in everybody], {"NO_COMPARISON"}),
        "two officers": ([(o, "c", "2024-12-10") for o in everybody[:2]], {"TOO_FEW_TRAINED"}),
        "before the data": ([(o, "c", "1999-01-10") for o in everybody[:9]], {"TOO_FEW_TRAINED"}),
        "after the data": ([(o, "c", "2031-01-10") for o in everybody[:9]], {"SHORT_WINDOW"}),
        "in the last month": ([(o, "c", "2026-06-10") for o in everybody[:9]], {"SHORT_WINDOW"}),
        "in the first": ([(o, "c", "2024-01-10") for o in everybody[:9]], {"TOO_FEW_TRAINED"}),
        "seven untrained": ([(o, "c", "2024-12-10") for o in everybody[7:]], {"NO_COMPARISON"}),
    }
    for name, (rows, wanted) in cases.items():
        events_file(world[1], rows)
        found = codes(run, world, tmp_path / "out")
        assert wanted <= set(found), (name, found)
        assert "HIDDEN_SELECTION" not in found  # there is no estimate to doubt


def test_few_unknown_and_overlapping_are_warned_of(run, world, tmp_path: Path) -> None:
    rows = [(f"o{i}", "c", "2025-03-10") for i in range(5)]
    events_file(world[1], rows)
    found = codes(run, world, tmp_path / "out")
    assert {"FEW_TRAINED", "HIDDEN_SELECTION"} <= set(found)
    events_file(world[1], [*rows, *((f"o{i}", "d", "2025-05-10") for i in range(9))])
    assert "OVERLAP" in codes(run, world, tmp_path / "out", "--training", "c")
    said = measure(run, world, tmp_path / "x", "--training", "zzz")
    assert said.code == 2
    assert "known: c, d" in said.err


def test_one_officer_and_months_without_answers(run, world, tmp_path: Path) -> None:
    frame = pd.read_csv(world[0], dtype=str)
    events = world[1].read_text()
    frame[frame["officer"] == "o0"].to_csv(world[0], index=False)
    events_file(world[1], [("o0", "c", "2024-12-10")])
    assert {"TOO_FEW_TRAINED", "NO_COMPARISON"} <= set(codes(run, world, tmp_path / "a"))
    world[1].write_text(events)
    rng = np.random.default_rng(2)
    thin = frame.copy()
    empty = rng.random(len(thin)) < 0.15
    thin.loc[empty, ["score", "n"]] = ["", "0"]
    thin = thin[~thin["month"].isin(["2024-05", "2025-09"])]  # and two months are not there
    thin.to_csv(world[0], index=False)
    assert "NO_COMPARISON" not in codes(run, world, tmp_path / "b")
    few = frame.assign(n="7")
    few.to_csv(world[0], index=False)
    assert "THIN_CELLS" in codes(run, world, tmp_path / "c")
    frame.assign(n="0", score="").to_csv(world[0], index=False)
    assert "TOO_FEW_TRAINED" in codes(run, world, tmp_path / "d")


def test_whole_counters_are_compared_with_counters(run, tmp_path: Path) -> None:
    many = write_world(tmp_path, World("c", selection="counters", a_date=1, effect=0.2))
    frame = pd.read_csv(many[1], dtype=str)
    frame.assign(assigned_unit="counter").to_csv(many[1], index=False)
    (one,) = json.loads(measure(run, many, tmp_path / "o", "--format", "json").out)
    assert (one["cluster_level"], one["n_clusters"]) == ("counter", 10)
    assert "CLUSTERED" not in one["warnings"]
    folder = tmp_path / "few"
    folder.mkdir()
    few = write_world(
        folder, World("c", counters=4, selection="counters", a_date=1, dates=(14,), effect=0.2)
    )
    (one,) = json.loads(
        measure(run, few, tmp_path / "o", "--format", "json", "--level", "counter").out
    )
    assert "CLUSTERED" in one["warnings"]
    assert one["verdict"] == "cannot tell"  # four assignments cannot show anything
    assert one["ci_lo"] is None


@pytest.mark.parametrize(
    "more",
    [("--horizon", "1"), ("--horizon", "x"), ("--draws", "5"), ("--seed", "-1"), ("--level", "x")],
)
def test_odd_options_are_refused(run, world, tmp_path: Path, more: tuple[str, str]) -> None:
    assert measure(run, world, tmp_path / "o", *more).code == 2
    assert run("measure_impact", "--panel", world[0], "--out", tmp_path / "o").code == 2


def make_scored(_database_url: str, folder: Path) -> None:
    site = open_site(Settings.from_environment({"INSTANCE_DIR": str(folder / "instance")}))
    upgrade_schema(site)
    add_scores(site, build_office(site))
    site.db.close()


@pytest.fixture
def live(
    copied: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Site, Office]]:
    """A site that the scripts find through the environment."""
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with copied(make_scored, "sqlite", tmp_path):
        site = open_site(Settings.from_environment())
        yield site, known_office(site)
        site.db.close()


def test_the_linked_table_has_a_codebook_and_stable_pseudonyms(run, live, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.parquet"
    assert run("link_scores", "--out", first).code == 0
    assert run("link_scores", "--out", second, "--from", "2025-10", "--to", "2025-12").code == 0
    frame = pd.read_csv(first)
    book = pd.read_csv(tmp_path / "a-codebook.csv")
    assert list(book["column"]) == list(frame.columns)
    assert len(frame) == OFFICERS * MONTHS * 4
    later = duckdb.read_parquet(str(second)).df()
    assert set(later["officer"]) == set(frame["officer"])
    assert set(later["month"]) == {"2025-10", "2025-11", "2025-12"}
    assert not frame["officer"].str.contains("Petugas").any()
    row = frame[(frame["month"] == "2026-06") & (frame["element"] == "perilaku")]
    assert row["trainings_so_far"].sum() == TRAINED
    assert set(row["months_since_last"].dropna()) == {2.0}
    assert ((row["low"] <= row["mean"]) & (row["mean"] <= row["high"])).all()


def test_names_are_given_for_a_purpose_that_is_logged(run, live, tmp_path: Path) -> None:
    site, _office = live
    out = tmp_path / "n.csv"
    assert run("link_scores", "--out", out, "--named").code == 2
    assert run("link_scores", "--out", out, "--named", "--purpose", "  ").code == 2
    assert run("link_scores", "--out", out, "--purpose", "x").code == 2
    assert not out.exists()
    assert run("link_scores", "--out", out, "--named", "--purpose", "banding Bu Sari").code == 0
    assert "Petugas 00" in set(pd.read_csv(out)["officer"])
    with site.db.read() as session:
        logged = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "export_linked_named")
        ).all()
    assert [entry.detail["purpose"] for entry in logged] == ["banding Bu Sari"]


def test_odd_outputs_and_months_are_one_clear_line(run, live, tmp_path: Path) -> None:
    for arguments, reason in (
        (("--out", tmp_path / "a.xlsx"), ".csv or .parquet"),
        (("--out", tmp_path / "none" / "a.csv"), "cannot write"),
        (("--out", tmp_path / "a.csv", "--from", "2026-13"), "is no month"),
        (("--out", tmp_path / "a.csv", "--from", "2030-01"), "belum ada bulan penuh"),
    ):
        said = run("link_scores", *arguments)
        assert said.code == 2, arguments
        assert reason in said.err
        assert len(said.err.splitlines()) == 1
    assert list(tmp_path.glob("*.csv")) == []


def test_the_database_is_measured_as_the_page_does(run, live, tmp_path: Path) -> None:
    said = run("measure_impact", "--out", tmp_path / "o", "--format", "json", "--draws", 499)
    assert said.code == 0, said.err
    found = {row["item"]: row for row in json.loads(said.out)}
    assert found["perilaku"]["verdict"] == "improved"
    assert found["perilaku"]["share_top"] > 0.1
    assert found["perilaku"]["n_trained"] == TRAINED


def test_an_export_read_back_gives_the_same_numbers(run, live, tmp_path: Path) -> None:
    folder = tmp_path / "paket"
    purpose = ("--purpose", "diulang universitas")
    after = month_day(TRAINED_AT + 1)
    add_told(*live, counter="A2", kind="machine", first=after, last=after, words="Mesin rusak")
    here = run(
        "measure_impact", "--out", tmp_path / "a", "--export", folder, *purpose,
        "--draws", "199", "--format", "json",
    )  # fmt: skip
    assert here.code == 0, here.err
    read = ("--panel", folder / "panel.csv", "--events", folder / "events.csv")
    again = run(
        "measure_impact", *read, "--out", tmp_path / "b", "--draws", "199", "--format", "json"
    )
    assert again.code == 0, again.err
    assert json.loads(again.out) == json.loads(here.out)
    assert "HAPPENING" in here.out
    for name in ("estimates.csv", "diagnostics.csv", "verdicts.csv"):
        assert (tmp_path / "b" / name).read_text() == (tmp_path / "a" / name).read_text(), name
    panel = pd.read_csv(folder / "panel.csv")
    with live[0].db.read() as session:
        known = {str(i) for i in session.scalars(select(Officer.id))}
        logged = list(
            session.scalars(select(AuditEntry).where(AuditEntry.action == "export_study_panel"))
        )
    assert not known & set(panel["officer"])
    assert [entry.detail["purpose"] for entry in logged] == ["diulang universitas"]
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    second = tmp_path / "lagi"
    assert run("measure_impact", "--export", second, *purpose).code == 0
    assert not set(pd.read_csv(second / "panel.csv")["officer"]) & set(panel["officer"])


def test_an_export_needs_a_purpose_and_the_database(run, live, world, tmp_path: Path) -> None:
    folder = tmp_path / "paket"
    for more in (
        (),
        ("--purpose", "  "),
        ("--purpose", "x", "--panel", world[0], "--events", world[1]),
    ):
        said = run("measure_impact", "--export", folder, *more)
        assert said.code == 2
        assert len(said.err.splitlines()) == 1
    assert not folder.exists()
    assert run("measure_impact").code == 2


def test_parquet_with_names_is_closed_to_others(run, live, tmp_path: Path) -> None:
    out = tmp_path / "n.parquet"
    assert run("link_scores", "--out", out, "--named", "--purpose", "uji").code == 0
    assert out.stat().st_mode & 0o077 == 0


def two_trainings(tmp_path: Path, of: World, offset: int) -> tuple[Path, Path]:
    """A world's course A, and a course B of the same people some months after."""
    panel, events = write_world(tmp_path, of)
    frame = pd.read_csv(events)
    later = frame.assign(
        training="B",
        date=(pd.to_datetime(frame["date"]) + pd.DateOffset(months=offset)).dt.strftime("%Y-%m-%d"),
    )
    pd.concat([frame, later]).to_csv(events, index=False)
    return panel, events


def test_two_trainings_of_the_same_people_cannot_be_told_apart(run, tmp_path: Path) -> None:
    panel, events = two_trainings(tmp_path, World("a", dates=(14,), a_date=8, effect=0.3), 1)
    said = run("measure_impact", "--panel", panel, "--events", events, "--out", tmp_path / "o")
    assert said.code == 0, said.err
    estimates = pd.read_csv(tmp_path / "o" / "estimates.csv")
    assert set(estimates["verdict"]) == {"cannot be told apart"}
    assert all("OVERLAP" in words for words in estimates["warnings"])
    verdicts = pd.read_csv(tmp_path / "o" / "verdicts.csv").set_index("training")
    assert verdicts.loc["B", "cannot_be_told_from"] == "course"
    assert "dari pelatihan lain" in (tmp_path / "o" / "report.html").read_text()
