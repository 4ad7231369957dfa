"""Which passwords are refused. Length beats composition rules (NIST SP 800-63B §3.1.1)."""

from __future__ import annotations

from feedback_app.domain.texts import Text

PASSWORD_MIN = 10
PASSWORD_MAX = 200
# Rows a finger runs along: figures, letters, and the keyboard's three rows.
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
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
    if len(set(plain)) == 1:
        return Text("Kata sandi tidak boleh satu karakter yang diulang.")
    if _is_sequence(plain):
        return Text("Kata sandi tidak boleh urutan biasa, seperti 1234567890.")
    return None


def _is_sequence(plain: str) -> bool:
    """Whether every step from one character to the next runs along the same row."""
    pairs = [plain[i : i + 2] for i in range(len(plain) - 1)]
    return any(
        all(pair in row + row for pair in pairs) or all(pair in (row + row)[::-1] for pair in pairs)
        for row in _ROWS
    )
