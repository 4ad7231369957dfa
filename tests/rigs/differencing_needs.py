"""What the differencing bot carries home from pages of needs, as if everybody had every need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from feedback_app.domain.disclosure import Answers
from feedback_app.domain.disclosure.needs import ShownGap
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.needs import lines
from feedback_app.services.needs.page import need_blocks
from feedback_app.services.site import Site
from feedback_app.storage.models import NeedRow
from feedback_app.storage.queries.needs import counter_names
from tests.conftest import Browser
from tests.ground.need_rows import add_need
from tests.ground.office import Office

TENTHS, TENS = 10, 10
EXACT = {"gap": -0.4321, "low": -0.5678, "high": -0.2345, "n": 487, "reliability": 0.8765}

# counter, element, first and last day, how many, mean: a claim that the judge checks
Claim = Callable[[str, str, date, date, int, float], None]


def give_everybody_needs(site: Site, office: Office) -> list[int]:
    """A need of each officer and counter for each element; their numbers, the same each day."""
    with site.db.read() as session:
        of_data = select(NeedRow.id).where(NeedRow.voice == "data")  # proposals have no blocks
        found = list(session.scalars(of_data.order_by(NeedRow.id)))
    if found:
        return found
    homes = {"A1": "A", "A2": "A", "A3": "A", "B1": "B"}
    for item in OFFICER_KEYS:
        for officer_id in office.officer.values():
            add_need(site, office, level="officer", ref_id=officer_id, item=item, **EXACT)
        for code, counter_id in office.counter.items():
            add_need(
                site,
                office,
                **EXACT | {"ref_id": counter_id, "item": item, "nature": "process"},
                unit_id=office.unit[homes[code]],
            )
    return give_everybody_needs(site, office)


def file_tells_too_much(book: Any) -> set[str]:
    """Figures of HR's workbook that are finer than tenths of a point and tens of answers."""
    found = set()
    for row in book["Kebutuhan"].iter_rows(min_row=2, values_only=True):
        points, counts = row[3:6], row[6:8]
        found |= {f"gap {v}" for v in points if abs(v * TENTHS - round(v * TENTHS)) > 1e-9}
        found |= {f"count {v}" for v in counts if v is not None and v % TENS}
    return found


def claim_blocks(site: Site, office: Office, need_ids: list[int], claim: Claim) -> set[str]:
    """The blocks behind each need are claims like the supervisor's; their means as printed."""
    codes = {name: code for code, name in _names(site, office).items()}
    hana = Viewer(1, office.agency_id, "hana", "Hana", Role.HR, frozenset(), None)
    printed = set()
    for need_id in need_ids:
        found = need_blocks(site, hana, need_id)
        for counter in found.counters:
            for one in counter.lines:
                if isinstance(one.shown, Answers):
                    mean = one.shown.mean
                    claim(
                        codes[counter.name], found.line.item, one.first, one.last, mean.n, mean.mean
                    )
                    printed.add(f"{mean.mean:.2f}".replace(".", ","))
    return printed


def _names(site: Site, office: Office) -> dict[str, str]:
    with site.db.read() as session:
        names = counter_names(session, agency_id=office.agency_id)
    return {code: names[key] for code, key in office.counter.items()}


def addresses(need_ids: list[int]) -> dict[str, list[str]]:
    """Log-in -> the pages of needs that are theirs."""
    of_hr = [f"/staf/kebutuhan/{one}{rest}" for one in need_ids for rest in ("", "/blok")]
    return {
        "hana": ["/staf/kebutuhan/", "/staf/kebutuhan/unduh.csv", *of_hr],
        "alice": [
            "/staf/kebutuhan-unit/",
            *(f"/staf/kebutuhan-unit/{one}" for one in need_ids),
        ],
        "oki": ["/staf/saya/", *(f"/staf/saya/kebutuhan/{one}" for one in need_ids)],
    }


def browsers(app: Any) -> dict[str, Browser]:
    """Everybody who reads needs, logged in."""
    return {name: Browser(app.test_client()).log_in(name) for name in addresses([])}


@contextmanager
def exact_gaps() -> Iterator[None]:
    """Planted: gaps with all their decimals, and exact numbers of answers."""

    def exact(**figures: Any) -> ShownGap:
        return ShownGap(figures["gap"], figures["low"], figures["high"], figures["n"], 88)

    with patch.object(lines, "shown_gap", exact):
        yield
