"""Bring the database to the newest schema.

Example: .venv/bin/python scripts/migrate.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate


def main() -> int:
    """Upgrade and say where the schema stands."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        site = open_site(settings_to_migrate())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        print(f"schema {upgrade_schema(site)}")
    except NotSavedError as error:
        print(f"the database cannot be brought up to date: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
