"""Bring the database up to date, and fill an empty one with the made-up office.

`run.py` does this at each start, in the process that then serves. DEMO=0 in the environment starts
an office without made-up data (docs/runbook.md).

Example: .venv/bin/python scripts/set_up.py
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from feedback_app.config import SettingsError
from feedback_app.demo.office import log_ins
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import has_no_agency, upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate


def main() -> int:
    """Set up; 0 when all is ready to serve."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    return set_up()


def set_up() -> int:
    """The exit code: 0 ready, 1 nothing can be saved, 2 a setting or a file is wrong."""
    try:
        site = open_site(settings_to_migrate())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        upgrade_schema(site)
    except NotSavedError as error:
        print(f"the database cannot be brought up to date: {error}", file=sys.stderr)
        return 1
    is_new = has_no_agency(site)
    site.db.close()  # no connection goes into a process that is forked from this one
    if os.environ.get("DEMO") == "0":
        return 0
    if is_new:  # by another process: it needs libraries and memory that serving does not
        command = [sys.executable, str(ROOT / "scripts" / "demo_data.py"), "--if-empty"]
        return subprocess.run(command, check=False).returncode  # noqa: S603 (our own program)
    print(log_ins(site.settings.base_url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
