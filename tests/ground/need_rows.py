"""Needs as a run leaves them, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from feedback_app.services.site import Site
from feedback_app.storage.models import NeedRow, NeedRun
from tests.ground.office import TODAY, Office

FIGURES = {"gap": -0.4, "low": -0.6, "high": -0.2, "peer_expected": 3.2, "reliability": 0.8}
ENDED = TODAY.replace(month=9, day=30)  # the newest closed quarter


def add_need(site: Site, office: Office, **changed: Any) -> int:
    """One need of unit A found today; A1's perilaku where nothing else is said."""
    values: dict[str, Any] = {"level": "counter", "ref_id": office.counter["A1"]}
    values |= {
        "unit_id": office.unit["A"],
        "item": "perilaku",
        "nature": "training",
        "n": 400,
        **FIGURES,
        **changed,
    }
    with site.db.transaction() as tx:
        run = tx.scalar(select(NeedRun)) or _run(office, site)
        tx.add(run)
        tx.flush()
        row = NeedRow(
            agency_id=office.agency_id,
            voice="data",
            found_on=TODAY,
            quarter_end=ENDED,
            run_id=run.id,
            cause_level="",
            words="",
            **values,
        )
        tx.add(row)
        tx.flush()
        return row.id


def _run(office: Office, site: Site) -> NeedRun:
    days: Mapping[str, Any] = {"first_day": ENDED - timedelta(days=456), "last_day": ENDED}
    return NeedRun(
        agency_id=office.agency_id,
        asked_at=site.now(),
        state="done",
        done_steps=4,
        all_steps=4,
        seen_at=site.now(),
        fault="",
        delta=0.1,
        method_version="needs-1",
        waiting=[],
        compared={"officer": 4},
        **days,
    )
