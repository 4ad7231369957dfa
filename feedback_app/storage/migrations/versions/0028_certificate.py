"""Certificates of service by criteria published before; one is withdrawn, never changed.

Revision ID: 0028_certificate
Revises: 0027_lot
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0028_certificate"
down_revision = "0027_lot"
branch_labels = None
depends_on = None

FIXED = (
    *("id", "agency_id", "officer_id", "rule_id", "number", "check_code", "name", "first_day"),
    *("last_day", "issued_on", "ground", "n", "mean", "low", "high", "reliability"),
)
FIGURES = ("mean", "low", "high", "reliability")
REFUSAL = "a certificate can only be withdrawn"


def upgrade() -> None:
    """Add criteria and certificates; both engines refuse every change but a withdrawal."""
    op.create_table(
        "certificate_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("reliability", sa.Double(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "level BETWEEN 1 AND 4", name=op.f("ck_certificate_rule_level_in_range")
        ),
        *_references("certificate_rule", agency_id="agency", published_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_rule")),
    )
    op.create_index(op.f("ix_certificate_rule_agency_id"), "certificate_rule", ["agency_id"])
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("check_code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(
            sa.Column(x, sa.Double(), nullable=False)
            for x in ("mean", "low", "high", "reliability")
        ),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        *_references(
            "certificate", agency_id="agency", officer_id="officer", rule_id="certificate_rule"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("agency_id", "number", name=op.f("uq_certificate_agency_id_number")),
        sa.UniqueConstraint("check_code", name=op.f("uq_certificate_check_code")),
    )
    op.create_index(op.f("ix_certificate_officer_id"), "certificate", ["officer_id"])
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]


def _keep_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in FIXED)
    op.execute(
        "CREATE TRIGGER certificate_kept BEFORE UPDATE ON certificate WHEN NOT "
        f"(OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND {same}) {refuse}"
    )
    op.execute(f"CREATE TRIGGER certificate_not_deleted BEFORE DELETE ON certificate {refuse}")
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER certificate_rule_no_{act.lower()} BEFORE {act} ON certificate_rule "
            f"{refuse}"
        )


def _keep_on_postgresql() -> None:
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    op.execute(
        "CREATE FUNCTION refuse_certificate_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION keep_certificate() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL "
        f"AND {same} THEN RETURN NEW; END IF; RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER certificate_kept BEFORE UPDATE ON certificate "
        "FOR EACH ROW EXECUTE FUNCTION keep_certificate()"
    )
    op.execute(
        "CREATE TRIGGER certificate_not_deleted BEFORE DELETE ON certificate "
        "FOR EACH ROW EXECUTE FUNCTION refuse_certificate_change()"
    )
    op.execute(
        "CREATE TRIGGER certificate_rule_kept BEFORE UPDATE OR DELETE ON certificate_rule "
        "FOR EACH ROW EXECUTE FUNCTION refuse_certificate_change()"
    )
    for table in ("certificate", "certificate_rule"):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_certificate_change()"
        )
