"""A small office over one quarter and a fortnight: few ratings a day, weeks of one officer each.

Andi and Dewi serve in both units, Sari in unit B for a few. In the middle of the quarter Sari and Dewi
change places, for good. Counter A3 has nine complete forms in all. Some forms stop early, of a few
officers too few to be told.
"""

from __future__ import annotations

import random
import secrets
from datetime import date, timedelta
from typing import Any

from feedback_app.domain.causes import CAUSES, LOW, OF_ELEMENT, VISIT_FACTS, packed
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS
from feedback_app.services.site import Site
from feedback_app.storage import bulk, ratings
from tests.ground.office import Office, rating_row

FIRST = date(2026, 7, 1)
FORTNIGHT = date(2026, 9, 28)  # a month ends in it, a quarter does, and its parts come out
TURN = date(2026, 9, 14)
SWAP = date(2026, 8, 17)
IN_B = ("Dewi", "Andi")
A_DAY = {"A1": 5, "A2": 3, "B1": 2}
NOT_OF_OFFICERS = [key for key in ALL_KEYS if key not in OFFICER_KEYS]
OLD_ROW_DAYS = [date(2026, 8, 3) + timedelta(days=7 * n) for n in range(5)]
UNTICKED = [causes[0] for causes in OF_ELEMENT.values()]
BEST = {"biaya": 0.97}  # share of 4; nearly everybody says that it was free


def add_day(site: Site, office: Office, day: date, *, seed: int) -> int:
    """One day's ratings, as few as a village counter gets; return how many."""
    if day.weekday() >= 5:
        return 0
    rng = random.Random(f"{seed}/{day}")
    rows = [
        _rating(office, counter, day, rng)
        for counter, usual in A_DAY.items()
        for _ in range(rng.randint(0, 2 * usual))
    ]
    rows += _stopped_early(office, day, random.Random(f"early/{seed}/{day}"))
    rows += _at_the_third(office, day, rng)
    said = random.Random(f"causes/{seed}/{day}")  # a stream of its own: the answers stay
    rows = [row | _details(row, said) for row in rows]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", rows)
        for row in rows:
            ratings.count(tx, row)
    return len(rows)


def add_counter(site: Site, office: Office) -> None:
    """A third counter of unit A, where hardly anybody comes."""
    own = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "code": "A3"}
    own |= {"name": "Loket A3", "number": 14, "card_serial": 1, "retired_on": None}
    with site.db.transaction() as tx:
        office.counter["A3"] = bulk.add_rows(tx, "counter", [own])[0]


def add_history(site: Site, office: Office, *, seed: int) -> int:
    """Every day before the fortnight."""
    days = (FORTNIGHT - FIRST).days
    return sum(add_day(site, office, FIRST + timedelta(days=n), seed=seed) for n in range(days))


def add_old_row(site: Site, office: Office) -> None:
    """Sari once more under an old number, by which a few named her: too few to be shown."""
    person: dict[str, Any] = {
        "agency_id": office.agency_id,
        "unit_id": office.unit["A"],
        "retired_on": None,
    }
    person |= {"nip": "198001012010012009", "name": "Budi Contoh", "display_name": "Bapak Budi"}
    with site.db.transaction() as tx:
        number = bulk.add_rows(tx, "officer", [person | {"employment": "PPPK"}])[0]
        for day in OLD_ROW_DAYS:
            row = rating_row(office, counter="A1") | {"officer_id": number, "day": day}
            row |= {"visit_day": day, "for_officer": True}
            bulk.add_rows(tx, "rating", [row])
            ratings.count(tx, row)


def _rating(office: Office, counter: str, day: date, rng: random.Random) -> dict[str, Any]:
    mood = rng.random()
    row = rating_row(office, counter=counter) | {"id": secrets.token_hex(16), "day": day}
    row |= {key: _answer(rng, BEST.get(key, 0.2 + 0.5 * mood)) for key in ALL_KEYS}
    row["service_id"] = _service(office, day, rng)
    here, there = ("Sari", "Dewi") if day < SWAP else ("Dewi", "Sari")
    names = {"A1": (here, "Andi"), "A2": (there, "Andi"), "A3": (here, "Andi")}.get(counter, IN_B)
    in_turn = names[day.isocalendar().week % 2]
    named = rng.random() < 0.75
    whoever = (*names, "Sari") if counter == "B1" else names
    row["officer_id"] = office.officer[in_turn if rng.random() < 0.9 else rng.choice(whoever)]
    if not named:
        row |= {"officer_id": None, "attribution": "unknown", "served_by": "not_sure"}
    row["for_officer"] = named
    if rng.random() < 0.05:
        row[rng.choice(ALL_KEYS)] = None
    row["state"] = rng.choices(("counted", "held", "aside"), (94, 4, 2))[0]
    row["tier"] = "visit" if rng.random() < 0.3 else "poster"
    return row


def _stopped_early(office: Office, day: date, rng: random.Random) -> list[dict[str, Any]]:
    """Forms with the four answers about the officer and few others; none is complete."""
    rows = []
    for counter in A_DAY:
        if rng.random() < 0.35:
            row = _rating(office, counter, day, rng) | dict.fromkeys(NOT_OF_OFFICERS)
            row |= {key: row[key] or 3 for key in OFFICER_KEYS}
            rows.append(row)
    return rows


def _at_the_third(office: Office, day: date, rng: random.Random) -> list[dict[str, Any]]:
    """One complete form a Wednesday, nine of them in the quarter, of Andi most times."""
    if day.weekday() != 2 or not FIRST + timedelta(days=14) <= day < date(2026, 9, 16):
        return []
    row = _rating(office, "A3", day, rng) | {"state": "counted", "tier": "visit"}
    row |= {key: row[key] or 3 for key in ALL_KEYS}
    who = "Sari" if day.day % 5 == 0 else "Andi"
    named = {"officer_id": office.officer[who], "attribution": "chosen", "for_officer": True}
    return [row | named | {"served_by": "officer"}]


def _details(row: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A cause or two under most low answers, and facts from two of three.

    The first cause of each element nobody ticks: of few low answers, a share of 0 would tell so.
    """
    low = [cause for cause in CAUSES if row[cause.element] in LOW]
    facts = {fact.key: rng.choice(fact.choices)[0] for fact in VISIT_FACTS}
    tells = rng.random() < 0.67
    ticked = packed([cause for cause in low if rng.random() < 0.4 and cause not in UNTICKED])
    return {"causes": ticked} | (facts if tells else {})


def _answer(rng: random.Random, best: float) -> int:
    return 4 if rng.random() < best else rng.choices((1, 2, 3), (1, 2, 5))[0]


def _service(office: Office, day: date, rng: random.Random) -> int | None:
    """Family cards took over in mid-September: services that live in their own weeks."""
    if rng.random() < 0.04:
        return None
    return office.service["kk" if (day >= TURN) == (rng.random() < 0.99) else "ktp"]
