"""Add the demo's trainings, their runs and who attended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from feedback_app.demo.places import Places
from feedback_app.demo.trainings import TRAININGS, DemoTraining
from feedback_app.storage import bulk
from feedback_app.storage.db import Session

FIRST_DAY_OF_RUN = 9  # of the month; a weekday or not does not matter here


def add_trainings(tx: Session, places: Places, *, last: date, now: datetime) -> int:
    """Add everything; return the number of attendances."""
    own: dict[str, Any] = {"agency_id": places.agency_id}
    rows = [own | _training_row(training) for training in TRAININGS]
    training_ids = bulk.add_rows(tx, "training", rows)
    runs = []
    for training, training_id in zip(TRAININGS, training_ids, strict=True):
        month = last.year * 12 + last.month - 1 - training.months_ago
        starts_on = date(month // 12, month % 12 + 1, FIRST_DAY_OF_RUN)
        ends_on = starts_on + timedelta(days=training.days - 1)
        days = {"starts_on": starts_on, "ends_on": ends_on}
        run = {"training_id": training_id, "seats": len(training.officers)}
        runs.append(own | days | run | _planned(training, starts_on))
    run_ids = bulk.add_rows(tx, "training_run", runs)
    attendances = [
        own
        | {
            "run_id": run_id,
            "officer_id": places.officers[officer],
            "jp": training.jp,
            "result": "passed",
            "certificate": f"{training.code.upper()}/{officer + 1:03d}/CONTOH",
            "reason": training.reason,
            "sent": "officer",
            "source_id": "",
            "recorded_at": now,
        }
        for training, run_id in zip(TRAININGS, run_ids, strict=True)
        for officer in training.officers
    ]
    bulk.add_rows(tx, "attendance", attendances)
    return len(attendances)


def _planned(training: DemoTraining, starts_on: date) -> dict[str, Any]:
    """What was fixed a month before; nobody plans for those who send themselves."""
    if training.reason == "volunteer":
        return {"planned_elements": None, "planned_horizon": None, "planned_on": None}
    return {
        "planned_elements": list(training.elements),
        "planned_horizon": 4,
        "planned_on": starts_on - timedelta(days=30),
    }


def _training_row(training: DemoTraining) -> dict[str, Any]:
    return {
        "code": training.code,
        "title": training.title,
        "kind": training.kind,
        "elements": list(training.elements),
        "competences": list(training.competences),
        "provider": training.provider,
        "partner": training.partner,
        "jp": training.jp,
        "cost": training.cost,
    }
