"""Who may open a route, and a menu's entry: what a line of the tables of routes is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.roles import Role

Roles = frozenset[Role] | None
EVERYBODY = None  # no set of roles: one that came out empty would close a page, never open it
STAFF = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
HR = frozenset({Role.HR})
INSPECTORATE = frozenset({Role.INSPECTORATE})
SUPERVISOR = frozenset({Role.SUPERVISOR})
OFFICER = frozenset({Role.OFFICER})


@dataclass(frozen=True, slots=True)
class InMenu:
    """A page in the menu of those who may open it.

    `room` is the entry under which it is a tab; without one it is an entry of its own, and the
    first tab of its room. `needs` is what must be in use before it is offered; '' for always.
    """

    text: str
    roles: frozenset[Role]
    room: str = ""
    needs: Literal["", "codes", "paper", "devices", "tiers"] = ""


Line = Roles | InMenu | tuple[InMenu, ...]
