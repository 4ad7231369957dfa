"""A request of the server (RSGI) as a WSGI program reads it, key for key as granian's own WSGI."""

from __future__ import annotations

import io
import sys
from typing import Any

from feedback_app.front.rsgi import Headers, Scope

_CONSTANT: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Scope, headers: Headers, body: bytes) -> dict[str, Any]:
    """The request with its whole body; the visitor's address is the connection's, without port."""
    server, _colon, port = scope.server.rpartition(":")
    asked = _CONSTANT | {
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": _address(server),
        "SERVER_PORT": port,
        "REMOTE_ADDR": _address(scope.client.rpartition(":")[0]),
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "HTTP_HOST": scope.authority or "",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
    }
    _add_headers(asked, headers.items())
    if asked.pop("HTTP_TRANSFER_ENCODING", None):  # it came in pieces; it is whole now
        asked["CONTENT_LENGTH"] = str(len(body))
    return asked


def _address(text: str) -> str:
    """'[fe80::1%2]' -> 'fe80::1'."""
    return text.strip("[]").partition("%")[0]


def _add_headers(asked: dict[str, Any], headers: list[tuple[str, str]]) -> None:
    seen = set()
    for name, value in headers:
        # X_Forwarded_For would become the same key as X-Forwarded-For, which only a proxy may set.
        if "_" in name:
            continue
        key = _WITHOUT_PREFIX.get(name) or "HTTP_" + name.upper().replace("-", "_")
        if key in seen:
            between = ";" if name == "cookie" else ","
            asked[key] += between + value
        else:
            seen.add(key)
            asked[key] = value
