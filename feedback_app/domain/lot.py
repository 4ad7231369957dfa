"""Seats by lot: who sits on which date, from a frozen list and dice thrown before witnesses.

The bytes that are hashed, and a worked example to repeat by hand, stand in docs/lot.md. The list
is frozen and its hash told to everybody before the dice are thrown, so that nobody can order the
list after seeing them; at least ten dice, so that nobody can try the orders for all dice before:
with two dice, ordering the list for 40 seconds put one wanted person of 24 into 29 of the 36
outcomes instead of 18.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass

from feedback_app.domain.faults import ReadableError

FORMAT = "suara-loket-lot-1"
LEAST_DICE = 10
MOST_DICE = 1000
LONGEST_CODE = 100  # characters
NIP_DIGITS = 18


class LotFaultError(ReadableError):
    """A list or a draw that cannot be used; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A drawn person's code and date: 1 is the first of the draw's dates."""

    code: str
    date: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: what went in, and what follows from it."""

    codes: tuple[str, ...]  # the frozen list, sorted
    list_hash: str
    dice: str
    seed: str
    order: tuple[str, ...]  # everybody, as drawn
    seated: tuple[Seat, ...]  # in the order of the draw
    dates: int

    @property
    def waiting(self) -> tuple[str, ...]:
        """Who has no seat, in the order in which they come in for somebody who cannot go."""
        return self.order[len(self.seated) :]

    def record(self) -> bytes:
        """The public record that `scripts/verify_lot.py` repeats; the same draw, the same bytes."""
        told = {
            "format": FORMAT,
            "list": list(self.codes),
            "list_hash": self.list_hash,
            "dice": self.dice,
            "seats": len(self.seated),
            "dates": self.dates,
            "seed": self.seed,
            "order": list(self.order),
            "seated": [{"code": seat.code, "date": seat.date} for seat in self.seated],
            "waiting": list(self.waiting),
        }
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read_list(content: bytes) -> tuple[str, ...]:
    """Codes of a frozen list; LotFaultError names the line. Nothing is mended: bytes are hashed.

    UTF-8 without a byte-order mark, sorted by bytes, each code once, one LF after each.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        raise LotFaultError(
            "Daftar berawal dengan tanda urutan byte (BOM). Simpan sebagai UTF-8 tanpa BOM."
        )
    if b"\r" in content:
        raise LotFaultError(
            "Daftar memakai akhir baris Windows (CR). Simpan dengan akhir baris LF saja."
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise LotFaultError("Daftar ini bukan UTF-8.") from None
    if not text:
        raise LotFaultError("Daftar ini kosong.")
    if not text.endswith("\n"):
        raise LotFaultError("Baris terakhir daftar tidak diakhiri LF (Enter).")
    codes = tuple(text[:-1].split("\n"))
    for line, code in enumerate(codes, start=1):
        _check_code(code, line)
        if line > 1:
            _check_order(codes[line - 2], code, line)
    return codes


def freeze(codes: tuple[str, ...]) -> bytes:
    """The bytes of a list: sorted, one code a line. LotFaultError for a code that may not be."""
    content = "".join(f"{code}\n" for code in sorted(codes)).encode("utf-8")
    read_list(content)
    return content


def _check_code(code: str, line: int) -> None:
    if not code:
        raise LotFaultError("Baris %(line)s daftar kosong.", line=line)
    if code != code.strip() or any(unicodedata.category(one) in _UNSEEN for one in code):
        raise LotFaultError(
            "Baris %(line)s daftar berisi spasi di tepi atau karakter yang tidak tampak.", line=line
        )
    if len(code) > LONGEST_CODE:
        raise LotFaultError(
            "Kode di baris %(line)s lebih panjang daripada %(most)s huruf.",
            line=line, most=LONGEST_CODE,
        )  # fmt: skip
    figures = "".join(one for one in code if one not in " .-/")
    if len(figures) == NIP_DIGITS and figures.isdigit():
        raise LotFaultError(
            "Kode di baris %(line)s tampak seperti NIP. Buat kode khusus untuk undian ini.",
            line=line,
        )


# Control, format, private and unassigned characters, and blanks other than the plain one.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def _check_order(before: str, code: str, line: int) -> None:
    if code == before:
        raise LotFaultError("Kode di baris %(line)s ada dua kali.", line=line)
    if code < before:  # as UTF-8 bytes: the order of code points
        raise LotFaultError(
            "Daftar tidak terurut: baris %(line)s seharusnya di atas baris %(before)s. Urutkan "
            "menurut byte (sort dengan LC_ALL=C).",
            line=line, before=line - 1,
        )  # fmt: skip


def check_dice(dice: str) -> None:
    """LotFaultError unless these are ten dice or more, digits 1 to 6 and nothing between them."""
    if any(one.isspace() for one in dice):
        raise LotFaultError(
            "Tulis mata dadu tanpa spasi: deretan angka itu sendiri yang di-hash, dan tidak ada "
            "yang diubah diam-diam."
        )
    if any(one not in "123456" for one in dice):
        raise LotFaultError("Mata dadu hanya angka 1 sampai 6.")
    if not LEAST_DICE <= len(dice) <= MOST_DICE:
        raise LotFaultError(
            "Lempar sedikitnya %(least)s dadu (paling banyak %(most)s); yang tertulis %(n)s.",
            least=LEAST_DICE, most=MOST_DICE, n=len(dice),
        )  # fmt: skip


def check_seats(people: int, *, seats: int, dates: int) -> None:
    """LotFaultError unless these seats can be drawn among these people and dealt to these dates."""
    if seats < 1 or dates < 1:
        raise LotFaultError("Kursi dan tanggal masing-masing sedikitnya satu.")
    if seats > people:
        raise LotFaultError(
            "Kursi (%(seats)s) lebih banyak daripada orang (%(people)s): tidak perlu diundi, semua "
            "mendapat kursi. Untuk mengundi tanggalnya saja, isi kursi %(people)s.",
            seats=seats, people=people,
        )  # fmt: skip
    if dates > seats:
        raise LotFaultError(
            "Tanggal (%(dates)s) lebih banyak daripada kursi (%(seats)s).", dates=dates, seats=seats
        )


def list_hash(content: bytes) -> str:
    """SHA-256 of the list's bytes, as 64 small hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def draw(content: bytes, *, dice: str, seats: int, dates: int) -> Draw:
    """Draw a list. LotFaultError for anything that docs/lot.md does not allow."""
    codes = read_list(content)
    check_dice(dice)
    check_seats(len(codes), seats=seats, dates=dates)
    hashed = list_hash(content)
    seed = hashlib.sha256(f"{hashed}:{dice}".encode("ascii")).digest()
    order = tuple(sorted(codes, key=lambda code: _ticket(seed, code)))
    seated = tuple(Seat(code, 1 + place % dates) for place, code in enumerate(order[:seats]))
    return Draw(codes, hashed, dice, seed.hex(), order, seated, dates)


def _ticket(seed: bytes, code: str) -> bytes:
    return hmac.new(seed, code.encode("utf-8"), hashlib.sha256).digest()
