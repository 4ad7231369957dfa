"""Alembic's entry: runs the migrations on the connection that storage/upgrade.py hands over."""

from alembic import context

from feedback_app.storage.db import Base
from feedback_app.storage.models import Rating

assert Rating.metadata is Base.metadata  # noqa: S101 (the models are imported, so all are known)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
