"""The bot as each role: follows every link, opens every file, reads what text stands in them.

The town is filled first with one of everything that the walk of figures has no need of: plans,
lots, certificates, happenings, follow-ups, cases. Then each role's links are followed from its
menu. `Opened` says which pages of the route table nobody came to.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pypdfium2
from docx import Document
from flask import Flask
from lxml import html as lxml_html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from feedback_app.domain.roles import Role
from feedback_app.domain.skm import CONVERSION
from feedback_app.domain.survey import Span
from feedback_app.services.citizen.holding import new_case
from feedback_app.services.impact.pages import overview
from feedback_app.services.officer.figures import own_batches
from feedback_app.services.plan.year import year_page
from feedback_app.services.public.regency import regency
from feedback_app.services.site import Site
from feedback_app.services.survey import follow_up
from feedback_app.services.survey import periods as surveys
from feedback_app.services.survey.facts import facts_of
from feedback_app.services.survey.periods import Settings
from feedback_app.storage.db import Session
from feedback_app.storage.models import Certificate, CertificateRule
from feedback_app.web import route_lines, route_table
from tests.ground import codes, paper
from tests.ground.full_office import fill_rooms
from tests.ground.office import TODAY, Office, add_comment, rating_row
from tests.ground.paper import viewer_of
from tests.ground.plans import YEAR

MOST_ADDRESSES = 4  # of one page with other arguments and queries: weeks lead to weeks for years
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STRANGER = "everybody"
OPEN_SURVEY = Span(date(2026, 4, 1), date(2026, 6, 30))  # before the town's first answer
# Nothing there but a form, a code or a way on; they are opened by a device, a card or a link by mail.
NO_FIGURES = frozenset(
    {
        *("static", "public.favicon", "staff.start", "staff.logout"),
        *("citizen.receipt", "citizen.typed_code", "tickets.scanned"),
        *("display.face", "display.scan", "kiosk.form", "kiosk.thanks"),
        *("second_step.ask", "second_step.enrol", "sso.begin", "sso.come_back", "links.show"),
    }
)
OLD_ROW = "Budi"  # joined with Sari: on no list
CHECK_CODE = "BCDFGHJKMNPQRTVWXY"
PAPER = {"3,83", "3.83", "3,77", "3.77", "3,89", "3.89", "0,86", "0.86"}  # Sari's own

Get = Callable[[str], TestResponse]
Read = Callable[[str, str, str], None]  # role, address, text


@dataclass
class Opened:
    """By page (endpoint): who got it, and how many addresses of it were asked."""

    by: dict[str, set[str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    pages: set[str] = field(default_factory=set)  # all that answer to GET

    def passed_over(self) -> dict[str, set[str]]:
        """Pages that a role may open and never got, but for those without a figure."""
        missing: dict[str, set[str]] = {}
        for endpoint in sorted(self.pages - NO_FIGURES):
            allowed, got = route_table.ROUTES[endpoint], self.by.get(endpoint, set())
            if allowed is route_lines.EVERYBODY:
                rest = set() if got else {STRANGER}  # one page, whoever follows its link
            else:
                rest = {role.value for role in allowed} - got
            if rest:
                missing[endpoint] = rest
        return missing

    def lines(self) -> Iterator[str]:
        """For each role, how many pages it got, and which."""
        for name in sorted({name for names in self.by.values() for name in names}):
            own = sorted(endpoint for endpoint, names in self.by.items() if name in names)
            yield f"{name} opened {len(own)} pages: {' '.join(own)}"


def follow(app: Flask, role: Role | None, get: Get, opened: Opened, read: Read) -> None:
    """Follow every link from this role's plain pages on; `read` gets the text of each answer."""
    name = role.value if role else STRANGER
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    opened.pages |= {rule.endpoint for rule in rules}
    adapter = app.url_map.bind("localhost")
    waiting = [
        adapter.build(rule.endpoint)
        for rule in rules
        if not rule.arguments and _may(role, rule.endpoint)
    ]
    seen: set[str] = set()
    asked: Counter[str] = Counter()
    for address in waiting:  # grows while it is walked
        endpoint = _endpoint_of(app, address)
        if address in seen or endpoint is None or asked[endpoint] >= MOST_ADDRESSES:
            continue
        seen.add(address)
        asked[endpoint] += 1
        answer = get(address)
        opened.asked[endpoint] += 1
        assert answer.status_code < 500, address  # it would show nothing, and prove nothing
        if answer.status_code != 200:
            continue
        opened.by.setdefault(endpoint, set()).add(name)
        read(name, address, text_of(answer))
        if answer.mimetype == "text/html":
            waiting += _links(answer.get_data(as_text=True), address)


def text_of(answer: TestResponse) -> str:
    """What stands in an answer: a page or CSV as it is, cells, paragraphs, a PDF's text."""
    kind = answer.mimetype
    if kind == XLSX:
        return "\n".join(_cells(answer.data))
    if kind == PDF:
        pages = pypdfium2.PdfDocument(answer.data)
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    if kind == DOCX:
        return "\n".join(_paragraphs(answer.data))
    is_text = str(kind).startswith("text/") or "json" in str(kind)
    return answer.get_data(as_text=True) if is_text else ""


def _cells(data: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows(values_only=True):
            for cell in row:
                if isinstance(cell, float):
                    yield f"{cell:.2f}" if cell != round(cell, 1) else f"{cell:.1f}"
                elif cell is not None:
                    yield str(cell)


def _paragraphs(data: bytes) -> Iterator[str]:
    document = Document(io.BytesIO(data))
    yield from (one.text for one in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)


def _may(role: Role | None, endpoint: str) -> bool:
    if endpoint in {"static", "staff.logout"}:
        return False
    allowed = route_table.ROUTES[endpoint]
    return allowed is route_lines.EVERYBODY if role is None else role in (allowed or ())


def _endpoint_of(app: Flask, address: str) -> str | None:
    try:
        endpoint, _args = app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return None if endpoint in {"static", "staff.logout"} else str(endpoint)


def _links(text: str, address: str) -> list[str]:
    document: Any = lxml_html.document_fromstring(text)  # an HtmlElement; the stubs know none
    document.make_links_absolute(f"http://localhost{address}")
    links = document.xpath("//a/@href | //img/@src | //iframe/@src")
    own = [urlsplit(str(link)) for link in links if str(link).startswith("http://localhost/")]
    return [link.path + (f"?{link.query}" if link.query else "") for link in own]


def own_numbers(site: Site, office: Office, survey_ids: Mapping[str, int]) -> set[str]:
    """What officers may read of themselves and everybody of closed surveys: claims, as printed."""
    told: list[Any] = [own_batches(site, officer_id) for officer_id in office.officer.values()]
    for unit, survey_id in survey_ids.items():
        name = next(one for one in ("alice", "charlie") if _is_of(site, one, office.unit[unit]))
        told.append(facts_of(site, viewer_of(site, name), survey_id))
    told.append(regency(site))  # the units' surveys together
    hana = viewer_of(site, "hana")  # estimates of a study are no sums of answers
    told += [overview(site, hana, study_id=None), year_page(site, hana, YEAR, number=None)]
    found: set[str] = set()
    for number in _floats(told):
        for shown in (number, round(number, 1), number * CONVERSION, 4 * number):
            found |= {f"{shown:.2f}", f"{shown:.2f}".replace(".", ",")}
    return found | PAPER


def _is_of(site: Site, name: str, unit_id: int) -> bool:
    return unit_id in viewer_of(site, name).unit_ids


def _floats(told: object) -> Iterator[float]:
    """Every number in dataclasses, mappings and sequences."""
    if isinstance(told, float | Fraction | Decimal):
        yield float(told)
    elif is_dataclass(told):
        for one in fields(told):
            yield from _floats(getattr(told, one.name))
    elif isinstance(told, Mapping):
        for value in told.values():
            yield from _floats(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from _floats(value)


def fill_town(site: Site, office: Office) -> None:
    """One of everything that stands on a page: the town has answers only."""
    listed = {name: number for name, number in office.officer.items() if name != OLD_ROW}
    fill_rooms(site, replace(office, officer=listed))
    alice = viewer_of(site, "alice")
    plan: dict[str, Any] = {
        "element": "waktu",
        "cause": "Antrean",
        "action": "Loket kedua",
        "note": "",
    }
    plan |= {"responsible": "Kepala Seksi", "status": "planned", "due": date(2026, 12, 1)}
    follow_up.add_free_plan(site, alice, str(office.unit["A"]), plan)
    chosen = Settings(office.unit["A"], OPEN_SURVEY, "1/9", "sarana_8", "period", 100)
    surveys.open_survey(site, alice, chosen)
    paper_id = paper.batch(site, office, alice, size=2)
    paper.key(site, alice, paper_id, 1, paper.entry(office))
    codes.batch(site, office, 2)
    with site.db.transaction() as tx:
        add_comment(tx, rating_row(office) | {"for_officer": True}, "Tambah kursi tunggu")
        new_case(
            tx, site, agency_id=office.agency_id, unit_id=office.unit["A"], kind="crowd",
            counter_id=office.counter["A1"], rules="crowd", at=site.now(),
        )  # fmt: skip
        tx.add(_certificate(tx, office))


def _certificate(tx: Session, office: Office) -> Certificate:
    """Sari's: its mean is printed on her own paper, and nowhere else."""
    own: dict[str, Any] = {"agency_id": office.agency_id}
    rule = CertificateRule(**own, level=3.5, reliability=0.7, published_on=date(2025, 12, 1))
    tx.add(rule)
    tx.flush()
    return Certificate(
        **own, officer_id=office.officer["Sari"], rule_id=rule.id, number="2026/0001",
        check_code=CHECK_CODE, name="Sari Contoh", first_day=date(2026, 1, 1),
        last_day=date(2026, 6, 30), issued_on=TODAY, ground="level", n=123, mean=3.83, low=3.77,
        high=3.89, reliability=0.86, withdrawn_at=None,
    )  # fmt: skip
