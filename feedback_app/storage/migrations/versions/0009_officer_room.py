"""The officer's own room: who looked at the figures, and the officer's replies to them."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0009_officer_room"
down_revision = "0008_paper"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables; a reply can only be followed by another one."""
    op.create_table(
        "figure_view",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *_references("figure_view"),
        sa.PrimaryKeyConstraint("officer_id", "account_id", "day", name=op.f("pk_figure_view")),
    )
    op.create_table(
        "officer_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        *_references("officer_reply"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_reply")),
    )
    op.create_index(
        "ix_officer_reply_batch", "officer_reply", ["officer_id", "first_day"], unique=False
    )
    _refuse_changes("officer_reply")


def _references(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}")
        )
        for other in ("agency", "officer", "account")
    ]


def _refuse_changes(table: str) -> None:
    refusal = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} EXECUTE FUNCTION refuse_{table}_change()"
    )
