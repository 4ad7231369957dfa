"""A stamp that triggers draw anew whenever something changes that a citizen's form is drawn from.

Processes keep places and rosters in memory under it (ADR 22).

Revision ID: 0031_place_stamp
Revises: 0030_minute
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_place_stamp"
down_revision = "0030_minute"
branch_labels = None
depends_on = None

STAMPED = (
    *("agency", "unit", "counter", "service", "counter_service", "counter_tiers", "officer"),
    *("shift", "code_batch", "follow_up", "survey"),  # the last two: what was mended
)
# A queue's batch grows with each ticket, which is nothing to a form.
UPDATES = {"code_batch": "UPDATE OF unit_id, valid_on, revoked_at"}
DRAW = (
    "INSERT INTO place_stamp (id, stamp) VALUES (1, {drawn}) "
    "ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp"
)


def upgrade() -> None:
    """Add the row's table and the triggers; no row is there until something changes."""
    op.create_table(
        "place_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_stamp")),
    )
    if op.get_bind().dialect.name == "sqlite":
        drawn = DRAW.format(drawn="lower(hex(randomblob(16)))")
        for table in STAMPED:
            for event in ("INSERT", UPDATES.get(table, "UPDATE"), "DELETE"):
                name = f"{table}_stamp_{event.partition(' ')[0].lower()}"
                op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {drawn}; END")
        return
    drawn = DRAW.format(drawn="gen_random_uuid()::text")
    op.execute(
        "CREATE FUNCTION draw_place_stamp() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {drawn}; RETURN NULL; END $$"
    )
    for table in STAMPED:
        events = f"INSERT OR {UPDATES.get(table, 'UPDATE')} OR DELETE OR TRUNCATE"
        op.execute(
            f"CREATE TRIGGER {table}_stamp AFTER {events} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION draw_place_stamp()"
        )
