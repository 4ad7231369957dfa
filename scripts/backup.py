"""Copy the whole office, while it runs, into a folder on another disk; prove that it can be read.

Example: .venv/bin/python scripts/backup.py --to /media/cadangan --keys-to /media/kunci
Prints JSON: outcome, ratings, seconds, taken_at, copy, keys. Exit 0 proven, 1 failed, 2 not sure
or a bad call. The keys are written once, and again when one has changed: keep that file on another
stick. --archive leaves times, devices and unused codes out, for a copy that is kept for long.
--daily is what the program starts each day: BACKUP_TO, then the drill.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.backups import EXIT_CODES, REASONS, BackupFaultError, Done
from feedback_app.services.site import Site
from feedback_app.services.upkeep import backup, copies, daily_backup
from feedback_app.services.upkeep.wrong_files import open_office

PATIENCE = 10  # of a process that must not slow citizens down


def main() -> int:
    """Back up; say on stderr what a person should know."""
    arguments = _arguments()
    try:
        site = open_office()
        if arguments.daily:
            if hasattr(os, "nice"):
                os.nice(PATIENCE)
            done = daily_backup.run_where_due(site)
            return 0 if done is None else _print(done)
        return _back_up(site, arguments)
    except SettingsError as error:
        print(error, file=sys.stderr)
    except BackupFaultError as fault:
        print(fault, file=sys.stderr)
        _print(Done(fault.outcome, fault.reason, None, 0.0, None))
        return EXIT_CODES["not sure"]  # nothing was begun: a bad call
    return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="where copies go; else BACKUP_TO")
    parser.add_argument("--keys-to", metavar="FOLDER", type=Path, help="where the keys go")
    parser.add_argument(
        "--keep", metavar="N", type=_at_least_one, help="so many newest copies stay"
    )
    parser.add_argument("--archive", action="store_true", help="without times and devices")
    parser.add_argument("--daily", action="store_true", help="with drill, as BACKUP_TO says")
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _back_up(site: Site, arguments: argparse.Namespace) -> int:
    settings = site.settings
    folder = arguments.to or settings.backup_to
    if folder is None:
        print("say where: --to FOLDER, or set BACKUP_TO", file=sys.stderr)
        return 2
    order = backup.Order(
        folder,
        arguments.keys_to or settings.backup_keys_to,
        arguments.keep or settings.backup_keep,
        "-arsip" if arguments.archive else "",
    )
    made = backup.back_up(site, order)
    if made.keys is not None:
        print(f"keys: {made.keys} -> put this file on another stick", file=sys.stderr)
    if copies.is_on_the_same_disk(site, folder):
        print(f"{folder} lies on the same disk as the office: use another one", file=sys.stderr)
    return _print(
        made.done,
        copy=str(made.copy) if made.copy else None,
        keys=str(made.keys) if made.keys else None,
    )


def _print(done: Done, **more: str | None) -> int:
    if done.reason:
        print(REASONS[done.reason][1], file=sys.stderr)
    told = {
        "outcome": done.outcome,
        "ratings": done.ratings,
        "seconds": round(done.seconds, 3),
        "taken_at": done.taken_at.isoformat() if done.taken_at else None,
        "reason": done.reason,
    }
    print(json.dumps(told | more))
    return EXIT_CODES[done.outcome]


if __name__ == "__main__":
    sys.exit(main())
