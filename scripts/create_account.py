"""Make a staff account from the command line: the first admin of a new office, or a lost one.

Example: .venv/bin/python scripts/create_account.py admin --name "Nama Admin" --role admin \\
             --agency disdukcapil --agency-name "Dinas Dukcapil Kabupaten Tebo"
Prints "USERNAME: LINK"; the link works once, for 72 hours, and asks for the password.
With --password-stdin the password is the first line of the input, and nothing is shown.
--new-link makes another link for an account that is there. A link that only this machine could
open is refused without --loopback-ok.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import create_account, invite_account, new_link_for
from feedback_app.services.access.people import AccountFaultError
from feedback_app.services.faults import FieldFaultError, LoopbackAddressError
from feedback_app.services.imports import office as imports
from feedback_app.services.office import setup
from feedback_app.services.people.accounts import chosen_officer, officer_with_nip
from feedback_app.services.site import Site
from feedback_app.services.upkeep.wrong_files import open_office
from feedback_app.web.language import in_english


def main() -> int:
    """Make the account and print the link by which its owner sets a password."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("username")
    parser.add_argument("--name", help="the person's name; needed for a new account")
    parser.add_argument("--role", choices=[role.value for role in Role], default="admin")
    parser.add_argument("--unit", metavar="CODE", action="append", help="for a supervisor")
    parser.add_argument("--officer", metavar="NIP", help="for an officer: whose figures")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    parser.add_argument("--agency-name", help="makes the agency when it is new")
    parser.add_argument("--password-stdin", action="store_true", help="read it; print no link")
    parser.add_argument("--new-link", action="store_true", help="for an account that is there")
    parser.add_argument("--loopback-ok", action="store_true", help="a link for this machine only")
    arguments = parser.parse_args()
    if bool(arguments.name) == arguments.new_link:
        parser.error("give either --name or --new-link")
    if arguments.agency_name and not arguments.agency:
        parser.error("--agency-name goes with --agency")
    try:
        site = open_office()
        if arguments.loopback_ok:
            site = site.with_loopback_allowed()
        made = _new_link(site, arguments) if arguments.new_link else _make(site, arguments)
    except LoopbackAddressError as error:
        print(f"{error}\n{in_english(error.text)}\nOr: --loopback-ok", file=sys.stderr)
        return 2
    except (
        SettingsError,
        AccountFaultError,
        imports.NoAgencyError,
        FieldFaultError,
        setup.SetupFaultError,
    ) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{arguments.username}: {made}")
    return 0


def _new_link(site: Site, arguments: argparse.Namespace) -> str:
    return new_link_for(site, username=arguments.username).url


def _make(site: Site, arguments: argparse.Namespace) -> str:
    if not arguments.password_stdin and arguments.agency_name:
        site.printed_address(is_demo=False)  # before an agency is made for nothing
    if arguments.agency_name:
        agency_id = setup.agency_for(site, code=arguments.agency, name=arguments.agency_name)
    else:
        agency_id = imports.only_agency(site, code=arguments.agency)
    role = Role(arguments.role)
    person: dict[str, Any] = {
        "agency_id": agency_id,
        "username": arguments.username,
        "name": arguments.name,
        "role": role,
        "officer_id": _officer(site, agency_id, role, arguments.officer),
        "unit_ids": setup.units_named(site, agency_id, arguments.unit or ()),
    }
    if arguments.password_stdin:
        create_account(site, **person, password=sys.stdin.readline().rstrip("\r\n"))
        return "password set"
    return invite_account(site, **person).url


def _officer(site: Site, agency_id: int, role: Role, nip: str | None) -> int | None:
    number = officer_with_nip(site, agency_id=agency_id, nip=nip) if nip else None
    return chosen_officer(site, agency_id=agency_id, role=role, officer_id=number)


if __name__ == "__main__":
    sys.exit(main())
