"""A year's training plan: money, floors, candidate runs, versions that stay, what was spent.

Revision ID: 0026_plan
Revises: 0025_needs
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0026_plan"
down_revision = "0025_needs"
branch_labels = None
depends_on = None

APPEND_ONLY = ("plan_version", "plan_version_run", "plan_line", "plan_fixing")


def upgrade() -> None:
    """Add the tables; what a version was made of, and who fixed it, can never be changed."""
    _add_plans()
    _add_runs()
    _add_versions()
    _add_spending()
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _add_plans() -> None:
    _table(
        "plan",
        _whole("year"),
        *_money(),
        _whole("floor"),
        sa.Column("fairness", sa.Double(), nullable=False),
        sa.Column("jp_price", sa.Double(), nullable=False),
        sa.Column("funding", sa.String(length=100), nullable=False),
        *_by("made"),
        _money_from_0("plan"),
        sa.CheckConstraint("floor >= 0", name=op.f("ck_plan_floor_from_0")),
        sa.UniqueConstraint("agency_id", "year", name=op.f("uq_plan_agency_id_year")),
        references={"made_by": "account"},
    )
    _table(
        "plan_floor",
        _whole("plan_id"),
        _whole("counter_id"),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        _whole("floor"),
        sa.CheckConstraint("floor >= 0", name=op.f("ck_plan_floor_floor_from_0")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_plan_floor_in_order")),
        references={"plan_id": "plan", "counter_id": "counter"},
        index="plan_id",
    )
    _table(
        "plan_job",
        _whole("plan_id"),
        sa.Column("kind", sa.String(length=8), nullable=False),
        *_by("asked"),
        sa.Column("state", sa.String(length=8), nullable=False),
        _whole("done_steps"),
        _whole("all_steps"),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        references={"plan_id": "plan", "asked_by": "account"},
        index="plan_id",
    )


def _add_runs() -> None:
    _table(
        "plan_run",
        _whole("plan_id"),
        _whole("training_id"),
        *_days(),
        _whole("seats"),
        *_money(),
        _whole("jp"),
        *_by("recorded"),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plan_run_ends_after_start")),
        _money_from_0("plan_run"),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_plan_run_seats_from_1")),
        references={
            "plan_id": "plan",
            "training_id": "training",
            "recorded_by": "account",
            "withdrawn_by": "account",
        },
        index="plan_id",
    )


def _add_versions() -> None:
    _table(
        "plan_version",
        _whole("plan_id"),
        _whole("number"),
        *_by("made"),
        *_money(),
        sa.Column("objective", sa.Double(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
        references={"plan_id": "plan", "made_by": "account"},
    )
    _table(
        "plan_fixing",
        _whole("plan_id"),
        _whole("version_id"),
        _whole("number"),
        *_by("fixed"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_fixing_plan_id_number")),
        sa.UniqueConstraint("version_id", name=op.f("uq_plan_fixing_version_id")),
        references={"plan_id": "plan", "version_id": "plan_version", "fixed_by": "account"},
    )
    _table(
        "plan_version_run",
        _whole("version_id"),
        _whole("run_id"),
        *_days(),
        _whole("seats"),
        _whole("bought"),
        sa.Column("is_by_lot", sa.Boolean(), nullable=False),
        *_money(),
        _whole("jp"),
        sa.UniqueConstraint(
            "version_id", "run_id", name=op.f("uq_plan_version_run_version_id_run_id")
        ),
        references={"version_id": "plan_version", "run_id": "plan_run"},
        index="run_id",
    )
    _table(
        "plan_line",
        _whole("version_run_id"),
        _whole("officer_id"),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.UniqueConstraint(
            "version_run_id", "officer_id", name=op.f("uq_plan_line_version_run_id_officer_id")
        ),
        references={"version_run_id": "plan_version_run", "officer_id": "officer"},
        index="officer_id",
    )


def _add_spending() -> None:
    _table(
        "plan_spent",
        _whole("run_id"),
        _whole("officer_id"),
        *_money(),
        sa.Column("came", sa.Boolean(), nullable=False),
        *_by("recorded"),
        _money_from_0("plan_spent"),
        sa.UniqueConstraint("run_id", "officer_id", name=op.f("uq_plan_spent_run_id_officer_id")),
        references={"run_id": "plan_run", "officer_id": "officer", "recorded_by": "account"},
    )


def _table(name: str, *columns: Any, references: dict[str, str], index: str | None = None) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}_{other}")
            )
            for column, other in {"agency_id": "agency", **references}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    if index is not None:
        op.create_index(op.f(f"ix_{name}_{index}"), name, [index])


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _money() -> list[sa.Column[Any]]:
    return [sa.Column(kind, sa.BigInteger(), nullable=False) for kind in ("fee", "travel", "daily")]


def _money_from_0(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "fee >= 0 AND travel >= 0 AND daily >= 0", name=op.f(f"ck_{table}_money_from_0")
    )


def _days() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=False) for name in ("starts_on", "ends_on")]


def _by(act: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{act}_by", sa.Integer(), nullable=True),
        sa.Column(f"{act}_at", UtcDateTime(), nullable=False),
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
