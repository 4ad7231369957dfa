"""Certificates of service: earned by criteria known before, checked by anybody, withdrawn visibly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.officer.certificates import withdraw_changed
from feedback_app.services.site import Site
from feedback_app.storage.models import Certificate, CertificateRule
from tests.conftest import Browser
from tests.ground.lots import add_course
from tests.ground.office import Office, add_ratings

pytestmark = pytest.mark.both_engines

OWN = "/staf/saya/sertifikat"
FORMS = 24
DAYS = (date(2026, 2, 10), date(2026, 5, 12))
BEST = 21  # of 24 forms with nothing but 4, the others nothing but 2: a mean of 3.75


@pytest.fixture
def half_year(site: Site, office: Office) -> Office:
    """Seven officers with figures in both quarters of the half-year that is over; Sari the best."""
    add_course(site, office, people=7)
    for place, officer_id in enumerate(office.officer.values()):
        for day in DAYS:
            add_half(site, office, officer_id, BEST - 3 * place, day, tier="visit")
    return office


def add_half(
    site: Site, office: Office, officer_id: int, good: int, day: date, **changes: Any
) -> None:
    """One quarter's forms of an officer."""
    for count, value in ((good, 4), (FORMS - good, 2)):
        answers: dict[str, Any] = dict.fromkeys(ALL_KEYS, value) | changes
        add_ratings(site, office, count, day=day, officer_id=officer_id, **answers)


def publish(site: Site, office: Office, day: date, level: float = 3.5) -> None:
    rule = CertificateRule(
        agency_id=office.agency_id, level=level, reliability=0.7, published_on=day
    )
    with site.db.transaction() as tx:
        tx.add(rule)


def send(browser: Browser, path: str, **data: str) -> TestResponse:
    return browser.post(path, data=data | {"csrf_token": browser.csrf("/staf/kata-sandi")})


@pytest.mark.engine_alike
def test_an_officer_earns_one_and_anybody_checks_it_until_it_is_withdrawn(
    site: Site, half_year: Office, browse: Callable[[], Browser]
) -> None:
    publish(site, half_year, date(2026, 1, 1))
    oki = browse().log_in("oki")
    assert "Terbitkan sertifikat" in oki.get(OWN).get_data(as_text=True)
    for _twice in range(2):
        assert send(oki, OWN).status_code == 302
    with site.db.read() as session:
        one = session.scalars(select(Certificate)).one()
    assert (one.number, one.ground, one.n) == ("2026/0001", "level", 2 * FORMS)
    answer = oki.get(f"{OWN}/{one.id}.pdf")
    words = pypdfium2.PdfDocument(answer.get_data())[0].get_textpage().get_text_range()
    for needed in ("Sari Contoh", "2026/0001", "3,75", one.check_code):
        assert needed in words.replace("\r\n", "")
    page = browse().get(f"/sertifikat/{one.check_code.lower()}").get_data(as_text=True)
    assert "Asli" in page
    assert "Sari" not in page
    assert browse().get("/sertifikat/NOSUCHCODE").status_code == 404
    with site.db.transaction() as tx:
        assert withdraw_changed(tx, site, [(half_year.officer["Andi"], DAYS[0])]) == 0
        assert withdraw_changed(tx, site, [(one.officer_id, date(2026, 7, 1))]) == 0
        assert withdraw_changed(tx, site, [(one.officer_id, DAYS[1])]) == 1
    assert "Sertifikat ini dicabut." in browse().get(f"/sertifikat/{one.check_code}").get_data(
        as_text=True
    )
    assert "dicabut" in oki.get(OWN).get_data(as_text=True)
    assert oki.get(f"{OWN}/{one.id}.pdf").status_code == 404


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    ("published", "level", "tier", "words"),
    [
        (date(2026, 1, 2), 3.5, "visit", "belum ada kriteria"),
        (date(2026, 1, 1), 3.8, "visit", "belum terpenuhi"),
        (date(2026, 1, 1), 3.5, "poster", "tanpa bukti kunjungan. Di atas 30%"),
    ],
)
def test_none_is_earned_by_later_criteria_a_higher_level_or_unverified_answers(
    site: Site, office: Office, browse: Callable[[], Browser], published: date, level: float,
    tier: str, words: str,
) -> None:  # fmt: skip
    add_course(site, office, people=7)
    for place, officer_id in enumerate(office.officer.values()):
        for day in DAYS:
            add_half(site, office, officer_id, BEST - 3 * place, day, tier=tier)
    publish(site, office, published, level)
    oki = browse().log_in("oki")
    assert words in oki.get(OWN).get_data(as_text=True)
    send(oki, OWN)
    with site.db.read() as session:
        assert session.scalars(select(Certificate)).all() == []


def test_hr_publishes_criteria_and_sees_no_holder(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    hana = browse().log_in("hana")
    room = "/staf/sertifikat/"
    for typed in ("2,9", "4,5", "tiga"):
        assert send(hana, room, level=typed).status_code == 422
    assert send(hana, room, level="3,5").status_code == 302
    assert "3,50" in hana.get(room).get_data(as_text=True)
    with (
        pytest.raises(DBAPIError, match="can only be withdrawn"),
        site.db.transaction() as tx,
    ):
        tx.execute(update(CertificateRule).values(level=3.0))


@pytest.mark.every_case
@pytest.mark.parametrize("values", [{"name": "Lain"}, {"withdrawn_at": None}])
def test_neither_engine_lets_a_certificate_change(
    site: Site, office: Office, values: dict[str, object]
) -> None:
    publish(site, office, date(2026, 1, 1))
    own = {
        "agency_id": office.agency_id, "officer_id": office.officer["Sari"], "rule_id": 1,
        "number": "2026/0001", "check_code": "X", "name": "Sari", "first_day": DAYS[0],
        "last_day": DAYS[1], "issued_on": DAYS[1], "ground": "level", "n": 48, "mean": 3.7,
        "low": 3.6, "high": 3.8, "reliability": 0.8,
    }  # fmt: skip
    with site.db.transaction() as tx:
        tx.add(Certificate(**own))
    with pytest.raises(DBAPIError, match="only be withdrawn"), site.db.transaction() as tx:
        tx.execute(update(Certificate).values(**values))
