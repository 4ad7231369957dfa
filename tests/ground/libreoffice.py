"""Real LibreOffice: it recalculates a workbook, whatever figures were written into it."""

from __future__ import annotations

import shutil
import subprocess
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


def recalculated(content: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after recalculating every formula."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
    source = folder / "given.xlsx"
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
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / "out" / "given.xlsx"
