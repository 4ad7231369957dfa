"""No order of arrival: comments apart from answers, rows by their keys, numbers by chance (ADR 14).

Tables that hold answers are made anew, so that rows of before lie by their keys too. Nothing of
them changes but what told an hour or a link: hours that an arriving answer set become the
beginning of its day, reasons no longer name a sheet of paper, bare digests go.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from feedback_app.storage.db import UtcDateTime

revision = "0012_no_order"
down_revision = "0011_visit_day"
branch_labels = None
depends_on = None

MADE_ANEW = ("rating", "comment", "screening", "verdict", "case_rating", "tally")
APPEND_ONLY = ("rating", "verdict")
ELEMENTS = (
    *("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku"),
    *("sarana", "pengaduan", "informasi", "kecepatan", "kepercayaan"),
)
TALLY_KEY: dict[str, Any] = {
    "day": sa.Date(),
    "counter_id": sa.Integer(),
    "service_id": sa.Integer(),
    "officer_id": sa.Integer(),
    "attribution": sa.String(9),
    "tier": sa.String(7),
    "state": sa.String(9),
    "for_officer": sa.Integer(),
    "is_complete": sa.Integer(),
}
TALLY_BLOCKS = ("counter_id", "day", "state", "is_complete", "skm_n", "skm_total", "skm_squares")
WIB = "Asia/Jakarta"


def upgrade() -> None:
    """Keep rows aside, make the tables anew, fill them by their keys."""
    sums = _tally_sums()
    _keep_aside()
    _make_rating_and_comment()
    _make_screening()
    _make_verdict_and_case_rating()
    _make_tally(sums)
    _fill_answers()
    _fill_verdicts()
    _fill_screening()
    _fill_cases()
    _fill_sheets()
    _fill("tally", [*TALLY_KEY, "agency_id", *sums], list(TALLY_KEY))
    _make_mark()
    for name in (*MADE_ANEW, "paper_sheet", "named"):
        op.drop_table(f"kept_{name}")
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _tally_sums() -> list[str]:
    known = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("tally")]
    return [name for name in known if name not in (*TALLY_KEY, "agency_id")]


def _keep_aside() -> None:
    """Copies without keys; what refers to others is dropped first, so that nothing dangles."""
    for table in MADE_ANEW:
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608
    op.execute("CREATE TABLE kept_paper_sheet AS SELECT id, rating_id FROM paper_sheet")
    op.execute("UPDATE paper_sheet SET rating_id = NULL")
    chance = "replace(gen_random_uuid()::text, '-', '')"
    if _is_sqlite():
        chance = "lower(hex(randomblob(16)))"
    op.execute(
        f"CREATE TABLE kept_named AS SELECT rating_id, {chance} AS comment_id "  # noqa: S608
        "FROM kept_comment"
    )
    for table in ("screening", "comment", "verdict", "case_rating", "tally"):
        op.drop_table(table)
    if not _is_sqlite():  # there a reference goes by the table's name and finds the new one
        op.drop_constraint("fk_paper_sheet_rating_id_rating", "paper_sheet")
    op.drop_table("rating")


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _make_rating_and_comment() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("attribution", sa.String(length=9), nullable=False),
        sa.Column("served_by", sa.String(length=8), nullable=False),
        sa.Column("tier", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visit_day", sa.Date(), nullable=True),
        *(sa.Column(key, sa.SmallInteger(), nullable=True) for key in ELEMENTS),
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
        sa.Column("for_officer", sa.Boolean(), nullable=False),
        *(
            sa.CheckConstraint(f"{key} BETWEEN 1 AND 4", name=op.f(f"ck_rating_{key}_in_range"))
            for key in ELEMENTS
        ),
        *(
            _refers("rating", f"{other}_id", other)
            for other in ("agency", "counter", "service", "officer")
        ),
        sa.PrimaryKeyConstraint("counter_id", "day", "id", name=op.f("pk_rating")),
        sa.UniqueConstraint("id", name=op.f("uq_rating_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *(_refers("comment", f"{other}_id", other) for other in ("agency", "counter", "officer")),
        sa.PrimaryKeyConstraint("counter_id", "month", "id", name=op.f("pk_comment")),
        sa.UniqueConstraint("id", name=op.f("uq_comment_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comment_officer_id"), "comment", ["officer_id"])


def _make_screening() -> None:
    op.create_table(
        "screening",
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("comment_id", sa.String(length=32), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.Column("device_key", sa.String(length=32), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=7), nullable=False),
        sa.Column("text_key", sa.String(length=32), nullable=True),
        sa.Column("is_hasty", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.String(length=200), nullable=False),
        *(
            _refers("screening", f"{other}_id", other)
            for other in ("rating", "comment", "agency", "counter")
        ),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_screening")),
        sqlite_with_rowid=False,
    )
    for column in ("received_at", "receipt", "device_key", "text_key"):
        op.create_index(op.f(f"ix_screening_{column}"), "screening", [column])
    op.create_index(op.f("ix_screening_comment_id"), "screening", ["comment_id"], unique=True)
    op.create_index("ix_screening_counter_time", "screening", ["counter_id", "received_at"])


def _make_verdict_and_case_rating() -> None:
    op.create_table(
        "verdict",
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("for_officer", sa.Boolean(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        _refers("verdict", "rating_id", "rating"),
        _refers("verdict", "agency_id", "agency"),
        _refers("verdict", "case_id", "case_file"),
        sa.PrimaryKeyConstraint("rating_id", "step", name=op.f("pk_verdict")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_verdict_case_id"), "verdict", ["case_id"])
    op.create_table(
        "case_rating",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _refers("case_rating", "case_id", "case_file"),
        _refers("case_rating", "rating_id", "rating"),
        _refers("case_rating", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("case_id", "rating_id", name=op.f("pk_case_rating")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_rating_rating_id"), "case_rating", ["rating_id"])


def _make_tally(sums: Sequence[str]) -> None:
    op.create_table(
        "tally",
        *(
            sa.Column(name, kind, autoincrement=False, nullable=False)
            for name, kind in TALLY_KEY.items()
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint(*TALLY_KEY, name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_blocks", "tally", list(TALLY_BLOCKS))
    op.create_index("ix_tally_officer_day", "tally", ["officer_id", "day"])


def _make_mark() -> None:
    """Everything is written anew up to the day before the newest answer's."""
    op.create_table(
        "upkeep_mark",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep_mark")),
    )
    op.execute(
        "INSERT INTO upkeep_mark (name, day) SELECT 'written anew', newest.day FROM "  # noqa: S608
        f"(SELECT {_day_before('max(day)')} AS day FROM kept_rating) AS newest "
        "WHERE newest.day IS NOT NULL"
    )


def _fill(table: str, names: Sequence[str], keys: Sequence[str]) -> None:
    columns = ", ".join(names)
    op.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table} "  # noqa: S608
        f"ORDER BY {', '.join(keys)}"
    )


def _fill_answers() -> None:
    """A comment stands as its answer stands now, under the month in which that was counted."""
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("rating")]
    _fill("rating", names, ("counter_id", "day", "id"))
    late = _latest("comment.day", "coalesce(newest.counted_on, rating.day)")
    op.execute(
        "INSERT INTO comment (id, agency_id, counter_id, officer_id, month, state, text) "  # noqa: S608
        "SELECT named.comment_id, comment.agency_id, comment.counter_id, "
        "CASE WHEN coalesce(newest.for_officer, rating.for_officer) THEN rating.officer_id END, "
        f"{_first_of_month(late)} AS month, coalesce(newest.state, rating.state), comment.text "
        "FROM kept_comment AS comment "
        "JOIN kept_named AS named ON named.rating_id = comment.rating_id "
        "JOIN kept_rating AS rating ON rating.id = comment.rating_id "
        "LEFT JOIN (SELECT * FROM kept_verdict WHERE id IN "
        "(SELECT max(id) FROM kept_verdict GROUP BY rating_id)) AS newest "
        "ON newest.rating_id = comment.rating_id "
        "ORDER BY comment.counter_id, month, named.comment_id"
    )


def _fill_verdicts() -> None:
    """Steps run within each answer; reasons that named a sheet name none."""
    reason = (
        "CASE WHEN reason LIKE 'lembar kertas %' THEN 'selembar kertas dibetulkan' "
        "WHEN reason LIKE 'entri ganda lembar kertas %' THEN 'entri ganda selembar kertas' "
        "ELSE reason END"
    )
    is_telling = (
        "reason LIKE 'penyaringan: %' OR reason LIKE 'lembar kertas %' "
        "OR reason LIKE 'entri ganda %kertas %'"
    )
    op.execute(
        "INSERT INTO verdict (rating_id, step, agency_id, case_id, state, "  # noqa: S608
        "for_officer, counted_on, reason, made_at) SELECT rating_id, "
        "row_number() OVER (PARTITION BY rating_id ORDER BY id) AS step, agency_id, case_id, "
        f"state, for_officer, counted_on, {reason}, "
        f"CASE WHEN {is_telling} THEN {_midnight('made_at')} ELSE made_at END "
        "FROM kept_verdict ORDER BY rating_id, step"
    )


def _fill_screening() -> None:
    """Digests of before were bare hashes: they go, and a retry is then not compared."""
    same = (
        "rating_id, agency_id, opened_at, received_at, receipt, device_key, counter_id, tier, "
        "text_key, is_hasty, rules"
    )
    op.execute(
        f"INSERT INTO screening ({same}, body_digest, comment_id) "  # noqa: S608
        f"SELECT {same}, '', (SELECT comment_id FROM kept_named AS named "
        "WHERE named.rating_id = kept_screening.rating_id) FROM kept_screening ORDER BY rating_id"
    )


def _fill_cases() -> None:
    op.add_column(
        "case_file",
        sa.Column(
            "comment_id",
            sa.String(length=32),
            sa.ForeignKey("comment.id", name=op.f("fk_case_file_comment_id_comment")),
            nullable=True,
        ),
        inline_references=_is_sqlite(),  # PostgreSQL would give it a name of its own
    )
    op.create_index(op.f("ix_case_file_comment_id"), "case_file", ["comment_id"])
    op.execute(
        "UPDATE case_file SET comment_id = (SELECT min(named.comment_id) "
        "FROM kept_case_rating AS k JOIN kept_named AS named ON named.rating_id = k.rating_id "
        "WHERE k.case_id = case_file.id) "
        "WHERE kind = 'text'"
    )
    op.execute(
        "INSERT INTO case_rating (case_id, rating_id, agency_id) "
        "SELECT case_id, rating_id, agency_id FROM kept_case_rating "
        "WHERE case_id NOT IN (SELECT id FROM case_file WHERE kind = 'text') "
        "ORDER BY case_id, rating_id"
    )
    op.execute(
        f"UPDATE case_file SET opened_at = {_midnight('opened_at')} "  # noqa: S608
        "WHERE kind = 'held'"
    )
    first, last = _first_of_month("first_day"), _last_of_month("first_day")
    op.execute(
        f"UPDATE case_file SET opened_at = {_midnight_of(first)}, first_day = {first}, "  # noqa: S608
        f"last_day = {last}, due_on = {_plus_14(last)} WHERE kind IN ('pressed', 'fee')"
    )


def _fill_sheets() -> None:
    op.add_column(
        "paper_sheet",
        sa.Column(
            "comment_id",
            sa.String(length=32),
            sa.ForeignKey("comment.id", name=op.f("fk_paper_sheet_comment_id_comment")),
            nullable=True,
        ),
        inline_references=_is_sqlite(),
    )
    op.create_index(op.f("ix_paper_sheet_comment_id"), "paper_sheet", ["comment_id"], unique=True)
    kept = "FROM kept_paper_sheet AS kept WHERE kept.id = paper_sheet.id"
    op.execute(f"UPDATE paper_sheet SET rating_id = (SELECT kept.rating_id {kept})")  # noqa: S608
    op.execute(
        "UPDATE paper_sheet SET comment_id = (SELECT named.comment_id FROM kept_named AS named "
        "WHERE named.rating_id = paper_sheet.rating_id) WHERE rating_id IS NOT NULL"
    )
    if not _is_sqlite():
        name = "fk_paper_sheet_rating_id_rating"
        op.create_foreign_key(name, "paper_sheet", "rating", ["rating_id"], ["id"])


# Both engines keep days and instants in their own way: SQLite as text, instants in UTC.
def _latest(one: str, other: str) -> str:
    return f"max({one}, {other})" if _is_sqlite() else f"greatest({one}, {other})"


def _first_of_month(day: str) -> str:
    if _is_sqlite():
        return f"date({day}, 'start of month')"
    return f"date_trunc('month', {day})::date"


def _last_of_month(day: str) -> str:
    if _is_sqlite():
        return f"date({day}, 'start of month', '+1 month', '-1 day')"
    return f"(date_trunc('month', {day}) + interval '1 month' - interval '1 day')::date"


def _day_before(day: str) -> str:
    return f"date({day}, '-1 day')" if _is_sqlite() else f"({day} - 1)"


def _plus_14(day: str) -> str:
    return f"date({day}, '+14 days')" if _is_sqlite() else f"({day} + 14)"


def _midnight_of(day: str) -> str:
    """The instant at which a local day begins."""
    if _is_sqlite():
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', {day}, '-7 hours')"
    return f"({day})::timestamp AT TIME ZONE '{WIB}'"


def _midnight(instant: str) -> str:
    """The beginning of the local day of an instant."""
    if _is_sqlite():
        return _midnight_of(f"date({instant}, '+7 hours')")
    return _midnight_of(f"({instant} AT TIME ZONE '{WIB}')::date")


def _refuse_changes(table: str) -> None:
    if _is_sqlite():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} EXECUTE FUNCTION refuse_{table}_change()"
    )
