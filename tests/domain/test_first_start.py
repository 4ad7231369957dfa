"""What is typed at the first start is read kindly, and refused in words where it cannot be used."""

from __future__ import annotations

import pytest

from feedback_app.domain.first_start import (
    Answers,
    Typed,
    read_address,
    read_answers,
    username_from,
)
from feedback_app.domain.texts import Text

GOOD = {
    "office_name": "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Tebo",
    "address": "https://suara.tebokab.go.id",
    "time_zone": "WIB",
    "admin_name": "Siti Rahmawati, S.Sos.",
    "admin_username": "",
}


def faults(typed: Typed, *, plain_is_fine: bool = False) -> set[str]:
    found = read_answers(typed, plain_is_fine=plain_is_fine)
    return set() if isinstance(found, Answers) else set(found)


def test_good_answers_are_taken_with_what_follows_from_them() -> None:
    found = read_answers(GOOD, plain_is_fine=False)
    assert isinstance(found, Answers)
    assert (found.admin_username, found.time_zone) == ("siti.rahmawati", "WIB")
    assert found.agency_code == "dinas-kependudukan-dan-pencatatan-sipil"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("office_name", ""),
        ("office_name", " \t "),
        ("office_name", "x" * 201),
        ("office_name", "Dinas\x00"),
        ("address", "suara kami"),
        ("address", "https://suara.go.id/halaman"),
        ("address", "https://siti@suara.go.id"),
        ("address", "ftp://suara.go.id"),
        ("address", "https://suara_kami.go.id"),
        ("address", "https://suara.go.id:0"),
        ("address", "https://suara.go.id:nol"),
        ("address", "https://999.1.1.1"),
        ("address", "http://127.0.0.1:8000"),
        ("address", "https://localhost"),
        ("address", "https://[::1]"),
        ("address", "http://192.168.1.10:8000"),
        ("time_zone", "GMT"),
        ("admin_name", ""),
        ("admin_username", "a b"),
        ("admin_username", "x"),
    ],
)
def test_a_bad_answer_is_named_and_no_other(name: str, text: str) -> None:
    assert faults({**GOOD, name: text}) == {name}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("suara.tebokab.go.id", "https://suara.tebokab.go.id"),
        ("HTTPS://Suara.TeboKab.go.id/", "https://suara.tebokab.go.id"),
        ("https://10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("https://[2001:db8::7]", "https://[2001:db8::7]"),
    ],
)
def test_an_address_is_read_kindly(typed: str, kept: str) -> None:
    assert read_address(typed, plain_is_fine=False) == kept


def test_an_address_without_encryption_is_taken_as_a_trial_with_its_port() -> None:
    assert not faults({**GOOD, "address": "http://192.168.1.10:8000"}, plain_is_fine=True)
    without_port = read_address("http://192.168.1.10", plain_is_fine=True)
    assert isinstance(without_port, Text)
    assert "nomor porta" in str(without_port)


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Siti", "siti"),
        ("Ahmad Dahlan Siregar", "ahmad.dahlan"),
        ("René d'Été", "rene.d"),
        ("李", "admin"),
        ("I", "admin"),
    ],
)
def test_a_user_name_is_made_of_a_name(name: str, username: str) -> None:
    assert username_from(name) == username


@pytest.mark.parametrize("name", ["李明", "x" * 60])
def test_an_office_always_has_a_short_name_for_addresses(name: str) -> None:
    found = read_answers({**GOOD, "office_name": name}, plain_is_fine=False)
    assert isinstance(found, Answers)
    assert found.agency_code == "kantor"
