"""A counter's blocks beside its unit's official survey; both engines."""

from __future__ import annotations

from datetime import date

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.counters.closed_figures import grids
from feedback_app.services.site import Site
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
