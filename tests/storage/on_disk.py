"""Every byte that SQLite keeps: the file with its free pages, the WAL's frames, the index, a journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

COMPANIONS = ("-wal", "-shm", "-journal")
FILE_MARK = b"SQLite format 3\0"
WAL_MARKS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
WAL_HEADER, FRAME_HEADER = 32, 24


def bytes_kept(folder: Path) -> list[bytes]:
    """All files whole; beside them each WAL without its frames' headers, and the free pages joined.

    A text longer than a page lies in pieces: in the WAL a header stands between two, on the free
    list their order is another.
    """
    kept = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            kept.append(content)
            if content[:4] in WAL_MARKS:
                kept.append(b"".join(wal_pages(content)))
            if content.startswith(FILE_MARK):
                kept.append(b"".join(free_pages(content)))
    return kept


def wal_pages(content: bytes) -> Iterator[bytes]:
    """Each frame's page, those before the last checkpoint too: they stay until written over."""
    size = int.from_bytes(content[8:12], "big")
    for start in range(WAL_HEADER, len(content), FRAME_HEADER + size):
        yield content[start + FRAME_HEADER : start + FRAME_HEADER + size]


def free_pages(content: bytes) -> Iterator[bytes]:
    """The free list's pages in its own order (sqlite.org/fileformat2.html, 1.5)."""
    size = int.from_bytes(content[16:18], "big")
    size = 65536 if size == 1 else size
    trunk = int.from_bytes(content[32:36], "big")
    while trunk:
        page = content[(trunk - 1) * size : trunk * size]
        yield page
        count = int.from_bytes(page[4:8], "big")
        for place in range(count):
            leaf = int.from_bytes(page[8 + 4 * place : 12 + 4 * place], "big")
            yield content[(leaf - 1) * size : leaf * size]
        trunk = int.from_bytes(page[:4], "big")


def companions_of(folder: Path) -> set[str]:
    """Which of SQLite's further files are there, by their ending."""
    return {end for end in COMPANIONS for path in folder.rglob(f"*{end}") if path.stat().st_size}
