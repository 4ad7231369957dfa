"""JP of the year as a table to download."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_app.files.exports import Sheet
from feedback_app.services.trainings.hours import HoursLine


def hours_sheet(lines: Iterable[HoursLine]) -> Sheet:
    """One row an officer: JP of the year against the bound."""
    columns = ("Nama", "Status ASN", "JP", "Batas", "Arti batas", "Terpenuhi", "JP tidak diketahui")
    rows = tuple(
        (
            line.name,
            line.employment,
            line.hours.jp,
            line.hours.bound,
            "paling sedikit" if line.hours.is_floor else "paling banyak",
            "ya" if line.hours.is_met else "tidak",
            line.unknown,
        )
        for line in lines
    )
    return Sheet("JP", columns, rows)
