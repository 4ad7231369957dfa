"""Tiers, screening, verdicts and cases: what makes an answer count, and for whom."""

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0005_trust"
down_revision = "0004_audit_guard"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rating", "verdict", "case_opinion")
COUNTED_FOR_OFFICER = "attribution IN ('confirmed', 'chosen')"  # before tiers decided it
TALLY_KEY = (
    ("day", sa.Date()),
    ("counter_id", sa.Integer()),
    ("service_id", sa.Integer()),
    ("officer_id", sa.Integer()),
    ("attribution", sa.String(length=9)),
    ("tier", sa.String(length=7)),
    ("state", sa.String(length=9)),
    ("for_officer", sa.Integer()),
    ("is_complete", sa.Integer()),
)
SERVICE_MINUTES = "5"  # until the office tells its own


def upgrade() -> None:
    """Add the new tables, widen rating, screening and tally, and let rows only grow."""
    _add_tables()
    _widen_rating()
    _widen_screening()
    _widen_tally()
    op.add_column(
        "service",
        sa.Column("minutes", sa.Integer(), nullable=False, server_default=SERVICE_MINUTES),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _widen_rating() -> None:
    column: sa.Column[bool] = sa.Column(
        "for_officer", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("rating", column)
    op.execute(f"UPDATE rating SET for_officer = ({COUNTED_FOR_OFFICER})")  # noqa: S608


def _widen_screening() -> None:
    for column in (
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=7), nullable=True),
        sa.Column("text_key", sa.String(length=32), nullable=True),
        sa.Column("is_hasty", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("rules", sa.String(length=200), nullable=False, server_default=""),
    ):
        op.add_column("screening", column)
    for name in ("counter_id", "tier"):
        op.execute(
            f"UPDATE screening SET {name} = "  # noqa: S608
            f"(SELECT rating.{name} FROM rating WHERE rating.id = screening.rating_id)"
        )
    with op.batch_alter_table("screening") as batch:
        batch.alter_column("counter_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("tier", existing_type=sa.String(length=7), nullable=False)
        batch.create_foreign_key(
            op.f("fk_screening_counter_id_counter"), "counter", ["counter_id"], ["id"]
        )
    op.create_index("ix_screening_counter_time", "screening", ["counter_id", "received_at"])
    op.create_index(op.f("ix_screening_device_key"), "screening", ["device_key"])
    op.create_index(op.f("ix_screening_text_key"), "screening", ["text_key"])


def _widen_tally() -> None:
    """A new key column means a new table: keep the counts aside meanwhile."""
    names = [name for name, _kind in TALLY_KEY if name != "for_officer"]
    known = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("tally")]
    sums = [name for name in known if name not in (*names, "agency_id")]
    op.execute("CREATE TABLE tally_kept AS SELECT * FROM tally")
    op.drop_table("tally")
    op.create_table(
        "tally",
        *(sa.Column(name, kind, autoincrement=False, nullable=False) for name, kind in TALLY_KEY),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint(*(name for name, _kind in TALLY_KEY), name=op.f("pk_tally")),
    )
    op.create_index("ix_tally_counter_day", "tally", ["counter_id", "day"])
    op.create_index("ix_tally_officer_day", "tally", ["officer_id", "day"])
    columns = ", ".join([*names, "agency_id", *sums])
    op.execute(
        f"INSERT INTO tally ({columns}, for_officer) SELECT {columns}, "  # noqa: S608
        f"CASE WHEN {COUNTED_FOR_OFFICER} THEN 1 ELSE 0 END FROM tally_kept"
    )
    op.drop_table("tally_kept")


def _refuse_changes(table: str) -> None:
    refusal = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} EXECUTE FUNCTION refuse_{table}_change()"
    )


def _add_tables() -> None:
    op.create_table(
        "code_guess",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_code_guess")),
    )
    op.create_table(
        "code_count",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("revoked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_code_count_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_code_count_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", "service_id", "day", name=op.f("pk_code_count")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("rules", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_case_file_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_case_file_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_case_file_officer_id_officer")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_file_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(
        "ix_case_file_open", "case_file", ["agency_id", "closed_at", "kind"], unique=False
    )
    op.create_table(
        "case_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_case_opinion_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_case_opinion_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_opinion_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opinion")),
    )
    op.create_index(op.f("ix_case_opinion_case_id"), "case_opinion", ["case_id"], unique=False)
    op.create_table(
        "case_rating",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_case_rating_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_rating_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_case_rating_rating_id_rating")
        ),
        sa.PrimaryKeyConstraint("case_id", "rating_id", name=op.f("pk_case_rating")),
    )
    op.create_index(op.f("ix_case_rating_rating_id"), "case_rating", ["rating_id"], unique=False)
    op.create_table(
        "code_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=6), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_code_batch_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_code_batch_made_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_code_batch_service_id_service")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_code_batch_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_batch")),
    )
    op.create_index(op.f("ix_code_batch_unit_id"), "code_batch", ["unit_id"], unique=False)
    op.create_table(
        "counter_tiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("tiers", sa.String(length=60), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_counter_tiers_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_counter_tiers_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["account.id"], name=op.f("fk_counter_tiers_set_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_tiers")),
    )
    op.create_index("ix_counter_tiers_counter_id", "counter_tiers", ["counter_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pairing_hash", sa.String(length=64), nullable=True),
        sa.Column("pairing_ends_at", UtcDateTime(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("paired_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_device_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_device_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_device_made_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("pairing_hash", name=op.f("uq_device_pairing_hash")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_device_secret_hash")),
    )
    op.create_index(op.f("ix_device_counter_id"), "device", ["counter_id"], unique=False)
    op.create_table(
        "queue_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_queue_key_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_queue_key_made_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_queue_key_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_queue_key_key_hash")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("for_officer", sa.Boolean(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_verdict_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_verdict_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_verdict_rating_id_rating")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_rating_id"), "verdict", ["rating_id"], unique=False)
    op.create_table(
        "display_use",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_display_use_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", "step", name=op.f("pk_display_use")),
    )
    op.create_table(
        "visit_code",
        sa.Column("long_mark", sa.String(length=64), nullable=False),
        sa.Column("typed_mark", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_visit_code_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["code_batch.id"], name=op.f("fk_visit_code_batch_id_code_batch")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_visit_code_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_visit_code_service_id_service")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_code_unit_id_unit")),
        sa.PrimaryKeyConstraint("long_mark", name=op.f("pk_visit_code")),
        sa.UniqueConstraint("typed_mark", name=op.f("uq_visit_code_typed_mark")),
    )
    op.create_index(op.f("ix_visit_code_batch_id"), "visit_code", ["batch_id"], unique=False)
    op.create_index("ix_visit_code_expires_at", "visit_code", ["expires_at"], unique=False)
