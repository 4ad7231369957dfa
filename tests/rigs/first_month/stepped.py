"""A script of the office with its clock shifted by as many seconds as a file says.

As `stepped.py CLOCK_FILE SCRIPT ARGUMENTS…`: the script itself is not changed, and the processes
that it forks keep the clock.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from feedback_app.services import site
from tests.rigs.first_month.clock import ClockInFile


def main(clock_file: str, script: str, *arguments: str) -> None:
    """Become the script."""
    clock = ClockInFile(Path(clock_file))
    site.system_clock = clock
    site.open_site.__kwdefaults__ = {"clock": clock}
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
