"""Who may come in: the roles of staff. A citizen has none."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One role an account; what each may see is declared in web/route_table.py."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    HR = "hr"
    INSPECTORATE = "inspectorate"
    ADMIN = "admin"
