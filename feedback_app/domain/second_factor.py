"""The second step of a log-in: time-based codes (RFC 6238) and recovery codes. Pure rules."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from feedback_app.domain.roles import Role

STEP_SECONDS = 30  # this and the six digits: what every app uses (RFC 6238, RFC 4226)
SKEW_STEPS = 1  # a phone's clock may be half a minute off
CODE_DIGITS = 6

RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30 letters and figures, none alike
RECOVERY_LENGTH = 16  # 78 bits: a plain hash of one cannot be searched
RECOVERY_GROUP = 4
RECOVERY_COUNT = 10

NEEDS_SECOND_FACTOR = frozenset({Role.HR, Role.INSPECTORATE, Role.ADMIN})


def must_enrol(role: Role, *, agency_is_demo: bool) -> bool:
    """Whether this role opens nothing without a second step; the demo's log-ins are public."""
    return role in NEEDS_SECOND_FACTOR and not agency_is_demo


def step_at(now: datetime) -> int:
    """The number of the 30 seconds that `now` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_step(
    typed: str, *, now: datetime, last_step: int, code_of: Callable[[int], str]
) -> int | None:
    """The step whose code was typed, if it is near `now` and later than the last one used."""
    digits = "".join(typed.split())
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    present = step_at(now)
    if last_step > present + SKEW_STEPS:  # used while the clock was ahead: nobody would get in
        last_step = 0
    near = range(present - SKEW_STEPS, present + SKEW_STEPS + 1)
    fits = [step for step in near if hmac.compare_digest(code_of(step), digits)]
    return next((step for step in fits if step > last_step), None)


def recovery_code(choose: Callable[[Sequence[str]], str]) -> str:
    """A new recovery code, such as 'ABCD-EFGH-JKMN-PQRS'; `choose` picks one letter of many."""
    letters = "".join(choose(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
    starts = range(0, RECOVERY_LENGTH, RECOVERY_GROUP)
    return "-".join(letters[start : start + RECOVERY_GROUP] for start in starts)


def plain_recovery_code(typed: str) -> str | None:
    """A typed recovery code without blanks and hyphens; None for what cannot be one."""
    plain = "".join(typed.upper().split()).replace("-", "")
    if len(plain) != RECOVERY_LENGTH or any(letter not in RECOVERY_ALPHABET for letter in plain):
        return None
    return plain


def secret_in_groups(secret: str) -> str:
    """A secret to type into an app, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
