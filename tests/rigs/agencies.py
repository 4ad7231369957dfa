"""More agencies in one database: copies of the first, row by row, whose words and ids are their own.

Straight into the tables, so that twenty cost seconds. Every id of copy k is the first agency's plus
k * APART, every name, comment and code of it carries `canary(k)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Integer, String, Table, insert, select, text

from feedback_app.services.site import Site
from feedback_app.storage.db import Base, Session

APART = 100_000
CARDS_APART = 500  # a card's number has few digits
LONG_TEXT = 80
# Of the whole site, of a session, sealed for one row, or closed to new rows once a list is frozen.
NOT_COPIED = {
    "agency", "backup_run", "code_guess", "login_throttle", "office_mark", "place_stamp",
    "upkeep_mark", "staff_session", "held_upload", "lot_entry", "lot_change",
}  # fmt: skip
SOFT_IDS = {"counter_id", "service_id", "officer_id", "ref_id"}  # 0 is nobody, where nothing refers
CODES = {"unit", "counter", "service", "training"}  # whose `code` stands in addresses
KEPT = {"password_hash", "sealed_secret", "rules", "fault", "dice", "candidate", "tiers"}


def canary(number: int) -> str:
    """A word that stands in every text of this copy and nowhere else."""
    return f"kenari{number:02}"


def add_agencies(site: Site, numbers: Iterable[int]) -> None:
    """Copy the first agency so often, with everything that it has."""
    tables = [t for t in Base.metadata.sorted_tables if t.name not in NOT_COPIED]
    with site.db.transaction() as tx:
        found = {
            table.name: [dict(r) for r in tx.execute(select(table)).mappings()] for table in tables
        }
        agency = dict(tx.execute(select(Base.metadata.tables["agency"])).mappings().one())
        for number in numbers:
            own = agency | {
                "id": agency["id"] + number * APART,
                "code": f"{agency['code']}-{number:02}",
            }
            own["name"] += f" {canary(number)}"
            tx.execute(insert(Base.metadata.tables["agency"]), [own])
            for table in tables:
                _insert(tx, table, [_moved(table, row, number) for row in found[table.name]])


def _insert(tx: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(insert(table), _in_order(table, rows))


def _in_order(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table that refers to itself: the older first."""
    is_own = any(key.column.table is table for key in table.foreign_keys)
    return sorted(rows, key=lambda row: int(row["id"])) if is_own else rows


def _moved(table: Table, row: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {column.name: _value(column, row[column.name], number) for column in table.c}


def _value(column: Column[Any], value: Any, number: int) -> Any:
    if value is None or value == 0:
        return value
    if column.name == "signer":
        return {name: f"{words} {canary(number)}" for name, words in value.items()}
    if isinstance(column.type, Integer):
        return value + _distance(column) * number
    if isinstance(column.type, String):
        return _word(column, value, number)
    return value


def _distance(column: Column[Any]) -> int:
    if column.name == "number" and column.table.name == "counter":
        return CARDS_APART
    is_id = column.foreign_keys or column.name == "id" or column.name in SOFT_IDS
    return APART if is_id else 0


def _word(column: Column[Any], value: str, number: int) -> str:
    table, longest = column.table.name, getattr(column.type, "length", None) or 10_000
    is_key = column.foreign_keys or column.primary_key or column.unique or _is_marked(column)
    if column.name == "username":
        return f"{value}-{canary(number)}"
    if column.name == "code" and table in CODES:
        return code_of(value, number)
    if column.name == "nip":
        return f"{number:02}{value[2:]}"
    if is_key and longest in (32, 64):
        return sha256(f"{number}/{value}".encode()).hexdigest()[:longest]
    if longest >= LONG_TEXT and column.name not in KEPT:
        return f"{value[: longest - len(canary(0)) - 1]} {canary(number)}"
    return value


def _is_marked(column: Column[Any]) -> bool:
    return any(index.unique and column.name in index.columns for index in column.table.indexes)


def code_of(code: str, number: int) -> str:
    """What the copy calls the unit, counter, service or training of this code."""
    return f"{code}-{canary(number)}"


def references_across(site: Site) -> list[str]:
    """Foreign keys, as table.column, by which a row of one agency refers to a row of another."""
    found = []
    with site.db.read() as session:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                other = key.column.table
                if "agency_id" not in table.c or "agency_id" not in other.c:
                    continue
                across = text(  # names of our own tables
                    f"SELECT count(*) FROM {table.name} a JOIN {other.name} b"  # noqa: S608
                    f" ON a.{key.parent.name} = b.{key.column.name}"
                    " WHERE a.agency_id <> b.agency_id"
                )
                if session.scalar(across):
                    found.append(f"{table.name}.{key.parent.name}")
    return found


def rows_of_others(site: Site, agency_id: int) -> dict[str, list[str]]:
    """Every row of every other agency, by table; place_stamp and sessions are nobody's."""
    with site.db.read() as session:
        return {
            table.name: sorted(
                str(tuple(row))
                for row in session.execute(select(table).where(table.c.agency_id != agency_id))
            )
            for table in Base.metadata.sorted_tables
            if "agency_id" in table.c
        }
