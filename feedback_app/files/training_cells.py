"""Read cells of files about trainings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.training import LARGEST_JP, REASONS, RESULTS, SENT, TRAINING_KINDS
from feedback_app.files import cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.tables import Cell

LARGEST_COST = 2_000_000_000  # rupiah a participant, fits an INTEGER; more is a typing error
FIRST_YEAR = 1970


def training_kind(cell: Cell) -> str:
    """A kind of training, by its key or its Indonesian name."""
    return _one_of(TRAINING_KINDS, cells.text(cell), drop=("diklat", "pelatihan"))


def reason(cell: Cell) -> str:
    """How the officer was chosen; an empty cell is honest: not known."""
    return _one_of(REASONS, cell.text, drop=()) if cell.text else "unknown"


def sent(cell: Cell) -> str:
    """What was sent: the officer (also when empty) or the whole counter."""
    return _one_of(SENT, cell.text, drop=("seluruh",)) if cell.text else "officer"


def result(cell: Cell) -> str:
    """What came out of it; an empty cell means the officer was there."""
    return _one_of(RESULTS, cell.text, drop=()) if cell.text else "attended"


def _one_of(known: Mapping[str, tuple[str, str]], text: str, *, drop: tuple[str, ...]) -> str:
    plain = _fold(text, drop)
    for key, names in known.items():
        if plain in (_fold(key, drop), *(_fold(name, drop) for name in names)):
            return key
    choices = ", ".join(name for name, _english in known.values())
    raise CellFaultError(f"tidak dikenal; pilih: {choices}")


def _fold(text: str, drop: tuple[str, ...]) -> str:
    words = re.split(r"[^a-z]+", text.casefold())
    kept = [word for word in words if word and word not in drop]
    return "".join(kept or words)


def element_keys(cell: Cell) -> tuple[str, ...]:
    """Keys of elements with '|' or ',' between."""
    keys = tuple(dict.fromkeys(part.casefold() for part in names(cell)))
    for key in keys:
        if key not in ALL_KEYS:
            raise CellFaultError(f"unsur {key!r} tidak dikenal; pilih: {', '.join(ALL_KEYS)}")
    return keys


def names(cell: Cell) -> tuple[str, ...]:
    """Texts with '|' or ',' between; none in an empty cell."""
    text = cells.optional_text(cell)
    return tuple(part.strip() for part in re.split(r"[|,]", text) if part.strip())


def hours(cell: Cell) -> int | None:
    """JP as a whole number; 0 and an empty cell both mean not known (as SIASN has it)."""
    if not cell.text:
        return None
    value = cells.count(cell)
    if value > LARGEST_JP:
        raise CellFaultError(f"JP paling banyak {LARGEST_JP}")
    return value or None


def rupiah(cell: Cell) -> int | None:
    """Rupiah as a whole number: 6000000, 6.000.000, Rp 6.000.000, 6.000.000,00."""
    if not cell.text:
        return None
    if cell.arrived == "number":
        value = cells.count(cell)
    else:
        plain = re.sub(r"(?i)^rp\.?\s*|,00?$|,-$", "", cell.text)
        if not re.fullmatch(r"[0-9]{1,10}|[0-9]{1,3}(\.[0-9]{3}){1,3}", plain):
            raise CellFaultError("harus rupiah tanpa sen, seperti 6.000.000")
        value = int(plain.replace(".", ""))
    if value > LARGEST_COST:
        raise CellFaultError("biaya per peserta terlalu besar; periksa lagi")
    return value


def optional_day(cell: Cell) -> date | None:
    """A day that may be missing."""
    return cells.day(cell) if cell.text else None


def siasn_day(cell: Cell) -> date:
    """SIASN's dd-mm-yyyy, never read the American way."""
    if isinstance(cell.value, date):
        return cell.value
    if not cell.text:
        raise CellFaultError("wajib diisi: tanpa tanggal, pelatihan tidak dapat dikaitkan")
    try:
        day = datetime.strptime(cell.text, "%d-%m-%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise CellFaultError("bukan tanggal SIASN; tulis hh-bb-tttt, seperti 24-11-2026") from None
    if day.year < FIRST_YEAR:
        raise CellFaultError("tahunnya tidak masuk akal")
    return day


def optional_siasn_day(cell: Cell) -> date | None:
    """The same, or nothing."""
    return siasn_day(cell) if cell.text else None


def optional_year(cell: Cell) -> int | None:
    """A year of four figures, or nothing."""
    if not cell.text:
        return None
    if not re.fullmatch(r"(19|20)[0-9]{2}", cell.text):
        raise CellFaultError("harus tahun empat angka, seperti 2026")
    return int(cell.text)
