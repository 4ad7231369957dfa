"""How many forms are opened, by counter and quarter: few that are finished tell of a long form.

A number only: no day, no hour, nobody. Opening a form writes nothing, so that it also opens while
the database is busy; what has come together is kept after an answer, every five minutes. What a
process that ends had not kept is lost, so the figure is a little low.
"""

from __future__ import annotations

import logging

from feedback_app.domain.faults import ConflictError, NotSavedError
from feedback_app.domain.periods import quarter_start
from feedback_app.services.site import Site
from feedback_app.storage.db import DatabaseError
from feedback_app.storage.queries import openings as queries

log = logging.getLogger(__name__)


def count(site: Site, counter_id: int) -> None:
    """One more form of this counter was opened on a phone; a kiosk's opens by itself."""
    site.openings.add({(counter_id, quarter_start(site.today())): 1})


def keep(site: Site) -> None:
    """Write down what has come together; what cannot be written waits for the next time."""
    counts = site.openings.take(site.now())
    if not counts:
        return
    try:
        with site.db.transaction() as tx:
            queries.add_openings(tx, counts)
    except (NotSavedError, ConflictError, DatabaseError) as error:
        log.warning("openings of forms not kept: %s", error)
        site.openings.add(counts)
