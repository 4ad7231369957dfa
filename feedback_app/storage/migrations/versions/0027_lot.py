"""Seats by lot: lists that freeze, draws that happen once, and what changes after them.

Revision ID: 0027_lot
Revises: 0026_plan
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0027_lot"
down_revision = "0026_plan"
branch_labels = None
depends_on = None

# What a frozen list is, and what may still come to it: the draw, or that it is called off.
LIST = (
    *("id", "agency_id", "training_id", "days", "seats", "made_by", "made_at", "told"),
    *("frozen_by", "frozen_at", "list_hash"),
)
REFUSAL = "a frozen list and a draw never change"


def upgrade() -> None:
    """Add three tables; both engines keep what is frozen and what is drawn."""
    _add_lot()
    op.create_table(
        "lot_entry",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        *_references("lot_entry", lot_id="lot", officer_id="officer", agency_id="agency"),
        sa.PrimaryKeyConstraint("lot_id", "officer_id", name=op.f("pk_lot_entry")),
        sa.UniqueConstraint("lot_id", "code", name=op.f("uq_lot_entry_lot_id_code")),
    )
    op.create_index(op.f("ix_lot_entry_officer_id"), "lot_entry", ["officer_id"])
    op.create_table(
        "lot_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        *_references(
            "lot_change", agency_id="agency", lot_id="lot", officer_id="officer",
            recorded_by="account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_change")),
    )  # fmt: skip
    op.create_index("ix_lot_change_lot_id", "lot_change", ["lot_id"])
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _add_lot() -> None:
    accounts = dict.fromkeys(("made_by", "frozen_by", "drawn_by", "called_off_by"), "account")
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.Column("frozen_at", UtcDateTime(), nullable=True),
        sa.Column("list_hash", sa.String(length=64), nullable=False),
        sa.Column("dice", sa.String(length=1000), nullable=False),
        sa.Column("witnesses", sa.JSON(), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        sa.Column("drawn_at", UtcDateTime(), nullable=True),
        sa.Column("called_off_by", sa.Integer(), nullable=True),
        sa.Column("called_off_at", UtcDateTime(), nullable=True),
        sa.Column("why_called_off", sa.String(length=200), nullable=False),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_lot_seats_positive")),
        sa.CheckConstraint(
            "drawn_at IS NULL OR frozen_at IS NOT NULL", name=op.f("ck_lot_frozen_before_drawn")
        ),
        *_references("lot", agency_id="agency", training_id="training", **accounts),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    op.create_index(op.f("ix_lot_agency_id"), "lot", ["agency_id"])


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]


def _keep_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in LIST)
    op.execute(
        "CREATE TRIGGER lot_kept BEFORE UPDATE ON lot WHEN OLD.drawn_at IS NOT NULL OR "
        f"OLD.called_off_at IS NOT NULL OR (OLD.frozen_at IS NOT NULL AND NOT ({same})) {refuse}"
    )
    op.execute(
        "CREATE TRIGGER lot_not_deleted BEFORE DELETE ON lot "
        f"WHEN OLD.frozen_at IS NOT NULL {refuse}"
    )
    frozen = "(SELECT frozen_at FROM lot WHERE id = {row}.lot_id) IS NOT NULL"
    for act, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER lot_entry_no_{act.lower()} BEFORE {act} ON lot_entry "
            f"WHEN {frozen.format(row=row)} {refuse}"
        )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER lot_change_no_{act.lower()} BEFORE {act} ON lot_change {refuse}"
        )


def _keep_on_postgresql() -> None:
    # json has no equality of its own
    same = " AND ".join(f"NEW.{name}::text IS NOT DISTINCT FROM OLD.{name}::text" for name in LIST)
    raising = f"RAISE EXCEPTION '{REFUSAL}'"
    op.execute(
        "CREATE FUNCTION keep_lot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN "
        f"IF OLD.frozen_at IS NOT NULL THEN {raising}; END IF; RETURN OLD; END IF; "
        "IF OLD.drawn_at IS NOT NULL OR OLD.called_off_at IS NOT NULL "
        f"OR (OLD.frozen_at IS NOT NULL AND NOT ({same})) THEN {raising}; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE FUNCTION keep_lot_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM 1 FROM lot WHERE frozen_at IS NOT NULL AND id = "
        "CASE TG_OP WHEN 'INSERT' THEN NEW.lot_id ELSE OLD.lot_id END; "
        f"IF FOUND THEN {raising}; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_lot_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {raising}; END $$"
    )
    for table, acts, function in (
        ("lot", "UPDATE OR DELETE", "keep_lot"),
        ("lot_entry", "INSERT OR UPDATE OR DELETE", "keep_lot_entry"),
        ("lot_change", "UPDATE OR DELETE", "refuse_lot_change"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_lot_change()"
        )
