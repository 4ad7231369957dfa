"""Competences that posts ask for, as an assessment or a map of posts tells them."""

from __future__ import annotations

import re

from feedback_app.domain.folding import fold
from feedback_app.files import cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.records import Kind, column, optional
from feedback_app.files.tables import Cell
from feedback_app.files.training_kinds import NIP

HIGHEST = 5
_POST_OF = {
    fold(word): post
    for post, words in {
        "present": ("sekarang", "saat ini", "jabatan sekarang", "present"),
        "next": ("berikutnya", "jabatan berikutnya", "target", "next"),
    }.items()
    for word in words
}


def post(cell: Cell) -> str:
    """The present post or the next."""
    found = _POST_OF.get(fold(cell.text))
    if found is None:
        raise CellFaultError("harus sekarang atau berikutnya")
    return found


def needed(cell: Cell) -> int:
    """A level from 1 to 5."""
    return _level(cell, lowest=1)


def held(cell: Cell) -> int | None:
    """A level from 0 to 5, or nothing where it was not assessed."""
    return None if cells.is_empty(cell) else _level(cell, lowest=0)


def _level(cell: Cell, *, lowest: int) -> int:
    if not re.fullmatch(r"[0-9]", cell.text.strip()):
        raise CellFaultError("harus bilangan bulat sampai 5")
    value = int(cell.text)
    if not lowest <= value <= HIGHEST:
        raise CellFaultError("harus bilangan bulat sampai 5")
    return value


COMPETENCES = Kind(
    "competences",
    "Kompetensi jabatan",
    (
        NIP,
        column(
            "post",
            "untuk",
            post,
            "jabatan sekarang atau berikutnya",
            "sekarang",
            "berikutnya",
            also=("post", "jenis_jabatan"),
        ),
        column(
            "title",
            "jabatan",
            cells.text,
            "nama jabatan",
            "Pengelola Layanan",
            "Penata Layanan",
            also=("title", "nama_jabatan"),
        ),
        column(
            "competence",
            "kompetensi",
            cells.text,
            "nama kompetensi",
            "Pelayanan Publik",
            "Komunikasi",
            also=("competence", "nama_kompetensi"),
        ),
        column(
            "needed",
            "diperlukan",
            needed,
            "tingkat 1 sampai 5",
            "2",
            "3",
            also=("needed", "standar", "tingkat_diperlukan"),
        ),
        optional(
            "held",
            "dimiliki",
            "tingkat 0 sampai 5; kosong bila belum dinilai",
            "1",
            "",
            also=("held", "capaian", "tingkat_dimiliki"),
            read=held,
        ),
    ),
    ("nip", "post", "competence"),
)
