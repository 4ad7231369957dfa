"""A second stamp, drawn anew by what published results are made of; a log gets an index.

Processes keep the page of all units and its open data in memory under it: made anew for each reader
they take seconds once 200 units have five years of surveys. The stamp of places would not do, since
each change of a roster draws it.

Revision ID: 0032_results_stamp
Revises: 0031_place_stamp
"""

from __future__ import annotations

from alembic import op

revision = "0032_results_stamp"
down_revision = "0031_place_stamp"
branch_labels = None
depends_on = None

STAMPED = (
    *("agency", "unit", "counter", "service", "counter_service"),
    *("survey", "survey_revision", "past_result", "happening"),
)
DRAW = (
    "INSERT INTO place_stamp (id, stamp) VALUES (2, {drawn}) "
    "ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp"
)


def upgrade() -> None:
    """Add the triggers and the index."""
    op.create_index("ix_audit_entry_agency_id", "audit_entry", ["agency_id", "id"])
    if op.get_bind().dialect.name == "sqlite":
        drawn = DRAW.format(drawn="lower(hex(randomblob(16)))")
        for table in STAMPED:
            for event in ("INSERT", "UPDATE", "DELETE"):
                name = f"{table}_result_stamp_{event.lower()}"
                op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {drawn}; END")
        return
    drawn = DRAW.format(drawn="gen_random_uuid()::text")
    op.execute(
        "CREATE FUNCTION draw_result_stamp() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {drawn}; RETURN NULL; END $$"
    )
    for table in STAMPED:
        op.execute(
            f"CREATE TRIGGER {table}_result_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION draw_result_stamp()"
        )
