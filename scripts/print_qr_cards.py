"""Print the counters' QR cards as a PDF, or list their addresses.

Example: .venv/bin/python scripts/print_qr_cards.py --out cards.pdf --counter L1
         .venv/bin/python scripts/print_qr_cards.py --list
Cards that no phone could open are refused without --loopback-ok.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.services.faults import LoopbackAddressError, NotThereError
from feedback_app.services.office import cards
from feedback_app.services.site import Site
from feedback_app.services.upkeep.wrong_files import open_office
from feedback_app.web.language import in_english


def main() -> int:
    """List or write; exit 1 when there is no such counter, 2 when the call is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="the PDF to write")
    parser.add_argument("--counter", metavar="CODE", help="only this counter")
    parser.add_argument("--list", action="store_true", help="a line a counter: code, name, URL")
    parser.add_argument("--loopback-ok", action="store_true", help="cards for this machine only")
    arguments = parser.parse_args()
    if bool(arguments.out) == arguments.list:
        parser.error("give either --out FILE.pdf or --list")
    try:
        site = open_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.loopback_ok:
        site = site.with_loopback_allowed()
    return _list(site, arguments.counter) if arguments.list else _write(site, arguments)


def _list(site: Site, counter: str | None) -> int:
    lines = [line for line in cards.card_lines(site) if counter in (None, line.code)]
    for line in lines:
        print(f"{line.code}\t{line.name}\t{line.url}")
    if counter and not lines:
        print(f"no open counter has the code {counter}", file=sys.stderr)
        return 1
    return 0


def _write(site: Site, arguments: argparse.Namespace) -> int:
    try:
        content = cards.cards_pdf(site, counter_code=arguments.counter)
    except LoopbackAddressError as error:
        print(f"{error}\n{in_english(error.text)}\nOr: --loopback-ok", file=sys.stderr)
        return 2
    except NotThereError:
        wanted = arguments.counter or "any"
        print(f"no open counter has the code {wanted}", file=sys.stderr)
        return 1
    try:
        arguments.out.write_bytes(content)
    except OSError as error:
        print(f"cannot write {arguments.out}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{arguments.out}: {len(content) // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
