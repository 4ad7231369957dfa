"""Imports: files that wait, sealed, between rehearsal and saving; other titles of trainings."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0017_imports"
down_revision = "0016_roster"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "held_upload",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_held_upload_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_held_upload_account_id_account")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_held_upload")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_held_upload_account_id"), "held_upload", ["account_id"])
    op.create_table(
        "training_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("title_key", sa.String(200), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_training_alias_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name=op.f("fk_training_alias_training_id_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_alias")),
        sa.UniqueConstraint(
            "agency_id", "title_key", name=op.f("uq_training_alias_agency_id_title_key")
        ),
    )
    op.create_index(op.f("ix_training_alias_training_id"), "training_alias", ["training_id"])
