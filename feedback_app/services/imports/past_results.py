"""Take in results of earlier surveys."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.skm import CONVERSION, WEIGHTS, round_half_up
from feedback_app.domain.survey import FIRST_YEAR, Span, clash
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.work import Codes, Counts, Rows, Work
from feedback_app.services.survey.periods import LONGEST_DAYS, span_of_survey
from feedback_app.storage.queries import surveys as queries

# Means printed with two decimals move the index by up to 0.125.
ROUNDING = Decimal("0.13")


def save_past_results(work: Work, rows: Rows) -> Counts:
    """Add or change earlier results; none may cut into another survey's days."""
    units = work.units()
    taken: dict[int, list[Span]] = {}
    wanted: list[dict[str, Any]] = []
    kept = _stored(work, units)
    for number, record in rows:
        unit_id = work.look_up(units, record["unit"], number, "unit")
        span = Span(record["first"], record["last"])
        if not _days_are_right(work, number, span) or unit_id is None:
            continue
        if unit_id not in taken:
            own = units.spelt(record["unit"])
            named = {Span(r["first"], r["last"]) for _, r in rows if units.spelt(r["unit"]) == own}
            taken[unit_id] = _days_taken(work, unit_id, but=named)
        if clash(span, taken[unit_id]) is not None:
            reason = Text("periode ini memotong periode survei lain dari unit ini")
            work.errors.append(CellError(number, "mulai", span.first.isoformat(), reason))
            continue
        taken[unit_id].append(span)
        whole = _with_what_is_kept(work, number, record, kept.get((unit_id, span)))
        if whole is None:
            continue
        _compare_index(work, number, whole)
        row = _row(work, unit_id, span, whole)
        wanted.append(row)
        _tell(work, number, record, row, kept.get((unit_id, span)))
    if work.errors:
        return 0, 0, 0
    return queries.save_past_results(work.tx, wanted)


def _row(work: Work, unit_id: int, span: Span, record: Record) -> dict[str, Any]:
    return {
        "agency_id": work.agency_id,
        "unit_id": unit_id,
        "first_day": span.first,
        "last_day": span.last,
        "respondents": record["respondents"],
        "nrr": {key: str(record[key]) for key in OFFICIAL_KEYS},
        "weight": record["weight"],
    }


def _stored(work: Work, units: Codes) -> dict[tuple[int, Span], Any]:
    rows = queries.past_results(work.tx, list(units.values()))
    return {(row.unit_id, span_of_survey(row)): row for row in rows}


def _with_what_is_kept(work: Work, number: int, record: Record, old: Any) -> Record | None:
    """The row's own figures, and those of the same days that it does not speak of."""
    if old is None:
        work.need(record, number)  # a column that is absent is told at the first such row only
        needed = {column.field for column in work.kind.columns if column.is_required}
        return {"weight": "1/9", "ikm": None, **record} if needed <= record.keys() else None
    kept = {"respondents": old.respondents, "weight": old.weight, "ikm": None}
    kept |= {key: Decimal(value) for key, value in old.nrr.items()}
    return {**kept, **record}


def _tell(work: Work, number: int, record: Record, row: dict[str, Any], old: Any) -> None:
    name = f"{record['unit']} {record['first']:%d-%m-%Y}"
    if old is None:
        work.note_new(number, name)
        return
    pairs = {key: (key, old.nrr[key], row["nrr"][key]) for key in OFFICIAL_KEYS}
    pairs["respondents"] = ("responden", old.respondents, row["respondents"])
    pairs["weight"] = ("bobot", old.weight, row["weight"])
    changed = {field: both for field, both in pairs.items() if both[1] != both[2]}
    if changed:
        work.note(number, name, changed, shows={})


def _days_taken(work: Work, unit_id: int, *, but: set[Span]) -> list[Span]:
    """Days of the unit's surveys and earlier results, without those that the file itself brings."""
    queries.hold_unit(work.tx, unit_id)
    own = [span_of_survey(row) for row in queries.surveys_of_units(work.tx, [unit_id])]
    kept = [span_of_survey(row) for row in queries.past_results(work.tx, [unit_id])]
    return [*own, *(span for span in kept if span not in but)]


def _days_are_right(work: Work, number: int, span: Span) -> bool:
    faults = (
        (span.last < span.first, Text("harus sama dengan atau sesudah hari pertama")),
        (span.days > LONGEST_DAYS, Text("periode survei paling lama satu tahun")),
        (span.last >= work.site.today(), Text("periode ini belum berakhir")),
        (span.first.year < FIRST_YEAR, Text("sembilan unsur ini berlaku sejak tahun 2017")),
    )
    found = [reason for is_wrong, reason in faults if is_wrong][:1]
    day = span.last.isoformat()
    work.errors.extend(CellError(number, "selesai", day, reason) for reason in found)
    return not found


def _compare_index(work: Work, number: int, record: Record) -> None:
    """A printed index that does not follow from its means is told, and the means are kept."""
    if record["ikm"] is None:
        return
    total = sum((Fraction(record[key]) for key in OFFICIAL_KEYS), Fraction(0))
    ours = round_half_up(total * WEIGHTS[record["weight"]] * CONVERSION, places=2)
    if abs(ours - record["ikm"]) > ROUNDING:
        number_in_words = (str(ours).replace(".", ","), str(ours))
        reason = Text("tidak sama dengan IKM dari NRR, yaitu %(ikm)s", ikm=number_in_words)
        work.warnings.append(CellError(number, "ikm", str(record["ikm"]), reason))
