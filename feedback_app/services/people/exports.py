"""People as a table to download; no NIP: it tells birth date and sex."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_app.files.exports import Sheet
from feedback_app.services.people.table import PersonLine

_ROLES = {
    "officer": "petugas",
    "supervisor": "atasan unit",
    "admin": "admin",
    "hr": "kepegawaian",
    "inspectorate": "inspektorat",
}
_STATES = {"serving": "bertugas", "leaving": "akan berhenti", "left": "berhenti"}
_ACCOUNTS = {
    "none": "belum ada",
    "invited": "diundang",
    "open": "dipakai",
    "closed": "ditutup",
}


def people_sheet(lines: Iterable[PersonLine]) -> Sheet:
    """One row a person."""
    columns = (
        "Nama",
        "Sapaan",
        "Unit",
        "Peran",
        "Status ASN",
        "Status",
        "Tidak bertugas sejak",
        "Akun",
        "Nama pengguna",
    )
    rows = tuple(
        (
            line.name,
            line.greeting,
            ", ".join(line.units),
            _ROLES[line.role],
            line.employment,
            _STATES[line.state],
            line.ends_on,
            _ACCOUNTS[line.account],
            line.username,
        )
        for line in lines
    )
    return Sheet("Orang", columns, rows)
