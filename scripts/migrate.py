"""Bring the database to the newest schema.

Example: .venv/bin/python scripts/migrate.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import Settings, SettingsError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema


def main() -> int:
    """Upgrade and say where the schema stands."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        site = open_site(Settings.from_environment())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"schema {upgrade_schema(site)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
