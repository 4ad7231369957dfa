"""The stamp of places is drawn anew, too, by what published results are made of.

Processes keep the page of all units and its open data in memory under it: made anew for each reader
they take seconds once 200 units have five years of surveys. An agency's log gets an index.

Revision ID: 0032_results_stamp
Revises: 0031_place_stamp
"""

from __future__ import annotations

from alembic import op

revision = "0032_results_stamp"
down_revision = "0031_place_stamp"
branch_labels = None
depends_on = None

STAMPED = ("survey_revision", "past_result", "happening")
DRAW = (
    "INSERT INTO place_stamp (id, stamp) VALUES (1, lower(hex(randomblob(16)))) "
    "ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp"
)


def upgrade() -> None:
    """Add the triggers and the index."""
    op.create_index("ix_audit_entry_agency_id", "audit_entry", ["agency_id", "id"])
    for table in STAMPED:
        if op.get_bind().dialect.name == "sqlite":
            for event in ("INSERT", "UPDATE", "DELETE"):
                name = f"{table}_stamp_{event.lower()}"
                op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {DRAW}; END")
            continue
        op.execute(
            f"CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION draw_place_stamp()"
        )
