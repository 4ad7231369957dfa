"""A database knows the keys that belong to it, and when its last upkeep was."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0014_office_mark"
down_revision = "0013_backup"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; `services/upkeep/schema.py` writes the first marks."""
    op.create_table(
        "office_mark",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_office_mark")),
    )
