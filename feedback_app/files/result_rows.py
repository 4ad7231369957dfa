"""Rows that a script prints or writes: JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from feedback_app.files.exports import inert
from feedback_app.files.whole_file import whole_file

Row = Mapping[str, Any]


def as_json(rows: Sequence[Row]) -> str:
    """An array, a row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return f"[\n{lines}\n]\n" if rows else "[]\n"


def as_csv(rows: Sequence[Row], names: Sequence[str]) -> str:
    """With these headings; no cell that a spreadsheet runs."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: inert(v) if isinstance(v, str) else v for k, v in row.items()})
    return text.getvalue()


def write(path: Path, text: str) -> None:
    """The file whole or not at all, closed to others."""
    whole_file(path, lambda place: _write(place, text))


def _write(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8")
