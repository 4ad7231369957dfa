"""Load the made-up office: people and places, roster, visits, ratings, tallies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from feedback_app.demo import answers, causes, devices, office, roster, words
from feedback_app.demo.codes import add_codes
from feedback_app.demo.events import let_happen
from feedback_app.demo.happenings import add_happenings
from feedback_app.demo.needs import add_needs
from feedback_app.demo.places import Places, add_agency, add_places
from feedback_app.demo.plans import add_plans
from feedback_app.demo.records import add_trainings
from feedback_app.demo.surveys import add_surveys
from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION, OFFICIAL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.roles import Role
from feedback_app.domain.roster import COUNTS_FOR_OFFICER
from feedback_app.services.access import accounts
from feedback_app.services.impact import study as impact_study
from feedback_app.services.site import Site
from feedback_app.storage import anew, bulk, comments, ratings

MONTHS = 24
RATINGS = 40_000
SEED = 20_261_124
BATCH = 4_000
MADE_BEFORE = timedelta(days=14)  # a month's roster is written two weeks ahead
VISITS_A_RATING = 3.1  # 5,150 visits a month against about 1,670 ratings

Progress = Callable[[Iterable[Any]], Iterable[Any]]


def load_demo(site: Site, *, progress: Progress, rating_count: int = RATINGS) -> dict[str, int]:
    """Load everything in one transaction and one more for accounts; return what was counted."""
    rng = np.random.default_rng(SEED)
    last = site.today() - timedelta(days=1)
    first = _months_before(last, MONTHS)
    shifts = list(roster.shifts(first, last, rng))
    if last not in {shift.day for shift in shifts}:  # yesterday is always a day with ratings
        shifts += list(roster.shifts_ahead(last, rng))[: 2 * len(office.COUNTERS) + 1]
    visits = _visits(shifts, rng, rating_count)
    with site.db.transaction() as tx:
        agency_id = add_agency(tx)
        places = add_places(tx, agency_id)
        shift_rows = [*shifts, *roster.shifts_ahead(site.today(), rng)]
        bulk.add_rows(tx, "shift", [_shift_row(s, places) for s in shift_rows])
        visit_rows = _visit_rows(visits, places)
        bulk.add_rows(tx, "visit_count", visit_rows)
        add_codes(tx, places, visit_rows, last=last)
        rows = _rating_rows(visits, places, rng, rating_count, last=last)
        for start in progress(range(0, len(rows), BATCH)):
            part = rows[start : start + BATCH]
            bulk.add_rows(tx, "rating", [row for row, _comment in part])
            bulk.add_rows(tx, "comment", _comment_rows(part, rng))
        ratings.rebuild_tally(tx)
        add_happenings(tx, places, first=first, last=last)
        anew.note_written(tx, last)  # made-up answers came in no order
        attendances = add_trainings(tx, places, last=last, now=site.now())
    _add_accounts(site, agency_id, places)
    cases = let_happen(site, places, last=last)
    impact_study.run_first_study(site, agency_id)
    add_needs(site, places)
    add_plans(site, places)
    surveys = add_surveys(site, places, first=first, last=last)
    return {
        "ratings": len(rows),
        "shifts": len(shift_rows),
        "officers": len(office.OFFICERS),
        "attendances": attendances,
        "surveys": surveys,
        "cases": cases,
    }


def _shift_row(shift: roster.DemoShift, places: Places) -> dict[str, Any]:
    end_day = shift.day if shift.ends else shift.day + timedelta(days=1)
    return {
        "agency_id": places.agency_id,
        "officer_id": places.officers[shift.officer],
        "counter_id": places.counters[shift.counter],
        "starts_at": local_instant(shift.day, shift.starts),
        "ends_at": local_instant(end_day, shift.ends or time(0)),
        "recorded_at": local_instant(shift.day - MADE_BEFORE, time(8)),
        "withdrawn_at": None,
    }


class _Visits:
    """One entry a visit: day, counter, service, officer and the others of that day."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.counters: list[int] = []
        self.services: list[str] = []
        self.officers: list[int] = []
        self.officers_that_day: dict[tuple[date, int], int] = {}


def _visits(shifts: list[roster.DemoShift], rng: np.random.Generator, rating_count: int) -> _Visits:
    volume = {service.code: service.monthly for service in office.SERVICES}
    weights = []
    visits = _Visits()
    for shift in shifts:
        counter = office.COUNTERS[shift.counter]
        weight = counter.weight * sum(volume[code] for code in counter.services) ** 0.7
        weights.append(weight * (1.5 if roster.is_busy_season(shift.day) else 1.0))
        key = (shift.day, shift.counter)
        visits.officers_that_day[key] = visits.officers_that_day.get(key, 0) + 1
    share = np.array(weights) / sum(weights)
    expected = share * rating_count * VISITS_A_RATING
    for shift, count in zip(shifts, rng.poisson(expected), strict=True):
        codes = office.COUNTERS[shift.counter].services
        odds = np.array([volume[code] for code in codes], dtype=float)
        drawn = rng.choice(codes, size=count, p=odds / odds.sum())
        visits.days += [shift.day] * int(count)
        visits.counters += [shift.counter] * int(count)
        visits.officers += [shift.officer] * int(count)
        visits.services += [str(code) for code in drawn]
    return visits


def _visit_rows(visits: _Visits, places: Places) -> list[dict[str, Any]]:
    counts: dict[tuple[date, int, str], int] = {}
    for key in zip(visits.days, visits.counters, visits.services, strict=True):
        counts[key] = counts.get(key, 0) + 1
    return [
        {
            "agency_id": places.agency_id,
            "day": day,
            "counter_id": places.counters[counter],
            "service_id": places.services[service],
            "visits": count,
        }
        for (day, counter, service), count in counts.items()
    ]


def _rating_rows(
    visits: _Visits, places: Places, rng: np.random.Generator, rating_count: int, *, last: date
) -> list[tuple[dict[str, Any], str]]:
    """Some visitors answer: a bit more often when things went badly or very well."""
    values = answers.draw_answers(
        visits.days, np.array(visits.officers), np.array(visits.counters), rng
    )
    mean = np.mean([values[key] for key in OFFICIAL_KEYS], axis=0)
    eager = 1 + 0.15 * np.abs(mean - 3.2)
    chance = np.clip(eager / eager.sum() * rating_count, 0, 1)
    answering = np.flatnonzero(rng.random(len(mean)) < chance)
    names = _draw_names(len(answering), rng)
    tiers = devices.tiers(visits.days, visits.counters, last=last)
    rows = []
    # streams of their own: other figures stay
    said, early = np.random.default_rng(SEED + 1), np.random.default_rng(SEED + 2)
    for position, visit in enumerate(answering):
        row = _rating_row(visits, int(visit), values, places, rng)
        row["id"], row["tier"] = names[position], tiers[visit]
        row["for_officer"] = row["attribution"] in COUNTS_FOR_OFFICER and devices.is_for_officer(
            tiers[visit], day=row["day"], counter=visits.counters[visit], last=last
        )
        row |= answers.left_open(early)
        row |= causes.details(row, visits.counters[visit], said)
        rows.append((row, _comment(float(mean[visit]), rng)))
    return rows


def _comment_rows(
    part: list[tuple[dict[str, Any], str]], rng: np.random.Generator
) -> list[dict[str, Any]]:
    said = [(row, text) for row, text in part if text]
    names = _draw_names(len(said), rng)
    return [
        comments.comment_row(row, text, day=row["day"], comment_id=name)
        for (row, text), name in zip(said, names, strict=True)
    ]


def _draw_names(count: int, rng: np.random.Generator) -> list[str]:
    raw = rng.bytes(16 * count)
    return [raw[16 * i : 16 * i + 16].hex() for i in range(count)]


def _rating_row(
    visits: _Visits,
    visit: int,
    values: dict[str, np.ndarray],
    places: Places,
    rng: np.random.Generator,
) -> dict[str, Any]:
    day, counter = visits.days[visit], visits.counters[visit]
    served_by, attribution = _served(visits.officers_that_day[day, counter], rng.random())
    is_partial = rng.random() < 0.03
    knows_officer = attribution != "unknown"
    row: dict[str, Any] = {
        "agency_id": places.agency_id,
        "counter_id": places.counters[counter],
        "service_id": places.services[visits.services[visit]],
        "officer_id": places.officers[visits.officers[visit]] if knows_officer else None,
        "attribution": attribution,
        "served_by": served_by,
        "day": day,
        "visit_day": None if served_by == "not_sure" else day,
        "extra": {},
        "visit_purpose": "apply" if rng.random() < 0.6 else "collect",
        "instrument_version": INSTRUMENT_VERSION,
        "language": "en" if rng.random() < 0.01 else "id",
        "state": "counted",
    }
    for key in ALL_KEYS:
        row[key] = int(values[key][visit])
    if is_partial:
        row[OFFICIAL_KEYS[int(rng.integers(len(OFFICIAL_KEYS)))]] = None
    tells = rng.random() < 0.7
    for band in BANDS:
        choice = band.choices[int(rng.integers(len(band.choices)))][0]
        row[band.key] = choice if tells else None
    if row["needs_help"] == "yes" and rng.random() < 0.9:
        row["needs_help"] = "no"
    return row


def _served(officers_that_day: int, draw: float) -> tuple[str, str]:
    if draw < 0.78:
        return "officer", "confirmed" if officers_that_day == 1 else "chosen"
    if draw < 0.83:
        return "another", "unknown"
    return "not_sure", "roster" if draw < 0.93 else "unknown"


def _comment(mean: float, rng: np.random.Generator) -> str:
    if rng.random() > 0.08:
        return ""
    sentences = words.THANKS if mean > 3.4 else words.MIDDLE if mean > 2.8 else words.BLAME
    return sentences[int(rng.integers(len(sentences)))]


def _add_accounts(site: Site, agency_id: int, places: Places) -> None:
    for username, name, role, units in office.LOGINS:
        accounts.create_account(
            site,
            agency_id=agency_id,
            username=username,
            name=name,
            role=Role(role),
            unit_ids=frozenset(places.units[code] for code in units),
            password=office.DEMO_PASSWORD,
            officer_id=places.officers[office.ROOM_OWNER] if role == Role.OFFICER else None,
        )


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - (months - 1)
    return date(number // 12, number % 12 + 1, 1)
