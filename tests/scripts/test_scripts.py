"""The office's scripts as it runs them: their own process, their exit codes, their words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from feedback_app.config import ROOT
from feedback_app.domain.elements import OFFICIAL_KEYS
from tests.domain.test_skm import WORKED
from tests.ground.scripts import Done, run_script

pytestmark = pytest.mark.proof

SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))


def run(script: str, *arguments: str, instance: Path | None = None, typed: str = "") -> Done:
    environment = os.environ | ({"INSTANCE_DIR": str(instance)} if instance else {})
    environment.pop("DATABASE_URL", None)
    return run_script(script, *arguments, environment=environment, typed=typed)


def worked_rows() -> list[list[str]]:
    columns = [
        [str(value) for value, count in enumerate(WORKED[key], start=1) for _ in range(count)]
        for key in OFFICIAL_KEYS
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def skm_file(
    folder: Path, rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> str:
    path = folder / "answers.csv"
    lines = [list(reversed(OFFICIAL_KEYS)), *[row[::-1] for row in rows]]
    path.write_bytes("\n".join(delimiter.join(line) for line in lines).encode(encoding))
    return str(path)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_explains_itself_with_an_example(script: Path) -> None:
    done = run(script.name, "--help")
    assert done.returncode == 0
    assert f"scripts/{script.name}" in done.stdout
    assert "Example" in done.stdout


@pytest.mark.parametrize(("weight", "ikm"), [("1/9", 91.48), ("0.111", 91.38), ("0.11", 90.56)])
def test_skm_index_reproduces_the_worked_example(tmp_path: Path, weight: str, ikm: float) -> None:
    path = skm_file(tmp_path, worked_rows(), delimiter=";", encoding="utf-8-sig")
    done = run("skm_index.py", path, "--weight", weight)
    found = json.loads(done.stdout)
    assert (found["n"], found["ikm"], found["mutu"], found["kinerja"]) == (
        29,
        ikm,
        "A",
        "Sangat Baik",
    )
    assert found["nrr"]["biaya"] == 4.0
    assert list(found["nrr"]) == list(OFFICIAL_KEYS)


def test_skm_index_names_every_bad_cell(tmp_path: Path) -> None:
    rows = [["3"] * 9, ["3"] * 9, ["3"] * 9]
    rows[1][0], rows[2][8] = "5", "²"
    done = run("skm_index.py", skm_file(tmp_path, rows))
    assert done.returncode == 2
    assert done.stdout == ""
    lines = sorted(done.stderr.splitlines())
    assert len(lines) == 2
    assert "row 3" in lines[0]
    assert OFFICIAL_KEYS[0] in lines[0]
    assert "row 4" in lines[1]
    assert OFFICIAL_KEYS[8] in lines[1]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", ",".join(OFFICIAL_KEYS) + "\n"])
def test_skm_index_refuses_what_holds_no_answers(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(content)
    done = run("skm_index.py", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_partial_forms_are_told_and_left_out(tmp_path: Path) -> None:
    rows = [["4"] * 9, ["1"] * 8 + [""]]
    found = json.loads(run("skm_index.py", skm_file(tmp_path, rows)).stdout)
    assert (found["n"], found["partial"], found["ikm"]) == (1, 1, 100.0)


def test_an_office_is_set_up_from_the_command_line(tmp_path: Path) -> None:
    assert run("migrate.py", instance=tmp_path).returncode == 0
    assert run("migrate.py", instance=tmp_path).returncode == 0
    made = run(
        "create_account.py",
        "admin",
        "--name",
        "Admin",
        "--agency",
        "dukcapil",
        "--agency-name",
        "Dinas",
        "--loopback-ok",
        instance=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"admin: http://127\.0\.0\.1:8000/tautan/[\w-]{43}\n", made.stdout)
    quiet = ("create_account.py", "dua", "--name", "Dua", "--password-stdin")
    assert run(*quiet, instance=tmp_path, typed="1234567890\n").returncode == 2
    done = run(*quiet, instance=tmp_path, typed="kuda biru lari pagi\n")
    assert (done.returncode, done.stdout) == (0, "dua: password set\n")
    assert run("reseal.py", instance=tmp_path).stdout == "0 sealed again\n"
    again = run("create_account.py", "admin", "--name", "Dua", "--loopback-ok", instance=tmp_path)
    assert (again.returncode, "sudah dipakai" in again.stderr) == (2, True)
    path = tmp_path / "o.csv"
    path.write_text("nip;nama;status_asn;unit\n1.98609E+17;Siti;PNS;A\n")
    refused = run("import_records.py", "officers", str(path), instance=tmp_path)
    assert refused.returncode == 2
    assert "baris 2, kolom nip: '1.98609E+17'" in refused.stderr
    assert run("import_records.py", "officers", "/nowhere.csv", instance=tmp_path).returncode == 2
    assert run("print_qr_cards.py", "--list", instance=tmp_path).stdout == ""
    assert run("print_qr_cards.py", "--out", "x.pdf", instance=tmp_path).returncode == 1
    assert run("rebuild_tallies.py", "--check", instance=tmp_path).returncode == 0


def test_unsafe_settings_are_refused_in_one_line(tmp_path: Path) -> None:
    environment = os.environ | {"INSTANCE_DIR": str(tmp_path), "BASE_URL": "http://office.example"}
    done = subprocess.run(
        [sys.executable, "scripts/migrate.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "not encrypted" in done.stderr
    assert "Traceback" not in done.stderr
