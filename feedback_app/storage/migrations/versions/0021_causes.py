"""A rating keeps causes ticked under low answers and two facts of the visit; a tally counts them.

Revision ID: 0021_causes
Revises: 0020_planned_study
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021_causes"
down_revision = "0020_planned_study"
branch_labels = None
depends_on = None

KEY: dict[str, sa.types.TypeEngine[Any]] = {
    "day": sa.Date(),
    "counter_id": sa.Integer(),
    "service_id": sa.Integer(),
    "officer_id": sa.Integer(),
    "tier": sa.String(length=7),
    "state": sa.String(length=9),
    "for_officer": sa.Integer(),
    "is_complete": sa.Integer(),
    "item": sa.String(length=16),
    "choice": sa.String(length=20),
}


def upgrade() -> None:
    """Columns are only added, so that `rating` keeps its triggers; older answers have none."""
    op.add_column(
        "rating",
        sa.Column(
            "causes",
            sa.BigInteger(),
            sa.CheckConstraint("causes > 0", name=op.f("ck_rating_causes_ticked")),
            nullable=True,
        ),
    )
    for fact in ("visits_needed", "ready_on_time"):
        op.add_column("rating", sa.Column(fact, sa.String(length=10), nullable=True))
    op.create_table(
        "detail_tally",
        *(sa.Column(name, kind, autoincrement=False, nullable=False) for name, kind in KEY.items()),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_detail_tally")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_detail_tally_counter_day", "detail_tally", ["counter_id", "day"])
    op.create_index("ix_detail_tally_officer_day", "detail_tally", ["officer_id", "day"])
