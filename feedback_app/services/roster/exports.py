"""A week of the roster as a table; without NIP, which no export carries."""

from __future__ import annotations

from feedback_app.services.exports.tables import Table
from feedback_app.services.roster.week import Week

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
COLUMNS = ("Tanggal", "Hari", "Unit", "Kode loket", "Loket", "Petugas", "Mulai", "Selesai")


def week_sheet(week: Week) -> Table:
    """One shift a row, by day and counter."""
    rows = []
    for place, day in enumerate(week.days):
        for row in week.rows:
            for duty in row.cells[place].duties:
                starts, _dash, ends = duty.hours.partition("–")
                head = (day, WEEKDAYS[day.weekday()], row.unit, row.code, row.name)
                rows.append((*head, duty.officer, starts, ends))
    return Table("Jadwal", COLUMNS, tuple(rows))
