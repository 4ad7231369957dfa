"""Where the made-up office may be: its passwords are public, so never where others can come in."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_app.config import is_for_this_machine_only, locations
from feedback_app.domain.texts import Words
from feedback_app.storage import peek

IS_AN_OFFICES: Words = (
    "Folder ini milik kantor, jadi data contoh tidak dimuat. Data contoh: python3 run.py --demo",
    "This folder is an office's, so the made-up data is not loaded. For it: python3 run.py --demo",
)
REACHES_OTHERS: Words = (
    "Data contoh tidak dimuat: kata sandinya diketahui umum, sedangkan HOST, BASE_URL, "
    "TRUSTED_HOSTS, atau PROXY_HOPS membuka server ini bagi orang lain. Untuk kantor: "
    "python3 run.py --office. Untuk data contoh: hapus setelan itu.",
    "The made-up data is not loaded: everybody knows its passwords, and HOST, BASE_URL, "
    "TRUSTED_HOSTS or PROXY_HOPS open this server to others. For an office: "
    "python3 run.py --office. For the demo: take those settings out.",
)
LOG_INS_ARE_OFF: Words = (
    "Data contoh: akunnya tidak dapat dipakai, karena server ini dapat dijangkau orang lain.",
    "Demo: nobody can log in, because others can reach this server.",
)


def why_not_loaded(environ: Mapping[str, str] | None = None) -> Words | None:
    """Why a demo that is not there yet must not be loaded; None where it is there, or may be.

    For a start: an office's folder gets none anyway. Nothing is opened or made.
    """
    where = locations(environ)
    if where.is_office or is_for_this_machine_only(environ):
        return None
    is_begun = peek.look_at(where.database_url, where.database_file).has_agency
    return None if is_begun else REACHES_OTHERS
