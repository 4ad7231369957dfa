"""HTTP byte by byte: what a browser sends, and what a phone without signal leaves half-sent."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

HOST = "127.0.0.1"
FORM = "Content-Type: application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(path: str, *headers: str) -> bytes:
    """A GET as bytes."""
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def post(path: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """A POST as bytes; a `length` beyond the body's makes it half-sent."""
    size = len(body) if length is None else length
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", FORM, f"Content-Length: {size}")
    return "\r\n".join((*lines, *headers, "", "")).encode() + body


def connect(port: int, *, timeout: float = 30) -> socket.socket:
    """A connection that gives up after so many seconds of silence."""
    return socket.create_connection((HOST, port), timeout=timeout)


def ask(port: int, request: bytes, *, timeout: float = 30) -> Answer:
    """One request on a connection of its own."""
    with connect(port, timeout=timeout) as line:
        line.sendall(request)
        return read_answer(line, is_head=request.startswith(b"HEAD "))


def read_answer(line: socket.socket, *, is_head: bool = False) -> Answer:
    """The next answer on a connection; ConnectionError where it ends before."""
    head, body = _read_head(line, b"")
    while head.startswith(b"HTTP/1.1 100"):
        head, body = _read_head(line, body)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _colon, value in (h.partition(":") for h in lines)
    }
    length = 0 if is_head else int(headers.get("content-length", "0"))
    while len(body) < length:
        body += _some(line)
    return Answer(int(first.split()[1]), headers, body)


def _read_head(line: socket.socket, begun: bytes) -> tuple[bytes, bytes]:
    while b"\r\n\r\n" not in begun:
        begun += _some(line)
    head, _gap, rest = begun.partition(b"\r\n\r\n")
    return head, rest


def _some(line: socket.socket) -> bytes:
    piece = line.recv(65536)
    if not piece:
        raise ConnectionError("the server closed the connection")
    return piece


@contextmanager
def held_open(port: int, count: int, beginning: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that sent a beginning and say nothing more."""
    with ExitStack() as stack:
        lines = []
        for _ in range(count):
            lines.append(stack.enter_context(connect(port)))
            if beginning:
                lines[-1].sendall(beginning)
        yield lines


def seconds_until_closed(lines: Sequence[socket.socket], *, patience: float) -> list[float]:
    """After how many seconds each was closed by the server; `patience` where it was not."""
    began = time.monotonic()
    waited = [patience] * len(lines)
    open_ones = dict(enumerate(lines))
    for line in lines:
        line.setblocking(False)
    while open_ones and time.monotonic() - began < patience:
        for number, line in list(open_ones.items()):
            if _is_closed(line):
                waited[number] = time.monotonic() - began
                del open_ones[number]
        time.sleep(0.02)
    return waited


def _is_closed(line: socket.socket) -> bool:
    try:
        return not line.recv(65536)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
