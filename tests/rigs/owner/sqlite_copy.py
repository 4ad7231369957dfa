"""Reads one copy of SQLite's files byte by byte: places within pages, what was deleted, the WAL."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.rigs.owner.fortnight import Noted
from tests.rigs.owner.score import Found, compare
from tests.storage.sqlite_pages import Cell, DatabaseFile

Groups = Sequence[Sequence[Noted]]
NEAR = timedelta(minutes=3)
INSTANT = re.compile(rb"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")


def copy_of(database: Path, folder: Path) -> Path:
    """The file with its companions, as whoever copies the folder takes them."""
    for path in database.parent.glob(f"{database.name}*"):
        shutil.copy(path, folder / path.name)
    return folder / database.name


def routes(path: Path, groups: Groups) -> list[Found]:
    """Every way of reading the order of these visitors' answers, and of their comments."""
    file = DatabaseFile(path)
    cells = {name: list(file.cells(root)) for name, root in file.roots().items()}
    answers = [[one.rating_id for one in group] for group in groups]
    words = [[one.comment_id for one in group if one.comment_id] for group in groups]
    found = []
    for name, own in cells.items():
        for what, ids in (("", answers), (" (comments)", words)):
            wanted = {one for group in ids for one in group}
            placed = [(c, v) for c in own for v in c.values if isinstance(v, str) and v in wanted]
            if placed:
                found += _by_place(f"{name}{what}", placed, ids)
    for label, content in (("free room", _dead_bytes(path, cells)), ("-wal", _wal(path))):
        found.append(compare(label, [(_as_found(content, ids), ids) for ids in answers]))
    return found


def by_rowid(path: Path, groups: Groups) -> Found:
    """By the rowid of a table `rating` that has one."""
    file = DatabaseFile(path)
    cells = sorted(file.cells(file.roots()["rating"]), key=lambda cell: cell.rowid or 0)
    ids = [[one.rating_id for one in group] for group in groups]
    return compare("rowid of rating", _in_groups([cell.values[2] for cell in cells], ids))


def hours_told(path: Path, groups: Groups) -> int:
    """Instants anywhere in the files that are those of one of these visitors."""
    moments = [one.at for group in groups for one in group]
    told = 0
    for other in path.parent.glob(f"{path.name}*"):
        for match in INSTANT.finditer(other.read_bytes()):
            try:
                at = datetime.fromisoformat(match[0].decode()).replace(tzinfo=UTC)
            except ValueError:
                continue
            told += any(abs(at - moment) <= NEAR for moment in moments)
    return told


def links_told(path: Path, groups: Groups) -> int:
    """Rows anywhere that hold a comment's number and an answer's."""
    ids = {one.rating_id for group in groups for one in group}
    comments = {one.comment_id for group in groups for one in group if one.comment_id}
    told = 0
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in names.fetchall():
            for row in connection.execute(f"SELECT * FROM {name}"):  # noqa: S608
                told += bool(ids.intersection(row)) and bool(comments.intersection(row))
    return told


def _by_place(
    name: str, placed: Sequence[tuple[Cell, str]], ids: Sequence[Sequence[str]]
) -> list[Found]:
    """By the place within the pages, where later rows lie lower; by rowid, where there is one."""
    by_place = sorted(placed, key=lambda pair: (pair[0].page, -pair[0].offset))
    found = [compare(f"places in {name}", _in_groups([v for _cell, v in by_place], ids))]
    if all(cell.rowid is not None for cell, _v in placed):
        by_rowid = sorted(placed, key=lambda pair: pair[0].rowid or 0)
        found.append(compare(f"rowid of {name}", _in_groups([v for _c, v in by_rowid], ids)))
    return found


def _in_groups(
    values: Sequence[str], ids: Sequence[Sequence[str]]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for group in ids:
        own = set(group)
        yield [value for value in dict.fromkeys(values) if value in own], group


def _dead_bytes(path: Path, cells: dict[str, list[Cell]]) -> bytes:
    """The file with every living row blotted out: what was deleted and not written over."""
    file = DatabaseFile(path)
    content = bytearray(file.content)
    for own in cells.values():
        for cell in own:
            start = (cell.page - 1) * file.page_size + cell.offset
            content[start : start + cell.size] = bytes(cell.size)
    return bytes(content)


def _wal(path: Path) -> bytes:
    """The WAL, or the journal of old."""
    found = b""
    for ending in ("-wal", "-journal"):
        other = path.with_name(path.name + ending)
        found += other.read_bytes() if other.exists() else b""
    return found


def _as_found(content: bytes, ids: Sequence[str]) -> list[str]:
    """Those of these ids that stand in the bytes, by their first place."""
    places = {one: content.find(one.encode()) for one in ids}
    return sorted((one for one in ids if places[one] >= 0), key=lambda one: places[one])
