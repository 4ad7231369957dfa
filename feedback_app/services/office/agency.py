"""The agencies that this site serves."""

from __future__ import annotations

from feedback_app.services.site import Site
from feedback_app.storage.queries import agencies


def any_is_demo(site: Site) -> bool:
    """Whether made-up data is in this site, which every page must then say."""
    with site.db.read() as session:
        return agencies.any_is_demo(session)
