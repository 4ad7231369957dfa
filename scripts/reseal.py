"""Seal every second step with the newest key, so that an old key may go.

Example: .venv/bin/python scripts/reseal.py
Exit 0 when all are under the newest key, 1 when a key is missing for some.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.access.second_step import seal_all_again
from feedback_app.services.upkeep.schema import note_keys
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Print how many were sealed again."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        site = open_office()
        done, lost = seal_all_again(site)
        note_keys(site)
    except (SettingsError, NotSavedError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{done} sealed again")
    if lost:
        print(
            f"no key opens the second step of {len(lost)} accounts; bring the old key back, or "
            "let an admin remove them",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
