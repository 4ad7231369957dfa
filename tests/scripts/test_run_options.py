"""What run.py is told in words does what a variable does, on every shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run
from feedback_app import instance
from feedback_app.config import ROOT
from tests.ground.browser import free_port
from tests.ground.source_copy import copy_source

NAMES = ("DEMO", "LOOPBACK_OK", "PORT", "HOST", "INSTANCE_DIR")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")  # put back afterwards, whatever run.py sets


@pytest.mark.parametrize(
    ("words", "rest", "found"),
    [
        (["--office"], [], {"DEMO": "0"}),
        (["--demo", "--port", "8001"], [], {"DEMO": "1", "PORT": "8001"}),
        (["dev", "--port=8002"], ["dev"], {"PORT": "8002"}),
        (["--office", "--loopback-ok"], [], {"LOOPBACK_OK": "1"}),
        (["test", "--quick", "--port"], ["test", "--quick", "--port"], {"PORT": ""}),
    ],
)
def test_options_stand_for_settings(
    words: list[str], rest: list[str], found: dict[str, str]
) -> None:
    assert run._take_options(words) == rest
    assert {name: os.environ[name] for name in found} == found


@pytest.mark.parametrize("words", [["--port"], ["--port", "x"], ["--port="], ["--port=0"]])
def test_a_port_that_is_none_is_refused_in_words(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(words) == 1
    assert "PORT must be a number" in capsys.readouterr().err


def test_office_and_demo_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--office", "--demo"]) == 1
    assert "--demo contradicts DEMO=0" in capsys.readouterr().err


def test_the_file_says_where_to_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    instance.write(tmp_path / "settings.toml", {"PORT": str(port)})
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    assert run.address() == ("127.0.0.1", port)
    (tmp_path / "settings.toml").write_text("port = ")
    assert run.main([]) == 1


@pytest.mark.long
@pytest.mark.proof
def test_a_fresh_copy_keeps_demo_and_office_apart(tmp_path: Path) -> None:
    """What is in a clone, with the folders that it chooses by itself."""
    source = copy_source(tmp_path / "copy")
    shutil.copy(ROOT / "run.py", source / "run.py")
    cleared = dict.fromkeys((*instance.NAMES, *NAMES), "")

    def said(name: str, **settings: str) -> str:
        done = subprocess.run(
            [sys.executable, str(source / "scripts" / name)],
            cwd=tmp_path,
            env=os.environ | cleared | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr
        return done.stderr

    def folders() -> set[str]:
        return {path.name for path in source.glob("instance*")}

    assert said("migrate.py").startswith("Suara Loket: instance-demo/ (data contoh / demo)")
    assert folders() == {"instance-demo"}
    office = said("migrate.py", DEMO="0")
    assert office.startswith("Suara Loket: instance/ (kantor / office)")
    assert folders() == {"instance", "instance-demo"}
    assert said("migrate.py") == office  # the office comes first once it is there
    assert said("doctor.py", DEMO="1").startswith("Suara Loket: instance-demo/")
