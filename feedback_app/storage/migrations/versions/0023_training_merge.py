"""A training entered twice is merged into another and keeps its code.

Revision ID: 0023_training_merge
Revises: 0022_happenings
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_training_merge"
down_revision = "0022_happenings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the pointer; no training is merged yet."""
    op.add_column(
        "training",
        sa.Column(
            "merged_into_id",
            sa.Integer(),
            sa.ForeignKey("training.id", name=op.f("fk_training_merged_into_id_training")),
            nullable=True,
        ),
        # PostgreSQL would give it a name of its own
        inline_references=op.get_bind().dialect.name == "sqlite",
    )
