"""Without a camera: offices and counters by name, and what a typed or pasted text leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from feedback_app.domain.codes import place_code
from feedback_app.services.site import Site
from feedback_app.storage.queries import places
from feedback_app.storage.queries.places import CounterOnCard

# The last part of an address of ours: form, ticket, display, receipt.
ADDRESS = re.compile(r"/([qvdr])/([^/?#\s]+)")
LONGEST_TYPED = 200  # letters; an address of ours is under 100


@dataclass(frozen=True, slots=True)
class Way:
    """A counter by name, and the code of its form."""

    name: str
    code: str
    services: str


@dataclass(frozen=True, slots=True)
class Office:
    """A unit with its counters, by code."""

    agency: str
    unit: str
    counters: tuple[Way, ...]


def offices(site: Site) -> list[Office]:
    """Every open counter of the site, unit by unit."""
    found = sorted(_counters(site), key=lambda one: (one.agency.name, one.unit.name))
    return [
        Office(agency, unit, tuple(_way(site, one) for one in some))
        for (agency, unit), some in groupby(found, key=lambda one: (one.agency.name, one.unit.name))
    ]


def in_address(text: str) -> tuple[str, str]:
    """('q', code) of a pasted address of ours, whatever stands around it; ('', text) else."""
    found = ADDRESS.search(text)
    kind, rest = (found[1], found[2]) if found else ("", text)
    return kind, rest.strip(" ./,;")


def counters_named(site: Site, text: str) -> list[tuple[str, Way]]:
    """(unit, counter) that a person calls so: by code, or by the beginning of the name."""
    said = " ".join(text.casefold().split())
    if not said:
        return []
    found = _counters(site)
    same = [one for one in found if one.counter.code.casefold() == said]
    if not same:
        begins = re.compile(re.escape(said) + r"\b")
        same = [one for one in found if begins.match(one.counter.name.casefold())]
    return [(one.unit.name, _way(site, one)) for one in same]


def _counters(site: Site) -> list[CounterOnCard]:
    with site.db.read() as session:
        return places.counters_on_cards(session, agency_id=None)


def _way(site: Site, one: CounterOnCard) -> Way:
    counter = one.counter
    code = place_code(counter.number, counter.card_serial, key=site.settings.place_key)
    return Way(counter.name, code, " · ".join(one.services))
