"""Take other keys as this database's: only where its own are lost for good.

Missing keys are made. With another key of the cards every printed QR card must be printed again;
with another key of sessions everybody logs in anew, second steps and visit codes are lost.

Example: .venv/bin/python scripts/accept_keys.py --the-old-keys-are-lost
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import accept_keys
from feedback_app.services.upkeep.wrong_files import settings_with_other_keys


def main() -> int:
    """Note the keys; 2 where something else is wrong too, or the call does not say it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--the-old-keys-are-lost", action="store_true", required=True)
    parser.parse_args()
    try:
        accept_keys(open_site(settings_with_other_keys()))
    except (SettingsError, NotSavedError) as error:
        print(error, file=sys.stderr)
        return 2
    print("These keys are this database's from now on. Print every QR card again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
