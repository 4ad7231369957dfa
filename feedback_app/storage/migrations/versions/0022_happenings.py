"""A register of what happened at counters; an entry is withdrawn and replaced, never changed.

Revision ID: 0022_happenings
Revises: 0021_causes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0022_happenings"
down_revision = "0021_causes"
branch_labels = None
depends_on = None

REFERENCES = {
    "agency_id": "agency",
    "unit_id": "unit",
    "counter_id": "counter",
    "recorded_by": "account",
    "replaces_id": "happening",
    "withdrawn_by": "account",
}
FIXED = (
    *("id", "agency_id", "unit_id", "counter_id", "kind", "first_day", "last_day", "words"),
    *("recorded_by", "recorded_at", "replaces_id"),
)


def upgrade() -> None:
    """Add the register; both engines refuse every change but a withdrawal."""
    op.create_table(
        "happening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_happening_in_order")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_happening_{column}_{other}")
            )
            for column, other in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_happening_replaces_id")),
    )
    op.create_index("ix_happening_agency_day", "happening", ["agency_id", "first_day"])
    _refuse_all_but_withdrawal()


def _refuse_all_but_withdrawal() -> None:
    refusal = "happening can only be withdrawn"
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in FIXED)
        op.execute(
            "CREATE TRIGGER happening_no_update BEFORE UPDATE ON happening WHEN NOT "
            f"(OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        op.execute(
            "CREATE TRIGGER happening_no_delete BEFORE DELETE ON happening "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    op.execute(
        "CREATE FUNCTION refuse_happening_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'UPDATE' THEN IF OLD.withdrawn_at IS NULL "
        f"AND NEW.withdrawn_at IS NOT NULL AND {same} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER happening_only_withdrawn BEFORE UPDATE OR DELETE "
        "ON happening FOR EACH ROW EXECUTE FUNCTION refuse_happening_change()"
    )
    op.execute(
        "CREATE TRIGGER happening_never_emptied BEFORE TRUNCATE "
        "ON happening EXECUTE FUNCTION refuse_happening_change()"
    )
