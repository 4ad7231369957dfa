"""The demo's trial of visit codes: two weeks of counts at the main office, ended some days ago."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from feedback_app.demo.places import Places
from feedback_app.domain.local_time import local_instant
from feedback_app.storage import bulk
from feedback_app.storage.db import Session

UNIT = "kantor"
SERVICES = ("ktp", "kk", "lahir")
LASTED = timedelta(days=14)
# So long ago that forms ask for no code now; the tiers of the past are left as they were.
ENDED = timedelta(days=5)
SPARE = 1.4  # printed beyond the visits that were expected
CALLED = 0.9  # of the visits: some come back for a receipt only
USED = 0.32  # of the visits, as many as rate
ODD_DAY = 4  # of the trial: somebody used what was left over


def add_codes(
    tx: Session, places: Places, visits: Iterable[Mapping[str, Any]], *, last: date
) -> None:
    """Batches and counts out of the books' visits of those days, with a seed of their own."""
    rng = np.random.default_rng(20_261_125)
    ends = last - ENDED
    of_day = _visits_of_days(places, visits, first=ends - LASTED, last=ends)
    days = sorted({day for day, _service in of_day})
    counts, batches = [], []
    for (day, service), number in sorted(of_day.items()):
        issued = int(number * SPARE / 10 + 1) * 10
        is_odd = day == days[min(ODD_DAY, len(days) - 1)] and service == SERVICES[0]
        count = _odd_count(issued, number) if is_odd else _count(rng, issued, number)
        key: dict[str, Any] = {"agency_id": places.agency_id, "unit_id": places.units[UNIT]}
        key["service_id"] = places.services[service]
        counts.append(key | {"day": day} | count)
        batches.append(key | _batch(day, issued, count))
    bulk.add_rows(tx, "code_count", counts)
    bulk.add_rows(tx, "code_batch", batches)


def _visits_of_days(
    places: Places, visits: Iterable[Mapping[str, Any]], *, first: date, last: date
) -> dict[tuple[date, str], int]:
    names = {places.services[code]: code for code in SERVICES}
    here = set(places.counters[:6])  # the main office's, see office.COUNTERS
    found: dict[tuple[date, str], int] = defaultdict(int)
    for row in visits:
        is_of_trial = first < row["day"] <= last and row["counter_id"] in here
        if is_of_trial and row["service_id"] in names:
            found[row["day"], names[row["service_id"]]] += row["visits"]
    return dict(found)


def _count(rng: np.random.Generator, issued: int, visits: int) -> dict[str, int]:
    called = int(rng.binomial(visits, CALLED))
    redeemed = int(rng.binomial(called, USED))
    revoked = int(rng.binomial(issued - redeemed, 0.2))
    return _row(issued, called=called, redeemed=redeemed, revoked=revoked)


def _odd_count(issued: int, visits: int) -> dict[str, int]:
    """Every printed code was used, also those that nobody took at the door."""
    return _row(issued, called=int(visits * CALLED), redeemed=issued, revoked=0)


def _row(issued: int, *, called: int, redeemed: int, revoked: int) -> dict[str, int]:
    return {
        "issued": issued,
        "called": called,
        "redeemed": redeemed,
        "expired": issued - redeemed - revoked,
        "revoked": revoked,
    }


def _batch(day: date, issued: int, count: Mapping[str, int]) -> dict[str, Any]:
    made_at: datetime = local_instant(day - timedelta(days=1), time(15))
    closed_at = local_instant(day, time(16)) if count["revoked"] else None
    return {
        "valid_on": day,
        "size": issued,
        "way": "sheet",
        "made_at": made_at,
        "made_by": None,
        "revoked_at": closed_at,
        "expired": count["expired"],
        "revoked": count["revoked"],
    }
