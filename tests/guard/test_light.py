"""A web process stays small: what only files and studies need is not loaded to serve a citizen."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from feedback_app.config import ROOT, Settings
from feedback_app.domain.elements import ALL_KEYS
from tests.conftest import NOON

# Each takes 5 to 600 ms to load, or 3 to 100 MB (docs/performance.md).
HEAVY = (
    "PIL",
    "alembic",
    "authlib",
    "docx",
    "duckdb",
    "joserfc",
    "lxml",
    "mako",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "qrcode",
    "requests",
    "scipy",
    "typst",
    "xlsxwriter",
    "zxcvbn",
    "feedback_app.impact.measure",
    "feedback_app.demo",
)
PROGRAM = """
import pickle, re, sys
from datetime import datetime
import feedback_app.wiring
{planted}
heavy, keys, settings, now, place = pickle.loads(bytes.fromhex(sys.argv[1]))
client = feedback_app.wiring.create_app(settings, clock=lambda: now).test_client()
print("start", *(name for name in heavy if name in sys.modules))
page = client.get("/q/" + place).get_data(as_text=True)
token = re.search(r'name="token" value="([^"]+)"', page)[1]
answers = dict.fromkeys(keys, "3") | {"token": token, "served_by": "not_sure"}
sent = client.post("/q/" + place, data=answers, follow_redirects=True)
assert sent.status_code == 200 and "Diterima" in sent.get_data(as_text=True), sent
assert client.get("/").status_code == client.get("/hasil/").status_code == 200
print("served", *(name for name in heavy if name in sys.modules))
"""


def loaded(settings: Settings, place: str, planted: str = "") -> list[str]:
    """What of HEAVY a fresh process has loaded, at its start and after a citizen's answer."""
    given = pickle.dumps((HEAVY, ALL_KEYS, settings, NOON, place)).hex()
    command = [sys.executable, "-c", PROGRAM.replace("{planted}", planted), given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_start_form_and_receipt_load_nothing_heavy(
    settings: Settings, office: object, place: str
) -> None:
    assert loaded(settings, place) == ["start", "served"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("import alembic", "alembic mako"),
        ("import feedback_app.services.impact.panel", "numpy"),
    ],
)
def test_the_guard_finds_a_planted_import(
    settings: Settings, office: object, place: str, planted: str, found: str
) -> None:
    assert loaded(settings, place, planted) == [f"start {found}", f"served {found}"]


def test_one_file_of_the_package_loads_no_page() -> None:
    """Scripts and the helper process start by that."""
    code = "import sys, feedback_app.files.exports; print('flask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "False"
