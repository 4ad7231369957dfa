"""How much a request may carry: little, except where files are uploaded."""

from __future__ import annotations

from flask import Flask, current_app, request

FORM_BYTES = 256 * 1024
UPLOADS = frozenset({"admin.take_upload"})


def limit_bodies(app: Flask) -> None:
    """Refuse larger bodies before anything reads them (413)."""
    app.before_request(_limit_body)


def _limit_body() -> None:
    if request.endpoint in UPLOADS:
        request.max_content_length = current_app.extensions["site"].settings.max_upload_bytes
    else:
        request.max_content_length = FORM_BYTES
