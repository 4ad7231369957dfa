"""The plan as a table, columns in the order that PP 11/2017, Pasal 207, lists what a plan names."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_app.domain.training_plan import Office, Run, YearPlan
from feedback_app.files.exports import Cell, Sheet
from feedback_app.files.indonesian import long_date, number

COLUMNS = (
    "no", "nip", "nama", "jabatan", "unit", "jenis_kompetensi", "kompetensi",
    "kesenjangan_kompetensi", "kesenjangan_kinerja", "bukti", "prioritas", "jalur",
    "nama_pelatihan", "penyelenggara", "jadwal", "jp", "biaya_kontribusi", "biaya_perjalanan",
    "uang_harian", "sumber_dana", "cara_pilih",
)  # fmt: skip


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
