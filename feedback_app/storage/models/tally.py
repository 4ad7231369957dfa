"""The tallies: counts of 1, 2, 3, 4 per element, and of details, in the rating's transaction."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.storage.db import Base

NOBODY = 0  # officer_id or service_id of an answer that names none: NULL would not be unique
TALLY_KEY = (
    "day",
    "counter_id",
    "service_id",
    "officer_id",
    "attribution",
    "tier",
    "state",
    "for_officer",  # whether the answers may enter the officer's score
    "form_set",  # domain/form_sets.py: complete (SKM counts these), stopped early, the rest
)
VALUE_COLUMNS = tuple(f"{key}_{value}" for key in ALL_KEYS for value in (1, 2, 3, 4))
# skm_*: the sum of the nine values of each complete form and its square (9 to 36);
# officer_*: the same for forms with all four officer items (4 to 16). They carry the variance
# that separate counts per element have lost.
SUM_COLUMNS = (
    "n",
    "n_another",
    "skm_n",
    "skm_total",
    "skm_squares",
    "officer_n",
    "officer_total",
    "officer_squares",
)
TALLY_SUMS = (*SUM_COLUMNS, *VALUE_COLUMNS)

Tally = Table(
    "tally",
    Base.metadata,
    Column("day", Date, primary_key=True),
    Column("counter_id", Integer, primary_key=True, autoincrement=False),
    Column("service_id", Integer, primary_key=True, autoincrement=False),
    Column("officer_id", Integer, primary_key=True, autoincrement=False),
    Column("attribution", String(9), primary_key=True),
    Column("tier", String(7), primary_key=True),
    Column("state", String(9), primary_key=True),
    Column("for_officer", Integer, primary_key=True, autoincrement=False),
    Column("form_set", Integer, primary_key=True, autoincrement=False),
    Column("agency_id", Integer, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in TALLY_SUMS),
    # Holds what a grid of blocks asks, so that pages of many counters read no rows for it.
    Index(
        "ix_tally_blocks",
        *("counter_id", "day", "state", "form_set", "skm_n", "skm_total", "skm_squares"),
    ),
    Index("ix_tally_officer_day", "officer_id", "day"),
    sqlite_with_rowid=False,  # a row of one answer is that answer: they lie by key, not by arrival
)

# A detail is a cause ticked under a low answer (item: its element, choice: the cause) or a fact of
# the visit (item: the fact, choice: the answer). `tally` counts those who might have ticked.
DETAIL_KEY = (
    "day",
    "counter_id",
    "service_id",
    "officer_id",
    "tier",
    "state",
    "for_officer",
    "is_complete",
    "item",
    "choice",
)

DetailTally = Table(
    "detail_tally",
    Base.metadata,
    Column("day", Date, primary_key=True),
    Column("counter_id", Integer, primary_key=True, autoincrement=False),
    Column("service_id", Integer, primary_key=True, autoincrement=False),
    Column("officer_id", Integer, primary_key=True, autoincrement=False),
    Column("tier", String(7), primary_key=True),
    Column("state", String(9), primary_key=True),
    Column("for_officer", Integer, primary_key=True, autoincrement=False),
    Column("is_complete", Integer, primary_key=True, autoincrement=False),
    Column("item", String(16), primary_key=True),
    Column("choice", String(20), primary_key=True),
    Column("agency_id", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Index("ix_detail_tally_counter_day", "counter_id", "day"),
    Index("ix_detail_tally_officer_day", "officer_id", "day"),
    sqlite_with_rowid=False,
)
