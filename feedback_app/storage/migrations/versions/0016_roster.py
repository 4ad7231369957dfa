"""A roster that can be corrected: changes that say who and when, days off, grids' letters.

A shift is still never deleted or moved: it can only be withdrawn, once, and both engines refuse
the rest. Which change brought a shift and which one withdrew it is kept beside it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0016_roster"
down_revision = "0015_note_alone"
branch_labels = None
depends_on = None

# What a shift says once and for all; only its withdrawal may be added, and only once.
FIXED = (
    *("id", "agency_id", "officer_id", "counter_id", "starts_at", "ends_at"),
    *("recorded_at", "recorded_in"),
)


def upgrade() -> None:
    """Add the tables, the two columns of shifts, and the refusals."""
    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _refers("roster_change", "agency_id", "agency"),
        _refers("roster_change", "account_id", "account"),
        _refers("roster_change", "second_id", "account"),
        _refers("roster_change", "undoes_id", "roster_change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_roster_change_undoes_id")),
    )
    _make_proposal()
    _make_calendar_entry()
    op.create_table(
        "roster_letter",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=20), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        _refers("roster_letter", "agency_id", "agency"),
        _refers("roster_letter", "counter_id", "counter"),
        sa.PrimaryKeyConstraint("agency_id", "letter", name=op.f("pk_roster_letter")),
    )
    for column in ("recorded_in", "withdrawn_in"):
        _add_change("shift", column)
    _refuse_all("roster_change")
    _refuse_all_but_withdrawal()


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _add_change(table: str, column: str) -> None:
    name = op.f(f"fk_{table}_{column}_roster_change")
    link: Any = sa.ForeignKey("roster_change.id", name=name)
    # written inline PostgreSQL would give it a name of its own
    op.add_column(
        table, sa.Column(column, sa.Integer(), link, nullable=True), inline_references=_is_sqlite()
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _make_proposal() -> None:
    op.create_table(
        "roster_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=True),
        _refers("roster_proposal", "agency_id", "agency"),
        _refers("roster_proposal", "account_id", "account"),
        _refers("roster_proposal", "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_proposal")),
    )
    op.create_index(op.f("ix_roster_proposal_agency_id"), "roster_proposal", ["agency_id"])


def _make_calendar_entry() -> None:
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_calendar_entry_in_order")),
        _refers("calendar_entry", "agency_id", "agency"),
        _refers("calendar_entry", "unit_id", "unit"),
        _refers("calendar_entry", "officer_id", "officer"),
        _refers("calendar_entry", "change_id", "roster_change"),
        _refers("calendar_entry", "made_by", "account"),
        _refers("calendar_entry", "ended_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    op.create_index("ix_calendar_entry_days", "calendar_entry", ["agency_id", "last_day"])


def _refuse_all(table: str) -> None:
    refusal = f"{table} is append-only"
    if _is_sqlite():
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


def _refuse_all_but_withdrawal() -> None:
    """One UPDATE of a shift is allowed: from standing to withdrawn, and nothing else of it."""
    refusal = "shift can only be withdrawn"
    if _is_sqlite():
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in FIXED)
        op.execute(
            "CREATE TRIGGER shift_no_update BEFORE UPDATE ON shift WHEN NOT "
            f"(OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        op.execute(
            "CREATE TRIGGER shift_no_delete BEFORE DELETE ON shift "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    op.execute(
        "CREATE FUNCTION refuse_shift_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF OLD.withdrawn_at IS NULL "
        f"AND NEW.withdrawn_at IS NOT NULL AND {same} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER shift_only_withdrawn BEFORE UPDATE OR DELETE "
        "ON shift FOR EACH ROW EXECUTE FUNCTION refuse_shift_change()"
    )
    op.execute(
        "CREATE TRIGGER shift_never_emptied BEFORE TRUNCATE "
        "ON shift EXECUTE FUNCTION refuse_shift_change()"
    )
