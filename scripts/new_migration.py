"""Draft the next migration: what the tables in storage/models have and no migration has made yet.

For developers; CONTRIBUTING.md says what to look at before the draft is kept.

Example: .venv/bin/python scripts/new_migration.py officer_photo
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.services.upkeep.drafting import draft_migration

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def main() -> int:
    """Write the file and name it; exit 1 where there is nothing to write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="what the migration brings, as officer_photo")
    arguments = parser.parse_args()
    if not NAME.fullmatch(arguments.name):
        parser.error(f"{arguments.name!r}: small letters, figures and _ only, as officer_photo")
    written = draft_migration(name=arguments.name)
    if written is None:
        print("Models and migrations agree: there is nothing to write.", file=sys.stderr)
        return 1
    print(f"{written}\nRead it, say in its first line what it brings, then: make quick")
    return 0


if __name__ == "__main__":
    sys.exit(main())
