"""Write a table for analysts (CSV or Parquet by its ending) with a codebook beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from feedback_app.files.exports import inert
from feedback_app.files.tables import AnalystFileError
from feedback_app.files.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Column:
    """One line of the codebook."""

    name: str
    unit: str
    meaning: str


def write_table(frame: pd.DataFrame, path: Path, *, columns: Sequence[Column]) -> Path:
    """Write the table and `<name>-codebook.csv`; return the codebook's path.

    CSV has ',' between cells and '.' in decimals: it is for programs. Each file appears whole.
    """
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda place: _inert(frame).to_csv(place, index=False, lineterminator="\n"),
        ".parquet": lambda place: duckdb.from_df(frame).write_parquet(str(place)),
    }
    write = writers.get(path.suffix.casefold())
    if write is None:
        raise AnalystFileError(f"{path.name}: the name must end in .csv or .parquet")
    whole_file(path, write)
    codebook = path.with_name(f"{path.stem}-codebook.csv")
    lines = pd.DataFrame([(c.name, c.unit, c.meaning) for c in columns])
    lines.columns = pd.Index(["column", "unit", "meaning"])
    whole_file(
        codebook, lambda place: _inert(lines).to_csv(place, index=False, lineterminator="\n")
    )
    return codebook


def _inert(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with texts that no spreadsheet runs; numbers, negative ones too, stay numbers."""
    safe = frame.rename(columns=lambda name: inert(str(name)))
    for name in safe.select_dtypes(exclude="number"):
        safe[name] = safe[name].map(lambda value: inert(value) if isinstance(value, str) else value)
    return safe
