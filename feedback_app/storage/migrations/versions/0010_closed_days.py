"""Closed days stay: paper waits for its check; the tally's index holds what blocks ask."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0010_closed_days"
down_revision = "0009_officer_room"
branch_labels = None
depends_on = None

BLOCKS = ["counter_id", "day", "state", "is_complete", "skm_n", "skm_total", "skm_squares"]


def upgrade() -> None:
    """Add the column and change the index."""
    op.add_column("paper_batch", sa.Column("waits_since", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_paper_batch_waits_since"), "paper_batch", ["waits_since"])
    op.create_index(op.f("ix_verdict_case_id"), "verdict", ["case_id"])
    op.drop_index("ix_tally_counter_day", "tally")
    op.create_index("ix_tally_blocks", "tally", BLOCKS)
