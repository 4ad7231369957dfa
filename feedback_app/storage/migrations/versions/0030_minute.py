"""How many forms are opened, and whether a counter's form offers to stop half-way.

Revision ID: 0030_minute
Revises: 0029_after_course
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_minute"
down_revision = "0029_after_course"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the counts, empty; every counter's form offers it."""
    op.create_table(
        "form_opening",
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_form_opening_counter_id_counter")
        ),
        sa.PrimaryKeyConstraint("counter_id", "quarter", name=op.f("pk_form_opening")),
    )
    op.add_column(
        "counter",
        sa.Column("has_fork", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
