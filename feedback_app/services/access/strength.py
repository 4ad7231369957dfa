"""Which new passwords are refused: also those that are guessed early, common ones first of all.

NIST SP 800-63B §3.1.1.2 asks for it. How early one is guessed is zxcvbn's count (D. L. Wheeler,
USENIX Security 2016).
"""

from __future__ import annotations

from feedback_app.domain import passwords
from feedback_app.domain.texts import Text

SAFE_FROM = 3  # zxcvbn's score: more than 10^8 guesses, beyond what the brake lets through
LOOKED_AT = 72  # characters; zxcvbn takes no more
# Its lists are English; these are what an Indonesian office would try first.
_USUAL_HERE = [
    "suara",
    "loket",
    "kantor",
    "dinas",
    "dukcapil",
    "disdukcapil",
    "kependudukan",
    "kelurahan",
    "kecamatan",
    "kabupaten",
    "samsat",
    "puskesmas",
    "bupati",
    "admin",
    "atasan",
    "petugas",
    "operator",
    "pelayanan",
    "indonesia",
    "merdeka",
    "pancasila",
    "garuda",
    "jambi",
    "tebo",
    "bismillah",
    "alhamdulillah",
    "assalamualaikum",
    "masyaallah",
    "kata",
    "sandi",
    "katasandi",
    "rahasia",
    "sayang",
    "sayangku",
    "cinta",
    "cintaku",
    "aku",
    "kamu",
    "anak",
    "ibu",
    "bapak",
    "selamat",
    "pagi",
    "mantap",
    "semangat",
    "juara",
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
    "senin",
    "selasa",
    "rabu",
    "kamis",
    "jumat",
    "sabtu",
    "minggu",
]


def fault_of_password(password: str, *, username: str) -> Text | None:
    """What is wrong with a new password; None when it may be used."""
    fault = passwords.fault_of_password(password, username=username)
    if fault is None and _is_guessed_early(password.casefold(), username):
        return Text(
            "Kata sandi ini terlalu mudah ditebak. "
            "Rangkaikan tiga atau empat kata yang tidak berhubungan."
        )
    return fault


def _is_guessed_early(plain: str, username: str) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its lists are needed where a password is chosen only)

    found = zxcvbn(plain[:LOOKED_AT], user_inputs=[*_USUAL_HERE, username])
    return bool(found["score"] < SAFE_FROM)
