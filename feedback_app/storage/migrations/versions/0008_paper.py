"""Paper forms: batches and their sheets."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0008_paper"
down_revision = "0007_codes"
branch_labels = None
depends_on = None


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "paper_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("drawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("size BETWEEN 1 AND 500", name=op.f("ck_paper_batch_size_in_range")),
        _refers("paper_batch", "agency_id", "agency"),
        _refers("paper_batch", "unit_id", "unit"),
        _refers("paper_batch", "service_id", "service"),
        _refers("paper_batch", "counter_id", "counter"),
        _refers("paper_batch", "made_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batch")),
        sa.UniqueConstraint("agency_id", "number", name=op.f("uq_paper_batch_agency_id_number")),
    )
    op.create_index(op.f("ix_paper_batch_unit_id"), "paper_batch", ["unit_id"])
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("void_reason", sa.String(length=5), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("keyed_by", sa.Integer(), nullable=True),
        sa.Column("is_corrected", sa.Boolean(), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=True),
        sa.Column("entry", sa.JSON(), nullable=True),
        sa.Column("checking", sa.String(length=7), nullable=False),
        sa.Column("second", sa.JSON(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.JSON(), nullable=False),
        _refers("paper_sheet", "agency_id", "agency"),
        _refers("paper_sheet", "batch_id", "paper_batch"),
        _refers("paper_sheet", "keyed_by", "account"),
        _refers("paper_sheet", "checked_by", "account"),
        _refers("paper_sheet", "rating_id", "rating"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_paper_sheet_batch_id_number")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_paper_sheet_rating_id")),
    )
