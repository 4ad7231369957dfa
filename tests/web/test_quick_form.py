"""What is read without a form is what the form would have read; whatever is odd is left to it."""

from __future__ import annotations

import random
from urllib.parse import parse_qs, urlencode

import pytest
from flask import Flask

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.respondent import BANDS, VISIT_PURPOSE
from feedback_app.services.citizen.arriving import Submission
from feedback_app.web.citizen_form import CAUSE_FIELDS, COMMENT_LIMIT, CitizenForm
from feedback_app.web.quick_form import Sent, _fields, ordinary_submission

FORMS = 400
OTHERS = {
    "service": ("", "1", "2", "x", "99999999999"),
    "served_by": ("", "not_sure", "another", "o1", "y2", "o", "yx", "ö1"),
    "ticket_day": ("", "2026-11-24"),
    "visit_purpose": ("", VISIT_PURPOSE[0][0], "other than these"),
    "comment": ("", "Ramah.", " \r\n a\x00b\u202ec ", "é" * COMMENT_LIMIT, "é" * 1001),
    "as_is": ("", "1"),
    "visit": ("", "  ", "ABCD-2345"),
    "without_code": ("", "1"),
    "pressed": ("", "1"),
    "charged": ("", "1"),
    "language": ("", "en"),
    "visits_needed": ("", "2", "7"),
    **{band.key: ("", band.choices[0][0], "none") for band in BANDS},
    **dict.fromkeys(CAUSE_FIELDS, ("", "", "", "1")),
}


def random_form(chance: random.Random) -> list[tuple[str, str]]:
    """Mostly ordinary: now and then a question is open, odd or answered twice."""
    pairs = [("token", chance.choice(("", "abc", "t" * 48)))]
    for key in ALL_KEYS:
        value = chance.choices(
            ("1", "2", "3", "4", "", "5", "\u0664"), (30, 30, 30, 30, 0.3, 0.3, 0.3)
        )
        pairs += [(key, value[0])] * chance.choices((1, 0, 2), (100, 1, 1))[0]
    for name, values in OTHERS.items():
        if chance.random() < 0.3:
            pairs += [(name, chance.choices(values, (6, *(1 for _ in values[1:])))[0])]
    chance.shuffle(pairs)
    return pairs


def read_both_ways(app: Flask, body: str) -> tuple[Submission | None, ...]:
    """As read at once, and as the form reads it; None where it is no answer to be saved."""
    kind = "application/x-www-form-urlencoded"
    with app.test_request_context("/q/x", method="POST", data=body, content_type=kind):
        quick = ordinary_submission(Sent("x", "id", "\n", ""), body.encode())
        form = CitizenForm(place_code="x")
        is_saved = not form.is_for_another_language() and form.validate() and not form.is_note()
        return quick, form.submission() if is_saved else None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_both_ways_read_the_same(app: Flask) -> None:
    chance = random.Random(18)
    quick_ones = 0
    for _ in range(FORMS):
        body = urlencode(random_form(chance))
        quick, by_form = read_both_ways(app, body)
        if quick is not None:
            quick_ones += 1
            assert quick == by_form, body
    assert FORMS / 10 < quick_ones < FORMS  # of both kinds


@pytest.mark.parametrize(
    "body",
    [
        "a=1&b=%20+&c",
        "&&a=1&a=2&=x",
        "a=1=2&%61=3",
        "a=%C3%A9%F0%9F%98%80",
        "a=%zz&b=%",
        ";a=1;b=2",
    ],
)
def test_fields_are_those_of_parse_qs(body: str) -> None:
    assert _fields(body.encode()) == parse_qs(body, keep_blank_values=True, errors="strict")


@pytest.mark.parametrize("body", [b"a=%ff", b"\xc3\xa9=1", b"%c3=1"])
def test_no_field_of_a_body_that_is_no_text(body: bytes) -> None:
    assert _fields(body) is None
