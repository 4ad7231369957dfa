"""Stamps that change with whatever a citizen's form, or published results, are drawn from."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base

# Whatever `storage/queries/place_material.py` reads, and what tells what was mended. One that is
# not here would leave old forms on the phones: tests/storage/test_place_stamp.py tries each.
STAMPED = (
    *("agency", "unit", "counter", "service", "counter_service", "counter_tiers"),
    *("officer", "shift", "code_batch", "follow_up", "survey"),
)
# What published results and their names are read from (services/public/kept.py).
RESULT_STAMPED = (
    *("agency", "unit", "counter", "service", "counter_service"),
    *("survey", "survey_revision", "past_result", "happening"),
)
OF_PLACES, OF_RESULTS = 1, 2  # the rows


class PlaceStamp(Base):
    """Two rows, each drawn anew by triggers in the transaction that changes one of its tables.

    Processes keep places and results in memory under them. Drawn, not counted: after a restore no
    old one comes again.
    """

    __tablename__ = "place_stamp"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(36))
