"""An officer's own figures: closed quarters, the cells that supervisors see, no rank."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from feedback_app.domain.comparison import compare
from feedback_app.domain.disclosure import Answers, Band, Withheld
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.interval import Mean, mean_of_counts
from feedback_app.domain.skm import TooFew
from feedback_app.services.officer.figures import own_batches
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import UpkeepMark
from feedback_app.storage.queries.unit_officers import BY_COUNTER
from tests.conftest import SteppedClock
from tests.ground.office import Office, add_ratings

FOUR = dict.fromkeys(ALL_KEYS, 4)


def quarter(site: Site, office: Office, name: str, *, best: int, counter: str = "A1") -> None:
    """Ten forms in each month of the third quarter: `best` of them with nothing but 4."""
    for month in (7, 8, 9):
        own = {"officer_id": office.officer[name], "day": date(2026, month, 9)}
        add_ratings(site, office, best, counter=counter, **(FOUR | own))
        add_ratings(site, office, 10 - best, counter=counter, **own)


def test_a_quarter_is_shown_a_week_after_it_is_over(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    quarter(site, office, "Sari", best=4)
    quarter(site, office, "Andi", best=7)
    add_ratings(site, office, 5, day=date(2026, 9, 9), tier="visit", perilaku=2)
    clock.at -= timedelta(days=48)
    assert site.today() == date(2026, 10, 7)
    assert own_batches(site, office.officer["Sari"]) == ()
    clock.at += timedelta(days=1)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert (batch.key, batch.n) == ("2026-t3", 35)
    assert batch.unverified == pytest.approx(30 / 35)
    assert (batch.first, batch.last) == (date(2026, 7, 1), date(2026, 9, 30))
    assert isinstance(batch.mean, Mean)
    assert batch.mean.mean == pytest.approx((12 * 16 + 18 * 12 + 5 * 11) / 35 / 4)
    assert set(batch.items) == set(OFFICER_KEYS)
    assert isinstance(batch.items["perilaku"], Answers)
    assert batch.items["perilaku"].counts == (0, 5, 18, 12)
    assert batch.comparison is None  # one colleague: the comparison would be that person's mean


def test_counters_of_a_unit_are_one_and_units_add_up_where_the_supervisor_sees_the_officer(
    site: Site, office: Office
) -> None:
    quarter(site, office, "Sari", best=4)
    quarter(site, office, "Andi", best=7)
    add_ratings(site, office, 4, counter="A2", day=date(2026, 9, 9), **FOUR)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 34  # four at the other counter: too few there, and part of the unit's
    quarter(site, office, "Sari", best=6, counter="B1")
    others = {"day": date(2026, 9, 9), "counter": "B1", "for_officer": False}
    add_ratings(site, office, 4, **(FOUR | others))
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 34  # in unit B the four others could be had from the counter's own figures
    add_ratings(site, office, 9, **others)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 64
    assert isinstance(batch.mean, Mean)
    assert batch.mean.mean == pytest.approx((16 * 4 + 18 * 3 + 30 * 3.6) / 64)
    assert batch.mean.low < batch.mean.mean < batch.mean.high


EARLY = {key: None for key in OFFICIAL_KEYS if key not in OFFICER_KEYS}


def test_forms_that_stopped_early_stand_beside_from_ten_on_and_are_never_added(
    site: Site, office: Office
) -> None:
    quarter(site, office, "Sari", best=4)
    quarter(site, office, "Andi", best=7)
    own = EARLY | {"day": date(2026, 8, 12)}
    add_ratings(site, office, 6, **own)
    add_ratings(site, office, 4, counter="A2", **(own | {"perilaku": 1}))
    andi = own | {"officer_id": office.officer["Andi"]}
    add_ratings(site, office, 9, **andi)
    add_ratings(site, office, 6, **(andi | {"kepercayaan": 4, "kecepatan": None}))  # in no set
    (batch,) = own_batches(site, office.officer["Andi"])
    assert (batch.n, batch.early) == (30, None)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.early is not None
    assert isinstance(batch.early.mean, Mean)
    assert (batch.n, batch.early.n) == (30, 10)
    assert batch.early.mean.mean == pytest.approx((6 * 12 + 4 * 10) / 40)
    assert isinstance(batch.mean, Mean)
    assert batch.mean.mean == pytest.approx(3.4)


def test_what_was_told_by_counter_before_stays_the_sum_of_it(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    """Who saw thirty at one counter would have the four at the other by subtraction."""
    for month in (10, 11, 12):
        own = {"officer_id": office.officer["Sari"], "day": date(2026, month, 9)}
        add_ratings(site, office, 5, **own)
        add_ratings(site, office, 5, **(FOUR | own))
        unnamed = own | {"officer_id": None, "attribution": "unknown"}
        add_ratings(site, office, 9, **unnamed)
        add_ratings(site, office, 9, counter="A2", **unnamed)
    add_ratings(site, office, 4, counter="A2", day=date(2026, 11, 9))
    clock.at += timedelta(days=60)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 34
    with site.db.transaction() as tx:
        row = {"name": BY_COUNTER, "day": date(2027, 1, 8)}
        tx.execute(delete(UpkeepMark).where(UpkeepMark.name == BY_COUNTER))
        bulk.add_rows(tx, "upkeep_mark", [row])
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 30
    with site.db.transaction() as tx:
        tx.execute(update(UpkeepMark).values(day=date(2027, 1, 7)))
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.n == 34  # the quarter came out the day after


def test_too_few_and_withheld_hold_no_number(site: Site, office: Office) -> None:
    quarter(site, office, "Sari", best=4)
    add_ratings(site, office, 4, officer_id=office.officer["Andi"], day=date(2026, 9, 9))
    (few,) = own_batches(site, office.officer["Andi"])
    assert (few.mean, dict(few.items), few.n) == (TooFew(n=4, needed=10), {}, 0)
    (withheld,) = own_batches(site, office.officer["Sari"])
    assert (withheld.mean, dict(withheld.items)) == (Withheld(30), {})
    assert own_batches(site, office.officer["Dewi"]) == ()


def test_where_nearly_all_gave_one_answer_a_band_is_shown(site: Site, office: Office) -> None:
    quarter(site, office, "Sari", best=10)
    quarter(site, office, "Andi", best=3)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert isinstance(batch.mean, Band)
    assert all(isinstance(item, Band) for item in batch.items.values())
    (other,) = own_batches(site, office.officer["Andi"])
    assert isinstance(other.mean, Band)  # else the first is the whole minus the other


def test_three_colleagues_make_a_comparison(site: Site, office: Office) -> None:
    with site.db.transaction() as tx:
        row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "nip": "1"}
        row |= {"name": "Umar Contoh", "display_name": "Bapak Umar", "employment": "PNS"}
        office.officer["Umar"] = bulk.add_rows(tx, "officer", [row | {"retired_on": None}])[0]
    for name, best in (("Sari", 4), ("Andi", 7), ("Dewi", 6), ("Umar", 5)):
        quarter(site, office, name, best=best)
    (batch,) = own_batches(site, office.officer["Sari"])
    assert batch.comparison is not None
    assert batch.comparison.officers == 3
    assert batch.comparison.others.mean == pytest.approx(3.6, abs=0.02)
    assert isinstance(batch.mean, Mean)
    assert batch.mean.mean < batch.comparison.own_shrunken <= batch.comparison.others.mean + 0.02


def test_shrinking_follows_what_chance_explains() -> None:
    def mean(best: int) -> Mean:
        found = mean_of_counts((0, 0, 100 - best, best), at_least=10)
        assert isinstance(found, Mean)
        return found

    alike = compare(mean(50), [mean(60), mean(61), mean(59)])
    assert alike is not None
    assert alike.own_shrunken == pytest.approx(alike.others.mean)  # chance explains it all
    apart = compare(mean(20), [mean(90), mean(50), mean(10)])
    assert apart is not None
    assert apart.own_shrunken == pytest.approx(3.2, abs=0.03)  # own answers say most
    assert compare(mean(50), [mean(60), mean(61)]) is None
