"""Results of earlier surveys, so that a trend starts before the product did."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.skm import WEIGHTS
from feedback_app.files import cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.records import Kind, column, optional
from feedback_app.files.tables import Cell

_PLAIN = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,40})?")  # a mean is kept as it was computed


def decimal(cell: Cell) -> Decimal:
    """A number with ',' or '.' before its decimals, as typed or as a spreadsheet's own."""
    text = repr(cell.value) if cell.arrived == "number" else cell.text.removesuffix("%").strip()
    if not _PLAIN.fullmatch(text):
        raise CellFaultError("harus bilangan, seperti 3,42")
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise CellFaultError("harus bilangan, seperti 3,42") from None


def nrr(cell: Cell) -> Decimal:
    """A mean of answers 1 to 4."""
    if not cell.text:
        raise CellFaultError("wajib diisi")
    value = decimal(cell)
    if not 1 <= value <= 4:
        raise CellFaultError("NRR harus antara 1 dan 4")
    return value


def optional_index(cell: Cell) -> Decimal | None:
    """An index of 25 to 100, to be compared with the one that follows from the means."""
    if not cell.text:
        return None
    value = decimal(cell)
    if not 25 <= value <= 100:
        raise CellFaultError("IKM harus antara 25 dan 100")
    return value


def weight(cell: Cell) -> str:
    """One of the weights in use; 1/9 when nothing is said."""
    text = cell.text.replace(",", ".") or "1/9"
    if text not in WEIGHTS:
        raise CellFaultError("bobot harus 1/9, 0,111, atau 0,11")
    return text


def respondents(cell: Cell) -> int:
    """At least one."""
    value = cells.count(cell)
    if value < 1:
        raise CellFaultError("harus bilangan bulat mulai dari 1")
    return value


PAST_RESULTS = Kind(
    "past-results",
    "Hasil SKM terdahulu",
    (
        column(
            "unit",
            "unit",
            cells.text,
            "kode atau nama unit",
            "kantor",
            "kantor",
            also=("kode_unit", "nama_unit"),
        ),
        column(
            "first", "mulai", cells.day, "hari pertama periode survei", "01-01-2023", "01-07-2023"
        ),
        column(
            "last", "selesai", cells.day, "hari terakhir periode survei", "30-06-2023", "31-12-2023"
        ),
        column(
            "respondents",
            "responden",
            respondents,
            "banyaknya responden",
            "214",
            "251",
            also=("jumlah_responden",),
        ),
        *(
            column(
                item.key,
                item.key,
                nrr,
                "NRR unsur ini, 1 sampai 4, tanpa pembulatan bila ada",
                "3,21",
                "3,28",
                also=(item.unsur, f"nrr_{item.key}"),
            )
            for item in ELEMENTS
            if item.official
        ),
        optional("weight", "bobot", "1/9, 0,111, atau 0,11", "1/9", "1/9", read=weight),
        optional(
            "ikm", "ikm", "untuk dicocokkan dengan NRR", "80,25", "82,00", read=optional_index
        ),
    ),
    ("unit", "first", "last"),
    patches=True,
)
