"""What is known of days: Indonesia's public holidays and joint leave, and the office's own days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from feedback_app.domain.working_days import Calendar
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries


@cache
def holidays_of(year: int) -> Mapping[date, str]:
    """Public holidays and joint leave ("cuti bersama") of a year, by their Indonesian names.

    Dates that follow the moon are estimates until the ministers' joint decree is out; the office
    enters what differs.
    """
    # 20 MB and a quarter of a second, so only once somebody asks (measured: 300 modules)
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
