"""Read cells of files about trainings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.folding import heading_key, plain_marks
from feedback_app.domain.texts import Words
from feedback_app.domain.training import LARGEST_JP, REASONS, RESULTS, SENT, TRAINING_KINDS
from feedback_app.files import cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.tables import Cell

LARGEST_COST = 2_000_000_000  # rupiah a participant, fits an INTEGER; more is a typing error
FIRST_YEAR = 1970


# What offices call a kind, beside its name; a title that no list has is asked for.
_ALSO_KINDS = {
    "bimbingan_teknis": "bimtek bintek bimbinganteknis",
    "seminar": "webinar seminarwebinar konferensi sarasehan seminarkonferensisarasehan",
    "workshop": "lokakarya workshoplokakarya",
    "magang": "onthejobtraining ojt praktikkerja magangpraktikkerja",
    "struktural": "pim pim1 pim2 pim3 pim4 pimi pimii pimiii pimiv pkn pknii pka pkp latsar "
    "prajabatan kepemimpinan",
    "e_learning": "elearning daring pelatihanjarakjauh mooc online",
    "sosialisasi": "sosialisasi diseminasi",
    "kursus": "kursus shortcourse kursuspenataran penataran",
    "manajerial": "manajerial pelatihanmanajerial",
    "sosial_kultural": "sosiokultural sosialkultural",
}
ALSO_KINDS = {word: key for key, words in _ALSO_KINDS.items() for word in words.split()}
ALSO_REASONS = {
    **dict.fromkeys(("semua", "seluruh", "seluruhnya", "semuapetugas", "semuadikirim"), "all"),
    **dict.fromkeys(("undi", "acak", "diundi", "random"), "lot"),
    **dict.fromkeys(("rendah", "nilairendah", "skorrendah"), "low_score"),
    **dict.fromkeys(("relawan", "mengajukandiri", "permintaansendiri"), "volunteer"),
    **dict.fromkeys(("tidaktahu", "tidakdiketahui", "belumdiketahui"), "unknown"),
}
ALSO_RESULTS = {
    **dict.fromkeys(("ya", "berhasil", "kompeten", "l"), "passed"),
    **dict.fromkeys(("gagal", "tidak", "belumlulus", "tl", "belumkompeten"), "failed"),
    **dict.fromkeys(("peserta", "ikut", "mengikuti", "selesai"), "attended"),
}


def training_kind(cell: Cell) -> str:
    """A kind of training, by its key, its Indonesian name, or what offices call it."""
    return _one_of(TRAINING_KINDS, cells.text(cell), drop=("diklat", "pelatihan"), also=ALSO_KINDS)


def reason(cell: Cell) -> str:
    """How the officer was chosen; an empty cell is honest: not known."""
    return _one_of(REASONS, cell.text, drop=(), also=ALSO_REASONS) if cell.text else "unknown"


def sent(cell: Cell) -> str:
    """What was sent: the officer (also when empty) or the whole counter."""
    return _one_of(SENT, cell.text, drop=("seluruh",), also={}) if cell.text else "officer"


def result(cell: Cell) -> str:
    """What came out of it; an empty cell means the officer was there."""
    return _one_of(RESULTS, cell.text, drop=(), also=ALSO_RESULTS) if cell.text else "attended"


def _one_of(
    known: Mapping[str, Words], text: str, *, drop: tuple[str, ...], also: Mapping[str, str]
) -> str:
    named = also.get(heading_key(text))
    if named is not None:
        return named
    plain = _fold(text, drop)
    for key, names in known.items():
        if plain in (_fold(key, drop), *(_fold(name, drop) for name in names)):
            return key
    raise CellFaultError("tidak dikenal; pilih: %(choices)s", choices=_listed(known.values()))


def _listed(names: Iterable[Words]) -> Words:
    indonesian, english = zip(*names, strict=True)
    return ", ".join(indonesian), ", ".join(english)


def _fold(text: str, drop: tuple[str, ...]) -> str:
    words = re.split(r"[^a-z]+", text.casefold())
    kept = [word for word in words if word and word not in drop]
    return "".join(kept or words)


def element_keys(cell: Cell) -> tuple[str, ...]:
    """Keys of elements with '|' or ',' between."""
    keys = tuple(dict.fromkeys(part.casefold() for part in names(cell)))
    for key in keys:
        if key not in ALL_KEYS:
            raise CellFaultError(
                "unsur '%(key)s' tidak dikenal; pilih: %(choices)s",
                key=key,
                choices=", ".join(ALL_KEYS),
            )
    return keys


def names(cell: Cell) -> tuple[str, ...]:
    """Texts with '|' or ',' between; none in an empty cell."""
    text = cells.optional_text(cell)
    return tuple(part.strip() for part in re.split(r"[|,]", text) if part.strip())


def hours(cell: Cell) -> int | None:
    """JP as a whole number; 0 and an empty cell both mean not known (as SIASN has it)."""
    if not cell.text:
        return None
    plain = re.sub(r"(?i)\s*(?:jp|jpl|jam(?: pelajaran)?)\.?$", "", cell.text)
    value = cells.count(cell if plain == cell.text else Cell(plain, "text"))
    if value > LARGEST_JP:
        raise CellFaultError("JP paling banyak %(most)s", most=LARGEST_JP)
    return value or None


def rupiah(cell: Cell) -> int | None:
    """Rupiah as a whole number: 6000000, 6.000.000, Rp 6.000.000, 6.000.000,00."""
    if not cell.text:
        return None
    if cell.arrived == "number":
        value = cells.count(cell)
    else:
        plain = re.sub(
            r"(?i)^(?:rp|idr)\.?\s*|,00?$|[.,]-+$|\.0{1,2}$", "", plain_marks(cell.text)
        ).strip()
        if not re.fullmatch(r"[0-9]{1,10}|[0-9]{1,3}(?:([. ])[0-9]{3}(?:\1[0-9]{3}){0,2})", plain):
            raise CellFaultError("harus rupiah tanpa sen, seperti 6.000.000")
        value = int(re.sub("[. ]", "", plain))
    if value > LARGEST_COST:
        raise CellFaultError("biaya per peserta terlalu besar; periksa lagi")
    return value


def optional_day(cell: Cell) -> date | None:
    """A day that may be missing."""
    return cells.day(cell) if cell.text else None


def siasn_day(cell: Cell) -> date:
    """SIASN's dd-mm-yyyy, never the American way; its reading service writes 2026-03-02."""
    if "/" in cell.text:  # an American spreadsheet has turned it round
        raise CellFaultError("bukan tanggal SIASN; tulis hh-bb-tttt, seperti 24-11-2026")
    found = cells.day(cell)
    if found.year < FIRST_YEAR:
        raise CellFaultError("tahunnya tidak masuk akal")
    return found


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
