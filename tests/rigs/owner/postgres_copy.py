"""Reads one copy of PostgreSQL's data folder and tables: xmin, ctid, dead rows, WAL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from tests.rigs.owner.fortnight import Noted
from tests.rigs.owner.score import Found, compare

Groups = Sequence[Sequence[Noted]]
NEAR = timedelta(minutes=3)
ID_COLUMNS = {"rating": "id", "verdict": "rating_id", "case_rating": "rating_id"}
PAGE = 8192
OF_ANSWERS = ("rating", "verdict", "case_rating", "screening", "paper_sheet", "tally", "comment")


def routes(engine: Engine, groups: Groups) -> list[Found]:
    """Every way of reading the order of these visitors' answers, and of their comments."""
    answers = [[one.rating_id for one in group] for group in groups]
    words = [[one.comment_id for one in group if one.comment_id] for group in groups]
    found = []
    with engine.connect() as connection:
        for table, column in ID_COLUMNS.items():
            for key in ("ctid", "xmin"):
                seen = _ordered(connection, table, column, key)
                found.append(compare(f"{key} of {table}", _in_groups(seen, answers)))
        for key in ("ctid", "xmin"):
            seen = _ordered(connection, "comment", "id", key)
            found.append(compare(f"{key} of comment", _in_groups(seen, words)))
        folder = _data_folder(connection)
        for table in OF_ANSWERS:
            for name, content in _files(connection, folder, table):
                for what, ids in (("", answers), (" (comments)", words)):
                    seen = _by_place(content, [one for group in ids for one in group])
                    if seen:
                        found.append(compare(f"bytes of {name}{what}", _in_groups(seen, ids)))
        found.append(compare("WAL", _in_groups(_wal(folder, answers), answers)))
    return found


def hours_told(engine: Engine, groups: Groups) -> int:
    """Instants in any row that are those of one of these visitors."""
    moments = [one.at for group in groups for one in group]
    told = 0
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                instants = [value for value in row if hasattr(value, "tzinfo") and value.tzinfo]
                told += sum(any(abs(at - m) <= NEAR for m in moments) for at in instants)
    return told


def links_told(engine: Engine, groups: Groups) -> int:
    """Rows anywhere that hold a comment's number and an answer's."""
    ids = {one.rating_id for group in groups for one in group}
    comments = {one.comment_id for group in groups for one in group if one.comment_id}
    told = 0
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                texts = {value for value in row if isinstance(value, str)}
                told += bool(ids & texts) and bool(comments & texts)
    return told


def _ordered(connection: Connection, table: str, column: str, key: str) -> list[str]:
    """Ids by place or by transaction; where all share one there is no order to read."""
    by = key if key == "ctid" else "xmin::text::bigint"
    rows = connection.execute(
        text(f"SELECT {column}, {by} AS place FROM {table} ORDER BY {by}, {column}")  # noqa: S608
    ).all()
    return [row[0] for row in rows]


def _in_groups(
    values: Sequence[str], ids: Sequence[Sequence[str]]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for group in ids:
        own = set(group)
        yield [value for value in dict.fromkeys(values) if value in own], group


def _data_folder(connection: Connection) -> Path:
    return Path(str(connection.execute(text("SHOW data_directory")).scalar()))


def _files(connection: Connection, folder: Path, table: str) -> Iterator[tuple[str, bytes]]:
    """The files of a table and of its indexes, deleted rows and all."""
    asked = (
        "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relname = :table "
        "UNION ALL SELECT c.relname, pg_relation_filepath(c.oid) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
        "WHERE t.relname = :table"
    )
    for name, path in connection.execute(text(asked), {"table": table}).all():
        if (folder / path).exists():
            yield name, (folder / path).read_bytes()


def _by_place(content: bytes, ids: Sequence[str]) -> list[str]:
    """Ids in the order of their oldest place: pages from the first, rows from a page's end."""
    places: dict[str, tuple[int, int]] = {}
    for one in ids:
        for match in re.finditer(one.encode(), content):
            page, offset = divmod(match.start(), PAGE)
            place = (page, -offset)
            places[one] = min(places.get(one, place), place)
    return sorted(places, key=lambda one: places[one])


def _wal(folder: Path, ids: Sequence[Sequence[str]]) -> list[str]:
    """Ids in the order in which the WAL first tells them; recycled files keep old pages."""
    pages = []
    for path in (folder / "pg_wal").iterdir():
        if not re.fullmatch(r"[0-9A-F]{24}", path.name):
            continue
        content = path.read_bytes()
        for start in range(0, len(content), PAGE):
            page = content[start : start + PAGE]
            pages.append((int.from_bytes(page[8:16], "little"), page))  # xlp_pageaddr
    whole = b"".join(page for _place, page in sorted(pages))
    wanted = [one for group in ids for one in group]
    places = {one: whole.find(one.encode()) for one in wanted}
    return sorted((one for one in wanted if places[one] >= 0), key=lambda one: places[one])
