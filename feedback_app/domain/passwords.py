"""Which passwords are refused at once. Length beats composition rules (NIST SP 800-63B §3.1.1).

Those that are guessed early: services/access/strength.py.
"""

from __future__ import annotations

import unicodedata

from feedback_app.domain.texts import Text

PASSWORD_MIN = 10
PASSWORD_MAX = 200
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
    return None


def normal_password(typed: str) -> str:
    """One form of letters that can be typed in two ways, such as é (RFC 8265 §4.2: NFC)."""
    return unicodedata.normalize("NFC", typed)
