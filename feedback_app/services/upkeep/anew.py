"""Write closed days anew once a day: after it nothing on disk tells who came before whom."""

from __future__ import annotations

import logging
import time

from feedback_app.services.site import Site
from feedback_app.storage import anew
from feedback_app.storage.compacting import compact

log = logging.getLogger(__name__)

TRIES, PAUSE_S = 40, 0.05  # answers are saved in some hundredths of a second


def write_closed_days(site: Site) -> int:
    """Write the days that are over anew; return how many rows there were, 0 when all is done.

    Where others write without a pause it is left for tomorrow, with these days still to do.
    """
    today = site.today()
    for attempt in range(TRIES):
        time.sleep(PAUSE_S if attempt else 0)
        with site.db.transaction() as tx:
            days = anew.days_to_write(tx, today=today)
            written = anew.write_anew(tx, days, today=today) if days else 0
        if written is not None:
            return written
    log.warning("closed days are not written anew: others were writing all the time")
    return 0


def drop_deleted_rows(site: Site) -> None:
    """Take what was deleted out of the files; where they are too large, at least the hours."""
    left = compact(site.db)
    if left and site.db.is_sqlite:
        with site.db.transaction() as tx:
            anew.write_screening(tx)
    if left:
        log.info("deleted rows are left to be written over in: %s", ", ".join(left))
