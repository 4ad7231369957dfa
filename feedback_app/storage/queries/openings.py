"""Forms opened, sent and stopped after the officer's questions, by counter and quarter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS
from feedback_app.storage.db import Session
from feedback_app.storage.models import FormOpening, Rating

OPENED_ON_PHONES = (
    "poster",
    "display",
    "visit",
)  # a kiosk's form opens by itself, paper is no form


def add_openings(tx: Session, counts: Mapping[tuple[int, date], int]) -> None:
    """Add to what is kept of these counters and quarters."""
    is_sqlite = tx.get_bind().dialect.name == "sqlite"
    added = (sqlite.insert if is_sqlite else postgresql.insert)(FormOpening)
    summed = added.on_conflict_do_update(
        index_elements=["counter_id", "quarter"],
        set_={"opened": FormOpening.opened + added.excluded.opened},
    )
    rows = [
        {"counter_id": counter_id, "quarter": quarter, "opened": opened}
        for (counter_id, quarter), opened in sorted(counts.items())
    ]
    tx.execute(summed, rows)


def opened_in(session: Session, counter_ids: Collection[int], quarter: date) -> dict[int, int]:
    """Forms opened by counter; counters without any are absent."""
    rows = session.execute(
        select(FormOpening.counter_id, FormOpening.opened).where(
            FormOpening.counter_id.in_(counter_ids), FormOpening.quarter == quarter
        )
    )
    return {row[0]: row[1] for row in rows}


def sent_between(
    session: Session, counter_ids: Collection[int], first: date, last: date
) -> dict[int, tuple[int, int]]:
    """By counter: counted answers from phones, and those of them that hold the officer's only."""
    others = [key for key in ALL_KEYS if key not in OFFICER_KEYS]
    stopped = and_(
        *(getattr(Rating, key).is_not(None) for key in OFFICER_KEYS),
        *(getattr(Rating, key).is_(None) for key in others),
    )
    rows = session.execute(
        select(Rating.counter_id, func.count(), func.count().filter(stopped))
        .where(
            Rating.counter_id.in_(counter_ids),
            Rating.day.between(first, last),
            Rating.tier.in_(OPENED_ON_PHONES),
            Rating.state == "counted",
        )
        .group_by(Rating.counter_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
