"""Read an analyst's panel and events, with every fault named by row and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_app.domain.days import day_of, month_of
from feedback_app.domain.folding import heading_key
from feedback_app.domain.texts import Text
from feedback_app.domain.training import REASONS
from feedback_app.files import training_cells
from feedback_app.files.analyst_tables import AnalystTable, Column, Faults, read_columns
from feedback_app.files.cells import CellError, CellFaultError
from feedback_app.files.reading.headings import Wanted
from feedback_app.files.tables import AnalystFileError, Cell

PANEL_COLUMNS = ("officer", "counter", "month", "score", "n")
# Of an export of this program: shares of 4 and of 1 or 2, what the case mix took, visits, and where
# something happened at the counter or the form changed (1, else 0).
MORE_OF_PANEL = ("top", "low", "mix", "visits", "happened", "new_form")
MORE_OF_EVENT = ("elements", "horizon", "fixed_on")  # what was fixed before the scores
LIST_OF_EVENT = "drawn_from"  # by lot: who else stood on the list
EVENT_COLUMNS = ("officer", "training", "date", "reason", "assigned_unit", "cost")
NEEDED_OF_EVENT = ("officer", "training", "date")
# The office's words for the same columns.
_ALSO = {
    "officer": ("petugas", "kode petugas"), "counter": ("loket", "kode loket"), "month": ("bulan",),
    "score": ("nilai", "skor", "rata-rata"), "n": ("jawaban", "jumlah jawaban", "responden"),
    "item": ("unsur",), "service": ("layanan", "kode layanan"), "unit": ("kode unit",),
    "training": ("pelatihan", "kode pelatihan"), "date": ("tanggal", "tanggal mulai"),
    "reason": ("alasan",),
    "assigned_unit": ("dikirim",), "cost": ("biaya",),
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+")
_POINT_NOUGHT = re.compile(r"\d+[.,]0{1,2}")


def wanted_columns(names: tuple[str, ...], needed: tuple[str, ...]) -> Wanted:
    """These columns, also under the office's words for them."""
    titles = {heading_key(name): name for name in names}
    also = {heading_key(word): name for name in names for word in _ALSO.get(name, ())}
    return Wanted({**also, **titles}, frozenset(needed))


PANEL = wanted_columns((*PANEL_COLUMNS, "item", *MORE_OF_PANEL), PANEL_COLUMNS)
EVENTS = wanted_columns((*EVENT_COLUMNS, *MORE_OF_EVENT, LIST_OF_EVENT), NEEDED_OF_EVENT)


@dataclass(frozen=True, slots=True)
class Checked:
    """A clean frame, or everything that is wrong with the file; notes tell what was passed over."""

    frame: pd.DataFrame
    errors: tuple[CellError, ...]
    notes: tuple[Text, ...] = ()


def read_panel(path: Path) -> Checked:
    """officer, counter, month (YYYY-MM), score (1 to 4), n (answers); `item` when several.

    Scores brought to one case mix (a column `mix` stands beside them) may lie a little outside.
    """
    table = read_columns(path, PANEL)
    faults = Faults(table)
    keys = ("officer", "counter", *(["item"] if "item" in table else []))
    for name in keys:
        faults.add(name, table.columns[name].is_in(frozenset([""])), "must not be empty")
    month = months(table, faults)
    n = whole_counts(table.columns["n"], faults)
    score = means(table, "score", n, faults, bounds=(0, 5) if "mix" in table else (1, 4))
    more = {name: _more(table, name, faults) for name in MORE_OF_PANEL if name in table}
    frame = pd.DataFrame({name: table.columns[name].whole() for name in keys})
    frame = frame.assign(
        month=month, score=score, n=np.nan_to_num(n, nan=0).astype(np.int64), **more
    )
    codes = pd.DataFrame({name: table.columns[name].codes for name in keys}).assign(
        month=pd.factorize(month)[0]
    )
    again = codes.duplicated(keep="first").to_numpy()
    faults.add("officer", again, "this officer, counter and month are there already")
    order = [*PANEL_COLUMNS, *(["item"] if "item" in table else []), *more]
    return Checked(frame[order], faults.found(), table.notes)


def months(table: AnalystTable, faults: Faults) -> NDArray[np.object_]:
    """The column `month` as 2026-11; "" where it is none, which is a fault."""
    found = table.columns["month"].read(lambda text: month_of(text) or "", "object")
    faults.add("month", found == "", "must be a month like 2026-11")
    return np.asarray(found, dtype=np.object_)


_OUTSIDE = {(1, 4): "must be a number from 1 to 4", (0, 5): "must be a number from 0 to 5"}


def means(
    table: AnalystTable,
    name: str,
    n: NDArray[np.float64],
    faults: Faults,
    *,
    bounds: tuple[int, int] = (1, 4),
) -> NDArray[np.float64]:
    """Means within bounds that _OUTSIDE has words for; empty where nobody answered (n = 0)."""
    column, (least, most) = table.columns[name], bounds
    found = np.asarray(column.read(decimal, "float64"), dtype=np.float64)
    is_open = column.is_in(frozenset([""])) & (n == 0)
    outside = ~is_open & ~((found >= least) & (found <= most))
    faults.add(name, outside, _OUTSIDE[bounds])
    return found


def of_answered(frame: pd.DataFrame, faults: Faults, notes: tuple[Text, ...]) -> Checked:
    """Without the rows that have no answers (n = 0), which a note tells.

    AnalystFileError when none is left.
    """
    errors, answered = faults.found(), frame[frame["n"] > 0]
    if answered.empty and not errors:
        raise AnalystFileError("the file has no answers: n is 0 in every row")
    left = len(frame) - len(answered)
    told = (Text("Baris tanpa jawaban (n = 0) yang dilewati: %(n)s.", n=left),) if left else ()
    return Checked(answered.reset_index(drop=True), errors, (*notes, *told))


def _more(table: AnalystTable, name: str, faults: Faults) -> NDArray[np.float64]:
    """A column of numbers that may be empty."""
    column = table.columns[name]
    found = np.asarray(column.read(decimal, "float64"), dtype=np.float64)
    bad = ~column.is_in(frozenset([""])) & ~np.isfinite(found)
    faults.add(name, bad, "must be a number, or empty")
    return found


def read_events(path: Path, *, officers: frozenset[str]) -> Checked:
    """officer, training, date; reason, assigned_unit and cost may be missing or empty."""
    table = _with_all(read_columns(path, EVENTS))
    faults = Faults(table)
    columns = table.columns
    faults.add("training", columns["training"].is_in(frozenset([""])), "must not be empty")
    faults.add("officer", ~columns["officer"].is_in(officers), "this officer is not in the panel")
    date = columns["date"].read(_day, "datetime64[s]")
    faults.add("date", np.isnat(date), "must be a date like 2026-11-24")
    reason = columns["reason"].read(_reason, "object")
    faults.add("reason", reason == "", "must be one of " + ", ".join(REASONS))
    cost = columns["cost"].read(_rupiah, "float64")
    bad_cost = ~columns["cost"].is_in(frozenset([""])) & ~np.isfinite(cost)
    faults.add("cost", bad_cost, "must be rupiah, 0 or more, like 6000000 or 6.000.000")
    frame = pd.DataFrame({name: columns[name].whole() for name in EVENT_COLUMNS})
    frame = frame.assign(
        date=date,
        reason=reason,
        cost=cost,
        assigned_unit=columns["assigned_unit"].read(_sent, "object"),
    )
    if set(MORE_OF_EVENT) <= set(table.columns):
        frame = frame.assign(**{name: columns[name].whole() for name in MORE_OF_EVENT})
        months = columns["horizon"].is_in(frozenset(["", "all", *map(str, range(2, 121))]))
        faults.add("horizon", ~months, "must be 2 to 120 months, or all")
    if LIST_OF_EVENT in table:
        listed = columns[LIST_OF_EVENT].whole()
        frame[LIST_OF_EVENT] = listed
        strange = ~np.array([officers.issuperset(str(names).split()) for names in listed])
        faults.add(LIST_OF_EVENT, strange, "must be officers of the panel, with blanks between")
    again = frame.duplicated(["officer", "training", "date"], keep="first").to_numpy()
    faults.add("officer", again, "this attendance is there already")
    return Checked(frame, faults.found(), table.notes)


def _with_all(table: AnalystTable) -> AnalystTable:
    """The same table; columns that it has not are empty."""
    empty = Column(np.zeros(len(table.rows), dtype=np.intp), pd.Index([""], dtype=object))
    absent = {name: empty for name in EVENT_COLUMNS if name not in table}
    return AnalystTable({**table.columns, **absent}, table.rows, table.notes)


def decimal(text: str) -> float:
    """Decimal comma or point; Python's number words (nan, inf, 1_0) are no numbers here."""
    plain = text.replace(",", ".")
    return float(plain) if _NUMBER.fullmatch(plain) else np.nan


def whole_counts(column: Column, faults: Faults) -> NDArray[np.float64]:
    """Whole numbers. 1.020 is 1020 where the column shows that its points part thousands.

    In a column of nothing but 20.000 they may be decimals too: then nobody guesses.
    """
    texts = [text for text in column.texts if text]
    grouped = [text for text in texts if _GROUPED.fullmatch(text)]
    may_be_decimals = any(_POINT_NOUGHT.fullmatch(text) for text in texts) or (
        len(grouped) == len(texts) and all(text[-3:] == "000" for text in grouped)
    )
    if grouped and may_be_decimals:
        reason = "may be thousands or decimals: write 1020, or 20"
        faults.add("n", column.is_in(frozenset(grouped)), reason)
        return np.zeros(len(column.codes))
    parted = frozenset(grouped)
    found = column.read(
        lambda text: float(re.sub("[., ]", "", text)) if text in parted else decimal(text),
        "float64",
    )
    n = np.asarray(found, dtype=np.float64)
    whole = np.isfinite(n) & (n >= 0) & (n == np.floor(n)) & (n < 1e9)
    faults.add("n", ~whole, "must be a whole number of answers, 0 or more")
    return n


def _day(text: str) -> np.datetime64:
    """A day as offices write it, or a month: its first day."""
    month = month_of(text) if re.fullmatch(r"\d{4}-\d{2}", text) else None
    day = day_of(f"{month}-01" if month else text)
    return np.datetime64("NaT") if day is None else np.datetime64(day)


def _reason(text: str) -> str:
    """A key of REASONS; '' for any other word."""
    try:
        return training_cells.reason(Cell(text, "text"))
    except CellFaultError:
        return ""


def _sent(text: str) -> str:
    """officer or counter where one of their names stands; else as written."""
    try:
        return training_cells.sent(Cell(text, "text")) if text else ""
    except CellFaultError:
        return text


def _rupiah(text: str) -> float:
    """Rupiah; 6.000 are six thousand, as rupiah have no decimals. NaN for anything else."""
    try:
        value = training_cells.rupiah(Cell(text, "text"))
    except CellFaultError:
        return np.nan
    return np.nan if value is None else float(value)
