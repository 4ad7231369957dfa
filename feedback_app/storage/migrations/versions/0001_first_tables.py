"""First tables: agency to audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table of the first release."""

    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
    )
    op.create_table(
        "login_throttle",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_login_throttle")),
    )
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attribution", sa.String(length=9), nullable=False),
        sa.Column("tier", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("is_complete", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_another", sa.BigInteger(), nullable=False),
        sa.Column("skm_n", sa.BigInteger(), nullable=False),
        sa.Column("skm_total", sa.BigInteger(), nullable=False),
        sa.Column("skm_squares", sa.BigInteger(), nullable=False),
        sa.Column("officer_n", sa.BigInteger(), nullable=False),
        sa.Column("officer_total", sa.BigInteger(), nullable=False),
        sa.Column("officer_squares", sa.BigInteger(), nullable=False),
        sa.Column("persyaratan_1", sa.BigInteger(), nullable=False),
        sa.Column("persyaratan_2", sa.BigInteger(), nullable=False),
        sa.Column("persyaratan_3", sa.BigInteger(), nullable=False),
        sa.Column("persyaratan_4", sa.BigInteger(), nullable=False),
        sa.Column("prosedur_1", sa.BigInteger(), nullable=False),
        sa.Column("prosedur_2", sa.BigInteger(), nullable=False),
        sa.Column("prosedur_3", sa.BigInteger(), nullable=False),
        sa.Column("prosedur_4", sa.BigInteger(), nullable=False),
        sa.Column("waktu_1", sa.BigInteger(), nullable=False),
        sa.Column("waktu_2", sa.BigInteger(), nullable=False),
        sa.Column("waktu_3", sa.BigInteger(), nullable=False),
        sa.Column("waktu_4", sa.BigInteger(), nullable=False),
        sa.Column("biaya_1", sa.BigInteger(), nullable=False),
        sa.Column("biaya_2", sa.BigInteger(), nullable=False),
        sa.Column("biaya_3", sa.BigInteger(), nullable=False),
        sa.Column("biaya_4", sa.BigInteger(), nullable=False),
        sa.Column("produk_1", sa.BigInteger(), nullable=False),
        sa.Column("produk_2", sa.BigInteger(), nullable=False),
        sa.Column("produk_3", sa.BigInteger(), nullable=False),
        sa.Column("produk_4", sa.BigInteger(), nullable=False),
        sa.Column("kompetensi_1", sa.BigInteger(), nullable=False),
        sa.Column("kompetensi_2", sa.BigInteger(), nullable=False),
        sa.Column("kompetensi_3", sa.BigInteger(), nullable=False),
        sa.Column("kompetensi_4", sa.BigInteger(), nullable=False),
        sa.Column("perilaku_1", sa.BigInteger(), nullable=False),
        sa.Column("perilaku_2", sa.BigInteger(), nullable=False),
        sa.Column("perilaku_3", sa.BigInteger(), nullable=False),
        sa.Column("perilaku_4", sa.BigInteger(), nullable=False),
        sa.Column("sarana_1", sa.BigInteger(), nullable=False),
        sa.Column("sarana_2", sa.BigInteger(), nullable=False),
        sa.Column("sarana_3", sa.BigInteger(), nullable=False),
        sa.Column("sarana_4", sa.BigInteger(), nullable=False),
        sa.Column("pengaduan_1", sa.BigInteger(), nullable=False),
        sa.Column("pengaduan_2", sa.BigInteger(), nullable=False),
        sa.Column("pengaduan_3", sa.BigInteger(), nullable=False),
        sa.Column("pengaduan_4", sa.BigInteger(), nullable=False),
        sa.Column("informasi_1", sa.BigInteger(), nullable=False),
        sa.Column("informasi_2", sa.BigInteger(), nullable=False),
        sa.Column("informasi_3", sa.BigInteger(), nullable=False),
        sa.Column("informasi_4", sa.BigInteger(), nullable=False),
        sa.Column("kecepatan_1", sa.BigInteger(), nullable=False),
        sa.Column("kecepatan_2", sa.BigInteger(), nullable=False),
        sa.Column("kecepatan_3", sa.BigInteger(), nullable=False),
        sa.Column("kecepatan_4", sa.BigInteger(), nullable=False),
        sa.Column("kepercayaan_1", sa.BigInteger(), nullable=False),
        sa.Column("kepercayaan_2", sa.BigInteger(), nullable=False),
        sa.Column("kepercayaan_3", sa.BigInteger(), nullable=False),
        sa.Column("kepercayaan_4", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day",
            "counter_id",
            "service_id",
            "officer_id",
            "attribution",
            "tier",
            "state",
            "is_complete",
            name=op.f("pk_tally"),
        ),
    )
    op.create_index("ix_tally_counter_day", "tally", ["counter_id", "day"], unique=False)
    op.create_index("ix_tally_officer_day", "tally", ["officer_id", "day"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_unit_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("agency_id", "code", name=op.f("uq_unit_agency_id_code")),
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("card_serial", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_counter_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_counter_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("agency_id", "code", name=op.f("uq_counter_agency_id_code")),
        sa.UniqueConstraint("number", name=op.f("uq_counter_number")),
    )
    op.create_index(op.f("ix_counter_unit_id"), "counter", ["unit_id"], unique=False)
    op.create_table(
        "officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("employment", sa.String(length=4), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_officer_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_officer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("agency_id", "nip", name=op.f("uq_officer_agency_id_nip")),
    )
    op.create_index(op.f("ix_officer_unit_id"), "officer", ["unit_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_service_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("agency_id", "code", name=op.f("uq_service_agency_id_code")),
    )
    op.create_index(op.f("ix_service_unit_id"), "service", ["unit_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_account_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_account_officer_id_officer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "counter_service",
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_counter_service_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_counter_service_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_counter_service_service_id_service")
        ),
        sa.PrimaryKeyConstraint("counter_id", "service_id", name=op.f("pk_counter_service")),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("attribution", sa.String(length=9), nullable=False),
        sa.Column("served_by", sa.String(length=8), nullable=False),
        sa.Column("served_when", sa.String(length=13), nullable=False),
        sa.Column("tier", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("persyaratan", sa.SmallInteger(), nullable=True),
        sa.Column("prosedur", sa.SmallInteger(), nullable=True),
        sa.Column("waktu", sa.SmallInteger(), nullable=True),
        sa.Column("biaya", sa.SmallInteger(), nullable=True),
        sa.Column("produk", sa.SmallInteger(), nullable=True),
        sa.Column("kompetensi", sa.SmallInteger(), nullable=True),
        sa.Column("perilaku", sa.SmallInteger(), nullable=True),
        sa.Column("sarana", sa.SmallInteger(), nullable=True),
        sa.Column("pengaduan", sa.SmallInteger(), nullable=True),
        sa.Column("informasi", sa.SmallInteger(), nullable=True),
        sa.Column("kecepatan", sa.SmallInteger(), nullable=True),
        sa.Column("kepercayaan", sa.SmallInteger(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("visit_purpose", sa.String(length=10), nullable=True),
        sa.Column("age_band", sa.String(length=10), nullable=True),
        sa.Column("sex", sa.String(length=10), nullable=True),
        sa.Column("education", sa.String(length=10), nullable=True),
        sa.Column("occupation", sa.String(length=12), nullable=True),
        sa.Column("needs_help", sa.String(length=10), nullable=True),
        sa.Column("instrument_version", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.CheckConstraint("biaya BETWEEN 1 AND 4", name=op.f("ck_rating_biaya_in_range")),
        sa.CheckConstraint("informasi BETWEEN 1 AND 4", name=op.f("ck_rating_informasi_in_range")),
        sa.CheckConstraint("kecepatan BETWEEN 1 AND 4", name=op.f("ck_rating_kecepatan_in_range")),
        sa.CheckConstraint(
            "kepercayaan BETWEEN 1 AND 4", name=op.f("ck_rating_kepercayaan_in_range")
        ),
        sa.CheckConstraint(
            "kompetensi BETWEEN 1 AND 4", name=op.f("ck_rating_kompetensi_in_range")
        ),
        sa.CheckConstraint("pengaduan BETWEEN 1 AND 4", name=op.f("ck_rating_pengaduan_in_range")),
        sa.CheckConstraint("perilaku BETWEEN 1 AND 4", name=op.f("ck_rating_perilaku_in_range")),
        sa.CheckConstraint(
            "persyaratan BETWEEN 1 AND 4", name=op.f("ck_rating_persyaratan_in_range")
        ),
        sa.CheckConstraint("produk BETWEEN 1 AND 4", name=op.f("ck_rating_produk_in_range")),
        sa.CheckConstraint("prosedur BETWEEN 1 AND 4", name=op.f("ck_rating_prosedur_in_range")),
        sa.CheckConstraint("sarana BETWEEN 1 AND 4", name=op.f("ck_rating_sarana_in_range")),
        sa.CheckConstraint("waktu BETWEEN 1 AND 4", name=op.f("ck_rating_waktu_in_range")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_rating_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_rating_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_rating_officer_id_officer")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_rating_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_counter_day", "rating", ["counter_id", "day"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_shift_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_shift_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_shift_officer_id_officer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_counter_time", "shift", ["counter_id", "starts_at"], unique=False)
    op.create_index("ix_shift_officer_time", "shift", ["officer_id", "starts_at"], unique=False)
    op.create_table(
        "visit_count",
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_visit_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_visit_count_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_visit_count_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_visit_count_service_id_service")
        ),
        sa.PrimaryKeyConstraint("counter_id", "service_id", "day", name=op.f("pk_visit_count")),
    )
    op.create_table(
        "account_unit",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_unit_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_account_unit_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_account_unit_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("account_id", "unit_id", name=op.f("pk_account_unit")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_audit_entry_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "comment",
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_comment_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_comment_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_comment_rating_id_rating")
        ),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_counter_id"), "comment", ["counter_id"], unique=False)
    op.create_table(
        "screening",
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.Column("device_key", sa.String(length=32), nullable=False),
        sa.Column("network_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_screening_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_screening_rating_id_rating")
        ),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_screening")),
    )
    op.create_index(op.f("ix_screening_receipt"), "screening", ["receipt"], unique=False)
    op.create_index(op.f("ix_screening_received_at"), "screening", ["received_at"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(
        op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False
    )
    # ### end Alembic commands ###
