"""Backups, drills, restores are kept; a code from before a restore opens only the poster's tier."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0013_backup"
down_revision = "0012_no_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of what was done, and a mark at each code that came back from a copy."""
    op.create_table(
        "backup_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=7), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("ratings", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("sentinel", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
    )
    op.create_index(op.f("ix_backup_run_at"), "backup_run", ["at"])
    op.add_column(
        "visit_code",
        sa.Column("is_restored", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
