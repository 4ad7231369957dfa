"""A run keeps how its effect will be judged; a study keeps one verdict a training.

Elements, months after and the day are written down when the run is planned, so that nobody can
choose them after the scores are known. Runs of before have none.

Revision ID: 0020_planned_study
Revises: 0019_people
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_planned_study"
down_revision = "0019_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three columns to runs and one to studies."""
    op.add_column("training_run", sa.Column("planned_elements", sa.JSON(), nullable=True))
    op.add_column(
        "training_run",
        sa.Column(
            "planned_horizon",
            sa.SmallInteger(),
            sa.CheckConstraint(
                "planned_horizon BETWEEN 2 AND 24",
                name=op.f("ck_training_run_planned_horizon_in_range"),
            ),
            nullable=True,
        ),
    )
    op.add_column("training_run", sa.Column("planned_on", sa.Date(), nullable=True))
    op.add_column(
        "impact_study", sa.Column("verdicts", sa.JSON(), nullable=False, server_default="[]")
    )
