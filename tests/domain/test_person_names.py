"""What citizens call an officer: no title, no initial, and never two alike."""

from __future__ import annotations

import pytest

from feedback_app.domain.person_names import (
    calling_name,
    greeting_by_rule,
    other_names,
    sex_by_nip,
    sex_by_title,
    told_apart,
)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Dra. Hj. Nurlaila Hasan, M.Si.", "Nurlaila"),
        ("H. Muhammad Yusuf, S.Sos.", "Yusuf"),
        ("dr. Ratih Kusuma", "Ratih"),
        ("M. Ridwan Effendi", "Ridwan"),
        ("Ir. Sutrisno", "Sutrisno"),
        ("R.A. Kartika", "Kartika"),
        ("I Made Wirawan", "Made"),
        ("Ni Luh Sari", "Luh"),
        ("I Gusti Ayu Putri", "Putri"),
        ("Ida Bagus Putra", "Putra"),
        ("Anak Agung Gede Raka", "Raka"),
        ("Hj.Siti Aminah", "Siti"),
        ("SITI AMINAH", "Siti"),
        ("siti aminah, s.h.", "Siti"),
        ("Muh. Yusuf", "Yusuf"),
        ("Moh Rizal", "Rizal"),
        ("Muhammad", "Muhammad"),
        ("Muhammad H.", "Muhammad"),
        ("Abd. Rahman", "Rahman"),
        ("Abdul Rahman", "Abdul Rahman"),
        ("St. Aminah", "Aminah"),
        ("A. Fauzi", "Fauzi"),
        ("A.Rahman", "Rahman"),
        ("Sukarno", "Sukarno"),
        ("Drs Sukarno MM", "Sukarno"),
        ("Parlindungan Sinaga", "Parlindungan"),
        ("H. Syafril Dt. Rajo Bungsu", "Syafril"),
        ("Kgs. M. Ali", "Ali"),
        ("Raden Mas Said", "Said"),
        ("La Ode Muhammad", "Muhammad"),
        ("Teuku Umar", "Umar"),
        ("Nur'aini", "Nur'aini"),
        ("Ibu Dewi", "Dewi"),
        ("M. A.", "M. A."),
        ("I", "I"),
        ("Made", "Made"),
    ],
)
def test_a_calling_name_is_no_title_and_no_initial(name: str, called: str) -> None:
    assert calling_name(name) == called


def test_a_greeting_is_never_empty_and_fits_its_column() -> None:
    for name in ("-", "H. M.", "x" * 300, "( )"):
        assert 0 < len(greeting_by_rule(name, sex="2")) <= 80


def test_a_pns_number_tells_the_sex_and_a_pppk_number_does_not() -> None:
    assert sex_by_nip("198503022010012024", employment="PNS") == "2"
    assert sex_by_nip("198503022010011024", employment="PNS") == "1"
    assert sex_by_nip("198503022010013024", employment="PNS") is None
    assert sex_by_nip("199002032015011017", employment="PPPK") is None
    assert sex_by_nip("19850302", employment="PNS") is None


def test_a_title_tells_it_where_it_stands_in_front() -> None:
    assert sex_by_title("Hj. Suharni") == "2"
    assert sex_by_title("Drs. Andi") == "1"
    assert sex_by_title("Muhammad H.") is None
    assert sex_by_title("Suharni, S.H.") is None


def test_names_that_can_tell_apart_are_no_degrees() -> None:
    assert other_names("Siti M. Nur") == ["Nur"]
    assert other_names("Drs Sukarno MM") == []


def test_two_who_are_called_alike_get_a_word_of_their_own_name() -> None:
    people = {
        1: ("Ibu Siti", "Siti Aminah"),
        2: ("ibu siti", "Siti Rahmawati"),
        3: ("Ibu Dewi", "Dewi"),
        4: ("Ibu Dewi", "Dewi"),
        5: ("Bapak Andi", "Andi Saputra"),
    }
    shown = told_apart(people)
    assert shown[1] == "Ibu Siti Aminah"
    assert shown[2] == "ibu siti Rahmawati"
    assert (shown[3], shown[4]) == ("Ibu Dewi (A)", "Ibu Dewi (B)")
    assert shown[5] == "Bapak Andi"


def test_whatever_people_are_called_no_two_read_the_same() -> None:
    names = ["Siti", "Siti Aminah", "Siti Aminah Putri", "Siti M. Aminah", "Hj. Siti Aminah"]
    people = {n: (f"Ibu {calling_name(name)}", name) for n, name in enumerate(names * 3)}
    shown = told_apart(people)
    assert len({text.casefold() for text in shown.values()}) == len(people)
