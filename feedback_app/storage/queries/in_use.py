"""Which ways of giving an answer an agency uses, beside the card at the counter."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import CodeBatch, CounterTiers, Device, PaperBatch, QueueKey


def ways_in_use(session: Session, agency_id: int, *, unit_ids: Collection[int] | None) -> list[str]:
    """'codes', 'paper', 'devices', 'tiers': what is there, of these units or (None) of all.

    Devices and tiers are the agency's. Asked for with each page of the staff: one statement.
    """
    codes, keys, paper = (
        exists().where(model.agency_id == agency_id)
        if unit_ids is None
        else exists().where(model.agency_id == agency_id, model.unit_id.in_(unit_ids))
        for model in (CodeBatch, QueueKey, PaperBatch)
    )
    row = session.execute(
        select(
            (codes | keys).label("codes"),
            paper.label("paper"),
            exists().where(Device.agency_id == agency_id).label("devices"),
            exists().where(CounterTiers.agency_id == agency_id).label("tiers"),
        )
    ).one()
    return [name for name, is_used in row._mapping.items() if is_used]
