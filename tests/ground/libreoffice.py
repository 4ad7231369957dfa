"""Real LibreOffice: it recalculates a workbook, whatever figures were written into it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Recalculate on load always (0), never ask; a profile of our own, so that two runs never meet.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@cache
def find_soffice() -> str:
    """Where LibreOffice lies; a missing one fails, it is never skipped."""
    for name in ("soffice", "libreoffice"):
        path = shutil.which(name)
        if path:
            return path
    raise RuntimeError("LibreOffice is missing: apt-get install libreoffice-calc")


def recalculated(workbooks: Mapping[str, bytes], folder: Path) -> Path:
    """A folder of the workbooks, by their names, as LibreOffice saves them.

    Every formula is recalculated. One start, two seconds of CPU, serves them all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
    sources = [folder / f"{name}.xlsx" for name in workbooks]
    for source, content in zip(sources, workbooks.values(), strict=True):
        source.write_bytes(content)
    subprocess.run(
        [
            find_soffice(),
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            *map(str, sources),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / "out"
