"""Codes of the second step: RFC 6238's own examples, skew, one use; recovery codes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from feedback_app.domain.roles import Role
from feedback_app.domain.second_factor import (
    RECOVERY_ALPHABET,
    accepted_step,
    must_enrol,
    plain_recovery_code,
    recovery_code,
    secret_in_groups,
    step_at,
)

# RFC 6238, appendix B (SHA1): the last six of its eight figures.
EXAMPLES = (
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the RFC's '12345678901234567890'
CODE_OF: Callable[[int], str] = pyotp.TOTP(SECRET).generate_otp
NOON = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), EXAMPLES)
def test_the_examples_of_the_rfc_are_accepted(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert accepted_step(code, now=now, last_step=0, code_of=CODE_OF) == seconds // 30
    assert accepted_step(f" {code[:3]} {code[3:]}", now=now, last_step=0, code_of=CODE_OF)


def test_a_step_away_is_accepted_and_two_are_not() -> None:
    code = CODE_OF(step_at(NOON))
    for seconds, is_accepted in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        now = NOON + timedelta(seconds=seconds)
        found = accepted_step(code, now=now, last_step=0, code_of=CODE_OF)
        assert (found is not None) is is_accepted, seconds


def test_a_used_step_and_all_before_it_are_refused() -> None:
    step = step_at(NOON)
    for used, is_accepted in ((step - 1, True), (step, False), (step + 1, False)):
        found = accepted_step(CODE_OF(step), now=NOON, last_step=used, code_of=CODE_OF)
        assert (found is not None) is is_accepted, used


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "²²²²²²", "١٢٣٤٥٦", "abcdef", "-12345"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert accepted_step(typed, now=NOON, last_step=0, code_of=lambda _step: typed) is None


def test_recovery_codes_survive_typing_and_nothing_else_passes() -> None:
    code = recovery_code(random.Random(6).choice)
    plain = code.replace("-", "")
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 4]
    assert set(plain) <= set(RECOVERY_ALPHABET)
    for typed in (code, code.lower(), plain, f" {code.replace('-', ' ')} "):
        assert plain_recovery_code(typed) == plain
    for typed in ("", plain[:-1], plain + "A", plain[:-1] + "0", plain[:-1] + "ß", "123456"):
        assert plain_recovery_code(typed) is None


def test_who_must_have_a_second_step() -> None:
    needing = {role for role in Role if must_enrol(role, agency_is_demo=False)}
    assert needing == {Role.HR, Role.INSPECTORATE, Role.ADMIN}
    assert not any(must_enrol(role, agency_is_demo=True) for role in Role)


def test_a_secret_to_type_stands_in_groups_of_four() -> None:
    assert secret_in_groups("ABCDEFGH23") == "ABCD EFGH 23"
    assert secret_in_groups(SECRET).replace(" ", "") == SECRET
