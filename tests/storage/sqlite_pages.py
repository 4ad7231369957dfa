"""Reads SQLite's b-trees from the bytes of a file, with the place of each row within its page.

SQLite stacks a page's rows from its end in the order of their arrival and keeps them sorted by a
list of offsets: who reads the offsets reads the order (sqlite.org/fileformat2.html, 1.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE_LEAF, TABLE_INTERIOR, INDEX_LEAF, INDEX_INTERIOR = 0x0D, 0x05, 0x0A, 0x02
FILE_HEADER = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of a table or an index: where its bytes lie, and what they say."""

    page: int  # from 1
    offset: int  # within the page; later ones lie lower
    size: int  # of what lies in this page
    values: tuple[Any, ...]
    rowid: int | None


class DatabaseFile:
    """A database file with what its WAL says of later pages."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        size = int.from_bytes(self.content[16:18], "big")
        self.page_size = 65536 if size == 1 else size
        self.usable = self.page_size - self.content[20]
        wal = path.with_name(f"{path.name}-wal")
        self.later = _committed(wal.read_bytes(), self.page_size) if wal.exists() else {}

    def roots(self) -> dict[str, int]:
        """The root page of each table and index, by its name."""
        return {
            cell.values[1]: cell.values[3] for cell in self.cells(1) if cell.values[0] != "trigger"
        }

    def cells(self, root: int) -> Iterator[Cell]:
        """Every row below a root page."""
        start = FILE_HEADER if root == 1 else 0
        page = self.page(root)
        kind = page[start]
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        is_interior = kind in (TABLE_INTERIOR, INDEX_INTERIOR)
        first = start + (12 if is_interior else 8)
        for place in range(first, first + 2 * count, 2):
            offset = int.from_bytes(page[place : place + 2], "big")
            if is_interior:
                yield from self.cells(int.from_bytes(page[offset : offset + 4], "big"))
            if kind != TABLE_INTERIOR:
                yield self._cell(root, page, offset, kind)
        if is_interior:
            yield from self.cells(int.from_bytes(page[start + 8 : start + 12], "big"))

    def page(self, number: int) -> bytes:
        """One page, from 1."""
        if number in self.later:
            return self.later[number]
        return self.content[(number - 1) * self.page_size : number * self.page_size]

    def _cell(self, number: int, page: bytes, offset: int, kind: int) -> Cell:
        place = offset + (4 if kind == INDEX_INTERIOR else 0)
        length, place = _varint(page, place)
        rowid = None
        if kind == TABLE_LEAF:
            rowid, place = _varint(page, place)
        local = self._local(length, kind)
        payload = page[place : place + local]
        end = place + local
        if local < length:
            payload += self._overflow(int.from_bytes(page[end : end + 4], "big"), length - local)
            end += 4
        return Cell(number, offset, end - offset, _values(payload), rowid)

    def _local(self, length: int, kind: int) -> int:
        """How much of a row lies in the page itself."""
        most = self.usable - 35
        if kind != TABLE_LEAF:
            most = (self.usable - 12) * 64 // 255 - 23
        if length <= most:
            return length
        least = (self.usable - 12) * 32 // 255 - 23
        rest = least + (length - least) % (self.usable - 4)
        return rest if rest <= most else least

    def _overflow(self, number: int, left: int) -> bytes:
        found = b""
        while left > 0 and number:
            page = self.page(number)
            number = int.from_bytes(page[:4], "big")
            part = page[4 : 4 + min(left, self.usable - 4)]
            found += part
            left -= len(part)
        return found


def _committed(wal: bytes, page_size: int) -> dict[int, bytes]:
    """Pages of whole transactions since the WAL was begun anew (its salts tell)."""
    found: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for start in range(32, len(wal) - 23, 24 + page_size):
        number, commit = (int.from_bytes(wal[start + i : start + i + 4], "big") for i in (0, 4))
        if wal[start + 8 : start + 16] != wal[16:24]:
            break
        pending[number] = wal[start + 24 : start + 24 + page_size]
        if commit:
            found |= pending
            pending = {}
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[place + count]
        if count == 8:
            return (value << 8) | byte, place + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, place + count + 1
    raise AssertionError


def _values(payload: bytes) -> tuple[Any, ...]:
    end, place = _varint(payload, 0)
    kinds = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    found: list[Any] = []
    for kind in kinds:
        size = _size(kind)
        raw = payload[place : place + size]
        place += size
        found.append(_value(kind, raw))
    return tuple(found)


def _size(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, raw: bytes) -> Any:
    if kind in (8, 9):
        return kind - 8
    if kind == 0:
        return None
    if kind < 7:
        return int.from_bytes(raw, "big", signed=True)
    return raw.decode("utf-8", "replace") if kind % 2 else raw
