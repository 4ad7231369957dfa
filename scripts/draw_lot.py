"""Draw seats by lot from a frozen list and dice, and write the public record of the draw.

Example: .venv/bin/python scripts/draw_lot.py --list daftar.txt --dice 4163525142 \\
             --seats 12 --dates 3 --out undian.json
The list has one code a line, sorted, UTF-8, an LF after each; its hash must be told to everybody
before the dice are thrown. --dice are the digits as thrown, at least ten, without blanks.
--hash-only prints the hash of the list, to be told before. docs/lot.md has every byte.
Anybody can repeat the draw from the record: scripts/verify_lot.py undian.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.domain import lot
from feedback_app.web.language import in_english


def main() -> int:
    """Draw once; exit 2 with one line when list, dice or seats cannot be used."""
    arguments = _arguments()
    try:
        content = arguments.list.read_bytes()
        if arguments.hash_only:
            codes = lot.read_list(content)
            print(f"{lot.list_hash(content)}  {arguments.list} ({len(codes)} codes)")
            return 0
        drawn = lot.draw(content, dice=arguments.dice, seats=arguments.seats, dates=arguments.dates)
        _write(arguments.out, drawn.record())
    except lot.LotFaultError as fault:
        print(f"{fault} / {in_english(fault.text)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"list  {drawn.list_hash}\nseed  {drawn.seed}")
    for place, seat in enumerate(drawn.seated, start=1):
        print(f"{place:>4}  {seat.code}  date {seat.date}")
    for place, code in enumerate(drawn.waiting, start=len(drawn.seated) + 1):
        print(f"{place:>4}  {code}  waits")
    return 0


def _write(path: Path, record: bytes) -> None:
    """Write the record; a draw is run once, so another one in its place is told."""
    if path.exists() and path.read_bytes() != record:
        print(f"{path}: the record of another draw was here and is replaced", file=sys.stderr)
    path.write_bytes(record)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", metavar="FILE", type=Path, required=True, help="one code a line")
    parser.add_argument("--hash-only", action="store_true", help="print the list's hash, no draw")
    parser.add_argument("--dice", metavar="DIGITS", help="as thrown: ten or more of 1 to 6")
    parser.add_argument("--seats", metavar="K", type=_whole)
    parser.add_argument("--dates", metavar="N", type=_whole)
    parser.add_argument("--out", metavar="RECORD.json", type=Path)
    found = parser.parse_args()
    needed = ("dice", "seats", "dates", "out")
    missing = [f"--{name}" for name in needed if getattr(found, name) is None]
    if missing and not found.hash_only:
        parser.error(f"the following arguments are required: {', '.join(missing)}")
    return found


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise argparse.ArgumentTypeError("must be a whole number, 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
