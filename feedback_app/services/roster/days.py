"""What is known of days: Indonesia's public holidays and joint leave, and the office's own days."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from feedback_app.domain.working_days import Calendar
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries

TABLE = Path(__file__).with_name("holidays.json")
TABLE_YEARS = range(2024, 2037)


@cache
def holidays_of(year: int) -> Mapping[date, str]:
    """Public holidays and joint leave ("cuti bersama") of a year, by their Indonesian names.

    Dates that follow the moon are estimates until the ministers' joint decree is out; the office
    enters what differs. Read from a table: the package costs each web process 17 MB (300 modules).
    """
    if year not in TABLE_YEARS:
        return holidays_of_package(year)
    kept = json.loads(TABLE.read_text(encoding="utf-8"))[str(year)]
    return {date.fromisoformat(day): name for day, name in kept.items()}


def holidays_of_package(year: int) -> Mapping[date, str]:
    """The same from the package; the table is made from it (`make holidays`)."""
    import holidays

    found = holidays.country_holidays(
        "ID", years=year, categories=("public", "government"), language="id"
    )
    return dict(found)


def calendar_of(session: Session, agency_id: int, *, first: date, last: date) -> Calendar:
    """The calendar of an agency over a span of days."""
    known = {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in holidays_of(year).items()
    }
    return Calendar(known, queries.entries(session, agency_id, first=first, last=last))
