"""The lot gives what docs/lot.md says byte for byte, and refuses whatever could be bent."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from typing import Any

import pytest

from feedback_app.domain import lot
from scripts import verify_lot

DICE = "4163525142"
CODES = ("A7", "B2", "C9", "K1", "Z4")
LIST = b"A7\nB2\nC9\nK1\nZ4\n"
# By `sha256sum` and `openssl dgst -sha256 -mac HMAC -macopt hexkey:SEED`, as docs/lot.md shows.
LIST_HASH = "bc1d74c71b505da00995826b10c8c4e4a402dc0d6523c162e25559cb51f15ecf"
SEED = "d6075d2a70b857dbe8e36165efcc270ac88d1bf0eab70e0d971ac8712d79954e"
ORDER = ("K1", "B2", "C9", "Z4", "A7")


def drawn(content: bytes = LIST, **changed: Any) -> lot.Draw:
    return lot.draw(content, **({"dice": DICE, "seats": 3, "dates": 2} | changed))


def test_the_worked_example_comes_out_as_openssl_has_it() -> None:
    found = drawn()
    assert (found.list_hash, found.seed, found.order) == (LIST_HASH, SEED, ORDER)
    assert [(s.code, s.date) for s in found.seated] == [("K1", 1), ("B2", 2), ("C9", 1)]
    assert found.waiting == ("Z4", "A7")


def test_the_order_is_that_of_hmac_by_its_definition() -> None:
    """RFC 2104 written out: H((key ^ opad) || H((key ^ ipad) || text))."""
    key = bytes.fromhex(drawn().seed).ljust(64, b"\0")
    inner, outer = bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)

    def ticket(code: str) -> str:
        first = hashlib.sha256(inner + code.encode()).digest()
        return hashlib.sha256(outer + first).hexdigest()

    assert sorted(CODES, key=ticket) == list(ORDER)


def random_draw(chance: random.Random) -> lot.Draw:
    people = chance.randint(1, 40)
    codes = {f"{chance.choice('ABÉé日')}{chance.randrange(10**6)}" for _ in range(people)}
    seats = chance.randint(1, len(codes))
    return lot.draw(
        lot.freeze(tuple(codes)),
        dice="".join(chance.choice("123456") for _ in range(chance.randint(10, 30))),
        seats=seats,
        dates=chance.randint(1, seats),
    )


def is_repeated(record: bytes) -> bool:
    try:
        verify_lot.repeat(json.loads(record, object_pairs_hook=verify_lot.once))
    except verify_lot.NotEqualError:
        return False
    return True


def test_a_thousand_draws_are_repeated_by_the_verifier() -> None:
    chance = random.Random(16)
    assert sum(is_repeated(random_draw(chance).record()) for _ in range(1000)) == 1000


def mutations(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Every way to change one thing: a leaf, a place in a list, a field more or less."""
    found = []
    for name, value in record.items():
        found.append({k: v for k, v in record.items() if k != name})
        if isinstance(value, str):
            changed: list[Any] = [value + "1", value[:-1], None]
        elif isinstance(value, int):
            changed = [value + 1, value - 1, float(value), str(value), True]
        else:
            changed = [value[:-1], value[::-1], [*value, *value[:1]], [*value[1:], *value[:1]], {}]
            changed = [other for other in changed if other != value]
        if name == "seated":
            first = value[0]
            changed += [[{**first, "date": first["date"] + 1}, *value[1:]]]
            changed += [[{**first, "code": value[1]["code"]}, *value[1:]]] if value[1:] else []
            changed += [[{**first, "date": True}, *value[1:]], [{**first, "x": 1}, *value[1:]]]
        found += [{**record, name: other} for other in changed]
    return [*found, {**record, "winner": "A7"}]


def test_whatever_is_changed_in_a_record_is_refused() -> None:
    chance = random.Random(61)
    records = [json.loads(random_draw(chance).record()) for _ in range(50)]
    records = [r for r in records if len(r["order"]) > 2]
    kept = [c for r in records for c in mutations(r) if is_repeated(json.dumps(c).encode())]
    assert kept == []


def test_a_list_changed_with_everything_after_it_is_known_by_the_hash_told_before() -> None:
    other = json.loads(drawn(b"A8\nB2\nC9\nK1\nZ4\n").record())
    assert verify_lot.repeat(other)
    with pytest.raises(verify_lot.NotEqualError, match="published"):
        verify_lot.repeat(other, LIST_HASH)
    assert verify_lot.repeat(json.loads(drawn().record()), LIST_HASH.upper())


@pytest.mark.parametrize(
    "dice", ["", "416352514", "416 352 5142", "41635251427", "41635251420", "416352514a", "४१६३५२५१४२", "4163525142\n", "１２３４５６１２３４"],
)  # fmt: skip
def test_dice_are_ten_digits_as_thrown_or_refused(dice: str) -> None:
    with pytest.raises(lot.LotFaultError):
        drawn(dice=dice)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "kosong"),
        (b"A7\nB2", "diakhiri LF"),
        (b"A7\r\nB2\r\n", "CR"),
        (b"\xef\xbb\xbfA7\nB2\n", "BOM"),
        (b"A7\n\xff\n", "UTF-8"),
        (b"B2\nA7\n", "terurut"),
        (b"A7\nA7\n", "dua kali"),
        (b"A7\n\nB2\n", "kosong"),
        (b"A7 \nB2\n", "spasi"),
        (b"A\t7\nB2\n", "tidak tampak"),
        ("A\u200b7\nB2\n".encode(), "tidak tampak"),
        (b"198609102010032001\nB2\n", "NIP"),
        (b"19860910 201003 2 001\nB2\n", "NIP"),
        (b"A" * 101 + b"\n", "panjang"),
    ],
)
def test_a_list_that_can_be_read_in_two_ways_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(lot.LotFaultError, match=told):
        drawn(content, seats=1, dates=1)


def test_seats_for_everybody_need_no_draw_but_their_dates_may_be_drawn() -> None:
    with pytest.raises(lot.LotFaultError, match="tidak perlu diundi"):
        drawn(seats=6)
    assert {s.date for s in drawn(seats=5, dates=2).seated} == {1, 2}
    assert drawn(seats=5).waiting == ()


@pytest.mark.parametrize("wrong", [{"dates": 4}, {"seats": 0, "dates": 0}, {"dates": 0}])
def test_seats_and_dates_must_fit(wrong: dict[str, int]) -> None:
    with pytest.raises(lot.LotFaultError):
        drawn(**wrong)


def test_each_person_has_the_same_chance_of_each_seat() -> None:
    """2,400 draws of one list by other dice: 480 a person and place; chi-square, 16 degrees."""
    chance = random.Random(7)
    places = dict.fromkeys(((c, p) for c in CODES for p in range(5)), 0)
    for _ in range(2400):
        dice = "".join(chance.choice("123456") for _ in range(10))
        for place, code in enumerate(drawn(dice=dice, seats=1, dates=1).order):
            places[code, place] += 1
    square = sum((n - 480) ** 2 / 480 for n in places.values())
    assert square < 39.3  # .999 quantile for (5 − 1)² degrees of freedom


def test_hmac_of_the_standard_library_is_what_both_programs_use() -> None:
    seed = bytes.fromhex(SEED)
    assert hmac.new(seed, b"K1", "sha256").hexdigest().startswith("113fdb8081050c47")
