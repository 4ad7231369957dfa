"""What happened at counters, as offices kept it in a sheet of their own."""

from __future__ import annotations

from feedback_app.domain.folding import fold
from feedback_app.domain.happenings import CHOSEN, KINDS
from feedback_app.files import cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.records import Kind, column, optional
from feedback_app.files.tables import Cell

# What offices write for a kind, beside its words in both languages.
_ALSO = {
    "machine": ("mesin", "alat", "machine"),
    "move": ("pindah", "pindah gedung", "move"),
    "outage": ("gangguan", "jaringan mati", "listrik mati", "outage"),
    "leave": ("cuti", "petugas tidak masuk", "leave"),
    "lebaran": ("lebaran", "periode ramai"),
    "other": ("lain", "lainnya", "other"),
}
_KIND_OF = {fold(word): kind for kind in CHOSEN for word in (*KINDS[kind], *_ALSO[kind])}


def kind(cell: Cell) -> str:
    """A kind of happening by its word."""
    if not cell.text:
        raise CellFaultError("wajib diisi")
    found = _KIND_OF.get(fold(cell.text))
    if found is None:
        raise CellFaultError("harus mesin, pindah, gangguan, cuti, lebaran, atau lain")
    return found


def optional_day(cell: Cell) -> object:
    """A day, or nothing while it goes on."""
    return None if cells.is_empty(cell) else cells.day(cell)


HAPPENINGS = Kind(
    "happenings",
    "Kejadian",
    (
        column(
            "place",
            "loket",
            cells.code,
            "kode loket, atau kode unit untuk semua loketnya",
            "A1",
            "kantor",
            also=("counter", "kode_loket", "tempat", "unit"),
        ),
        column(
            "kind",
            "jenis",
            kind,
            "mesin, pindah, gangguan, cuti, lebaran, atau lain",
            "mesin",
            "pindah",
            also=("kind", "jenis_kejadian"),
        ),
        column(
            "first",
            "mulai",
            cells.day,
            "hari pertama, 24-11-2026",
            "24-11-2026",
            "01-12-2026",
            also=("dari", "tanggal", "hari_pertama", "from"),
        ),
        optional(
            "last",
            "selesai",
            "hari terakhir; kosong bila masih berlangsung",
            "26-11-2026",
            "",
            also=("sampai", "hari_terakhir", "to"),
            read=optional_day,
        ),
        column(
            "words",
            "keterangan",
            cells.text,
            "satu baris, tanpa nama orang",
            "mesin antrean rusak",
            "pindah ke gedung baru",
            also=("words", "kejadian", "uraian"),
        ),
    ),
    ("place", "kind", "first"),
)
