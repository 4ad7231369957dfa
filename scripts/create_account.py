"""Make a staff account from the command line: the first admin of a new office, or a lost one.

Example: .venv/bin/python scripts/create_account.py admin --name "Nama Admin" --role admin \\
             --agency disdukcapil --agency-name "Dinas Dukcapil Kabupaten Tebo"
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import Settings, SettingsError
from feedback_app.domain.roles import Role
from feedback_app.services import imports, setup
from feedback_app.services.accounts import AccountFaultError, create_account
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.officer.accounts import chosen_officer, officer_with_nip
from feedback_app.services.site import Site, open_site


def main() -> int:
    """Make the account and print its password once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("username")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--role", choices=[role.value for role in Role], default="admin")
    parser.add_argument("--unit", metavar="CODE", action="append", help="for a supervisor")
    parser.add_argument("--officer", metavar="NIP", help="for an officer: whose figures")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    parser.add_argument("--agency-name", help="makes the agency when it is new")
    arguments = parser.parse_args()
    if arguments.agency_name and not arguments.agency:
        parser.error("--agency-name goes with --agency")
    try:
        site = open_site(Settings.from_environment())
        if arguments.agency_name:
            agency_id = setup.agency_for(site, code=arguments.agency, name=arguments.agency_name)
        else:
            agency_id = imports.only_agency(site, code=arguments.agency)
        role = Role(arguments.role)
        password = create_account(
            site,
            agency_id=agency_id,
            username=arguments.username,
            name=arguments.name,
            role=role,
            officer_id=_officer(site, agency_id, role, arguments.officer),
            unit_ids=setup.units_named(site, agency_id, arguments.unit or ()),
        )
    except (
        SettingsError,
        AccountFaultError,
        imports.NoAgencyError,
        FieldFaultError,
        setup.SetupFaultError,
    ) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{arguments.username}: {password}")
    return 0


def _officer(site: Site, agency_id: int, role: Role, nip: str | None) -> int | None:
    number = officer_with_nip(site, agency_id=agency_id, nip=nip) if nip else None
    return chosen_officer(site, agency_id=agency_id, role=role, officer_id=number)


if __name__ == "__main__":
    sys.exit(main())
