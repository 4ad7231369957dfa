"""Where to go after logging in: a path of this site, never another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for


def safe_target(text: str) -> str:
    """The asked-for path if it is this site's own, else the first staff page."""
    return text if _is_own_path(text) else url_for("staff.start")


def _is_own_path(text: str) -> bool:
    # Browsers read a backslash as a slash and drop tabs and line breaks.
    if not text.startswith("/") or "\\" in text or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not text.startswith("//") and not parts.netloc and not parts.scheme
