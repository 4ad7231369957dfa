"""find_needs as an analyst calls it: a panel or the database in, the contract's rows out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from feedback_app.config import Settings
from feedback_app.files.needs_files import COLUMNS
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.models import AuditEntry
from tests.conftest import Copied
from tests.ground.needs import OFFICERS, add_need_scores
from tests.ground.office import Office, build_office, known_office
from tests.rigs.needs_worlds import BAD_COUNTER, BAD_OFFICER, draw_office
from tests.rigs.needs_worlds import Office as World
from tests.scripts.test_impact_scripts import run as run  # noqa: PLC0414 (a fixture)

FIELDS = [
    "level",
    "ref",
    "item",
    "gap",
    "ci_lo",
    "ci_hi",
    "reliability",
    "nature",
    "peer_expected",
    "n",
    "answers_needed",
]
NATURES = {"training", "process", "ask", "cannot_tell", "inseparable", None}


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """An office with a weak officer and a counter at fault, as a file."""
    return write(tmp_path / "panel.csv", World("w", officer_gap=0.4, counter_fault=0.35))


def write(path: Path, world: World) -> Path:
    drawn = draw_office(world, 6)
    months = [f"2025-{month + 1:02d}" for month in drawn.month]
    columns = {
        "officer": [drawn.officers[place] for place in drawn.officer],
        "counter": [drawn.counters[place] for place in drawn.counter],
        "service": [drawn.services[place] for place in drawn.service],
        "month": months,
        "item": "kompetensi",
        "score": drawn.score,
        "n": drawn.n.astype(int),
    }
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_a_panel_in_the_contracts_rows_out(run, panel: Path) -> None:
    said = run("find_needs", "--panel", panel)
    assert said.code == 0, said.err
    rows = json.loads(said.out)
    assert all(list(row) == FIELDS for row in rows)
    assert {row["nature"] for row in rows} <= NATURES
    known = {(row["level"], row["ref"]): row for row in rows}
    assert len(known) == len(rows) == 24 + 8 + 1
    assert known["officer", f"o{BAD_OFFICER}"]["nature"] == "training"
    assert known["counter", f"L{BAD_COUNTER}"]["nature"] == "process"
    assert known["unit", "all"]["nature"] is None  # nine months of its own past, and no gap
    assert said.err == ""  # no progress bar where nobody looks


def test_numbers_are_null_where_there_is_none(run, tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"{','.join(COLUMNS)}\no1,L1,ktp,2026-01,kompetensi,3,4\n")
    said = run("find_needs", "--panel", path)
    assert said.code == 0, said.err
    rows = json.loads(said.out)
    assert [row["level"] for row in rows] == ["officer", "counter", "unit"]
    for row in rows:
        assert row["nature"] == "cannot_tell"
        assert {row[name] for name in FIELDS[3:7]} == {None}
        assert (row["peer_expected"], row["n"], row["answers_needed"]) == (None, 4, None)


def test_csv_out_file_and_delta(run, panel: Path, tmp_path: Path) -> None:
    out = tmp_path / "needs.csv"
    said = run("find_needs", "--panel", panel, "--format", "csv", "--out", out, "--delta", "0,9")
    assert (said.code, said.out) == (0, "")
    frame = pd.read_csv(out)
    assert list(frame.columns) == FIELDS
    assert "training" not in set(frame["nature"])
    assert out.stat().st_mode & 0o077 == 0
    shown = run("find_needs", "--panel", panel, "--format", "csv", "--seed", 5).out
    assert shown == run("find_needs", "--panel", panel, "--format", "csv").out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("o1,L1,ktp,2026-01,kompetensi,5,4", "row 2, column score: '5': must be a number"),
        ("o1,L1,ktp,2026-01,kompetensi,3,-4", "row 2, column n: '-4': must be a whole number"),
        ("o1,L1,ktp,2026-01,sopan,3,4", "row 2, column item: 'sopan': must be one of"),
        ("o1,L1,ktp,2026-01,kompetensi,,0", "panel.csv: the file has no answers"),
        ("", "panel.csv: the file has no rows"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(
    run, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"officer,counter,service,month,item,score,n\n{content}\n")
    said = run("find_needs", "--panel", path)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert len(said.err.splitlines()) == 1


def test_odd_calls_are_refused(run, panel: Path, tmp_path: Path) -> None:
    for more in (
        ("--delta", "x"),
        ("--delta", "-1"),
        ("--seed", "-1"),
        ("--format", "xml"),
        ("--named",),
        ("--purpose", "x"),
        ("--named", "--purpose", "x"),  # names are the database's
        ("--out", tmp_path / "none" / "a.json"),
    ):
        assert run("find_needs", "--panel", panel, *more).code == 2, more
    said = run("find_needs", "--panel", tmp_path / "no.csv")
    assert said.code == 2
    assert "no.csv" in said.err


def test_rows_without_answers_are_noted_in_english(run, panel: Path) -> None:
    with panel.open("a") as file:
        file.write("o1,L1,s0,2024-01,perilaku,,0\n")
    said = run("find_needs", "--panel", panel)
    assert said.code == 0
    assert said.err.splitlines() == [
        f"{panel}: Rows without answers (n = 0) that were passed over: 1."
    ]


def make_small_office(_database_url: str, folder: Path) -> None:
    site = open_site(Settings.from_environment({"INSTANCE_DIR": str(folder / "instance")}))
    upgrade_schema(site)
    build_office(site)
    site.db.close()


@pytest.fixture
def live(
    copied: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Site, Office]]:
    """A site that the script finds through the environment."""
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with copied(make_small_office, "sqlite", tmp_path):
        site = open_site(Settings.from_environment())
        yield site, known_office(site)
        site.db.close()


def test_the_database_is_read_under_pseudonyms_and_logged(run, live) -> None:
    site, office = live
    add_need_scores(site, office)
    said = run("find_needs")
    assert said.code == 0, said.err
    rows = json.loads(said.out)
    refs = {row["ref"] for row in rows if row["level"] == "officer"}
    assert len(refs) == OFFICERS
    assert all(ref.startswith("P") and len(ref) == 13 for ref in refs)
    assert {row["ref"] for row in rows if row["level"] == "counter"} == {"A1", "A2"}
    assert {row["ref"] for row in rows if row["level"] == "unit"} == {"A"}
    assert [row["item"] for row in rows if row["nature"] == "training"] == ["perilaku"]
    named = run("find_needs", "--named", "--purpose", "rencana 2027")
    trained = [row["ref"] for row in json.loads(named.out) if row["nature"] == "training"]
    assert trained == ["Pegawai 02"]
    with site.db.read() as session:
        logged = session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("export_needs"))
        ).all()
    assert {(entry.action, entry.detail["purpose"]) for entry in logged} == {
        ("export_needs", ""),
        ("export_needs_named", "rencana 2027"),
    }


def test_a_database_without_verified_answers_says_so(run, live) -> None:
    site, office = live
    add_need_scores(site, office, tier="poster")
    said = run("find_needs")
    assert (said.code, said.out) == (2, "")
    assert "belum ada penilaian terverifikasi" in said.err
