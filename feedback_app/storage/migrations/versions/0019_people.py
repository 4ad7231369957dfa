"""People and places: greetings that know where they came from, joined officers, ends, successors.

Greetings that were nothing but a name's first word ("M.", "H.", "I") are made anew.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from feedback_app.domain.person_names import greeting_by_rule, sex_by_nip
from feedback_app.storage.db import UtcDateTime

revision = "0019_people"
down_revision = "0018_log_in"
branch_labels = None
depends_on = None

WITH_SUCCESSOR = ("unit", "counter", "service")


def upgrade() -> None:
    """Add the columns and the table, then mend first-word greetings."""
    origin = sa.Column("greeting_from", sa.String(6), nullable=False, server_default="office")
    op.add_column("officer", origin)
    for table in ("officer", "counter", "service"):
        op.add_column(table, sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("ends_on", sa.Date(), nullable=True))
    for table in WITH_SUCCESSOR:
        _add_successor(table)
    op.add_column("survey", sa.Column("closed_as", sa.String(200), nullable=True))
    op.execute(
        "UPDATE survey SET closed_as = (SELECT name FROM unit WHERE unit.id = survey.unit_id) "
        "WHERE closed_at IS NOT NULL"
    )
    _make_join()
    _mend_greetings()


def _add_successor(table: str) -> None:
    name = op.f(f"fk_{table}_successor_id_{table}")
    link: Any = sa.ForeignKey(f"{table}.id", name=name)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column(
        table,
        sa.Column("successor_id", sa.Integer(), link, nullable=True),
        inline_references=is_sqlite,
    )


def _make_join() -> None:
    op.create_table(
        "officer_join",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("officer_id <> into_id", name=op.f("ck_officer_join_two_rows")),
        _refers("agency_id", "agency"),
        _refers("officer_id", "officer"),
        _refers("into_id", "officer"),
        _refers("account_id", "account"),
        _refers("change_id", "roster_change"),
        _refers("made_by", "account"),
        _refers("ended_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_join")),
    )
    op.create_index(op.f("ix_officer_join_agency_id"), "officer_join", ["agency_id"])
    op.create_index(op.f("ix_officer_join_officer_id"), "officer_join", ["officer_id"])


def _refers(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_officer_join_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _mend_greetings() -> None:
    """What the import had made of a name's first word; what an office wrote itself stays."""
    officer = sa.table(
        "officer",
        *(sa.column(name) for name in ("id", "nip", "name", "display_name", "employment")),
        sa.column("greeting_from"),
    )
    wanted = (officer.c.id, officer.c.nip, officer.c.name, officer.c.employment)
    rows = op.get_bind().execute(sa.select(*wanted, officer.c.display_name)).all()
    for officer_id, nip, name, employment, shown in rows:
        if not name.split() or shown != name.split()[0][:80]:
            continue
        sex = sex_by_nip(nip, employment=employment)
        new = greeting_by_rule(re.sub(r"\s+", " ", name), sex=sex)[:80]
        op.execute(
            officer.update()
            .where(officer.c.id == officer_id)
            .values(display_name=new, greeting_from="rule")
        )
