"""Delete the fine times and device marks of ratings older than 14 days. Run it once a day.

Example: .venv/bin/python scripts/delete_old_screening.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import Settings, SettingsError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep import delete_old_screening


def main() -> int:
    """Delete, and say how many rows there were."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        site = open_site(Settings.from_environment())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{delete_old_screening(site)} screening rows deleted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
