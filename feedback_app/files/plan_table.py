"""The plan as a table, columns in the order that PP 11/2017, Pasal 207, lists what a plan names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.training_plan import Office, Run, YearPlan
from feedback_app.files.document import Block, Document, Paragraph, Signature, Table
from feedback_app.files.exports import Cell, Sheet
from feedback_app.files.indonesian import long_date, number

COLUMNS = (
    "no", "nip", "nama", "jabatan", "unit", "jenis_kompetensi", "kompetensi",
    "kesenjangan_kompetensi", "kesenjangan_kinerja", "bukti", "prioritas", "jalur",
    "nama_pelatihan", "penyelenggara", "jadwal", "jp", "biaya_kontribusi", "biaya_perjalanan",
    "uang_harian", "sumber_dana", "cara_pilih",
)  # fmt: skip


PARTS = (
    COLUMNS[:11],
    (*COLUMNS[:1], COLUMNS[2], *COLUMNS[11:]),
)  # of the document: too wide for one
WIDTHS = {"no": 1.0, "jp": 1.0, "nip": 3.2, "nama": 3.2, "kompetensi": 3.0, "bukti": 3.0}
TITLES = {
    "no": "No.", "nip": "NIP", "nama": "Nama", "jabatan": "Jabatan", "unit": "Unit kerja",
    "jenis_kompetensi": "Jenis kompetensi", "kompetensi": "Kompetensi",
    "kesenjangan_kompetensi": "Kesenjangan kompetensi",
    "kesenjangan_kinerja": "Kesenjangan kinerja", "bukti": "Bukti", "prioritas": "Prioritas",
    "jalur": "Jalur", "nama_pelatihan": "Nama pelatihan", "penyelenggara": "Penyelenggara",
    "jadwal": "Jadwal", "jp": "JP", "biaya_kontribusi": "Biaya kontribusi",
    "biaya_perjalanan": "Biaya perjalanan", "uang_harian": "Uang harian",
    "sumber_dana": "Sumber dana", "cara_pilih": "Cara pilih",
}  # fmt: skip
_FIGURES = ("no", "prioritas", "jp", "biaya_kontribusi", "biaya_perjalanan", "uang_harian")


@dataclass(frozen=True, slots=True)
class PlanPaper:
    """What a plan's document says; `rows` name columns of the law, what is left out is empty."""

    year: int
    agency: str
    number: int
    rows: tuple[Mapping[str, Cell], ...]
    money: tuple[tuple[str, int, int], ...]  # kind, planned, limit
    fixed: tuple[str, str, date] | None  # name, position, day
    is_demo: bool


def law_sheet(rows: Sequence[Mapping[str, Cell]]) -> Sheet:
    """The law's table."""
    return Sheet("Rencana", COLUMNS, tuple(tuple(row.get(c, "") for c in COLUMNS) for row in rows))


def plan_document(paper: PlanPaper) -> Document:
    """The plan to sign: the law's columns in their order, in two tables, and the money."""
    state = "ditetapkan" if paper.fixed else "rancangan, belum ditetapkan"
    blocks: list[Block] = [_part(paper, place) for place in range(len(PARTS))]
    blocks += [_money_table(paper)]
    note = "Undian: yang tercantum memenuhi syarat; siapa yang berangkat ditentukan dengan undian."
    blocks += [Paragraph(note, "note")]
    if paper.fixed:
        name, position, day = paper.fixed
        blocks += [Signature(long_date(day), position, name, "", "")]
    return Document(
        title="Rencana pengembangan kompetensi",
        subtitle=str(paper.year),
        cover=(paper.agency, f"Versi {paper.number} ({state})"),
        warning="Data contoh, bukan data sebenarnya." if paper.is_demo else "",
        author=paper.agency,
        blocks=blocks,
        is_sheet=True,
    )


def _part(paper: PlanPaper, place: int) -> Table:
    names = PARTS[place]
    caption = ("Siapa dan kebutuhannya", "Pelatihan, jadwal, dan biaya per peserta (rupiah)")[place]
    return Table(
        caption=caption,
        columns=tuple(TITLES[name] for name in names),
        rows=tuple(tuple(_text(row.get(name, "")) for name in names) for row in paper.rows),
        align="".join("r" if name in _FIGURES else "l" for name in names),
        widths=tuple(WIDTHS.get(name, 2.2) for name in names),
    )


def _money_table(paper: PlanPaper) -> Table:
    rows = [(kind, _text(planned), _text(limit)) for kind, planned, limit in paper.money]
    totals = (
        "Jumlah",
        _text(sum(m[1] for m in paper.money)),
        _text(sum(m[2] for m in paper.money)),
    )
    return Table(
        caption="Uang menurut jenisnya (rupiah)",
        columns=("Jenis", "Direncanakan", "Anggaran"),
        rows=(*rows, totals),
        align="lrr",
        widths=(2, 1, 1),
        last_is_sum=True,
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, int | float):
        return number(cell, 0 if float(cell).is_integer() else 2)
    return "" if cell is None else str(cell)


def plan_sheet(office: Office, plan: YearPlan, *, eligible: Mapping[str, tuple[str, ...]]) -> Sheet:
    """A line for each officer and run, in the order of what the plan expects most of.

    What nobody told (NIP, post, organiser, source of money) stays empty for the office to fill.
    """
    runs = {run.code: run for run in office.runs}
    lines = sorted(plan.chosen, key=lambda pair: (-office.gain(pair[0], runs[pair[1]]), pair))
    rows = [
        _line(office, place, officer, runs[code], eligible.get(code, ()))
        for place, (officer, code) in enumerate(lines, start=1)
    ]
    return Sheet("Rencana", COLUMNS, tuple(rows))


def _line(
    office: Office, place: int, officer: str, run: Run, eligible: tuple[str, ...]
) -> tuple[Cell, ...]:
    needs = [
        f"{item} {number(office.needs[officer, item], 2)}"
        for item in run.gains
        if office.needs.get((officer, item))
    ]
    jp = int(run.jp) if float(run.jp).is_integer() else run.jp
    told: dict[str, Cell] = {
        "no": place,
        "nama": officer,
        "kompetensi": ", ".join(run.gains),
        "kesenjangan_kinerja": "; ".join(needs),
        "bukti": "penilaian warga" if needs else "JP belum terpenuhi",
        "prioritas": place,
        "jalur": run.kind,
        "nama_pelatihan": run.training if run.is_known else f"{run.training} (belum diketahui)",
        "jadwal": _dates(run),
        "jp": jp,
        "biaya_kontribusi": run.prices["fee"],
        "biaya_perjalanan": run.prices["travel"],
        "uang_harian": run.prices["daily"],
        "cara_pilih": _chosen_by(run, eligible),
    }
    return tuple(told.get(name, "") for name in COLUMNS)


def _dates(run: Run) -> str:
    if run.start == run.end:
        return long_date(run.start)
    return f"{long_date(run.start)} s.d. {long_date(run.end)}"


def _chosen_by(run: Run, eligible: tuple[str, ...]) -> str:
    """Where more may go than there are seats, the lot decides who of them does."""
    if len(eligible) > run.seats:
        return f"undian: {len(eligible)} memenuhi syarat, {run.seats} kursi"
    return "semua yang memenuhi syarat"
