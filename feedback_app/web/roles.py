"""Roles of staff in words."""

from __future__ import annotations

from feedback_app.domain.roles import Role
from feedback_app.web.language import gettext as _

ROLE_NAMES = {
    Role.SUPERVISOR: "Atasan unit",
    Role.ADMIN: "Admin",
    Role.HR: "Kepegawaian",
    Role.INSPECTORATE: "Inspektorat",
    Role.OFFICER: "Petugas",
}


def role_name(role: Role) -> str:
    """The role in the reader's language."""
    return _(ROLE_NAMES[role])
