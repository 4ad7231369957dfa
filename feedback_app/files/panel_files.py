"""Read an analyst's panel and events (CSV or Parquet), with every fault named by row and column."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from feedback_app.domain.texts import Text
from feedback_app.domain.training import REASONS
from feedback_app.files.cells import CellError
from feedback_app.files.tables import AnalystFileError, decode_text

PANEL_COLUMNS = ("officer", "counter", "month", "score", "n")
EVENT_COLUMNS = ("officer", "training", "date", "reason", "assigned_unit", "cost")
NEEDED_OF_EVENT = ("officer", "training", "date")
FAULTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """A clean frame, or everything that is wrong with the file."""

    frame: pd.DataFrame
    errors: tuple[CellError, ...]


def read_panel(path: Path) -> Checked:
    """officer, counter, month (YYYY-MM), score (1 to 4), n (answers); `item` when several."""
    frame = _read(path, needed=PANEL_COLUMNS)
    columns = [*PANEL_COLUMNS, *(["item"] if "item" in frame else [])]
    frame = frame[[*columns, "_row"]].copy()
    faults = _Faults(frame)
    for name in ("officer", "counter", *(["item"] if "item" in frame else [])):
        faults.add(name, frame[name] == "", "must not be empty")
    shape = frame["month"].str.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", na=False)
    faults.add("month", ~shape, "must be a month like 2026-11")
    n = pd.to_numeric(_dotted(frame["n"]), errors="coerce")
    whole = np.isfinite(n) & (n >= 0) & (n == np.floor(n)) & (n < 1e9)
    faults.add("n", ~whole, "must be a whole number of answers, 0 or more")
    score = pd.to_numeric(_dotted(frame["score"]), errors="coerce")
    empty = (frame["score"] == "") & (n == 0)
    faults.add("score", ~empty & ~score.between(1, 4), "must be a number from 1 to 4")
    key = ["officer", "counter", "month", *(["item"] if "item" in frame else [])]
    again = frame.duplicated(key, keep="first")
    faults.add("officer", again, "this officer, counter and month are there already")
    return Checked(frame[columns].assign(score=score, n=n.fillna(0)), faults.found())


def read_events(path: Path, *, officers: frozenset[str]) -> Checked:
    """officer, training, date; reason, assigned_unit and cost may be missing or empty."""
    frame = _read(path, needed=NEEDED_OF_EVENT)
    for name in EVENT_COLUMNS:
        if name not in frame:
            frame[name] = ""
    frame = frame[[*EVENT_COLUMNS, "_row"]].copy()
    faults = _Faults(frame)
    faults.add("training", frame["training"] == "", "must not be empty")
    faults.add("officer", ~frame["officer"].isin(officers), "this officer is not in the panel")
    date = _dates(frame["date"])
    faults.add("date", date.isna(), "must be a date like 2026-11-24")
    reason = frame["reason"].str.casefold().replace("", "unknown")
    reason_fault = "must be one of " + ", ".join(REASONS)
    faults.add("reason", ~reason.isin(list(REASONS)), reason_fault)
    cost = pd.to_numeric(_dotted(frame["cost"]), errors="coerce")
    bad_cost = (frame["cost"] != "") & ~(np.isfinite(cost) & (cost >= 0))
    faults.add("cost", bad_cost, "must be rupiah, 0 or more")
    again = frame.duplicated(["officer", "training", "date"], keep="first")
    faults.add("officer", again, "this attendance is there already")
    clean = frame.assign(date=date, reason=reason, cost=cost)[list(EVENT_COLUMNS)]
    return Checked(clean, faults.found())


class _Faults:
    """Gathers bad cells of a frame; `_row` is the row as a spreadsheet numbers it."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.cells: list[CellError] = []

    def add(self, column: str, is_bad: pd.Series, reason: str) -> None:
        """Name every bad cell of a column, up to a limit."""
        bad = self.frame[is_bad.to_numpy(dtype=bool)]
        self.cells += [
            CellError(int(row), column, str(value), Text(reason))
            for row, value in zip(bad["_row"][:FAULTS_SHOWN], bad[column], strict=False)
        ]

    def found(self) -> tuple[CellError, ...]:
        """All bad cells in the order of rows."""
        return tuple(sorted(self.cells, key=lambda cell: cell.row))


def _read(path: Path, *, needed: tuple[str, ...]) -> pd.DataFrame:
    is_parquet = path.suffix.casefold() == ".parquet"
    frame = _parquet(path) if is_parquet else _csv(path.read_bytes())
    frame.columns = [str(name).strip().casefold() for name in frame.columns]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise AnalystFileError(f"column is missing: {', '.join(missing)}")
    if frame.empty:
        raise AnalystFileError("the file has no rows of data")
    for name in frame.columns:
        frame[name] = frame[name].fillna("").str.strip()
    return frame.assign(_row=np.arange(2, len(frame) + 2))


def _csv(content: bytes) -> pd.DataFrame:
    text = decode_text(content)
    if not text.strip():
        raise AnalystFileError("the file is empty")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    names = [name.strip().strip('"').casefold() for name in first.split(delimiter)]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:  # pandas would rename the second one without a word
        raise AnalystFileError(f"column is there twice: {', '.join(twice)}")
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise AnalystFileError(f"not a table: {str(error).splitlines()[0]}") from None


def _parquet(path: Path) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = duckdb.read_parquet(str(path)).df()
    except duckdb.Error as error:
        raise AnalystFileError(f"not a Parquet file: {str(error).splitlines()[0]}") from None
    text: pd.DataFrame = frame.astype(object).where(frame.notna(), "").astype(str)
    return text


def _dotted(text: pd.Series) -> pd.Series:
    """Decimal comma or point; Python's number words (nan, inf, 1_0) are no numbers here."""
    plain = text.str.replace(",", ".", regex=False)
    return plain.where(plain.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", na=False), "")


def _dates(text: pd.Series) -> pd.Series:
    """2026-11-24, 24-11-2026, 24/11/2026, 2026-11 (its first day); NaT for anything else."""
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[s]")
    for shape in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m"):
        read = pd.to_datetime(text, format=shape, errors="coerce", exact=True)
        found = found.fillna(read.astype("datetime64[s]"))
    return found
