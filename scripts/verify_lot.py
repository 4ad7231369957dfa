"""Repeat a draw from its public record: does every seat follow from the list and the dice?

Example: python3 verify_lot.py undian.json   (in the project: scripts/verify_lot.py)
With --hash HEX also whether the list is the one whose hash was told before the dice were thrown:
a list that was changed before the draw agrees with itself, and only that hash shows it.
Exit 0: repeated, equal. 1: not equal, or not a draw by the rules. 2: bad call or no readable file.

One file, standard library, Python 3.9 or newer. It shares no line with the program that draws.
What is hashed, byte for byte, stands in docs/lot.md.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
from typing import Any

FORMAT = "suara-loket-lot-1"
# One more or one less is no record.
FIELDS = ["dates", "dice", "format", "list", "list_hash", "order", "seated", "seats", "seed"]
FIELDS += ["waiting"]


class NotEqualError(Exception):
    """The record does not follow from its own list and dice, or breaks a rule of the draw."""


def repeat(record: Any, published: str | None = None) -> dict[str, Any]:
    """Go through the draw again; NotEqualError says what is not as it must be."""
    if not isinstance(record, dict) or sorted(record) != FIELDS:
        raise NotEqualError("the fields are not those of a record: " + ", ".join(FIELDS))
    if record["format"] != FORMAT:
        raise NotEqualError("the format is not " + FORMAT)
    codes, dice, seats, dates = (record[name] for name in ("list", "dice", "seats", "dates"))
    check_list(codes)
    if not isinstance(dice, str) or len(dice) < 10 or set(dice) - set("123456"):
        raise NotEqualError("the dice are not ten or more digits from 1 to 6")
    if type(seats) is not int or type(dates) is not int or not 1 <= dates <= seats <= len(codes):
        raise NotEqualError("seats and dates must be 1 <= dates <= seats <= people")

    file_bytes = "".join(code + "\n" for code in codes).encode("utf-8")
    list_hash = hashlib.sha256(file_bytes).hexdigest()
    if published is not None and published.lower() != list_hash:
        raise NotEqualError("the list is not the one whose hash was published: " + list_hash)
    seed = hashlib.sha256((list_hash + ":" + dice).encode("ascii")).digest()
    tickets = [(hmac.new(seed, c.encode("utf-8"), hashlib.sha256).digest(), c) for c in codes]
    order = [code for _ticket, code in sorted(tickets)]
    seated = [{"code": order[i], "date": i % dates + 1} for i in range(seats)]
    found: dict[str, Any] = {
        "list_hash": list_hash,
        "seed": seed.hex(),
        "order": order,
        "seated": seated,
        "waiting": order[seats:],
    }
    for name, value in found.items():
        # As text: true would equal 1, and 1.0 too.
        if json.dumps(record[name], sort_keys=True) != json.dumps(value, sort_keys=True):
            raise NotEqualError("repeating the draw gives another " + name)
    return found


def check_list(codes: Any) -> None:
    """Texts, sorted by bytes, none twice, none that cannot be a line of the list."""
    if not isinstance(codes, list) or not codes:
        raise NotEqualError("the list is empty or no list")
    before = b""
    for code in codes:
        if not isinstance(code, str) or not code or code != code.strip() or len(code) > 100:
            raise NotEqualError("a code is empty, too long, or no text")
        if "\n" in code or "\r" in code or code.startswith("\ufeff"):
            raise NotEqualError("a code is not one line")
        figures = "".join(one for one in code if one not in " .-/")
        if len(figures) == 18 and figures.isdigit():
            raise NotEqualError("a code looks like a NIP")
        try:
            own = code.encode("utf-8")
        except UnicodeEncodeError:
            raise NotEqualError("a code is not UTF-8") from None
        if own <= before:
            raise NotEqualError("the list is not sorted, or a code stands twice: " + code)
        before = own


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice in the record could show a reader one value and us the other."""
    if len({name for name, _value in pairs}) < len(pairs):
        raise NotEqualError("a field stands twice")
    return dict(pairs)


def main(arguments: list[str] | None = None) -> int:
    """Verify one record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record", metavar="RECORD.json")
    parser.add_argument("--hash", metavar="HEX", help="of the list, as told before the draw")
    asked = parser.parse_args(arguments)
    try:
        with open(asked.record, "rb") as file:  # noqa: PTH123 (nothing but what is needed)
            content = file.read()
        record = json.loads(content.decode("utf-8"), object_pairs_hook=once)
        found = repeat(record, asked.hash)
    except NotEqualError as fault:
        print("NOT EQUAL: " + str(fault))
        return 1
    except OSError as error:
        print(asked.record + ": " + str(error.strerror), file=sys.stderr)
        return 2
    except (ValueError, RecursionError) as error:
        print(asked.record + ": no JSON in UTF-8: " + str(error), file=sys.stderr)
        return 2
    print("EQUAL: " + str(len(found["order"])) + " people, list " + found["list_hash"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
