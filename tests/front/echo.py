"""A small WSGI program for the front's tests, plain and with the front before it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

if "feedback_app" not in sys.modules:  # in the server's process: the office takes 2 s to load
    sys.modules["feedback_app"] = ModuleType("feedback_app")
    sys.modules["feedback_app"].__path__ = [str(Path(__file__).parents[2] / "feedback_app")]

from feedback_app.front.body_first import BodyFirst
from feedback_app.front.collecting import Patience

FORM_BYTES = 256 * 1024
UPLOAD_BYTES = 1024 * 1024
PATIENCE = Patience(idle_s=1.0, first_s=1.5, bytes_a_second=1024 * 1024)
runs: list[str] = []  # the paths that reached the program


def program(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Tell what was asked; /boom fails, /slow takes half a second."""
    path = environ["PATH_INFO"]
    runs.append(path)
    body = environ["wsgi.input"].read()
    if path == "/boom":
        raise RuntimeError("planted")
    if path == "/slow":
        time.sleep(0.5)
    told = {key: value for key, value in environ.items() if isinstance(value, str)}
    text = json.dumps(told | {"body": body.decode("latin-1"), "runs": runs}).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]


whole = BodyFirst(
    program,
    most_bytes=FORM_BYTES,
    most_bytes_at=lambda path: UPLOAD_BYTES if path == "/upload" else FORM_BYTES,
    patience=PATIENCE,
)
