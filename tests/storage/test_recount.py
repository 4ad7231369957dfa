"""A recount finds every tally row that is on one side only, or differs."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Tally
from tests.ground.office import Office, add_ratings

KINDS = ("changed", "missing", "made up", "of another officer")


@pytest.mark.parametrize("kind", KINDS)
def test_a_recount_tells_how_many_rows_are_on_one_side_only(
    site: Site, office: Office, kind: str
) -> None:
    add_ratings(site, office, 2)
    add_ratings(site, office, 1, state="held", for_officer=False)
    assert tally_differences(site) == 0
    counted = Tally.c.state == "counted"
    with site.db.transaction() as tx:
        (row,) = tx.execute(select(Tally).where(counted)).mappings().all()
        if kind == "changed":
            tx.execute(update(Tally).where(counted).values(waktu_1=1))
        elif kind == "missing":
            tx.execute(delete(Tally).where(counted))
        elif kind == "made up":
            tx.execute(insert(Tally).values(dict(row) | {"tier": "kiosk"}))
        else:
            tx.execute(update(Tally).where(counted).values(officer_id=0))
    expected = {"changed": 2, "missing": 1, "made up": 1, "of another officer": 2}
    assert tally_differences(site) == expected[kind]
