"""Delete what is past its time, decide what nobody decided, start the backup. Run it once a day.

The web server does the same with the first request of staff each day; where nobody logs in for
days, run this by cron or the task planner.

Where BACKUP_TO is set, the day's backup and its drill begin in a process of their own; with --wait
this one ends when they have, with their exit code (0 proven, 1 failed, 2 not sure).

Example: .venv/bin/python scripts/daily_upkeep.py
Exit 0 when it is done, 1 when it stopped because the clock is in doubt (the backup is made all the
same) or nothing can be saved, 2 when the office's files are wrong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import Site
from feedback_app.services.upkeep import daily_backup
from feedback_app.services.upkeep.clock import UpkeepStoppedError
from feedback_app.services.upkeep.retention import run_daily
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Do it, and say how many rows of what there were."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wait", action="store_true", help="until backup and drill are done")
    arguments = parser.parse_args()
    try:
        site = open_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        stopped = _delete_and_decide(site)
    except NotSavedError as error:
        print(error, file=sys.stderr)
        return 1
    running, code = daily_backup.start(site), 0
    if running is not None:
        print("backup\tstarted", flush=True)
        code = running.wait() if arguments.wait else 0
    return stopped or code


def _delete_and_decide(site: Site) -> int:
    """Exit code 1 where the clock is in doubt: nothing was deleted then."""
    try:
        done = run_daily(site)
    except UpkeepStoppedError as error:
        print(error, file=sys.stderr)
        return 1
    for name, count in done.items():
        print(f"{name}\t{count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
