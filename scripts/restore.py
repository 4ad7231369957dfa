"""Bring an office back from a copy, or try whether the newest one could be.

Example: .venv/bin/python scripts/restore.py --from /media/cadangan/suara-loket-….db.gz \\
             --keys /media/kunci/suara-loket-…-kunci-….json --into /var/lib/suara-loket
Example: .venv/bin/python scripts/restore.py --drill
--into is an empty folder, or an empty database: postgresql://user@host/name (then the keys go into
INSTANCE_DIR/keys). Nothing is ever overwritten. Prints JSON: outcome, ratings, seconds, taken_at.
Exit 0 proven, 1 failed, 2 not sure or a bad call.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError, database_url, office_folder
from feedback_app.domain.backups import EXIT_CODES, REASONS, BackupFaultError, Done
from feedback_app.files.copies import read_keys
from feedback_app.services.site import system_clock
from feedback_app.services.upkeep import restore
from feedback_app.services.upkeep.drill import drill, folder_of
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Restore or try; say on stderr what a person should do."""
    parser = _parser()
    arguments = parser.parse_args()
    is_whole = arguments.copy and arguments.keys and arguments.into
    if not arguments.drill and not is_whole:
        parser.error("needs --from, --keys and --into; or --drill")
    try:
        done = _drill(arguments) if arguments.drill else _restore(arguments)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except BackupFaultError as fault:
        print(fault, file=sys.stderr)
        done = Done(fault.outcome, fault.reason, None, 0.0, None)
    else:
        if done.reason:
            print(REASONS[done.reason][1], file=sys.stderr)
    print(
        json.dumps(
            {
                "outcome": done.outcome,
                "ratings": done.ratings,
                "seconds": round(done.seconds, 3),
                "taken_at": done.taken_at.isoformat() if done.taken_at else None,
                "reason": done.reason,
            }
        )
    )
    return EXIT_CODES[done.outcome]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="copy", metavar="FILE", type=Path, help="the copy")
    parser.add_argument("--keys", metavar="FILE", type=Path, help="the file of keys")
    parser.add_argument("--into", metavar="EMPTY", help="folder, or postgresql://…/database")
    parser.add_argument("--drill", action="store_true", help="try the newest copy, change nothing")
    parser.add_argument("--copies", metavar="FOLDER", type=Path, help="for --drill; else BACKUP_TO")
    parser.add_argument("--count-again", action="store_true", help="tallies of the copy are wrong")
    return parser


def _drill(arguments: argparse.Namespace) -> Done:
    site = open_office()
    return drill(site, arguments.copies or folder_of(site), keys=arguments.keys)


def _restore(arguments: argparse.Namespace) -> Done:
    keys = read_keys(arguments.keys)
    tallies: restore.Tallies = "counted again" if arguments.count_again else "as they are"
    if "://" not in arguments.into:
        folder = Path(arguments.into)
        return restore.restore_into_folder(
            arguments.copy, keys, folder, clock=system_clock, tallies=tallies
        )
    return restore.restore_into_postgres(
        arguments.copy,
        keys,
        database_url({"DATABASE_URL": arguments.into}, office_folder()),
        instance=office_folder(),
        clock=system_clock,
        tallies=tallies,
    )


if __name__ == "__main__":
    sys.exit(main())
