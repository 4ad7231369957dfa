"""Alembic's entry: runs the migrations on the connection that storage/upgrade.py hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from feedback_app.storage.db import Base, UtcDateTime
from feedback_app.storage.models import Rating

assert Rating.metadata is Base.metadata  # noqa: S101 (the models are imported, so all are known)


def render_our_types(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Name our own column type as the migrations written by hand do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogenerate.imports.add("from feedback_app.storage.db import UtcDateTime")
        return "UtcDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # Never drafted as batches: a batch copies the table on SQLite, and the copy has no triggers,
    # so an append-only table could be changed from then on. CONTRIBUTING.md says what to do.
    render_as_batch=False,
    render_item=render_our_types,
    compare_type=True,
    autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
)
with context.begin_transaction():
    context.run_migrations()
