"""What the fork costs is told to the office and the public; what answers changed is told to citizens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pypdfium2
import pytest

from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS
from feedback_app.services.office.cards import cards_pdf
from feedback_app.services.site import Site
from feedback_app.storage.queries.openings import add_openings
from tests.conftest import Browser
from tests.ground.office import Office, add_ratings
from tests.web.test_citizen import opened
from tests.web.test_surveys import open_survey, send

pytestmark = pytest.mark.engine_alike

SUMMER = date(2026, 7, 2)
STOPPED = {key: None for key in ALL_KEYS if key not in OFFICER_KEYS}


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    return browse().log_in("alice")


def test_a_closed_quarter_says_how_far_people_came_with_the_form_in_tens(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 31, day=SUMMER)
    add_ratings(site, office, 20, day=date(2026, 9, 2), **dict.fromkeys(ALL_KEYS, 4), tier="paper")
    add_ratings(site, office, 25, day=SUMMER, **STOPPED)
    add_ratings(site, office, 10, day=SUMMER, tier="kiosk")  # its form opens by itself
    with site.db.transaction() as tx:
        add_openings(tx, {(office.counter["A1"], date(2026, 7, 1)): 87})
    page = alice.get("/staf/loket/A1?triwulan=2026-t3").get_data(as_text=True)
    told = re.search(r"Formulir di ponsel</h3>(.*?)</dl>", page, re.DOTALL)
    assert told
    facts = re.findall(r"<d[td]>\s*([^<]*?)\s*</d", told[1])
    assert [words.split()[-1] for words in facts[1::2]] == ["80", "50", "20"], facts
    assert facts[::2] == ["Dibuka", "Dikirim", "Berhenti setelah empat pertanyaan petugas"]


def test_the_share_that_stops_early_stands_beside_n_unless_they_are_few(
    alice: Browser, citizen: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 18, day=SUMMER)
    add_ratings(site, office, 12, day=SUMMER, **dict.fromkeys(ALL_KEYS, 4))
    add_ratings(site, office, 10, day=SUMMER, **STOPPED)
    add_ratings(site, office, 6, day=date(2026, 4, 2))
    add_ratings(site, office, 6, day=date(2026, 4, 2), **dict.fromkeys(ALL_KEYS, 4))
    add_ratings(site, office, 9, day=date(2026, 4, 2), **STOPPED)
    for period in ("2026-t2", "2026-t3"):
        page = open_survey(alice, office, period=period)
        assert send(alice, f"{page}/tutup").status_code == 302
    page = citizen.get("/hasil/dukcapil/A/2026-t3").get_data(as_text=True)
    assert "Dari 30 responden" in page
    assert "25% lagi berhenti lebih awal" in page
    earlier = citizen.get("/hasil/dukcapil/A/2026-t2").get_data(as_text=True)
    assert "Dari 12 responden" in earlier
    assert "berhenti lebih awal" not in earlier


def test_a_survey_behind_its_sample_says_which_counters_offer_to_stop(
    alice: Browser, site: Site, office: Office
) -> None:
    told = "Survei ini tertinggal dari sampelnya."
    running = open_survey(alice, office, period="2026-t4", population="20")  # wants 19
    assert told in alice.get(running).get_data(as_text=True)
    assert "Loket A1, Loket A2. Admin dapat" in alice.get(running).get_data(as_text=True)
    add_ratings(site, office, 19, day=date(2026, 11, 2))
    assert told not in alice.get(running).get_data(as_text=True)


def test_what_was_mended_last_stands_on_form_receipt_card_and_hall_screen(
    alice: Browser, citizen: Browser, place: str, site: Site, office: Office
) -> None:
    add_ratings(site, office, 12, day=SUMMER)
    survey = open_survey(alice, office)
    assert send(alice, f"{survey}/tutup").status_code == 302
    before = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert "Jawaban Anda dipakai untuk memperbaiki pelayanan di sini." in before
    mended = "Kursi dan kipas ditambah di ruang tunggu."
    plan = {"element": "sarana", "action": "Menambah kursi", "due": "2026-12-01", "note": mended}
    plan |= {"cause": "Ruang sempit", "responsible": "Kepala Seksi", "status": "done"}
    assert send(alice, f"{survey}/tindak-lanjut", **plan).status_code == 302
    form = citizen.get(f"/q/{place}").get_data(as_text=True)
    sent = citizen.post(f"/q/{place}", data=opened(citizen, place))
    receipt = citizen.get(sent.location).get_data(as_text=True)
    screen = citizen.get("/layar/dukcapil/A").get_data(as_text=True)
    with pypdfium2.PdfDocument(cards_pdf(site, counter_code="A1")) as document:
        card = re.sub(r"\s+", " ", document[0].get_textpage().get_text_range())
    for page in (form, receipt, screen, card):
        assert "Karena suara warga" in page
        assert mended in page
