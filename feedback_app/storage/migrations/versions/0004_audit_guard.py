"""The audit log can only grow: the database itself refuses to change or delete a line."""

from alembic import op

revision = "0004_audit_guard"
down_revision = "0003_survey"
branch_labels = None
depends_on = None

REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    """Add triggers that refuse UPDATE and DELETE (and TRUNCATE, where there is one)."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_entry EXECUTE FUNCTION refuse_audit_change()"
    )
