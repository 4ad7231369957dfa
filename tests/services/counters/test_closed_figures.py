"""A counter's blocks beside its unit's official survey; both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.services.cache import Memory
from feedback_app.services.counters.closed_figures import grids
from feedback_app.services.site import Site
from tests.conftest import SteppedClock
from tests.ground.office import Office, add_ratings

JULY = date(2026, 7, 1)


def add_forms(site: Site, office: Office, counter: str, day: date, n: int) -> None:
    """So many complete forms, not of one mind."""
    add_ratings(site, office, n // 2, counter=counter, day=day, **dict.fromkeys(ALL_KEYS, 4))
    add_ratings(site, office, n - n // 2, counter=counter, day=day)


def shown(site: Site, office: Office, *codes: str) -> dict[str, list[int]]:
    ids = {office.counter[code]: code for code in codes}
    with site.db.read() as session:
        found = grids(site, session, list(ids), oldest=JULY)
    return {ids[one]: [block.n for block in grid.blocks] for one, grid in found.items()}


def test_seven_forms_of_another_counter_do_not_follow_from_the_units_survey(
    site: Site, office: Office
) -> None:
    """A1's last block stays back with A2's seven, however few counters are asked for."""
    for day, n in ((2, 12), (3, 11), (20, 14)):
        add_forms(site, office, "A1", date(2026, 7, day), n)
    add_forms(site, office, "A2", date(2026, 8, 5), 7)
    add_forms(site, office, "B1", date(2026, 8, 5), 12)
    assert shown(site, office, "A1") == {"A1": [12, 11]}
    assert shown(site, office, "A2", "B1", "A1") == {"A1": [12, 11], "A2": [], "B1": [12]}


def test_ten_forms_of_other_counters_hide_nothing(site: Site, office: Office) -> None:
    add_forms(site, office, "A1", date(2026, 7, 2), 12)
    assert shown(site, office, "A1", "A2") == {"A1": [12], "A2": []}


def test_a_counter_with_ten_forms_shows_them_itself(site: Site, office: Office) -> None:
    add_forms(site, office, "A1", date(2026, 7, 2), 12)
    add_forms(site, office, "A2", date(2026, 8, 5), 10)
    assert shown(site, office, "A1", "A2") == {"A1": [12], "A2": [10]}


def test_blocks_in_memory_are_those_of_a_recount(site: Site, office: Office) -> None:
    """Of quarters that are over, the running one, a counter without any, and some asked before."""
    for day, n in ((date(2026, 2, 3), 13), (date(2026, 6, 30), 11), (date(2026, 7, 1), 25)):
        add_forms(site, office, "A1", day, n)
    for day in (2, 3, 4):
        add_forms(site, office, "B1", date(2026, 11, day), 10)
    for oldest in (date(2026, 5, 1), date(2026, 8, 1), date(2025, 12, 1)):
        for codes in (["A1"], ["A1", "A2", "B1"]):
            ids = [office.counter[code] for code in codes]
            for newest in (None, date(2026, 6, 30), date(2026, 9, 30)):
                fresh = replace(site, closed=Memory())
                with site.db.read() as session:
                    kept = grids(site, session, ids, oldest=oldest, newest=newest)
                    assert kept == grids(fresh, session, ids, oldest=oldest, newest=newest)
    assert shown(site, office, "A1", "B1") == {"A1": [25], "B1": [10, 10]}


def test_answers_that_come_late_show_at_once(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    """One of a quarter's last evening may still be on its way when the next day begins."""
    clock.at = local_instant(date(2026, 10, 1), time(0, 1))
    add_forms(site, office, "A1", date(2026, 9, 29), 12)
    assert shown(site, office, "A1") == {"A1": [12]}
    add_forms(site, office, "A1", date(2026, 9, 30), 10)
    assert shown(site, office, "A1") == {"A1": [12, 10]}
