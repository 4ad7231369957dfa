"""A comment or a tick may come without a rating: its arrival is kept for 14 days."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0015_note_alone"
down_revision = "0014_office_mark"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing that is there changes."""
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("comment_id", sa.String(length=32), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.Column("device_key", sa.String(length=32), nullable=False),
        sa.Column("text_key", sa.String(length=32), nullable=True),
        sa.Column("rules", sa.String(length=200), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_note_{column}_{other}")
            )
            for column, other in (
                ("comment_id", "comment"),
                ("case_id", "case_file"),
                ("agency_id", "agency"),
                ("counter_id", "counter"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_note_comment_id")),
        sqlite_with_rowid=False,
    )
    for column in ("case_id", "received_at", "receipt", "device_key", "text_key"):
        op.create_index(op.f(f"ix_note_{column}"), "note", [column])
    op.create_index("ix_note_counter_time", "note", ["counter_id", "received_at"])
