"""What a visitor reads whose request no thread will see: both languages, as none is known yet."""

from __future__ import annotations

import json

RETRY_AFTER_S = "5"
WORDS = {
    400: (
        "Kiriman terputus. Kembali ke halaman sebelumnya, lalu kirim lagi.",
        "The sending broke off. Go back to the page before, then send again.",
    ),
    408: (
        "Kiriman terlalu lama di jalan. Kembali ke halaman sebelumnya, lalu kirim lagi.",
        "The sending took too long. Go back to the page before, then send again.",
    ),
    413: (
        "Kiriman terlalu besar. Perkecil berkas atau persingkat tulisan, lalu kirim lagi.",
        "Too much was sent. Make the file smaller or the text shorter, then send again.",
    ),
    503: (
        "Belum tersimpan: server sedang penuh. Tunggu sebentar, lalu kirim lagi.",
        "Not saved: the server is full. Wait a moment, then send again.",
    ),
}
_PAGE = (
    '<!doctype html><html lang="id"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Suara Loket</title>'
    '<p>{id}</p><p lang="en">{en}</p></html>'
)
_HEADERS = (
    ("cache-control", "no-store"),
    ("connection", "close"),  # what is still on its way is not read as the next request
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)


def refusal(status: int, path: str) -> tuple[list[tuple[str, str]], str]:
    """Headers and text of a refusal; below /api/ programs read it."""
    headers = list(_HEADERS)
    if status == 503:
        headers.append(("retry-after", RETRY_AFTER_S))
    indonesian, english = WORDS[status]
    if path.startswith("/api/"):
        headers.append(("content-type", "application/json"))
        return headers, json.dumps({"galat": indonesian})
    headers.append(("content-type", "text/html; charset=utf-8"))
    return headers, _PAGE.format(id=indonesian, en=english)
