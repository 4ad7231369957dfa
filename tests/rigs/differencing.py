"""The differencing bot (P19): walks every page and file day after day and subtracts all it gets.

Example: .venv/bin/python tests/rigs/differencing.py --days 14 --seed 0
On the day after the quarter's parts came out two appeals are upheld, a day of absence with a few
answers and one tier of another officer, and the bot has the figures of before and after. When the
quarter is over each unit's official survey is closed, and its exact counts are subtracted as well.
The day after, the few answers under somebody's old number are joined with the person's (ADR 19).
Prints what was collected and what came out, for the product and for planted faults that must be
found; exits 1 when the product gives away a group of fewer than ten or a planted fault hides.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
import openpyxl
from flask import Flask
from sqlalchemy import select

from feedback_app import create_app
from feedback_app.config import Settings as SiteSettings
from feedback_app.domain import disclosure
from feedback_app.domain.causes import LOW, VISIT_FACTS
from feedback_app.domain.disclosure.causes import tens
from feedback_app.domain.elements import ALL_KEYS, ELEMENTS, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.form_sets import COMPLETE, EARLY, form_set
from feedback_app.domain.interval import Mean
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.periods import PERIOD_KEYS
from feedback_app.domain.roles import Role
from feedback_app.domain.skm import BANDS
from feedback_app.domain.survey import Span
from feedback_app.files.survey_facts import SurveyFacts
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases.decisions import close_case
from feedback_app.services.citizen.holding import new_case
from feedback_app.services.counters import closed_figures
from feedback_app.services.officer import figures as officer_figures
from feedback_app.services.people.joining import join_officers, joining_of
from feedback_app.services.site import Site, open_site
from feedback_app.services.survey import closing
from feedback_app.services.survey import facts as survey_facts
from feedback_app.services.survey import periods as surveys
from feedback_app.services.survey.periods import Settings
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.db import Session
from feedback_app.storage.models import OfficerJoin, Rating
from feedback_app.storage.queries import cases
from feedback_app.storage.verdicts import standings
from feedback_app.web import route_lines, route_table
from tests.conftest import Browser, SteppedClock, settings_for
from tests.ground.office import TODAY, Office, build_office, known_office
from tests.guard.test_access import CAST, FILLED
from tests.rigs import differencing_needs as of_needs
from tests.rigs import differencing_walk as of_walk
from tests.rigs.differencing_walk import Opened, fill_town
from tests.rigs.faults import books
from tests.rigs.leaks import WORLDS, quarters_left_open
from tests.rigs.small_town import FIRST, FORTNIGHT, add_counter, add_day, add_history, add_old_row
from tests.rigs.subtraction import isolated

BUILT, PRODUCT = "built.db", "the product"
KEY_OF = {item.unsur: item.key for item in ELEMENTS}
SUPERVISORS = {"alice": ("A1", "A2", "A3"), "charlie": ("B1",)}
LIMITS = {f"{lowest:.2f}" for lowest, _mutu, _kinerja in BANDS} | {"0.11"}  # of the law
LIMITS |= {limit.replace(".", ",") for limit in LIMITS}
LEVELS = {"3,00", "3,50", "4,00"}  # that a certificate may ask for, before any figure
HOURS = ("/staf/jadwal/", "/staf/impor/", "/staf/admin/orang/")  # pages that tell hours
SHIFT_HOURS = {"08.00", "13.00", "16.00"}  # of the town's roster, whose pages tell them
QUARTER_END = date(2026, 9, 30)
APPEALS_END = date(2026, 10, 9)  # the quarter's parts come out the day before
JOIN_DAY = date(2026, 10, 10)  # by itself, so that nothing hides behind what an appeal took
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
    printed: set[str] = field(default_factory=set)  # numbers of files whose sums are claims


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
    office = build_office(site)
    add_counter(site, office)
    add_history(site, office, seed=seed)
    add_old_row(site, office)
    site.db.close()


def run(
    folder: Path,
    *,
    built: Path,
    days: Collection[int],
    seed: int,
    keys: Sequence[str] = PERIOD_KEYS,
) -> Result:
    """In a copy of the town let the bot walk on these days of the fortnight (from 0), subtract."""
    with _started(folder, built, seed=seed) as walker:
        walker.keys = keys
        for _look in walker.walk(days):
            pass
        _everybody_else(walker.app, walker.haul)
        return subtract(walker.haul, _answers(walker.site), seed=seed)


def first_find(folder: Path, *, built: Path, days: Collection[int], seed: int) -> Result:
    """The same walk, for as long as no difference of two sums isolates anybody."""
    with _started(folder, built, seed=seed) as walker:
        for _look in walker.walk(days):
            if walker.haul.without_doubt or walker.haul.unplaced or differs_by_few(walker.haul):
                break
        return subtract(walker.haul, _answers(walker.site), seed=seed)


def look_everywhere(folder: Path, *, built: Path, seed: int) -> tuple[Result, Opened]:
    """Six weeks after the fortnight: everybody follows every link of a town with all its rooms.

    What stands with two decimals must be one of the figures that the walk took as claims.
    """
    with _started(folder, built, seed=seed) as walker:
        last = JOIN_DAY + timedelta(days=1)
        survey_ids = walker.live_until(last)
        walker.clock.at = local_instant(TODAY, time(13))
        fill_town(walker.site, walker.office)
        for _look in walker.look(survey_ids):
            pass
        opened = Opened()
        numbers = of_walk.own_numbers(walker.site, walker.office, survey_ids) | walker.haul.printed
        everybody: list[tuple[Role | None, str | None]] = [(None, None), *CAST.items()]
        for role, name in everybody:
            browser = Browser(walker.app.test_client())
            if name:
                browser.log_in(name)
            of_walk.follow(walker.app, role, browser.client.get, opened, walker.reader(numbers))
        walker.haul.requests += sum(opened.asked.values())
        return subtract(walker.haul, _answers(walker.site), seed=seed), opened


def forms_beside_blocks(folder: Path, *, built: Path, seed: int) -> dict[str, int]:
    """By unit: forms that its survey counts and no block would hold, were quarters left open."""
    with _started(folder, built, seed=seed) as walker:
        walker.live_until(QUARTER_END + timedelta(days=1))
        with quarters_left_open():
            town = Town(walker.site, walker.office)
            left = {}
            for unit, counters in zip(("A", "B"), SUPERVISORS.values(), strict=True):
                shown = (town.ids(counter, FIRST, QUARTER_END, "nine") for counter in counters)
                left[unit] = len(town.of_survey(counters, "nine").difference(*shown))
    (folder / "town.db").unlink()
    return left


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
    keys: Sequence[str] = PERIOD_KEYS

    def walk(self, days: Collection[int]) -> Iterator[None]:
        """Each day is lived, and looked at if it is one of these; stops after every look."""
        survey_ids = dict[str, int]()
        for number in range(max(days) + 1):
            survey_ids |= self._live(FORTNIGHT + timedelta(days=number))
            if number in days:
                yield from self.look(survey_ids)

    def live_until(self, last: date) -> dict[str, int]:
        """Every day without a look; the surveys of the quarter."""
        survey_ids = dict[str, int]()
        for number in range((last - FORTNIGHT).days + 1):
            survey_ids |= self._live(FORTNIGHT + timedelta(days=number))
        return survey_ids

    def _live(self, day: date) -> dict[str, int]:
        """One day's answers and what falls on it; the surveys that were closed."""
        self.clock.at = local_instant(day, time(18))
        add_day(self.site, self.office, day, seed=self.seed)
        if day == APPEALS_END:
            uphold_appeals(self.site, self.office)
        if day == JOIN_DAY:
            join_rows(self.site, self.office)
        is_next = day == QUARTER_END + timedelta(days=1)
        return close_surveys(self.site, self.office) if is_next else {}

    def reader(self, numbers: Collection[str]) -> of_walk.Read:
        """Notes what no claim tells, in pages and in files."""

        def read(role: str, address: str, text: str) -> None:
            strange = _exact_in(address.partition("?")[0], text) - set(numbers)
            self.haul.unplaced |= {f"{role} {address}: {number}" for number in strange}

        return read

    def look(self, survey_ids: Mapping[str, int]) -> Iterator[None]:
        """One day: supervisors' pages and files in every choice, each officer's own, surveys."""
        self.haul.of_today.clear()
        town = Town(self.site, self.office)
        for name, counters in SUPERVISORS.items():
            browser = Browser(self.app.test_client()).log_in(name)
            for key in self.keys:
                query = f"?periode={key}"
                seen = _overview(browser, town, self.haul, query)
                _page(browser, f"/staf/loket/{query}", self.haul, seen)
                if key == self.keys[0]:  # officers know no period, only quarters
                    _officers(browser, town, self.haul, counters)
                for counter in counters:
                    _counter(browser, town, self.haul, counter, query)
                    yield
        for officer_id in self.office.officer.values():
            for batch in officer_figures.own_batches(self.site, officer_id):
                _own_batch(town, self.haul, officer_id, batch)
        for unit, survey_id in survey_ids.items():
            _survey_claims(self.site, self.office, self.haul, unit, survey_id)
        if self.site.today() >= APPEALS_END:
            _need_claims(self.app, town, self.haul)
        yield


class Town:
    """The judge, who knows which rating lies in which sum; the bot knows only days and names."""

    def __init__(self, site: Site, office: Office) -> None:
        self.site, self.office = site, office
        with site.db.read() as session:
            counted = [row for row in _standings(session) if row["state"] == "counted"]
            self.rows = [row for row in counted if form_set(row) == COMPLETE]
            self.early = [row for row in counted if form_set(row) == EARLY]
            ids = list(office.counter.values())
            self.grids = closed_figures.grids(site, session, ids, oldest=date(2026, 1, 1))
            self.joins = list(session.scalars(select(OfficerJoin)))
        self.services: dict[str, int | None] = {
            "KTP-el": office.service["ktp"],
            "Kartu Keluarga": office.service["kk"],
            "Layanan tidak disebut": None,
        }

    def ids(
        self, counter: str, first: date, last: date, key: str, **fits: object
    ) -> frozenset[str]:
        """Complete, counted forms of these days' blocks that answered the element."""
        blocks = self.grids[self.office.counter[counter]].blocks
        return frozenset(
            row["id"]
            for row in self.rows
            if row["counter_id"] == self.office.counter[counter]
            and first <= row["day"] <= last
            and any(block.first <= row["day"] <= block.last for block in blocks)
            and (key == "nine" or row[key] is not None)
            and all(
                row[name] in value if isinstance(value, tuple) else row[name] == value
                for name, value in fits.items()
            )
        )

    def of_survey(self, counters: Collection[str], key: str) -> frozenset[str]:
        """All complete forms of the quarter at these counters: those too that no block shows."""
        places = {self.office.counter[counter] for counter in counters}
        return frozenset(
            row["id"]
            for row in self.rows
            if row["counter_id"] in places
            and FIRST <= row["day"] <= QUARTER_END
            and (key == "nine" or row[key] is not None)
        )

    def of_officer(
        self, rows: Sequence[Mapping[str, Any]], who: int, key: str, counters: Collection[str]
    ) -> frozenset[str]:
        """Forms of the quarter that count for an officer at these counters and answer the item."""
        places = {self.office.counter[counter] for counter in counters}
        own = self.rows_of(who, day=FIRST)
        return frozenset(
            row["id"]
            for row in rows
            if row["officer_id"] in own
            and row["for_officer"]
            and row["counter_id"] in places
            and FIRST <= row["day"] <= QUARTER_END
            and row[key] is not None
        )

    def rows_of(self, officer_id: int, *, day: date) -> tuple[int, ...]:
        """The rows that count as this person's on a day."""
        joined = (
            one.officer_id
            for one in self.joins
            if one.into_id == officer_id
            and one.from_day <= day
            and (one.until_day is None or day < one.until_day)
        )
        return (officer_id, *joined)

    def low(self, counter: str, first: date, last: date, key: str) -> frozenset[str]:
        """Those of them that answered it with 1 or 2."""
        ids = self.ids(counter, first, last, key)
        return frozenset(row["id"] for row in self.rows if row["id"] in ids and row[key] in LOW)


def _standings(session: Session) -> list[dict[str, Any]]:
    """Every rating as it stands now."""
    return [one.row() for one in standings(session, session.scalars(select(Rating.id)).all())]


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
            case.detail = case.detail | _detail(narrowed)  # a new object, or nothing is written
            fits = {"officer_id": case.officer_id} | narrowed
            ids = [
                row["id"]
                for row in rows
                if FIRST <= row["day"] <= QUARTER_END
                and all(row[column] == value for column, value in fits.items())
            ]
            assert cases.add_answers(tx, case, ids), name
            close_case(tx, site, case, "upheld", reason="two people agreed")


def _detail(narrowed: Mapping[str, object]) -> dict[str, object]:
    """What an appeal keeps of what it is about, as `open_appeal` writes it."""
    ((kind, value),) = narrowed.items()
    about = {"kind": kind, "value": str(value), "grounds": "not_me"}
    about |= {"first": FIRST.isoformat(), "last": QUARTER_END.isoformat()}
    words = {"class": f"{kind}: {value}", "grounds": "bukan saya", "text": "Saya tidak bertugas."}
    return {**words, "about": about, "round": 1}


def join_rows(site: Site, office: Office) -> None:
    """Join what stands under Budi, an old number of Sari's, with Sari."""
    admin = Viewer(1, office.agency_id, "dina", "Dina", Role.ADMIN, frozenset(), None)
    pair = office.officer["Budi"], office.officer["Sari"]
    join_officers(site, admin, *pair, seen=joining_of(site, admin, *pair).seen)


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


def _need_claims(app: Flask, town: Town, haul: Haul) -> None:
    """Needs are modelled figures, in tenths; behind them stand blocks of counters."""
    need_ids = of_needs.give_everybody_needs(town.site, town.office)

    def claim(counter: str, key: str, first: date, last: date, n: int, mean: float) -> None:
        _claim(haul, counter, key, town.ids(counter, first, last, key), n=n, value=mean)

    printed = of_needs.claim_blocks(town.site, town.office, need_ids, claim)
    readers = of_needs.browsers(app)
    book = _book(readers["hana"], "/staf/kebutuhan/unduh.xlsx", haul)
    haul.unplaced |= of_needs.file_tells_too_much(book)
    for name, paths in of_needs.addresses(need_ids).items():
        for path in paths:
            if path != "/staf/saya/":  # the own quarters stand there, see _everybody_else
                _page(readers[name], path, haul, printed if path.endswith("/blok") else set())


def _survey_claims(site: Site, office: Office, haul: Haul, unit: str, survey_id: int) -> None:
    """The report's exact counts: sums over all complete forms of a unit's quarter.

    By them an element can be told that a month hides as nearly unanimous; ADR 12 says so. The bot
    looks for people here.
    """
    facts = survey_facts.facts_of(site, _supervisor(office, unit), survey_id)
    assert isinstance(facts, SurveyFacts)
    town, counters = Town(site, office), SUPERVISORS["alice" if unit == "A" else "charlie"]
    for key in ("nine", *OFFICIAL_KEYS):
        ids = town.of_survey(counters, key)
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
    if "Triwulan" not in about:
        return
    first, last = _days(about, "Triwulan")
    sheet = book["Layanan"]
    keys = [KEY_OF[cell.value] for cell in sheet[1][2:]]
    for row in _rows(sheet):
        members = tuple(town.services[name] for name in row[0].split(" + "))
        for key, mean in zip(keys, row[2:], strict=True):
            if not isinstance(mean, str) and mean is not None:
                ids = town.ids(counter, first, last, key, service_id=members)
                _claim(haul, counter, key, ids, n=row[1], value=mean)
    if "Petugas" in book.sheetnames:  # there should be none at a counter
        _officer_claims(town, haul, book["Petugas"], (counter,))


def _officers(browser: Browser, town: Town, haul: Haul, counters: Collection[str]) -> None:
    """The page of a unit's officers and its files, of every quarter that can be chosen."""
    path = "/staf/loket/petugas"
    page = browser.client.get(path).get_data(as_text=True)
    for quarter in re.findall(r'<option value="(2026-t\d)"', page) or [""]:
        book = _book(browser, f"{path}/unduh.xlsx?triwulan={quarter}", haul)
        _officer_claims(town, haul, book["Petugas"], counters)
        seen = _numbers_of(book)
        _page(browser, f"{path}?triwulan={quarter}", haul, seen)
        _page(browser, f"{path}/unduh.csv?triwulan={quarter}", haul, seen)


def _officer_claims(town: Town, haul: Haul, sheet: Any, counters: Collection[str]) -> None:
    """By its headings. The mean of the four is told; the bot is granted each of them."""
    head = [cell.value for cell in sheet[1]]
    for cells in _rows(sheet):
        row = dict(zip(head, cells, strict=True))
        who = town.office.officer[row["Petugas"].split()[0]]
        for mean, number, rows in (
            ("Rata-rata", "Formulir lengkap", town.rows),
            ("Rata-rata (berhenti lebih awal)", "Berhenti lebih awal", town.early),
            ("Rata-rata semua", "Semua formulir", town.rows + town.early),
        ):
            if row.get(mean) is not None:
                of_item = [town.of_officer(rows, who, key, counters) for key in OFFICER_KEYS]
                assert row[number] == max(map(len, of_item)), (row, number)
                for key, ids in zip(OFFICER_KEYS, of_item, strict=True):
                    _claim(haul, "town", key, ids, n=None, value=None)


def _cause_claims(
    town: Town, haul: Haul, counter: str, book: Any, about: Mapping[str, Any]
) -> None:
    """Shares of causes are sums over the low answers of an element, by quarter and by month.

    Rounded as they are, the bot takes them for exact, and for known of every cause.
    """
    sheet = book["Sebab"]
    if "Triwulan" not in about:
        return
    first, last = _days(about, "Triwulan")
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
    """An officer sees the sum over units: a claim on the whole town."""
    if batch.items:
        haul.figures += 1
        for key, shown in batch.items.items():
            if isinstance(shown, disclosure.Answers):
                ids = _own_ids(town, haul, town.rows, officer_id, key, n=shown.mean.n)
                haul.claims["town", key, ids] = shown.mean.mean
    if batch.early and isinstance(batch.early.mean, Mean):
        haul.figures += 1
        for key in OFFICER_KEYS:
            ids = _own_ids(town, haul, town.early, officer_id, key, n=batch.early.n)
            haul.claims["town", key, ids] = float("nan")


def _own_ids(
    town: Town,
    haul: Haul,
    rows: Sequence[Mapping[str, Any]],
    officer_id: int,
    key: str,
    *,
    n: int,
) -> frozenset[str]:
    """What the sum is over: the units that supervisors see, or, where it is wrong, all of them."""
    everywhere = town.of_officer(rows, officer_id, key, town.office.counter)
    seen = (ids for _place, of, ids in haul.of_today if of == key and ids and ids <= everywhere)
    known = frozenset[str]().union(*seen)
    found = known if len(known) == n else everywhere
    assert len(found) == n, (officer_id, key, n, len(known), len(everywhere))
    return found


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
    assert answer.status_code < 500, path  # a page that breaks shows nothing, and proves nothing
    if not str(answer.mimetype).startswith(("text/", "application/json")):
        return  # documents and empty example files
    strange = _exact_in(path, answer.get_data(as_text=True)) - seen
    haul.unplaced |= {f"{path}: {number}" for number in strange}


def _exact_in(path: str, text: str) -> set[str]:
    """Numbers with two decimals, but for those of the law, hours, and levels of a certificate."""
    # Drawings are made from the same numbers; styles are in rem.
    text = re.sub(r"<(svg|style)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"\d\d\.\d\d WIB", "", text)
    known = LIMITS | (SHIFT_HOURS if path.startswith(HOURS) else set())
    known |= LEVELS if path.startswith("/staf/sertifikat/") else set()
    return set(EXACT.findall(ENGINE.sub("", text))) - known


def _book(browser: Browser, path: str, haul: Haul) -> Any:
    haul.requests += 1
    book = openpyxl.load_workbook(io.BytesIO(browser.client.get(path).data))
    haul.printed |= _numbers_of(book)
    return book


def _numbers_of(book: Any) -> set[str]:
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    numbers = [value for value in cells if isinstance(value, int | float)]
    points = {f"{number:.2f}" for number in numbers}
    return points | {number.replace(".", ",") for number in points}


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
        looks: Collection[Role | None] = {None} if allowed is route_lines.EVERYBODY else allowed
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
        places = {counter} if counter != "town" else {"A1", "A2", "A3", "B1", "town"}
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


def _town_of(folder: Path, *, seed: int) -> Path:
    """The town of this seed, built once."""
    own = folder / str(seed)
    if not own.exists():
        own.mkdir()
        build_town(own, seed=seed)
    return own / BUILT


def _told_everywhere(folder: Path, *, seed: int) -> bool:
    """Walk over all rooms, print what each role opened and what nobody did."""
    result, opened = look_everywhere(folder, built=_town_of(folder, seed=seed), seed=seed)
    click.echo(f"every room: {result.line()}")
    for line in opened.lines():
        click.echo(line)
    _note("every room", result, seed=seed, days=0)
    passed_over = opened.passed_over()
    for endpoint, roles in passed_over.items():
        click.echo(f"passed over: {endpoint} ({', '.join(sorted(roles))})")
    return not (result.groups + result.answers + result.unplaced or passed_over)


def _note(name: str, result: Result, *, seed: int, days: int) -> None:
    """A line a world in docs/rigs/differencing.jsonl."""
    line = {
        "commit": books.commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "case": name,
        "seed": seed,
        "days": days,
        **asdict(result),
    }
    with (books.BOOKS / "differencing.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def main() -> int:
    """Run the product and the planted faults."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--world", default="", help="only worlds whose name holds this")
    arguments = parser.parse_args()
    chosen = {name: one for name, one in WORLDS.items() if arguments.world in name}
    days = range(arguments.days)
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, world in chosen.items():
            began = datetime.now().astimezone()
            seed = arguments.seed + world.seed
            built = _town_of(Path(folder), seed=seed)
            walk = run if name == PRODUCT else first_find
            with world.plant():
                result = walk(Path(folder), built=built, days=days, seed=seed)
            seconds = (datetime.now().astimezone() - began).seconds
            click.echo(f"{name}: {result.line()} ({seconds} s)")
            leaks = result.groups + result.answers + result.unplaced
            is_good &= (leaks == 0) == (name == PRODUCT)
            _note(name, result, seed=seed, days=arguments.days)
        if not arguments.world:
            is_good &= _told_everywhere(Path(folder), seed=arguments.seed)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
