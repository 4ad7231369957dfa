"""A copy on a backup disk: a gzip file that is whole or refused, and the file of keys beside it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from feedback_app.domain.backups import BackupFaultError

PART = ".part"  # what is being written; never taken for a copy
LEVEL = 1  # the quickest: a disk of 1,000,000 answers in seconds, and still a tenth of the size
PIECE = 1 << 20
MARK = b"SQLite format 3\0"
# gzip's own checksum tells nothing of bytes that unpack to the same content, nor of its head. So
# the head has an extra field (RFC 1952, 2.3.1.1): the SHA-256 of everything behind it.
HEAD = bytes((0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 4, 0xFF)) + bytes((36, 0)) + b"SL" + bytes((32, 0))
DIGEST_BYTES = 32


class Unpacker(Protocol):
    """What zlib gives to unpack with; its class has no name of its own."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What waits because enough came out."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Unpack no more than so many bytes."""


def pack(source: Path, target: BinaryIO) -> str:
    """Write a database as gzip; return the SHA-256 of what is inside. `target` can be sought."""
    inside, outside = hashlib.sha256(), hashlib.sha256()
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    check = size = 0
    target.write(HEAD + bytes(DIGEST_BYTES))
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            inside.update(piece)
            check = zlib.crc32(piece, check)
            size += len(piece)
            packed = packer.compress(piece)
            outside.update(packed)
            target.write(packed)
    end = packer.flush()
    end += check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    outside.update(end)
    target.write(end)
    target.seek(len(HEAD))
    target.write(outside.digest())
    return inside.hexdigest()


def unpacked(source: Path) -> Iterator[bytes]:
    """What is inside, piece by piece; BackupFaultError for a byte missing, changed or added."""
    inner, outside = zlib.decompressobj(-zlib.MAX_WBITS), hashlib.sha256()
    is_first = True
    with source.open("rb") as file:
        _check_head(file.read(len(HEAD)), source)
        expected = file.read(DIGEST_BYTES)
        try:
            while packed := file.read(PIECE):
                outside.update(packed)
                for piece in _pieces(inner, packed):
                    if is_first and not piece.startswith(MARK):
                        raise BackupFaultError("not_a_copy", source.name)
                    is_first = False
                    yield piece
        except zlib.error as error:
            raise BackupFaultError("damaged", source.name) from error
    if is_first or not inner.eof or outside.digest() != expected:
        raise BackupFaultError("damaged", source.name)


def _pieces(inner: Unpacker, packed: bytes) -> Iterator[bytes]:
    """A little at a time, whatever a damaged file would unpack to."""
    while packed and not inner.eof:
        piece = inner.decompress(packed, PIECE)
        packed = inner.unconsumed_tail
        if piece:
            yield piece


def _check_head(head: bytes, source: Path) -> None:
    if head == HEAD:
        return
    is_ours = HEAD.startswith(head) or sum(a == b for a, b in zip(head, HEAD, strict=False)) > 13
    raise BackupFaultError("damaged" if is_ours else "not_a_copy", source.name)


def digest_of(source: Path) -> str:
    """The SHA-256 of what is inside, read from the disk again."""
    _forget_pages(source)
    digest = hashlib.sha256()
    for piece in unpacked(source):
        digest.update(piece)
    return digest.hexdigest()


def unpack(source: Path, target: Path) -> None:
    """Write what is inside into a new file, readable by its owner only."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in unpacked(source):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _forget_pages(path: Path) -> None:
    """Let the system read from the disk what it would else read from memory."""
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextlib.contextmanager
def written_whole(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file that is on the disk when the block ends; the caller then gives it its name."""
    path = folder / f".suara-loket-{secrets.token_hex(8)}{PART}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def on_disk(file: BinaryIO) -> None:
    """Come back once everything written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def name_is_on_disk(folder: Path) -> None:
    """Come back once the folder's names are on the disk, where the system can say so."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def tree_is_on_disk(path: Path) -> None:
    """Come back once a file, or a folder with all that is in it, is on the disk."""
    if path.is_dir():
        for inner in path.iterdir():
            tree_is_on_disk(inner)
        name_is_on_disk(path)
        return
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def give_name(part: Path, path: Path) -> bool:
    """Name a whole file; False where the name is taken: nothing is ever written over."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a stick without hard links
        if path.exists():
            return False
        part.rename(path)
    name_is_on_disk(path.parent)
    return True


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys that a copy is nothing without: of the cards, and of sessions (newest first)."""

    place: bytes
    secrets: tuple[bytes, ...]


def keys_text(keys: KeyFile) -> bytes:
    """A file of keys, with a checksum of its own."""
    lines = {"place": keys.place.hex(), "secret": [key.hex() for key in keys.secrets]}
    return json.dumps(lines | {"sha256": _sum(lines)}, indent=1).encode() + b"\n"


def read_keys(path: Path) -> KeyFile:
    """Read a file of keys; BackupFaultError when it is missing or damaged."""
    try:
        found = json.loads(path.read_bytes())
        lines = {"place": found["place"], "secret": found["secret"]}
        keys = KeyFile(
            bytes.fromhex(lines["place"]), tuple(bytes.fromhex(key) for key in lines["secret"])
        )
        is_whole = found["sha256"] == _sum(lines) and bool(keys.secrets)
    except FileNotFoundError:
        raise BackupFaultError("no_keys", str(path)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupFaultError("damaged_keys", str(path)) from None
    if not is_whole:
        raise BackupFaultError("damaged_keys", str(path))
    return keys


def _sum(lines: object) -> str:
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
