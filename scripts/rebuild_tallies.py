"""Count every rating again into the tallies, or prove that they are right.

Example: .venv/bin/python scripts/rebuild_tallies.py --check
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.services.upkeep.schema import rebuild_tallies, tally_differences
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Exit 0 when tallies equal a recount, 1 when they differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only compare, change nothing")
    arguments = parser.parse_args()
    try:
        site = open_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if not arguments.check:
        rebuild_tallies(site)
    differences = tally_differences(site)
    print(f"{differences} tally rows differ from a recount")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
