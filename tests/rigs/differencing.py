"""The differencing bot (P19): walks every page and file day after day and subtracts all it gets.

Example: .venv/bin/python tests/rigs/differencing.py --days 14 --seed 0
On the day after the quarter's parts came out two appeals are upheld, a day of absence with a few
answers and one tier of another officer, and the bot has the figures of before and after. When the
quarter is over each unit's official survey is closed, and its exact counts are subtracted as well.
Prints what was collected and what came out, for the product and for five planted faults that must be
found; exits 1 when the product gives away a group of fewer than ten or a planted fault hides.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import openpyxl
from flask import Flask
from sqlalchemy import select

from feedback_app import create_app
from feedback_app.config import Settings as SiteSettings
from feedback_app.domain import disclosure
from feedback_app.domain.causes import LOW, VISIT_FACTS
from feedback_app.domain.disclosure import causes as gate_of_causes
from feedback_app.domain.disclosure import parts as gate_of_parts
from feedback_app.domain.disclosure.causes import tens
from feedback_app.domain.elements import ALL_KEYS, ELEMENTS, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.periods import PERIOD_KEYS
from feedback_app.domain.roles import Role
from feedback_app.domain.skm import BANDS, TooFew
from feedback_app.domain.survey import Span
from feedback_app.files.survey_facts import SurveyFacts
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases.decisions import close_case
from feedback_app.services.citizen.holding import new_case
from feedback_app.services.counters import closed_figures, dashboard
from feedback_app.services.officer import figures as officer_figures
from feedback_app.services.site import Site, open_site
from feedback_app.services.survey import closing
from feedback_app.services.survey import facts as survey_facts
from feedback_app.services.survey import periods as surveys
from feedback_app.services.survey.periods import Settings
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.db import Session
from feedback_app.storage.models import Rating
from feedback_app.storage.queries import cases
from feedback_app.storage.verdicts import standings
from feedback_app.web import route_table
from tests.conftest import Browser, SteppedClock, settings_for
from tests.ground.office import Office, build_office, known_office
from tests.guard.test_access import CAST, FILLED
from tests.rigs.small_town import FIRST, FORTNIGHT, add_day, add_history
from tests.rigs.subtraction import isolated

BUILT = "built.db"
KEY_OF = {item.unsur: item.key for item in ELEMENTS}
SUPERVISORS = {"alice": ("A1", "A2"), "charlie": ("B1",)}
LIMITS = {f"{lowest:.2f}".replace(".", ",") for lowest, _mutu, _kinerja in BANDS}
LIMITS |= {"0,11", "0.11"}  # bands and weights of the law
SHIFT_HOURS = {"08.00", "13.00", "16.00"}  # of the town's roster, whose pages tell them
QUARTER_END = date(2026, 9, 30)
APPEALS_END = date(2026, 10, 9)  # the quarter's parts come out the day before
APPEAL_DAY = date(2026, 9, 10)
ENGINE = re.compile(r"SQLite [\d.]+")  # the health page names its version
EXACT = re.compile(r"\d+[.,]\d\d(?!\d)")  # a number with two decimals tells of answers


@dataclass
class Haul:
    """What the bot carried home: sums over sets, and numbers that it could not place."""

    claims: dict[tuple[str, str, frozenset[str]], float] = field(default_factory=dict)
    of_today: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    of_surveys: set[frozenset[str]] = field(default_factory=set)
    requests: int = 0
    figures: int = 0
    unplaced: set[str] = field(default_factory=set)
    without_doubt: set[str] = field(default_factory=set)  # a share told what they ticked


@dataclass(frozen=True)
class Result:
    """What came out of it."""

    requests: int
    figures: int
    claims: int
    pairs: int
    combinations: int
    smallest: int
    groups: int
    answers: int
    unplaced: int

    def line(self) -> str:
        """One line to print."""
        return (
            f"{self.requests} requests, {self.figures} figures, {self.claims} different sums,"
            f" {self.pairs} pairs and {self.combinations} eliminated rows tried:"
            f" {self.groups} groups under 10 (smallest {self.smallest}),"
            f" {self.answers} single answers, {self.unplaced} figures elsewhere"
        )


def build_town(folder: Path, *, seed: int) -> None:
    """The town with every day before the fortnight, in a file to copy."""
    site = open_site(_settings(folder / BUILT), clock=_evening_of(FORTNIGHT))
    upgrade_schema(site)
    add_history(site, build_office(site), seed=seed)
    site.db.close()


def run(folder: Path, *, built: Path, days: Collection[int], seed: int) -> Result:
    """In a copy of the town let the bot walk on these days of the fortnight (from 0), subtract."""
    with _started(folder, built, seed=seed) as walker:
        for _look in walker.walk(days):
            pass
        _everybody_else(walker.app, walker.haul)
        return subtract(walker.haul, _answers(walker.site), seed=seed)


def first_find(folder: Path, *, built: Path, days: Collection[int], seed: int) -> Result:
    """The same walk, for as long as no difference of two sums isolates anybody."""
    with _started(folder, built, seed=seed) as walker:
        for _look in walker.walk(days):
            if differs_by_few(walker.haul):
                break
        return subtract(walker.haul, _answers(walker.site), seed=seed)


def _settings(file: Path) -> SiteSettings:
    return settings_for(f"sqlite:///{file}", file.parent)


def _evening_of(day: date) -> SteppedClock:
    return SteppedClock(local_instant(day, time(18)))


@contextmanager
def _started(folder: Path, built: Path, *, seed: int) -> Iterator[Walker]:
    shutil.copy(built, folder / "town.db")
    clock = _evening_of(FORTNIGHT)
    app = create_app(_settings(folder / "town.db"), clock=clock)
    site = app.extensions["site"]
    yield Walker(app, site, known_office(site), clock, seed)
    site.db.close()


@dataclass
class Walker:
    """The bot on its way through the fortnight."""

    app: Flask
    site: Site
    office: Office
    clock: SteppedClock
    seed: int
    haul: Haul = field(default_factory=Haul)

    def walk(self, days: Collection[int]) -> Iterator[None]:
        """Each day is lived, and looked at if it is one of these; stops after every look."""
        survey_ids = dict[str, int]()
        for number in range(max(days) + 1):
            day = FORTNIGHT + timedelta(days=number)
            self.clock.at = local_instant(day, time(18))
            add_day(self.site, self.office, day, seed=self.seed)
            if day == QUARTER_END + timedelta(days=1):
                survey_ids = close_surveys(self.site, self.office)
            if day == APPEALS_END:
                uphold_appeals(self.site, self.office)
            if number in days:
                yield from self._look(survey_ids)

    def _look(self, survey_ids: Mapping[str, int]) -> Iterator[None]:
        """One day: supervisors' pages and files in every choice, each officer's own, surveys."""
        self.haul.of_today.clear()
        town = Town(self.site, self.office)
        for name, counters in SUPERVISORS.items():
            browser = Browser(self.app.test_client()).log_in(name)
            for key in PERIOD_KEYS:
                query = f"?periode={key}"
                seen = _overview(browser, town, self.haul, query)
                _page(browser, f"/staf/loket/{query}", self.haul, seen)
                for counter in counters:
                    _counter(browser, town, self.haul, counter, query)
                    yield
        for officer_id in self.office.officer.values():
            for batch in officer_figures.own_batches(self.site, officer_id):
                _own_batch(town, self.haul, officer_id, batch)
        for unit, survey_id in survey_ids.items():
            _survey_claims(self.site, self.office, self.haul, unit, survey_id)
        yield


class Town:
    """The judge, who knows which rating lies in which sum; the bot knows only days and names."""

    def __init__(self, site: Site, office: Office) -> None:
        self.site, self.office = site, office
        with site.db.read() as session:
            self.rows = [s for s in _standings(session) if _is_complete(s)]
            ids = list(office.counter.values())
            self.grids = closed_figures.grids(site, session, ids, oldest=date(2026, 1, 1))
        self.services: dict[str, int | None] = {
            "KTP-el": office.service["ktp"],
            "Kartu Keluarga": office.service["kk"],
            "Layanan tidak disebut": None,
        }

    def ids(
        self, counter: str, first: date, last: date, key: str, **fits: object
    ) -> frozenset[str]:
        """Complete, counted forms of these days that answered the element."""
        return frozenset(
            row["id"]
            for row in self.rows
            if row["counter_id"] == self.office.counter[counter]
            and first <= row["day"] <= last
            and (key == "nine" or row[key] is not None)
            and all(
                row[name] in value if isinstance(value, tuple) else row[name] == value
                for name, value in fits.items()
            )
        )

    def low(self, counter: str, first: date, last: date, key: str) -> frozenset[str]:
        """Those of them that answered it with 1 or 2."""
        ids = self.ids(counter, first, last, key)
        return frozenset(row["id"] for row in self.rows if row["id"] in ids and row[key] in LOW)


def _standings(session: Session) -> list[dict[str, Any]]:
    """Every rating as it stands now."""
    return [one.row() for one in standings(session, session.scalars(select(Rating.id)).all())]


def _is_complete(row: Mapping[str, Any]) -> bool:
    return row["state"] == "counted" and all(row[key] is not None for key in OFFICIAL_KEYS)


def uphold_appeals(site: Site, office: Office) -> None:
    """Take the answers of one day from Andi, and those of one tier from Sari."""
    with site.db.transaction() as tx:
        rows = [row for row in _standings(tx) if row["state"] == "counted" and row["for_officer"]]
        for name, narrowed in (("Andi", {"day": APPEAL_DAY}), ("Sari", {"tier": "visit"})):
            case = new_case(
                tx,
                site,
                agency_id=office.agency_id,
                unit_id=office.unit["A"],
                counter_id=None,
                kind="appeal",
                rules=name,
                at=site.now(),
            )
            case.officer_id = office.officer[name]
            case.first_day, case.last_day = FIRST, QUARTER_END
            fits = {"officer_id": case.officer_id} | narrowed
            ids = [
                row["id"]
                for row in rows
                if FIRST <= row["day"] <= QUARTER_END
                and all(row[column] == value for column, value in fits.items())
            ]
            assert cases.add_answers(tx, case, ids), name
            close_case(tx, site, case, "upheld", reason="two people agreed")


def _supervisor(office: Office, unit: str) -> Viewer:
    units = frozenset({office.unit[unit]})
    return Viewer(1, office.agency_id, "alice", "Alice", Role.SUPERVISOR, units, None)


def close_surveys(site: Site, office: Office) -> dict[str, int]:
    """Each unit's official survey of the quarter."""
    found = {}
    for unit in ("A", "B"):
        viewer = _supervisor(office, unit)
        span = Span(FIRST, QUARTER_END)
        chosen = Settings(office.unit[unit], span, "1/9", "sarana_8", "month", 500)
        found[unit] = surveys.open_survey(site, viewer, chosen)
        closing.close_survey(site, viewer, found[unit])
    return found


def _survey_claims(site: Site, office: Office, haul: Haul, unit: str, survey_id: int) -> None:
    """The report's exact counts: sums over all complete forms of a unit's quarter.

    By them an element can be told that a month hides as nearly unanimous; ADR 12 says so. The bot
    looks for people here.
    """
    facts = survey_facts.facts_of(site, _supervisor(office, unit), survey_id)
    assert isinstance(facts, SurveyFacts)
    town, counters = Town(site, office), SUPERVISORS["alice" if unit == "A" else "charlie"]
    for key in ("nine", *OFFICIAL_KEYS):
        ids = frozenset[str]().union(*(town.ids(one, FIRST, QUARTER_END, key) for one in counters))
        haul.of_surveys.add(ids)
        _claim(haul, "town", key, ids, n=facts.figures.whole.n, value=None)


def _overview(browser: Browser, town: Town, haul: Haul, query: str) -> set[str]:
    book = _book(browser, f"/staf/loket/unduh.xlsx{query}", haul)
    for row in _rows(book["Loket"]):
        if row[9] is not None:
            first, last = row[6].date(), row[7].date()
            ids = town.ids(row[0], first, last, "nine")
            _claim(haul, row[0], "nine", ids, n=row[8], value=row[9] / 25 * 9)
    return _numbers_of(book)


def _counter(browser: Browser, town: Town, haul: Haul, counter: str, query: str) -> None:
    path = f"/staf/loket/{counter}"
    page = browser.client.get(path + query).get_data(as_text=True)
    quarters = re.findall(r'<option value="(2026-t\d)"', page) or [""]
    for quarter in quarters:
        choice = f"{query}&triwulan={quarter}"
        book = _book(browser, f"{path}/unduh.xlsx{choice}", haul)
        about = dict(_rows(book["Ringkasan"]))
        _score_claims(town, haul, counter, book, about)
        _element_claims(town, haul, counter, book, about)
        _part_claims(town, haul, counter, book, about)
        _cause_claims(town, haul, counter, book, about)
        seen = _numbers_of(book)
        _page(browser, path + choice, haul, seen)
        _page(browser, f"{path}/unduh.csv{choice}", haul, seen)
        _page(
            browser, f"{path}{choice}&layanan={town.office.service['kk']}&jalur=poster", haul, seen
        )


def _score_claims(
    town: Town, haul: Haul, counter: str, book: Any, about: Mapping[str, Any]
) -> None:
    if "IKM" in about:
        first, last = _days(about, "IKM")
        ids = town.ids(counter, first, last, "nine")
        _claim(haul, counter, "nine", ids, n=len(ids), value=about["IKM"] / 25 * 9)
    blocks = town.grids[town.office.counter[counter]].blocks
    for starts, n, ikm, _low, _high in _rows(book["Tren mingguan"]):
        if ikm is not None:
            monday = starts.date()
            within = disclosure.ending_within(blocks, first=monday, last=monday + timedelta(days=6))
            ids = town.ids(counter, within[0].first, within[-1].last, "nine")
            _claim(haul, counter, "nine", ids, n=n, value=ikm / 25 * 9)


def _element_claims(
    town: Town, haul: Haul, counter: str, book: Any, about: Mapping[str, Any]
) -> None:
    if "Unsur dari" not in about:
        return
    first, last = _days(about, "Unsur")
    for row in _rows(book["Unsur"]):
        if row[7] is not None:
            key = KEY_OF[row[0]]
            ids = town.ids(counter, first, last, key)
            _claim(haul, counter, key, ids, n=row[2], value=row[7])


def _part_claims(town: Town, haul: Haul, counter: str, book: Any, about: Mapping[str, Any]) -> None:
    if "Layanan dan petugas" not in about:
        return
    first, last = _days(about, "Layanan dan petugas")
    sheet = book["Layanan"]
    keys = [KEY_OF[cell.value] for cell in sheet[1][2:]]
    for row in _rows(sheet):
        members = tuple(town.services[name] for name in row[0].split(" + "))
        for key, mean in zip(keys, row[2:], strict=True):
            if not isinstance(mean, str) and mean is not None:
                ids = town.ids(counter, first, last, key, service_id=members)
                _claim(haul, counter, key, ids, n=row[1], value=mean)
    for row in _rows(book["Petugas"]):
        if row[3] is not None:
            officer_id = town.office.officer[row[0].split()[0]]
            for key in OFFICER_KEYS:  # their mean is known; the bot is granted each of them
                ids = town.ids(counter, first, last, key, officer_id=officer_id, for_officer=True)
                _claim(haul, counter, key, ids, n=None, value=None)


def _cause_claims(
    town: Town, haul: Haul, counter: str, book: Any, about: Mapping[str, Any]
) -> None:
    """Shares of causes are sums over the low answers of an element, by quarter and by month.

    Rounded as they are, the bot takes them for exact, and for known of every cause.
    """
    sheet = book["Sebab"]
    if "Layanan dan petugas dari" not in about:
        return
    first, last = _days(about, "Layanan dan petugas")
    months = [date.fromisoformat(f"{cell.value}-01") for cell in sheet[1][5:]]
    blocks = town.grids[town.office.counter[counter]].blocks
    stretches = {one.starts: (one.first, one.last) for one in disclosure.months_of(blocks)}
    for row in _rows(sheet):
        key = KEY_OF[row[0]]
        low = town.low(counter, first, last, key)
        _tell_share(haul, (counter, key, row[1]), low, n=row[3], percent=row[4])
        for month, percent in zip(months, row[5:], strict=True):
            if percent is not None:
                low = town.low(counter, *stretches[month], key)
                _tell_share(haul, (counter, key, row[1]), low, n=None, percent=percent)
    for question, _choice, n, _percent in _rows(book["Kunjungan"]):
        fact = next(fact.key for fact in VISIT_FACTS if fact.question == question)
        _claim(haul, counter, fact, town.ids(counter, first, last, fact), n=n, value=None)


def _tell_share(
    haul: Haul,
    about: tuple[str, str, str],
    low: frozenset[str],
    *,
    n: int | None,
    percent: int,
) -> None:
    """A claim, and a find by itself where the share leaves no doubt about anybody."""
    counter, key, cause = about
    _claim(haul, counter, f"{key}/{cause}", low, n=n, value=percent)
    possible = {k for k in range(len(low) + 1) if tens(k, len(low)) == percent}
    if not possible - {0, len(low)}:
        haul.without_doubt |= low


def _own_batch(
    town: Town, haul: Haul, officer_id: int, batch: officer_figures.OfficerBatch
) -> None:
    """An officer sees the sum over counters: a claim on the whole town."""
    if not batch.items:
        return
    haul.figures += 1
    for key, shown in batch.items.items():
        if not isinstance(shown, disclosure.Answers):
            continue
        ids = frozenset[str]().union(
            *(
                own[2]
                for own in haul.of_today
                if own[1] == key and own[2] and _is_of(town, own[2], officer_id)
            )
        )
        assert len(ids) == shown.mean.n, (batch.key, key, len(ids), shown.mean.n)
        haul.claims[("town", key, ids)] = shown.mean.mean


def _is_of(town: Town, ids: frozenset[str], officer_id: int) -> bool:
    owners = {row["officer_id"] for row in town.rows if row["id"] in ids}
    return owners == {officer_id}


def _claim(
    haul: Haul, counter: str, key: str, ids: frozenset[str], *, n: int | None, value: float | None
) -> None:
    """Every claim is checked against the truth: the bot subtracts what is really there."""
    haul.figures += 1
    if n is not None:
        assert n == len(ids), (counter, key, n, len(ids))
    haul.of_today.add((counter, key, ids))
    haul.claims[counter, key, ids] = float("nan") if value is None else float(value)


def _page(browser: Browser, path: str, haul: Haul, seen: set[str]) -> None:
    """Nothing on a page or in a CSV that is not in the workbook of the same choice."""
    haul.requests += 1
    answer = browser.client.get(path)
    if not str(answer.mimetype).startswith(("text/", "application/json")):
        return  # documents and empty example files
    text = answer.get_data(as_text=True)
    text = re.sub(r"<svg.*?</svg>", "", text, flags=re.S)  # drawn from the same numbers
    text = re.sub(r"\d\d\.\d\d WIB", "", text)
    known = seen | LIMITS | (SHIFT_HOURS if path.startswith("/staf/jadwal/") else set())
    haul.unplaced |= {
        f"{path}: {number}" for number in set(EXACT.findall(ENGINE.sub("", text))) - known
    }


def _book(browser: Browser, path: str, haul: Haul) -> Any:
    haul.requests += 1
    return openpyxl.load_workbook(io.BytesIO(browser.client.get(path).data))


def _numbers_of(book: Any) -> set[str]:
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    numbers = [value for value in cells if isinstance(value, int | float)]
    return {f"{number:.2f}".replace(".", ",") for number in numbers}


def _everybody_else(app: Flask, haul: Haul) -> None:
    """Every GET route, as a stranger and as each role: no figure may appear elsewhere."""
    adapter = app.url_map.bind("localhost")
    browsers: dict[Role | None, Browser] = {None: Browser(app.test_client())}
    browsers |= {role: Browser(app.test_client()).log_in(name) for role, name in CAST.items()}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "staff.logout"):
            continue
        # The supervisor's pages were walked, the surveys' counts taken; the officer's room shows
        # the same quarters' cells (tests/services/officer/test_figures.py), in other roundings.
        if rule.endpoint.startswith(("supervisor.", "officer.", "surveys.", "results.")):
            continue
        path = adapter.build(rule.endpoint, {name: FILLED[name] for name in rule.arguments})
        allowed = route_table.ROUTES[rule.endpoint]
        looks: Collection[Role | None] = {None} if allowed is route_table.EVERYBODY else allowed
        for role in looks:
            _page(browsers[role], path, haul, set())


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """A table's rows; an empty one has a line that says why."""
    for row in sheet.iter_rows(min_row=2, values_only=True):
        if any(cell is not None for cell in row[1:]):
            yield row


def _days(about: Mapping[str, Any], what: str) -> tuple[date, date]:
    return about[f"{what} dari"].date(), about[f"{what} sampai"].date()


def _answers(site: Site) -> dict[str, Rating]:
    with site.db.read() as session:
        return {row.id: row for row in session.scalars(select(Rating))}


def subtract(haul: Haul, rows: Mapping[str, Rating], *, seed: int) -> Result:
    """All counters, all columns. The index counts in each official element's column too."""
    pairs = tried = groups = answers = 0
    smallest: list[int] = []
    for column in columns_of(haul):
        found = isolated(column.sets, seed=seed)
        pairs, tried = pairs + found.pairs, tried + found.rows
        groups += found.groups
        smallest += [found.smallest] if found.claims else []
        if column.key in ALL_KEYS:
            answers += _single_answers(column.told - haul.of_surveys, column.key, rows)
    answers += len(haul.without_doubt)
    return Result(
        requests=haul.requests,
        figures=haul.figures,
        claims=len(haul.claims),
        pairs=pairs,
        combinations=tried,
        smallest=min(smallest, default=0),
        groups=groups,
        answers=answers,
        unplaced=len(haul.unplaced),
    )


@dataclass(frozen=True)
class Column:
    """What may be subtracted from each other, of one element at one counter or in the town."""

    key: str
    sets: set[frozenset[str]]  # the index's as well, which counts in each official element
    told: set[frozenset[str]]  # this element's alone


def columns_of(haul: Haul) -> Iterator[Column]:
    """All counters, all elements."""
    for counter in sorted({counter for counter, _key, _ids in haul.claims}):
        places = {counter} if counter != "town" else {"A1", "A2", "B1", "town"}
        details = {key for _counter, key, _ids in haul.claims} - {"nine", *ALL_KEYS}
        for key in (*ALL_KEYS, *sorted(details)):
            keys = {key, "nine"} if key in OFFICIAL_KEYS else {key}
            own = [(k, ids) for c, k, ids in haul.claims if c in places and k in keys and ids]
            told = {ids for k, ids in own if k == key}
            if own:
                yield Column(key, {ids for _key, ids in own}, told)


def differs_by_few(haul: Haul) -> bool:
    """Whether a sum, or the difference of two, is of one to nine people."""
    return any(
        len(group) < 10
        for column in columns_of(haul)
        for group in (*column.sets, *(a ^ b for a, b in combinations(column.sets, 2)))
    )


def _single_answers(sets: set[frozenset[str]], key: str, rows: Mapping[str, Rating]) -> int:
    """People whose answer a sum, or the difference of two nested ones, tells without a doubt."""
    known = sets | {a - b for a, b in combinations(sets, 2) if b < a}
    known |= {b - a for a, b in combinations(sets, 2) if a < b}
    told: set[str] = set()
    for ids in known:
        values = [getattr(rows[one], key) for one in ids]
        if len(set(values)) == 1 or (
            values and min(sum(values) - len(values), 4 * len(values) - sum(values)) == 0
        ):
            told |= ids
    return len(told)


@contextmanager
def live_sliding_figures() -> Iterator[None]:
    """Planted: as it was before, scores over any days from ten forms on, today's included."""

    def daily(days: Any, *, today: date) -> disclosure.Grid:
        blocks = (
            disclosure.Block(d.day, d.day, d.n, d.total, d.squares)
            for d in sorted(days, key=lambda d: d.day)
            if d.n
        )
        return disclosure.Grid(tuple(blocks), 0, today)

    def from_ten_on(blocks: Any, *, grid: disclosure.Grid) -> Any:
        n = sum(block.n for block in blocks)
        return TooFew(n, 10) if n < 10 else disclosure.score_of(blocks, grid=grid)

    with (
        patch.object(closed_figures, "grid_of", daily),
        patch.object(dashboard, "score_of", from_ten_on),
    ):
        yield


@contextmanager
def quarters_left_open() -> Iterator[None]:
    """Planted: blocks are shown as soon as they are full, and a quarter's end fills nothing."""
    with patch.object(closed_figures, "grid_of", _never_filled):
        yield


def _never_filled(days: Any, *, today: date) -> disclosure.Grid:
    blocks, first, n, total, squares = [], FIRST, 0, 0, 0
    for one in sorted(days, key=lambda d: d.day):
        n, total, squares = n + one.n, total + one.total, squares + one.squares
        if one.day < today and n >= disclosure.MIN_GROUP:
            blocks.append(disclosure.Block(first, one.day, n, total, squares))
            first, n, total, squares = one.day + timedelta(days=1), 0, 0, 0
    return disclosure.Grid(tuple(blocks), n, today)


@contextmanager
def parts_of_ten() -> Iterator[None]:
    """Planted: the usual rule, parts and what is left of ten or more, blind to blocks beside."""

    def by_size(sizes: Mapping[tuple[int, ...], Collection[int]]) -> frozenset[tuple[int, ...]]:
        left, *parts = sorted(sizes)
        small = [part for part in parts if 0 < sum(sizes[part]) < 10]
        if not small and parts and 0 < sum(sizes[left]) < 10:
            small = [min(parts, key=lambda part: sum(sizes[part]))]
        return frozenset(small[:1])

    with patch.object(gate_of_parts, "narrow_split", by_size):
        yield


@contextmanager
def as_it_is() -> Iterator[None]:
    """The product."""
    yield


@contextmanager
def appeals_unseen() -> Iterator[None]:
    """Planted: figures after an appeal as if nobody had seen those before."""

    def nothing(*_question: object) -> list[object]:
        return []

    with patch.object(cases, "taken_by_appeals", nothing):
        yield


@contextmanager
def months_of_few() -> Iterator[None]:
    """Planted: causes by month beside the quarter's, however few low answers a month holds."""
    with patch.object(gate_of_causes, "tells_months", lambda lows: len(lows) > 1):
        yield


WORLDS: dict[str, Callable[[], Any]] = {
    "the product": as_it_is,
    "planted: live sliding figures": live_sliding_figures,
    "planted: a survey beside quarters left open": quarters_left_open,
    "planted: parts of ten beside blocks": parts_of_ten,
    "planted: appeals that are not looked at": appeals_unseen,
    "planted: causes of months with few low answers": months_of_few,
}


def main() -> int:
    """Run the product and both controls."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        build_town(Path(folder), seed=arguments.seed)
        built = Path(folder) / BUILT
        for name, world in WORLDS.items():
            began = datetime.now().astimezone()
            walk = run if name == "the product" else first_find
            with world():
                days = range(arguments.days)
                result = walk(Path(folder), built=built, days=days, seed=arguments.seed)
            seconds = (datetime.now().astimezone() - began).seconds
            print(f"{name}: {result.line()} ({seconds} s)")
            leaks = result.groups + result.answers + result.unplaced
            is_good &= leaks == 0 if name == "the product" else result.groups > 0
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
