"""A batch of visit codes tells how many of its codes expired or were revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0007_codes"
down_revision = "0006_staff_access"
branch_labels = None
depends_on = None

COUNTS = ("expired", "revoked")


def upgrade() -> None:
    """Add both counts; the rows of such codes are gone, so nothing else could tell."""
    for name in COUNTS:
        op.add_column(
            "code_batch", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
