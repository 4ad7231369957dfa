"""Which officer an account belongs to: chosen when it is made, one open account an officer."""

from __future__ import annotations

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.storage.queries import officer_room


def officer_choices(site: Site, viewer: Viewer) -> list[tuple[int, str]]:
    """Officers of the viewer's agency who have no account yet: identifier and name."""
    with site.db.read() as session:
        return officer_room.officers_without_account(session, viewer.agency_id)


def chosen_officer(site: Site, *, agency_id: int, role: Role, officer_id: int | None) -> int | None:
    """The officer of a new account; FieldFaultError when a role and a choice do not fit."""
    if role is not Role.OFFICER:
        if officer_id is not None:
            raise FieldFaultError("officer", "Hanya akun petugas yang memilih petugas.")
        return None
    with site.db.read() as session:
        free = dict(officer_room.officers_without_account(session, agency_id))
    if officer_id not in free:
        raise FieldFaultError("officer", "Pilih petugas yang memiliki akun ini.")
    return officer_id


def officer_with_nip(site: Site, *, agency_id: int, nip: str) -> int:
    """The agency's officer of this NIP, for the command line."""
    with site.db.read() as session:
        found = officer_room.officer_with_nip(session, agency_id, nip)
    if found is None:
        raise FieldFaultError("officer", "Tidak ada petugas dengan NIP ini.")
    return found
