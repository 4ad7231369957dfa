"""Coverage, answers beside visits: a sign where it is higher than visitors can well explain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import tallies

# A third of the visitors answering is much already; of four weeks, so that no one day gives it.
MUCH = 0.6
OF = timedelta(days=28)
LEAST_VISITS = 40


def crowded_counters(session: Session, ids: Sequence[int], today: date) -> set[int]:
    """Counters with more answers than their visitors can well have given; no rule holds them."""
    first, last = today - OF, today - timedelta(days=1)
    visits = queries.visits_by_counter(session, ids, first=first, last=last, service_id=None)
    answers = tallies.answers_of_told_days(session, ids, first=first, last=last)
    return {
        counter_id
        for counter_id, count in visits.items()
        if count >= LEAST_VISITS and answers.get(counter_id, 0) > MUCH * count
    }
