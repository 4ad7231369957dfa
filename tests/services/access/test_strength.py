"""Which passwords are refused, and that ordinary good ones are not."""

from __future__ import annotations

import pytest

from feedback_app.domain.passwords import normal_password
from feedback_app.services.access.strength import fault_of_password

GOOD = (
    "a long enough password",
    "contoh-suara-loket",
    "kuda biru lari pagi",
    "0123456789 dan lain",
    "kopi-hujan-meja-7",
    "sungaibatanghari1",
    "xk29fjw0qz",
)
BAD = (
    ("", "paling sedikit"),
    ("sembilan9", "paling sedikit"),
    ("x" * 201, "paling banyak"),
    ("rahasia Eka.Baru 2026", "nama pengguna"),
)
# Tried on 27 November by a reviewer and let through, and what else is guessed first.
EASY = (
    *("password123", "Password2026", "P@ssw0rd2026", "1q2w3e4r5t", "qwerty12345", "admin12345"),
    *("indonesia1945", "bismillah123", "dukcapil2026", "katasandi123", "rahasia2026"),
    *("alhamdulillah99", "wati2026wati", "November2026", "wati123456"),
    *("aaaaaaaaab", "AAAAaaaaAAAA", "          ", "1234567890", "12345678901234", "0987654321"),
    *("abcdefghijkl", "ZYXWVUTSRQPO", "qwertyuiop", "poiuytrewq", "abcdefghij!", "1357924680"),
)


@pytest.mark.parametrize("password", GOOD)
def test_good_ones_pass(password: str) -> None:
    assert fault_of_password(password, username="eka.baru") is None


@pytest.mark.parametrize(("password", "why"), BAD)
def test_bad_ones_are_refused_with_their_reason(password: str, why: str) -> None:
    assert why in (str(fault_of_password(password, username="eka.baru") or ""))


def test_two_hundred_characters_are_enough_and_not_too_many() -> None:
    assert fault_of_password("kuda " * 40, username="eka.baru") is None
    assert "paling banyak" in str(fault_of_password("kuda " * 40 + "x", username="eka.baru") or "")


def test_a_name_of_two_letters_lies_in_too_many_good_passwords() -> None:
    assert fault_of_password("beka dan biru", username="ek") is None
    assert "nama pengguna" in str(fault_of_password("bEKA dan biru", username="Eka") or "")


@pytest.mark.parametrize("password", EASY)
def test_what_is_guessed_early_is_refused_with_a_way_out(password: str) -> None:
    fault = str(fault_of_password(password, username="wati") or "")
    assert "mudah ditebak" in fault or "nama pengguna" in fault
    assert fault.endswith(".")


def test_letters_typed_in_two_ways_are_one_password() -> None:
    composed, decomposed = "caf\u00e9 pagi hari", "cafe\u0301 pagi hari"
    assert composed != decomposed
    assert normal_password(composed) == normal_password(decomposed)
