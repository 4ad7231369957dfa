"""What of RSGI 1.6 is used here (github.com/emmett-framework/granian, docs/spec/RSGI.md)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, Self


class Headers(Protocol):
    """Names in lower case, in the order they came."""

    def __contains__(self, name: str, /) -> bool: ...
    def get(self, name: str, /) -> str | None: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """A request without its body; `client` and `server` are 'address:port'."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers: ...


class HTTPProtocol(Protocol):
    """The body, piece by piece, and the answer, which any thread may give."""

    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Awaitable[bytes]: ...
    def response_empty(self, status: int, headers: list[tuple[str, str]], /) -> None: ...
    def response_str(self, status: int, headers: list[tuple[str, str]], body: str, /) -> None: ...
    def response_bytes(
        self, status: int, headers: list[tuple[str, str]], body: bytes, /
    ) -> None: ...
