"""Say what is unsafe or neglected in this deployment, and what to do about it.

Example: .venv/bin/python scripts/doctor.py --deep
Exit 0 when nothing is bad, 1 when something is, 2 when the settings cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.services.upkeep import doctor


def main() -> int:
    """Print one line a sign."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deep", action="store_true", help="recount every rating too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    arguments = parser.parse_args()
    try:
        signs = doctor.examine_office(deep=arguments.deep)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.format == "json":
        print(json.dumps([asdict(sign) for sign in signs], indent=1))
    else:
        for sign in signs:
            advice = f" -> {sign.advice}" if sign.advice else ""
            print(f"{sign.level:<5}{sign.what:<12}{sign.found}{advice}")
    return 1 if doctor.worst(signs) == "bad" else 0


if __name__ == "__main__":
    sys.exit(main())
