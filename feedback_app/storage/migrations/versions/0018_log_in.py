"""Guesses are counted by the way of typing; what was done about an account is found at once.

Revision ID: 0018_log_in
Revises: 0016_roster
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0018_log_in"
down_revision = "0017_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; counts of a minute are not worth keeping."""
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"])
    op.drop_table("code_guess")
    op.create_table(
        "code_guess",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "scope", name=op.f("pk_code_guess")),
    )
