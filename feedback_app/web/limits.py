"""What a request may carry: little, except where files are uploaded, and no NUL in addresses."""

from __future__ import annotations

from flask import Flask, abort, current_app, request

FORM_BYTES = 256 * 1024
LARGEST_ID = 2**31 - 1  # of an INTEGER column
UPLOADS = frozenset({"uploads.take_upload"})


def limit_bodies(app: Flask) -> None:
    """Refuse larger bodies before anything reads them (413)."""
    app.before_request(_limit_body)


def _limit_body() -> None:
    # PostgreSQL cannot store or compare a NUL, and no address of ours holds one.
    if "\x00" in request.path:
        abort(404)
    # Nor does it compare an identifier with a number that fits in no identifier.
    if any(isinstance(v, int) and v > LARGEST_ID for v in (request.view_args or {}).values()):
        abort(404)
    if any("\x00" in value for value in request.args.values()):
        abort(400)
    if request.endpoint in UPLOADS:
        request.max_content_length = current_app.extensions["site"].settings.max_upload_bytes
    else:
        request.max_content_length = FORM_BYTES
