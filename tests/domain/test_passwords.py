"""Which passwords are refused, and that ordinary good ones are not."""

from __future__ import annotations

import pytest

from feedback_app.domain.passwords import fault_of_password

GOOD = (
    "a long enough password",
    "contoh-suara-loket",
    "kuda biru lari pagi",
    "0123456789 dan lain",
    "aaaaaaaaab",
)
BAD = (
    ("", "paling sedikit"),
    ("sembilan9", "paling sedikit"),
    ("x" * 201, "paling banyak"),
    ("rahasia Eka.Baru 2026", "nama pengguna"),
    ("AAAAaaaaAAAA", "diulang"),
    ("          ", "diulang"),
    ("1234567890", "urutan"),
    ("12345678901234", "urutan"),
    ("0987654321", "urutan"),
    ("abcdefghijkl", "urutan"),
    ("ZYXWVUTSRQPO", "urutan"),
    ("qwertyuiop", "urutan"),
    ("poiuytrewq", "urutan"),
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


@pytest.mark.parametrize("password", ["1234567809", "abcdefghij!", "qwertyuiopa", "1357924680"])
def test_a_step_off_the_row_makes_it_no_sequence(password: str) -> None:
    assert fault_of_password(password, username="eka.baru") is None
