"""Show the settings of this office, or change them in the instance folder's settings.toml.

Example: .venv/bin/python scripts/settings.py
         .venv/bin/python scripts/settings.py base_url=https://suara.example.go.id time_zone=WITA
An empty value takes a setting out: backup_to= ; a running program reads them at its next start.
The environment counts before the file. docs/runbook.md says what each setting means.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app import instance
from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError, ReadableError
from feedback_app.services.office import first_start
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.wrong_files import say_what_is_read, settings_to_keep

SECRET = ("DATABASE_URL",)  # holds a password
FIXED = ("FIRST_ADMIN",)
IN_DATABASE = ("OFFICE_NAME", "TIME_ZONE")  # pages read the name there, and days are of a zone


def main() -> int:
    """List or change; 2 when a name or a value cannot be used, and then nothing is changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("changes", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()
    file = instance.chosen(os.environ).file
    try:
        kept = instance.read(file)
        say_what_is_read()
        if arguments.changes:
            kept = _change(file, kept, arguments.changes)
    except (SettingsError, instance.SettingsFileError, ReadableError, NotSavedError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    _list(kept)
    if arguments.changes:
        print("jalankan ulang program / restart the program", file=sys.stderr)
    return 0


def _change(file: Path, kept: Mapping[str, str], changes: list[str]) -> dict[str, str]:
    """Keep the changes, all of them or none."""
    wanted = _wanted(kept, changes)
    # What the file will say is looked at even where this shell's environment overrules it.
    settings = settings_to_keep({**os.environ, **wanted})
    changed = {name for name in IN_DATABASE if wanted.get(name) != kept.get(name)}
    if changed:
        first_start.change_settings(open_site(settings), wanted, file, changed=changed)
    else:
        instance.write(file, wanted)
    return wanted


def _wanted(kept: Mapping[str, str], changes: list[str]) -> dict[str, str]:
    wanted = dict(kept)
    for change in changes:
        name, is_given, value = change.partition("=")
        name, value = name.strip().upper(), value.strip()
        if not is_given or name not in instance.NAMES or name in FIXED:
            known = ", ".join(known.lower() for known in instance.NAMES if known not in FIXED)
            raise SettingsError(f"{change}: write NAME=VALUE, NAME one of {known}")
        if not value.isprintable():
            raise SettingsError(f"{name.lower()}: one line of text")
        wanted[name] = value
    return {name: value for name, value in wanted.items() if value}


def _list(kept: Mapping[str, str]) -> None:
    for name in instance.NAMES:
        from_environment = os.environ.get(name, "")
        value = from_environment or kept.get(name, "")
        if value:
            shown = "…" if name in SECRET else value
            source = " (environment)" if from_environment else ""
            print(f"{name.lower()} = {shown}{source}")


if __name__ == "__main__":
    sys.exit(main())
