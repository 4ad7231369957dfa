"""What is ticked under a low answer: kept, counted in the same transaction, moved by verdicts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from feedback_app.domain.causes import unpacked
from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import rebuild_tallies, tally_differences
from feedback_app.storage.models import DetailTally, Rating
from feedback_app.storage.verdicts import Change, append_verdicts
from tests.conftest import Browser
from tests.ground.office import Office
from tests.web.test_citizen import opened


def counted(site: Site) -> dict[tuple[str, str, str], int]:
    """How many said what, by state."""
    with site.db.read() as session:
        rows = session.execute(select(DetailTally)).mappings().all()
    return {(row["state"], row["item"], row["choice"]): row["n"] for row in rows}


def only(site: Site) -> Rating:
    """The one rating there is."""
    with site.db.read() as session:
        return session.scalars(select(Rating)).one()


def send(citizen: Browser, place: str, **changed: Any) -> int:
    """Send a form on which everything was answered with 3 but what is changed."""
    return citizen.post(f"/q/{place}", data=opened(citizen, place) | changed).status_code


def test_a_cause_and_the_facts_are_kept_and_counted(
    citizen: Browser, place: str, site: Site
) -> None:
    status = send(
        citizen, place, perilaku="2", c2="on", c4="on", visits_needed="3_up", ready_on_time="no"
    )
    assert status == 303
    row = only(site)
    assert [cause.key for cause in unpacked(row.causes)] == ["nada_kasar", "sibuk_sendiri"]
    assert (row.visits_needed, row.ready_on_time) == ("3_up", "no")
    assert row.instrument_version == INSTRUMENT_VERSION
    assert counted(site) == {
        ("counted", "perilaku", "nada_kasar"): 1,
        ("counted", "perilaku", "sibuk_sendiri"): 1,
        ("counted", "visits_needed", "3_up"): 1,
        ("counted", "ready_on_time", "no"): 1,
    }
    assert tally_differences(site) == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"perilaku": "4", "c2": "on"},  # became better afterwards
        {"perilaku": "", "c2": "on", "as_is": "1"},  # without an answer
        {"perilaku": "1", "c0": "on", "c52": "on", "c-1": "on", "c²": "on"},
        {"visits_needed": "4", "ready_on_time": "yes' OR 1=1"},
    ],
)
def test_ticks_that_fit_nothing_cost_no_answer(
    citizen: Browser, place: str, site: Site, odd: dict[str, str]
) -> None:
    assert send(citizen, place, **odd) == 303
    row = only(site)
    assert (row.waktu, row.causes, row.visits_needed, row.ready_on_time) == (3, None, None, None)
    assert counted(site) == {}


def test_causes_alone_are_no_rating(citizen: Browser, place: str, site: Site) -> None:
    assert send(citizen, place, **dict.fromkeys(ALL_KEYS, ""), c2="on", as_is="1") == 422
    with site.db.read() as session:
        assert session.scalars(select(Rating)).all() == []


def test_ticks_stay_in_a_form_that_is_shown_again(citizen: Browser, place: str) -> None:
    said = {"perilaku": "1", "waktu": "", "c2": "on", "visits_needed": "2"}
    page = citizen.post(f"/q/{place}", data=opened(citizen, place) | said).get_data(as_text=True)
    assert 'name="c2" checked' in page
    assert 'name="c1" checked' not in page
    assert 'name="visits_needed" value="2" checked' in page


def test_another_tick_in_a_form_sent_twice_is_another_answer(citizen: Browser, place: str) -> None:
    first = opened(citizen, place) | {"perilaku": "1", "c2": "on"}
    codes = [
        citizen.post(f"/q/{place}", data=data).status_code
        for data in (first, first, first | {"c3": "on"})
    ]
    assert codes == [303, 303, 409]


def test_a_verdict_moves_details_and_a_recount_is_equal(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    send(citizen, place, waktu="1", c18="on", served_by=f"o{office.officer['Sari']}")
    row = only(site)
    with site.db.transaction() as tx:
        held = Change(row.id, "held", for_officer=False, counted_on=row.day)
        append_verdicts(tx, [held], reason="a rule", at=site.now(), case_id=None)
    assert counted(site) == {("held", "waktu", "antre_lama"): 1}
    assert tally_differences(site) == 0


def test_a_recount_finds_a_detail_that_is_wrong_and_a_rebuild_mends_it(
    citizen: Browser, place: str, site: Site
) -> None:
    send(citizen, place, waktu="1", c18="on", visits_needed="1")
    right = counted(site)
    with site.db.transaction() as tx:
        tx.execute(update(DetailTally).where(DetailTally.c.item == "waktu").values(n=7))
        tx.execute(delete(DetailTally).where(DetailTally.c.item == "visits_needed"))
    assert tally_differences(site) == 3
    rebuild_tallies(site)
    assert (counted(site), tally_differences(site)) == (right, 0)
