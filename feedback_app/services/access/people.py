"""Who asks: a viewer who is logged in, or somebody half-way between password and code."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.faults import ReadableError
from feedback_app.domain.roles import Role
from feedback_app.domain.staff_sessions import Stage


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: handed to every service that reads for staff."""

    account_id: int
    agency_id: int
    username: str
    name: str
    role: Role
    unit_ids: frozenset[int]
    officer_id: int | None
    session_id: int = 0  # 0: a script, which has no session


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Whose first step was right and whose second is still missing; opens nothing else."""

    account_id: int
    agency_id: int
    username: str
    name: str
    session_id: int
    stage: Stage


class LoginRefusedError(Exception):
    """Name or password is wrong; which one is not said."""


class WrongSecondStepError(Exception):
    """The code of the second step is wrong, too old, or was used before."""


class DemoIsLocalError(Exception):
    """A made-up account, whose password everybody knows, on a server that others can reach."""


class TooManyTriesError(Exception):
    """Guessed too often; try again after the window."""


class CrowdedError(ReadableError):
    """Too many log in at this moment; the message says so, and nothing was looked at."""


class AccountFaultError(ReadableError):
    """The account cannot be made or changed; the message says why."""
