"""A document as PDF/UA: tagged, with contents and bookmarks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from feedback_app.files.document import Document
from feedback_app.files.typesetting import typeset


def to_pdf(document: Document) -> bytes:
    """The document as a file to send and to keep."""
    data: dict[str, Any] = {
        "title": document.title,
        "subtitle": document.subtitle,
        "cover": document.cover,
        "warning": document.warning,
        "author": document.author,
        "footer": f"{document.subtitle} · {document.cover[0]}",
        "blocks": [{"type": type(block).__name__, **asdict(block)} for block in document.blocks],
    }
    return typeset("document.typ", {"document.json": data}, is_accessible=True)
