"""Styles and scripts: packed, with a version in the address, so that browsers may keep them."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from feedback_app.config import ROOT

FOLDER = ROOT / "static"
VERSION_FIGURES = 8  # of the digest: 32 bits tell two editions of a file apart
KEPT_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """What is served under a name, plain and as gzip."""

    content: bytes
    packed: bytes
    mimetype: str
    version: str


def serve_static_files(app: Flask) -> None:
    """Answer /static/…, and let url_for name each file's version."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static_file)
    app.url_defaults(_name_version)


def static_file(filename: str) -> Response:
    """Styles, scripts and icons."""
    found = _found(filename)
    if found is None:
        abort(404)
    may_pack = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if may_pack else found.content, mimetype=found.mimetype)
    if may_pack:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    is_this = request.args.get("v") == found.version
    response.headers["Cache-Control"] = KEPT_A_YEAR if is_this else "no-cache"
    response.set_etag(f"{found.version}-gzip" if may_pack else found.version)
    return response.make_conditional(request)  # type: ignore[return-value]  # it is itself


def _name_version(endpoint: str, values: dict[str, Any]) -> None:
    """Another edition has another address: nobody sees new pages with old styles."""
    if endpoint == "static" and (found := _found(values["filename"])):
        values.setdefault("v", found.version)


def _found(filename: str) -> StaticFile | None:
    path = safe_join(str(FOLDER), filename)
    try:
        return _read(path, Path(path).stat().st_mtime_ns) if path else None
    except (OSError, ValueError):  # not there, a folder, a NUL
        return None


@lru_cache(maxsize=128)
def _read(path: str, _changed_ns: int) -> StaticFile:
    """A file as it was last changed."""
    content = Path(path).read_bytes()
    if path.endswith(".js"):
        content = folded_script(content.decode()).encode()
    return StaticFile(
        content=content,
        packed=gzip.compress(content, mtime=0),
        mimetype=mimetypes.guess_type(path)[0] or "application/octet-stream",
        version=hashlib.sha256(content).hexdigest()[:VERSION_FIGURES],
    )


def folded_script(script: str) -> str:
    """The same script without comments and indentation: 600 of 5,300 bytes on a slow network.

    Taken for granted of our own scripts: no text runs over lines, none holds a space, `//` and a
    space, and a block comment begins its line.
    """
    script = re.sub(r"^\s*/\*.*?\*/\s*$", "", script, flags=re.DOTALL | re.MULTILINE)
    script = re.sub(r"(^|\s+)// .*$", "", script, flags=re.MULTILINE)
    return re.sub(r"\n\s+", "\n", script).strip() + "\n"
