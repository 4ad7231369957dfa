"""Take deleted rows out of the database's files, where that keeps nobody waiting for long."""

from __future__ import annotations

from sqlalchemy import exc, func, select, text

from feedback_app.storage.anew import TABLES
from feedback_app.storage.db import Database

# Tables of which rows are deleted or links forgotten; PostgreSQL keeps both in its files.
EMPTIED = ("screening", "note", "paper_sheet", "visit_code")
# A file written whole keeps writers out meanwhile: about 1 s for 120,000 answers on either engine,
# on a machine that was busy. Above these sizes nobody should wait for it while the office is open.
LARGEST_SQLITE_BYTES = 64_000_000  # the whole database, about 250,000 answers
LARGEST_TABLE_BYTES = 32_000_000  # of PostgreSQL with its indexes, about 90,000 answers
LOCK_TIMEOUT_MS = 2_000


def compact(db: Database) -> list[str]:
    """Write files anew without what was deleted; return what was too large or in use."""
    return _sqlite(db) if db.is_sqlite else _postgres(db)


def _sqlite(db: Database) -> list[str]:
    connection = db.engine.raw_connection()  # VACUUM wants no transaction around it
    cursor = connection.cursor()
    patience = int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
    try:
        pages, size = (
            int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "page_size")
        )
        if pages * size > LARGEST_SQLITE_BYTES:
            return ["database"]
        cursor.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
        cursor.execute("PRAGMA temp_store=MEMORY")  # else a second copy lies in a folder of others
        cursor.execute("VACUUM")
    except db.engine.dialect.loaded_dbapi.Error:  # no room on the disk, or a reader in the way
        return ["database"]
    else:
        return []
    finally:
        cursor.execute(f"PRAGMA busy_timeout={patience}")
        cursor.execute("PRAGMA temp_store=DEFAULT")
        connection.close()


def _postgres(db: Database) -> list[str]:
    """In tables that are left, room of deleted rows goes to later ones, which write over it."""
    left = []
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        for name in (*(table.name for table in TABLES), *EMPTIED):
            size = connection.execute(select(func.pg_total_relation_size(name))).scalar_one()
            way = "VACUUM (FULL)" if size <= LARGEST_TABLE_BYTES else "VACUUM"
            try:
                connection.execute(text(f"{way} {name}"))
            except exc.OperationalError:  # a reader was in the way for two seconds
                way = "VACUUM"
                connection.execute(text(f"{way} {name}"))
            if way == "VACUUM":
                left.append(name)
        connection.execute(text("RESET lock_timeout"))
    return left
