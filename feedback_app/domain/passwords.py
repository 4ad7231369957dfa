"""Which passwords are refused: short ones, and those that are guessed early.

Length beats composition rules, and common passwords are refused (NIST SP 800-63B §3.1.1.2). How
early one is guessed is zxcvbn's count (D. L. Wheeler, USENIX Security 2016).
"""

from __future__ import annotations

import unicodedata

from feedback_app.domain.texts import Text

PASSWORD_MIN = 10
PASSWORD_MAX = 200
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
NAME_MIN = 3  # a shorter name lies in too many good passwords


def fault_of_password(password: str, *, username: str) -> Text | None:
    """What is wrong with a new password; None when it may be used."""
    if len(password) < PASSWORD_MIN:
        return Text("Kata sandi paling sedikit %(least)s karakter.", least=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        return Text("Kata sandi paling banyak %(most)s karakter.", most=PASSWORD_MAX)
    plain = password.casefold()
    if len(username) >= NAME_MIN and username.casefold() in plain:
        return Text("Kata sandi tidak boleh memuat nama pengguna.")
    if _is_guessed_early(plain, username):
        return Text(
            "Kata sandi ini terlalu mudah ditebak. "
            "Rangkaikan tiga atau empat kata yang tidak berhubungan."
        )
    return None


def normal_password(typed: str) -> str:
    """One form of letters that can be typed in two ways, such as é (RFC 8265 §4.2: NFC)."""
    return unicodedata.normalize("NFC", typed)


def _is_guessed_early(plain: str, username: str) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its lists are needed where a password is chosen only)

    found = zxcvbn(plain[:LOOKED_AT], user_inputs=[*_USUAL_HERE, username])
    return bool(found["score"] < SAFE_FROM)
