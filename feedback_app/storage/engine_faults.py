"""What the engines' faults mean, and how much of them is told."""

from __future__ import annotations

from sqlalchemy import ExceptionContext, exc

from feedback_app.storage import sqlite

# PostgreSQL: disk_full, read_only_sql_transaction (a standby)
NOT_SAVED_SQLSTATES = ("53100", "25006")
DISK_WORDS = ("disk is full", "disk I/O error", "readonly database")  # of SQLite's messages
CONFLICT_SQLSTATES = ("40001", "40P01")  # PostgreSQL: serialization_failure, deadlock_detected
# PostgreSQL: query_canceled (statement_timeout), lock_not_available
WAITED_SQLSTATES = ("57014", "55P03")


def as_sqlalchemy(error: Exception, *, statement: str | None = "") -> Exception:
    """The fault that SQLAlchemy would have raised, without the row it was about.

    No statement means that there was no connection.
    """
    return exc.DBAPIError.instance(
        statement, None, error, sqlite.library.Error, hide_parameters=True
    )


def tell_no_row(context: ExceptionContext) -> None:
    """Errors go to the log; PostgreSQL repeats the refused row, comment and all, on later lines."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0],)


def is_of_disk(error: exc.DBAPIError) -> bool:
    """Full, failing or read-only; a lock is none of these."""
    said = str(error.orig)
    return sqlstate(error) in NOT_SAVED_SQLSTATES or any(word in said for word in DISK_WORDS)


def sqlstate(error: exc.DBAPIError) -> str | None:
    """PostgreSQL's code of a fault; None of SQLite's."""
    return getattr(error.orig, "sqlstate", None)
