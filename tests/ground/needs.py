"""Officers who rotate over two counters for seven quarters, one of them with a gap."""

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

OFFICERS, ANSWERS = 12, 42
WEAK = 2  # whose perilaku (or other item) is half a point lower
FIRST_MONTH, MONTHS = 2025 * 12 + 3, 20  # April 2025 to November 2026
USUAL, LOWER = (0.03, 0.12, 0.50, 0.35), (0.13, 0.35, 0.40, 0.12)  # shares of 1 to 4


def add_need_scores(
    site: Site, office: Office, *, tier: str = "display", item: str = "perilaku"
) -> list[int]:
    """Ids of the officers, in the order of their names."""
    rng = np.random.default_rng(8)
    own: dict[str, Any] = {"agency_id": office.agency_id}
    people = [
        own
        | {
            "unit_id": office.unit["A"],
            "nip": f"1986010120100120{place:02d}",
            "name": f"Pegawai {place:02d}",
            "display_name": f"Pegawai {place:02d}",
            "employment": "PNS",
            "retired_on": None,
        }
        for place in range(OFFICERS)
    ]
    with site.db.transaction() as tx:
        ids = bulk.add_rows(tx, "officer", people)
        rows = [
            _row(office, officer_id, place, month, tier, item, rng)
            for place, officer_id in enumerate(ids)
            for month in range(MONTHS)
        ]
        bulk.add_rows(tx, "tally", rows)
    return ids


def _row(
    office: Office,
    officer_id: int,
    place: int,
    month: int,
    tier: str,
    item: str,
    rng: np.random.Generator,
) -> dict[str, Any]:
    number = FIRST_MONTH + month
    row: dict[str, Any] = dict.fromkeys(TALLY_SUMS, 0)
    row |= {
        "agency_id": office.agency_id,
        "day": date(number // 12, number % 12 + 1, 10),
        "counter_id": office.counter["A1" if (place + month // (1 + place % 3)) % 2 else "A2"],
        "service_id": office.service["ktp" if month % 2 else "kk"],
        "officer_id": officer_id,
        "attribution": "chosen",
        "tier": tier,
        "state": "counted",
        "for_officer": 1,
        "form_set": COMPLETE,
        "n": ANSWERS,
    }
    for key in OFFICER_KEYS:
        shares = LOWER if place == WEAK and key == item else USUAL
        for value, count in enumerate(rng.multinomial(ANSWERS, shares), start=1):
            row[f"{key}_{value}"] = int(count)
    return row
