"""The demo's plans: last year's, fixed before its courses and looked back on, and a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from feedback_app.demo.places import Places
from feedback_app.demo.trainings import TRAININGS, DemoTraining
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import Training
from feedback_app.storage.queries import trainings as queries

AHEAD = timedelta(days=90)  # a draft is for the year in which its courses can still be booked
WEEKS = (5, 7, 9, 11, 14)  # after the draft's first working day
TRAVEL, DAILY = 750_000, 430_000  # rupiah a participant, and a day of it
UNKNOWN_MEAN, UNKNOWN_SD = 0.05, 0.10  # what is believed of a training before any is measured
STUDY_SE = 0.06  # points: what a study here errs by
Z80 = 1.2816  # of a normal distribution, eight tenths lie within
ANSWERS_A_YEAR = 400.0  # of one officer and item
# In the catalogue like any other, and free; nobody took them yet, so no effect is known.
# code, title, kind, elements, competences, provider, partner, JP, seats
PATHS = (
    ("rekan", "Pembimbingan oleh rekan di loket", "magang", ("kecepatan", "informasi"),
     "Komunikasi", "Kantor sendiri", "", 4, 6),
    ("bahasa", "Seminar bahasa yang sederhana", "seminar", ("informasi",),
     "Komunikasi", "Universitas Contoh", "Universitas Contoh", 4, 10),
)  # fmt: skip
HEAD, POSITION = "Dra. Sri Contoh, M.Si.", "Kepala Dinas"


def add_plans(site: Site, places: Places) -> None:
    """Last year's plan as it was fixed, with what was spent; and candidate runs of the next one."""
    today = site.today()
    with site.db.transaction() as tx:
        _add_paths(tx, places)
        rows = {row.code: row for row in queries.catalogue(tx, agency_id=places.agency_id)}
        _add_last(tx, places, rows, today=today)
        _add_draft(tx, places, rows, today=today)


def _add_paths(tx: Session, places: Places) -> None:
    rows = [
        {
            **_own(places),
            "code": code,
            "title": title,
            "kind": kind,
            "elements": list(elements),
            "competences": [competence],
            "provider": provider,
            "partner": partner,
            "jp": jp,
            "cost": 0,
        }
        for code, title, kind, elements, competence, provider, partner, jp, _seats in PATHS
    ]
    bulk.add_rows(tx, "training", rows)


def _plan(tx: Session, places: Places, year: int, made_at: datetime, money: Sequence[int]) -> int:
    row = {
        **_own(places),
        "year": year,
        **dict(zip(("fee", "travel", "daily"), money, strict=True)),
        "floor": 1,
        "fairness": 0.1,
        "jp_price": 0.01,
        "funding": "APBD",
        "made_by": None,
        "made_at": made_at,
    }
    return bulk.add_rows(tx, "plan", [row])[0]


def _own(places: Places) -> dict[str, Any]:
    return {"agency_id": places.agency_id}


def _prices(cost: int, days: int) -> dict[str, int]:
    """A course elsewhere pays its way; what is cheap is held in the house or on a screen."""
    is_away = cost >= 4_000_000
    return {
        "fee": cost,
        "travel": TRAVEL if is_away else 0,
        "daily": DAILY * days if is_away else 0,
    }


def _add_last(tx: Session, places: Places, rows: dict[str, Training], *, today: date) -> None:
    year = today.year - 1
    held = _held_in(rows, tx, year)
    made = local_instant(date(year - 1, 12, 15), time(9))
    plan_id = _plan(tx, places, year, made, (150_000_000, 20_000_000, 30_000_000))
    run_rows = [
        {
            **_own(places),
            "plan_id": plan_id,
            "training_id": rows[one.code].id,
            "starts_on": first,
            "ends_on": first + timedelta(days=one.days - 1),
            "seats": len(one.officers),
            "jp": one.jp,
            **_prices(one.cost, one.days),
            "recorded_by": None,
            "recorded_at": made,
            "withdrawn_by": None,
            "withdrawn_at": None,
        }
        for one, first in held
    ]
    run_ids = bulk.add_rows(tx, "plan_run", run_rows)
    version_id = _add_version(tx, places, plan_id, made, [one for one, _first in held])
    for (one, _first), run_id, row in zip(held, run_ids, run_rows, strict=True):
        _add_seats(tx, places, version_id, run_id, row, one)


def _held_in(rows: dict[str, Training], tx: Session, year: int) -> list[tuple[DemoTraining, date]]:
    """Trainings of the demo that were held in a year, with their first day."""
    by_id = {row.id: code for code, row in rows.items()}
    runs = queries.runs_of(tx, by_id)
    first = {by_id[line.run.training_id]: line.run.starts_on for line in runs}
    return [(one, first[one.code]) for one in TRAININGS if first[one.code].year == year]


def _add_version(
    tx: Session, places: Places, plan_id: int, made: datetime, held: Sequence[DemoTraining]
) -> int:
    version = {
        **_own(places),
        "plan_id": plan_id,
        "number": 1,
        "made_by": None,
        "made_at": made,
        "fee": 150_000_000,
        "travel": 20_000_000,
        "daily": 30_000_000,
        "objective": 1.0,
        "facts": {
            "written_until": None,
            "first_answers": None,
            "last_answers": None,
            "with_needs": 0,
            "staffing": [],
            "forecast": _forecast(held),
        },
    }
    version_id = bulk.add_rows(tx, "plan_version", [version])[0]
    fixing = {
        **_own(places),
        "plan_id": plan_id,
        "version_id": version_id,
        "number": 1,
        "fixed_by": None,
        "fixed_at": made + timedelta(days=5),
        "name": HEAD,
        "position": POSITION,
    }
    bulk.add_rows(tx, "plan_fixing", [fixing])
    return version_id


def _forecast(held: Sequence[DemoTraining]) -> dict[str, Any]:
    """Before anything was measured every training was believed to do the same."""
    people = {one.code: len(one.officers) for one in held}
    keys = [(one.code, item) for one in held for item in one.elements if item in OFFICER_KEYS]
    lines = [
        {
            "training": code,
            "item": item,
            "people": people[code],
            "known": False,
            **_reach(UNKNOWN_MEAN, (UNKNOWN_SD**2 + STUDY_SE**2) ** 0.5),
        }
        for code, item in keys
    ]
    answers = ANSWERS_A_YEAR * sum(people[code] for code, _item in keys)
    total = _reach(UNKNOWN_MEAN * answers, UNKNOWN_SD * answers)
    return {"answers": total, "known": 0.0, "trainings": lines}


def _reach(mean: float, sd: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - Z80 * sd, "high": mean + Z80 * sd}


def _add_seats(
    tx: Session,
    places: Places,
    version_id: int,
    run_id: int,
    row: dict[str, Any],
    one: DemoTraining,
) -> None:
    copied = ("starts_on", "ends_on", "seats", "fee", "travel", "daily", "jp")
    is_by_lot = one.reason == "lot"
    own = {
        **_own(places),
        "version_id": version_id,
        "run_id": run_id,
        "bought": len(one.officers),
        "is_by_lot": is_by_lot,
        **{name: row[name] for name in copied},
    }
    version_run = bulk.add_rows(tx, "plan_version_run", [own])[0]
    # where the lot decided, others could have been drawn as well
    pool = [*one.officers, *((place + 2) % 24 for place in one.officers)] if is_by_lot else []
    eligible = sorted({*one.officers, *pool})
    lines = [
        {
            **_own(places),
            "version_run_id": version_run,
            "officer_id": places.officers[place],
            "gain": 0.05,
            "needs": {},
        }
        for place in eligible
    ]
    bulk.add_rows(tx, "plan_line", lines)
    spent = [
        {
            **_own(places),
            "run_id": run_id,
            "officer_id": places.officers[place],
            **{kind: row[kind] for kind in ("fee", "travel", "daily")},
            "came": True,
            "recorded_by": None,
            "recorded_at": local_instant(row["ends_on"] + timedelta(days=7), time(10)),
        }
        for place in one.officers
    ]
    bulk.add_rows(tx, "plan_spent", spent)


def _add_draft(tx: Session, places: Places, rows: dict[str, Training], *, today: date) -> None:
    """Two dates of what helped, one of each other course, and three paths that cost nothing."""
    year = (today + AHEAD).year
    made = local_instant(today - timedelta(days=3), time(9))
    plan_id = _plan(tx, places, year, made, (60_000_000, 12_000_000, 15_000_000))
    first = max(today + timedelta(days=30), date(year, 1, 4))
    known = {one.code: (one.days, one.jp, one.cost) for one in TRAININGS}
    known |= {path[0]: (1, path[7], 0) for path in PATHS} | {"elearning": (1, 8, 0)}
    wanted = [
        ("komunikasi", 0, 6),
        ("prima", 1, 6),
        ("komunikasi", 2, 6),
        ("prima", 3, 6),
        ("siak", 2, 5),
        ("adminduk", 4, 6),
        ("elearning", 1, 24),
        *((path[0], place, path[8]) for place, path in enumerate(PATHS)),
    ]
    lines = []
    for code, place, seats in wanted:
        days, jp, cost = known[code]
        starts = first + timedelta(weeks=WEEKS[place])
        starts -= timedelta(days=starts.weekday() - 1)  # a Tuesday
        ends = starts + timedelta(days=days - 1)
        if ends.year != year:
            continue
        lines.append(
            {
                **_own(places),
                "plan_id": plan_id,
                "training_id": rows[code].id,
                "starts_on": starts,
                "ends_on": ends,
                "seats": seats,
                "jp": jp,
                **_prices(cost, days),
                "recorded_by": None,
                "recorded_at": made,
                "withdrawn_by": None,
                "withdrawn_at": None,
            }
        )
    bulk.add_rows(tx, "plan_run", lines)
