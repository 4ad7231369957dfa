"""Answers after a course, apart from who has answered.

Revision ID: 0029_after_course
Revises: 0028_certificate
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_after_course"
down_revision = "0028_certificate"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables without an order of arrival."""
    op.create_table(
        "course_reply",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        *_references(
            "course_reply", run_id="training_run", officer_id="officer", agency_id="agency"
        ),
        sa.PrimaryKeyConstraint("run_id", "officer_id", "role", name=op.f("pk_course_reply")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "course_answer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("block", sa.SmallInteger(), nullable=False),
        *_references("course_answer", agency_id="agency", training_id="training"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_course_answer_training_id"), "course_answer", ["training_id"])


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
