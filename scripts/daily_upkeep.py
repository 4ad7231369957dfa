"""Delete what is past its time and decide what nobody decided. Run it once a day.

The web server does the same with the first request of staff each day; where nobody logs in for
days, run this by cron or the task planner.

Example: .venv/bin/python scripts/daily_upkeep.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import Settings, SettingsError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.retention import run_daily


def main() -> int:
    """Do it, and say how many rows of what there were."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        site = open_site(Settings.from_environment())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    for name, count in run_daily(site).items():
        print(f"{name}\t{count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
