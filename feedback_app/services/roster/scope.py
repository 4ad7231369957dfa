"""Whose roster a viewer may see and change: an admin every unit's, a supervisor the own units'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.person_names import told_apart
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Officer, Unit
from feedback_app.storage.queries import roster as queries


@dataclass(frozen=True, slots=True)
class Scope:
    """Units, counters and officers of one viewer; `called` names every officer of the agency."""

    units: Sequence[Unit]
    counters: Sequence[Counter]
    officers: Sequence[Officer]  # who may be put on the roster now
    called: Mapping[int, str]
    officer_units: Mapping[int, int]

    def counter(self, code: str) -> Counter:
        """The viewer's counter of this code; NotThereError for any other."""
        found = next((one for one in self.counters if one.code == code), None)
        if found is None:
            raise NotThereError
        return found

    @property
    def counter_names(self) -> dict[int, str]:
        """Names by counter."""
        return {counter.id: counter.name for counter in self.counters}

    @property
    def units_of_counters(self) -> dict[int, int]:
        """Units by counter."""
        return {counter.id: counter.unit_id for counter in self.counters}


def scope_of(session: Session, viewer: Viewer) -> Scope:
    """What this viewer may see and change."""
    if viewer.role is Role.ADMIN:
        return scope_of_agency(session, viewer.agency_id)
    everything = queries.units_of_agency(session, viewer.agency_id)
    units = [unit for unit in everything if unit.id in viewer.unit_ids]
    return _scope(session, viewer.agency_id, units)


def scope_of_agency(session: Session, agency_id: int) -> Scope:
    """All of an agency."""
    return _scope(session, agency_id, queries.units_of_agency(session, agency_id))


def _scope(session: Session, agency_id: int, units: Sequence[Unit]) -> Scope:
    ids = {unit.id for unit in units}
    officers = queries.officers_of(session, agency_id)
    return Scope(
        units=units,
        counters=queries.counters_in(session, ids),
        officers=[one for one in officers if one.unit_id in ids and one.retired_on is None],
        called=called(officers),
        officer_units={one.id: one.unit_id for one in officers},
    )


def called(officers: Sequence[Officer]) -> dict[int, str]:
    """What citizens call each officer; two of an agency who are called alike are told apart."""
    return told_apart({officer.id: (officer.display_name, officer.name) for officer in officers})
