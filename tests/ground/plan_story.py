"""A year's story for HR: weak scores, a plan with a lot, and what the months after it brought."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from feedback_app.services.site import Site
from feedback_app.storage import bulk
from tests.ground.need_rows import add_need
from tests.ground.office import TODAY, Office
from tests.ground.plans import add_catalogue
from tests.ground.scores import tally_row

PEOPLE, SEATS = 16, 6
COURSE_MONTH, LAST_MONTH = 18, 25  # February and September 2027; 0 is August 2025
LIFT = 0.5  # of those who give the best mark, after the course


def begin_story(site: Site, office: Office) -> list[int]:
    """Officers with a year of scores behind them, each short of perilaku; their numbers."""
    add_catalogue(site, office)
    own = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "retired_on": None}
    rows = [
        own
        | {
            "nip": f"1985010120100120{place:02}",
            "name": f"Petugas {place:02}",
            "display_name": f"Petugas {place:02}",
            "employment": "PNS",
        }
        for place in range(PEOPLE)
    ]
    with site.db.transaction() as tx:
        ids = bulk.add_rows(tx, "officer", rows)
    add_months(site, office, ids, range(15), seated=())
    for number in ids:
        add_need(
            site, office, level="officer", ref_id=number, nature="training", officer_saw_on=TODAY
        )
    return ids


def add_months(
    site: Site, office: Office, ids: list[int], months: Collection[int], *, seated: Collection[int]
) -> None:
    """Scores of these months; who sat rises in perilaku from the month after the course on."""
    rng = np.random.default_rng(min(months) + 7)
    level = np.random.default_rng(3).normal(0, 0.1, len(ids))
    rows = [
        tally_row(
            office,
            number,
            place,
            month,
            level[place],
            LIFT if number in seated and month > COURSE_MONTH else 0.0,
            rng,
        )
        for month in months
        for place, number in enumerate(ids)
    ]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "tally", rows)


def half_a_year_later(site: Site, office: Office, ids: list[int], seated: Collection[int]) -> None:
    """The months up to the course and after it, as citizens answered."""
    add_months(site, office, ids, range(15, LAST_MONTH + 1), seated=seated)
