"""Read single cells of an import; what is wrong is collected, never raised to the caller."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from feedback_app.domain.days import day_of, day_of_serial
from feedback_app.domain.faults import ReadableError
from feedback_app.domain.folding import fold, heading_key, plain_marks
from feedback_app.domain.texts import Text
from feedback_app.files.tables import Cell

LONGEST_TEXT = 200
# What stands in a cell to say that there is nothing to say.
NO_WORDS = frozenset(
    (
        "-",
        "--",
        "---",
        "/",
        "//",
        ".",
        "n/a",
        "na",
        "nil",
        "null",
        "none",
        "kosong",
        "(kosong)",
        "tidak ada",
        "00-00-0000",
        "0000-00-00",
    )
)
FORMULA_FAULTS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!")


class CellFaultError(ReadableError):
    """One cell cannot be used; the text is the reason."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A bad cell: row and column as seen in the spreadsheet, the value, and why."""

    row: int
    column: str
    value: str
    reason: Text


def text(cell: Cell) -> str:
    """A short text without control characters."""
    if not cell.text:
        raise CellFaultError("wajib diisi")
    if len(cell.text) > LONGEST_TEXT:
        raise CellFaultError("terlalu panjang (paling banyak %(most)s huruf)", most=LONGEST_TEXT)
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in cell.text) or re.search(
        "[\u202a-\u202e\u2066-\u2069]", cell.text
    ):
        raise CellFaultError("berisi karakter yang tidak tampak; ketik ulang")
    if "\ufffd" in cell.text:
        raise CellFaultError("berisi huruf yang rusak; simpan berkas sebagai UTF-8")
    if cell.text in FORMULA_FAULTS:
        raise CellFaultError("berisi galat rumus; perbaiki rumusnya atau ketik nilainya")
    return cell.text


def code(cell: Cell) -> str:
    """A short code of letters, figures, dots and hyphens."""
    value = text(cell)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", value):
        raise CellFaultError("hanya huruf, angka, titik, dan tanda hubung, paling banyak 40")
    return value


def nip(cell: Cell) -> str:
    """18 figures, as text: a spreadsheet that kept it as a number has destroyed it."""
    if cell.arrived == "number" or re.fullmatch(r"[\d.,]+E\+?\d+", cell.text, re.IGNORECASE):
        raise CellFaultError(
            "NIP tiba sebagai angka sehingga digit akhirnya hilang; "
            "format kolom NIP sebagai Teks, lalu isi ulang"
        )
    plain = re.sub(r"(?i)^nip\b|[ .:/'\"-]", "", plain_marks(cell.text))
    if not re.fullmatch(r"[0-9]{18}", plain):
        raise CellFaultError("NIP harus 18 angka")
    return plain


def optional_nip(cell: Cell) -> str:
    """A NIP, or nothing where only a name is known."""
    return nip(cell) if cell.text else ""


def nip_warning(value: str) -> Text | None:
    """What looks odd about a NIP; PPPK numbers differ, so this is no error."""
    try:
        datetime.strptime(value[:8], "%Y%m%d")  # noqa: DTZ007 (a birth date has no zone)
    except ValueError:
        return Text("delapan angka pertama NIP bukan tanggal lahir")
    if value[14] not in "12":
        return Text("angka ke-15 NIP bukan 1 atau 2")
    return None


def day(cell: Cell) -> date:
    """A date in Indonesian order, in words, as 2026-11-24, or a spreadsheet's own."""
    if isinstance(cell.value, date):
        return cell.value
    if not cell.text:
        raise CellFaultError("wajib diisi")
    found = day_of(cell.text)
    if found is not None:
        return found
    serial = day_of_serial(cell.text)
    if serial is not None:
        raise CellFaultError(
            "angka tanggal Excel, mungkin %(day)s; format kolom ini sebagai tanggal",
            day=serial.strftime("%d-%m-%Y"),
        )
    raise CellFaultError("bukan tanggal yang ada; tulis seperti 24-11-2026")


def clock_time(cell: Cell) -> time:
    """A clock time as text (08:00 or 08.00) or a spreadsheet's own."""
    if isinstance(cell.value, time):
        return cell.value.replace(second=0, microsecond=0)
    match = re.fullmatch(
        r"(?:pukul |jam |pkl\.? )?([0-9]{1,2})[:.]([0-9]{2})(?:[:.]00)?(?: ?(?:wib|wita|wit))?",
        fold(cell.text),
    )
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise CellFaultError("bukan jam; tulis seperti 08.00")
    return time(int(match[1]), int(match[2]))


LARGEST_COUNT = (
    999_999_999  # nine figures, as in a text; PostgreSQL's integer ends at 2,147,483,647
)


def count(cell: Cell) -> int:
    """A whole number from 0; '1.234' is read the Indonesian way."""
    if cell.arrived == "number" and isinstance(cell.value, int | float):
        if cell.value < 0 or not float(cell.value).is_integer():
            raise CellFaultError("harus bilangan bulat mulai dari 0")
        if cell.value > LARGEST_COUNT:
            raise CellFaultError("terlalu besar; periksa lagi")
        return int(cell.value)
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}([. ])[0-9]{3}(\1[0-9]{3})?", cell.text):
        raise CellFaultError("harus bilangan bulat mulai dari 0")
    return int(re.sub("[. ]", "", cell.text))


YES = frozenset(
    [
        "ya",
        "y",
        "yes",
        "true",
        "benar",
        "iya",
        "gratis",
        "bebas",
        "tanpabiaya",
        "tidakdipungut",
        "tidakdipungutbiaya",
        "rp0",
        "v",
        "1",
    ]
)
NO = frozenset(
    ["tidak", "t", "tdk", "no", "n", "false", "salah", "bukan", "berbayar", "bayar", "0"]
)


def yes_or_no(cell: Cell) -> bool:
    """ya or tidak, and the words that a list of services has for free: gratis, Rp 0, berbayar."""
    word = heading_key(cell.text)
    if not cell.text:
        raise CellFaultError("wajib diisi: ya atau tidak")
    if cell.text in ("✓", "✔", "√") or word in YES:
        return True
    if word in NO or cell.text in ("✗", "✘"):
        return False
    raise CellFaultError("isi ya atau tidak")


# What offices call them: a CPNS is on the way to PNS and has its NIP; a part-time PPPK is one.
_EMPLOYMENTS = {
    "PNS": "pns cpns calonpns pegawainegerisipil calonpegawainegerisipil",
    "PPPK": "pppk p3k pppkparuhwaktu p3kparuhwaktu pppkpenuhwaktu "
    "pegawaipemerintahdenganperjanjiankerja",
}
EMPLOYMENTS = {word: key for key, words in _EMPLOYMENTS.items() for word in words.split()}


def employment(cell: Cell) -> str:
    """PNS or PPPK, as offices write them."""
    found = EMPLOYMENTS.get(heading_key(cell.text))
    if found is None:
        raise CellFaultError("isi PNS atau PPPK")
    return found


SEXES = {
    **dict.fromkeys(("l", "lk", "lakilaki", "pria", "m", "male", "1"), "1"),
    **dict.fromkeys(("p", "pr", "perempuan", "wanita", "f", "female", "2"), "2"),
}


def optional_sex(cell: Cell) -> str:
    """'1' man or '2' woman as the NIP tells it, '' for an empty cell."""
    if not cell.text:
        return ""
    found = SEXES.get(heading_key(cell.text))
    if found is None:
        raise CellFaultError("isi L atau P, atau kosongkan")
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that a counter offers; without hours, all day (local time)."""

    code: str
    opens_at: time | None
    closes_at: time | None


def offers(cell: Cell) -> tuple[Offer, ...]:
    """Service codes with '|' or ',' between, each with hours if it has some: ktp@08.00-12.00."""
    parts = [part.strip() for part in re.split(r"[|,]", cell.text) if part.strip()]
    if not parts:
        raise CellFaultError("wajib diisi, kode layanan dipisah tanda |")
    found = {offer.code: offer for offer in map(_offer, parts)}
    if len(found) < len(parts):
        raise CellFaultError("satu layanan disebut dua kali")
    return tuple(found.values())


def _offer(text_of_offer: str) -> Offer:
    name, at, hours = text_of_offer.partition("@")
    service = code(Cell(name.strip(), "text"))
    if not at:
        return Offer(service, None, None)
    opens, dash, closes = hours.partition("-")
    if not dash:
        raise CellFaultError("jam layanan ditulis seperti ktp@08.00-12.00")
    opens_at = clock_time(Cell(opens.strip(), "text"))
    closes_at = clock_time(Cell(closes.strip(), "text"))
    if closes_at <= opens_at:
        raise CellFaultError("jam tutup layanan harus sesudah jam buka")
    return Offer(service, opens_at, closes_at)


def is_empty(cell: Cell) -> bool:
    """Whether nothing was said: an empty cell, "-", "n/a"."""
    return not cell.text or fold(cell.text) in NO_WORDS


def optional_text(cell: Cell) -> str:
    """A text that may be missing."""
    return text(cell) if cell.text else ""


def optional_minutes(cell: Cell) -> int | None:
    """Minutes from 1 to 480, or nothing."""
    if not cell.text:
        return None
    minutes = count(cell)
    if not 1 <= minutes <= 480:
        raise CellFaultError("harus 1 sampai 480 menit")
    return minutes
