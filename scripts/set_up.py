"""Bring the database up to date; fill an empty demo with the made-up office.

`run.py` does this at each start, in the process that then serves. DEMO=0 in the environment means
an office, which never gets made-up data (docs/runbook.md).

Example: .venv/bin/python scripts/set_up.py
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from feedback_app.config import SettingsError, locations, settings_in_effect
from feedback_app.demo.office import log_ins
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.access.accounts import is_still_invited
from feedback_app.services.office.agency import any_is_demo
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.made_up import LOG_INS_ARE_OFF, why_not_loaded
from feedback_app.services.upkeep.schema import has_no_agency, upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate


def main() -> int:
    """Set up; 0 when all is ready to serve."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    return set_up(tell_how_to_begin)


def set_up(begin: Callable[[Site], int]) -> int:
    """The exit code: 0 ready, 1 nothing can be saved, 2 a setting or a file is wrong.

    `begin` is what to do where nobody has begun with an office yet.
    """
    try:
        if words := why_not_loaded():
            print("\n".join(words), file=sys.stderr)
            return 2
        is_office = locations().is_office
        site = open_site(settings_to_migrate())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        upgrade_schema(site)
        is_new = has_no_agency(site)
        if is_office and is_new:
            return begin(site)
        if is_office:
            remind(site)
            return 0
        is_demo = any_is_demo(site)
    except NotSavedError as error:
        print(f"the database cannot be brought up to date: {error}", file=sys.stderr)
        return 1
    finally:
        site.db.close()  # no connection goes into a process that is forked from this one
    if is_new:  # by another process: it needs libraries and memory that serving does not
        command = [sys.executable, str(ROOT / "scripts" / "demo_data.py"), "--if-empty"]
        return subprocess.run(command, check=False).returncode  # noqa: S603 (our own program)
    if is_demo and site.settings.is_this_machine_only:
        print(log_ins(site.settings.base_url))
    elif is_demo:
        print("\n".join(LOG_INS_ARE_OFF), file=sys.stderr)
    return 0


def tell_how_to_begin(_site: Site) -> int:
    """Without a server there is nobody to ask."""
    print("scripts/first_start.py sets the office up", file=sys.stderr)
    return 0


def remind(site: Site) -> None:
    """Say on stderr what an office's first start has left open."""
    username = settings_in_effect(os.environ).get("FIRST_ADMIN", "")
    if username and is_still_invited(site, username):
        print(
            f"{username} belum menentukan kata sandi; tautan baru / has set no password yet; a new "
            f"link: scripts/create_account.py {username} --new-link",
            file=sys.stderr,
        )
    if site.settings.has_loopback_address and not site.settings.loopback_ok:
        print(
            "Alamat kantor belum diisi: kartu dan tautan belum dapat dicetak / there is no address "
            "yet, so no cards or links: scripts/settings.py base_url=https://…",
            file=sys.stderr,
        )


if __name__ == "__main__":
    sys.exit(main())
