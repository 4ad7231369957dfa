"""A rating says on which day the visit was, in place of three words about it."""

import sqlalchemy as sa
from alembic import op

revision = "0011_visit_day"
down_revision = "0010_closed_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Today's visits keep their day; of the others it was never known which day it was."""
    _let_change()
    op.add_column("rating", sa.Column("visit_day", sa.Date(), nullable=True))
    op.execute("UPDATE rating SET visit_day = day WHERE served_when IN ('now', 'earlier_today')")
    op.drop_column("rating", "served_when")
    _refuse_changes()


def _let_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER rating_no_update")
        op.execute("DROP TRIGGER rating_no_delete")
    else:
        op.execute("DROP TRIGGER rating_only_grows ON rating")


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER rating_no_{act.lower()} BEFORE {act} ON rating "
                "BEGIN SELECT RAISE(ABORT, 'rating is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER rating_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON rating EXECUTE FUNCTION refuse_rating_change()"
    )
