"""What a request may carry: little, except where files are uploaded, and no NUL in addresses."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Request, abort, current_app, request
from werkzeug.exceptions import HTTPException, SecurityError

FORM_BYTES = 256 * 1024
LARGEST_ID = 2**31 - 1  # of an INTEGER column
UPLOADS = frozenset({"uploads.take_upload"})


class PlainQueryRequest(Request):
    """A request whose query is ASCII: raw bytes, which no browser sends, count as encoded ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Encode them, for reading a query of other bytes than UTF-8 would raise anywhere."""
        super().__init__(*args, **options)
        self.query_string = re.sub(
            rb"[\x80-\xff]", lambda found: b"%%%02X" % ord(found[0]), self.query_string
        )


def limit_bodies(app: Flask) -> None:
    """Refuse larger bodies before anything reads them (413)."""
    app.request_class = PlainQueryRequest
    app.before_request(_limit_body)


def largest_body(app: Flask, path: str) -> int:
    """The most bytes that a request to this path may carry."""
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(path, method="POST")
    except HTTPException:  # no such page, or nothing is sent there
        return FORM_BYTES
    return _most_bytes(app, endpoint)


def _most_bytes(app: Flask, endpoint: str | None) -> int:
    if endpoint in UPLOADS:
        return app.extensions["site"].settings.max_upload_bytes  # type: ignore[no-any-return]
    return FORM_BYTES


def _limit_body() -> None:
    # With an unknown host no address can be written, so no other refusal could show its page.
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    # PostgreSQL cannot store or compare a NUL, and no address of ours holds one.
    if "\x00" in request.path:
        abort(404)
    # Nor does it compare an identifier with a number that fits in no identifier.
    if any(isinstance(v, int) and v > LARGEST_ID for v in (request.view_args or {}).values()):
        abort(404)
    if any("\x00" in value for value in request.args.values()):
        abort(400)
    request.max_content_length = _most_bytes(current_app, request.endpoint)
