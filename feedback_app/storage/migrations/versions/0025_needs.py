"""Needs with decisions, replies and answers; competences; partners; plans without a survey.

Revision ID: 0025_needs
Revises: 0024_form_sets
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0025_needs"
down_revision = "0024_form_sets"
branch_labels = None
depends_on = None

GROWING = ("need_decision", "need_reply", "need_answer")


def upgrade() -> None:
    """Add the tables of needs, competences and partners, then let a plan follow a need."""
    _add_runs_and_needs()
    for table, own in _words_of_people().items():
        _create(table, *own, sa.Column("made_at", UtcDateTime(), nullable=False))
        if table != "need_decision":
            op.create_index(op.f(f"ix_{table}_need_id"), table, ["need_id"])
    for table in GROWING:
        _refuse_changes(table)
    _add_competences_and_partners()
    _free_plans_of_surveys()


def _add_runs_and_needs() -> None:
    _create(
        "need_run",
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.Integer(), _reference("need_run", "asked_by", "account")),
        _text("state", 8),
        *(_whole(name) for name in ("done_steps", "all_steps")),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        _text("fault", 200),
        sa.Column("delta", sa.Double(), nullable=False),
        _text("method_version", 20),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("waiting", "compared")),
    )
    op.create_index(op.f("ix_need_run_agency_id"), "need_run", ["agency_id"])
    _create(
        "need",
        sa.Column("unit_id", sa.Integer(), _reference("need", "unit_id", "unit"), nullable=False),
        *(_text("voice", 10), _text("level", 7), _whole("ref_id"), _text("item", 20)),
        _text("nature", 11),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Integer(), _reference("need", "run_id", "need_run")),
        sa.Column("quarter_end", sa.Date()),
        *(sa.Column(name, sa.Double()) for name in ("gap", "low", "high", "peer_expected")),
        sa.Column("reliability", sa.Double()),
        _whole("n"),
        _text("cause_level", 7),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("training_id", sa.Integer(), _reference("need", "training_id", "training")),
        sa.Column("proposed_by", sa.Integer(), _reference("need", "proposed_by", "account")),
        *(sa.Column(name, sa.Date()) for name in ("withdrawn_on", "officer_saw_on")),
        sa.UniqueConstraint(
            *("agency_id", "quarter_end", "level", "ref_id", "item"),
            name=op.f("uq_need_agency_id_quarter_end_level_ref_id_item"),
        ),
        sa.CheckConstraint(
            "(quarter_end IS NULL) = (gap IS NULL)", name=op.f("ck_need_figures_with_quarter")
        ),
    )
    op.create_index("ix_need_unit", "need", ["unit_id", "level", "ref_id"])


def _words_of_people() -> dict[str, list[sa.schema.SchemaItem]]:
    """Table -> its own columns; each is about a need and by an account."""

    def of_need(table: str) -> list[sa.schema.SchemaItem]:
        return [
            sa.Column(name, sa.Integer(), _reference(table, name, other), nullable=False)
            for name, other in (("need_id", "need"), ("account_id", "account"))
        ]

    return {
        "need_decision": [
            *of_need("need_decision"),
            sa.Column("number", sa.SmallInteger(), nullable=False),
            _text("kind", 6),
            sa.Column("reason", sa.Text(), nullable=False),
            _text("nature", 11),
            sa.Column("gap", sa.Double()),
            sa.UniqueConstraint("need_id", "number", name=op.f("uq_need_decision_need_id_number")),
        ],
        "need_reply": [*of_need("need_reply"), sa.Column("text", sa.Text(), nullable=False)],
        "need_answer": [
            *of_need("need_answer"),
            _text("role", 10),
            sa.Column("answers", sa.JSON(), nullable=False),
            sa.Column("words", sa.Text(), nullable=False),
        ],
    }


def _add_competences_and_partners() -> None:
    _create(
        "officer_competence",
        sa.Column(
            "officer_id",
            sa.Integer(),
            _reference("officer_competence", "officer_id", "officer"),
            nullable=False,
        ),
        *(_text("post", 7), _text("title", 200), _text("competence", 200)),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("held", sa.SmallInteger()),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint(
            *("officer_id", "post", "competence"),
            name=op.f("uq_officer_competence_officer_id_post_competence"),
        ),
        sa.CheckConstraint(
            "needed BETWEEN 1 AND 5", name=op.f("ck_officer_competence_needed_in_range")
        ),
        sa.CheckConstraint(
            "held BETWEEN 0 AND 5", name=op.f("ck_officer_competence_held_in_range")
        ),
    )
    _create(
        "partner",
        *(_text("name", 200), _text("agreement", 200)),
        *(sa.Column(name, sa.Date()) for name in ("first_day", "last_day")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_partner_agency_id_name")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_partner_in_order")),
    )


def _free_plans_of_surveys() -> None:
    """A plan is a unit's; it may follow a survey or a need. No other table refers to plans."""
    added = (("unit_id", "unit"), ("counter_id", "counter"), ("need_id", "need"))
    with op.batch_alter_table("follow_up") as batch:
        for name, other in added:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_follow_up_{name}_{other}"), other, [name], ["id"])
        batch.alter_column("survey_id", existing_type=sa.Integer(), nullable=True)
    op.execute(
        "UPDATE follow_up SET unit_id = "
        "(SELECT unit_id FROM survey WHERE survey.id = follow_up.survey_id)"
    )
    with op.batch_alter_table("follow_up") as batch:
        batch.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
    op.create_index(op.f("ix_follow_up_unit_id"), "follow_up", ["unit_id"])


def _create(table: str, *own: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.Integer(), _reference(table, "agency_id", "agency"), nullable=False
        ),
        *own,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _reference(table: str, column: str, other: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}_{other}"))


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


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
