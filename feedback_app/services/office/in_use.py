"""Which ways of proving a visit an office uses: what it does not use is not in its menu."""

from __future__ import annotations

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.queries import in_use as queries


def found(site: Site, viewer: Viewer) -> frozenset[str]:
    """Of 'codes', 'paper', 'devices' and 'tiers' those in use; units' people see their units'."""
    units = viewer.unit_ids or None  # an admin has none and answers for all
    with site.db.read() as session:
        used = queries.ways_in_use(session, viewer.agency_id, unit_ids=units)
    return frozenset(used)
