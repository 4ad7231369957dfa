"""A copy of the product that a test may change: what its programs need, and no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from feedback_app.config import ROOT

PARTS = ("feedback_app", "scripts", "static", "templates")


def copy_source(folder: Path) -> Path:
    """The product in this folder; return it."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)  # with what is compiled, to start quicker
    return folder


def run_script(
    source: Path, name: str, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one of the copy's scripts with an instance folder of its own, on SQLite."""
    return subprocess.run(
        [sys.executable, str(source / "scripts" / name), *arguments],
        cwd=source,
        env=environment_of(source) | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def environment_of(source: Path) -> dict[str, str]:
    """Settings by which the copy shares nothing with this machine."""
    own = {"INSTANCE_DIR": str(source / "instance"), "DATABASE_URL": "", "BASE_URL": ""}
    return os.environ | own


def replace_in(path: Path, old: str, new: str) -> None:
    """Change a place of the copy that is there once."""
    text = path.read_text()
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new))
