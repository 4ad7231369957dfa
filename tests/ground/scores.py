"""Officers with months of scores and a training, written straight into the tally."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.form_sets import COMPLETE
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import TALLY_SUMS
from tests.ground.office import Office

OFFICERS, MONTHS, ANSWERS = 16, 15, 40
TRAINED, TRAINED_AT = 5, 8  # who went, and in which month (0 is the first)


def month_day(month: int, day: int = 10) -> date:
    """A day in month 0 to 14: August 2025 to October 2026."""
    number = 2025 * 12 + 7 + month
    return date(number // 12, number % 12 + 1, day)


def add_scores(site: Site, office: Office, *, lift: float = 0.5, reason: str = "lot") -> list[int]:
    """Scores of OFFICERS officers; the first TRAINED went to a course that raises perilaku."""
    rng = np.random.default_rng(6)
    own: dict[str, Any] = {"agency_id": office.agency_id}
    people = [
        own
        | {
            "unit_id": office.unit["A"],
            "nip": f"1985010120100120{i:02d}",
            "name": f"Petugas {i:02d}",
            "display_name": f"Petugas {i:02d}",
            "employment": "PPPK" if i % 4 == 3 else "PNS",
            "retired_on": None,
        }
        for i in range(OFFICERS)
    ]
    with site.db.transaction() as tx:
        ids = bulk.add_rows(tx, "officer", people)
        rows = []
        for i, officer_id in enumerate(ids):
            level = rng.normal(0, 0.15)
            for month in range(MONTHS):
                gain = lift if i < TRAINED and month > TRAINED_AT else 0.0
                rows.append(tally_row(office, officer_id, i, month, level, gain, rng))
        bulk.add_rows(tx, "tally", rows)
        course = {"code": "sopan", "title": "Sopan di loket", "kind": "kursus", "jp": 12}
        course |= {"elements": ["perilaku"], "competences": [], "provider": "BPSDM", "partner": ""}
        training_id = bulk.add_rows(tx, "training", [own | course | {"cost": 3_000_000}])[0]
        day = month_day(TRAINED_AT)
        run = {"training_id": training_id, "starts_on": day, "ends_on": day, "seats": None}
        run_id = bulk.add_rows(tx, "training_run", [own | run])[0]
        attendance = own | {"run_id": run_id, "jp": 12, "result": "passed", "certificate": ""}
        attendance |= {"sent": "officer", "source_id": "", "recorded_at": site.now()}
        attended = [attendance | {"officer_id": key, "reason": reason} for key in ids[:TRAINED]]
        bulk.add_rows(tx, "attendance", attended)
    return ids


def tally_row(
    office: Office,
    officer_id: int,
    place: int,
    month: int,
    level: float,
    gain: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(TALLY_SUMS, 0)
    row |= {
        "agency_id": office.agency_id,
        "day": month_day(month),
        "counter_id": office.counter["A1" if place % 2 else "A2"],
        "service_id": office.service["ktp" if month % 2 else "kk"],
        "officer_id": officer_id,
        "attribution": "chosen",
        "tier": "poster",
        "state": "counted",
        "for_officer": 1,
        "form_set": COMPLETE,
        "n": ANSWERS,
    }
    for key in OFFICER_KEYS:
        top = 0.35 + level + (gain if key == "perilaku" else 0.0)
        top = min(max(top, 0.02), 0.95)
        counts = rng.multinomial(ANSWERS, [0.02, 0.03, 0.95 - top, top])
        for value, count in enumerate(counts, start=1):
            row[f"{key}_{value}"] = int(count)
    return row
