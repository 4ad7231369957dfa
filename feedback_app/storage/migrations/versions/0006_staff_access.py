"""Second factor, listed sessions, one-time links, single sign-on. Everybody logs in once more."""

import sqlalchemy as sa
from alembic import op

revision = "0006_staff_access"
down_revision = "0005_trust"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _owner(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f(f"fk_{table}_agency_id_agency")
        ),
    ]


def upgrade() -> None:
    """Add columns and tables; old sessions hold too little to be listed, so they end."""
    op.add_column("account", _text("sso_name", 200, nullable=True))
    op.add_column("account", _text("sso_subject", 600, nullable=True))
    for column in ("sso_name", "sso_subject"):
        op.create_index(op.f(f"ix_account_{column}"), "account", [column], unique=True)
    op.drop_table("staff_session")
    _create_sessions()
    _create_second_factors()
    _create_links()


def _create_sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("secret_hash", 64),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _text("stage", 5),
        _text("browser", 20),
        _text("system", 20),
        _time("created_at"),
        _time("last_seen_at"),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        _text("candidate", 300, nullable=True),
        *_owner("staff_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index(
        op.f("ix_staff_session_secret_hash"), "staff_session", ["secret_hash"], unique=True
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"])


def _create_second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _text("sealed_secret", 300),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _time("created_at"),
        *_owner("second_factor"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        _text("code_hash", 64),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _time("used_at", nullable=True),
        *_owner("recovery_code"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])


def _create_links() -> None:
    op.create_table(
        "access_link",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("token_hash", 64),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _text("kind", 10),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        _time("revoked_at", nullable=True),
        *_owner("access_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link")),
    )
    op.create_index(op.f("ix_access_link_token_hash"), "access_link", ["token_hash"], unique=True)
    op.create_index(op.f("ix_access_link_account_id"), "access_link", ["account_id"])
