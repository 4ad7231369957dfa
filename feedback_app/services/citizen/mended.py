"""The newest of what was mended because of answers, for form, receipt, card and hall."""

from __future__ import annotations

from feedback_app.domain.disclosure import mask
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters
from feedback_app.storage.queries import surveys as queries

LONGEST = 110  # letters: two lines and a half on a phone


def newest_mended(session: Session, unit_id: int) -> str:
    """What the unit did last of its follow-up plans, officers' names masked; '' for nothing yet."""
    item = queries.newest_done_follow_up(session, unit_id)
    if item is None:
        return ""
    counter_ids = queries.counter_ids_of_unit(session, unit_id)
    text = mask(item.note or item.action, names=counters.names_at_counters(session, counter_ids))
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
