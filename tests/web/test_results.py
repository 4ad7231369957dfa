"""What everybody sees: closed surveys only, nothing that singles anybody out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from lxml import etree

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.services.public.open_data import FIELDS
from feedback_app.services.public.regency import regency
from feedback_app.services.site import Site
from tests.conftest import Browser, SteppedClock
from tests.ground.happened import add_told
from tests.ground.office import Office, add_ratings
from tests.web.test_surveys import open_survey, send

UNIT = "/hasil/dukcapil/A"


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    return browse().log_in("alice")


def close(alice: Browser, office: Office, period: str = "2026-t3") -> None:
    page = open_survey(alice, office, period=period)
    assert send(alice, f"{page}/tutup").status_code == 302


def add_mixed(site: Site, office: Office) -> None:
    """Twenty forms, not all alike: 25 x (15 x 26 + 5 x 27) / (9 x 20) = 72.9167."""
    add_ratings(site, office, 15, day=date(2026, 7, 2), waktu=2)
    add_ratings(site, office, 5, day=date(2026, 7, 2), waktu=2, prosedur=4)


def test_nothing_is_shown_before_a_period_is_closed(
    citizen: Browser, alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 30, day=date(2026, 7, 2))
    open_survey(alice, office)
    assert "Belum ada hasil" in citizen.get("/hasil/").get_data(as_text=True)
    page = citizen.get(UNIT).get_data(as_text=True)
    assert "Belum ada periode survei yang ditutup" in page
    assert "75,00" not in page
    assert citizen.client.get(f"{UNIT}/data.json").json["results"] == []
    assert citizen.get(f"{UNIT}/2026-t3").status_code == 404
    assert citizen.get("/hasil/dukcapil/ZZ").status_code == 404
    assert citizen.client.get(f"{UNIT}/2026-t3/poster-a4.png").status_code == 404


def test_a_closed_result_on_every_page_and_in_every_file(
    citizen: Browser, alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 20, day=date(2026, 7, 2), waktu=2, biaya=4, kepercayaan=4)
    add_ratings(site, office, 5, day=date(2026, 7, 2), prosedur=4, biaya=4, kepercayaan=1)
    add_ratings(site, office, 2, day=date(2026, 7, 2), waktu=None)
    close(alice, office)
    ikm = "76,11"  # 25 x (20 x 27 + 5 x 29) / (9 x 25) = 76.11
    for path in ("/hasil/", UNIT, f"{UNIT}/2026-t3"):
        assert ikm in citizen.get(path).get_data(as_text=True), path
    page = citizen.get(UNIT).get_data(as_text=True)
    assert "Mutu C" in page
    assert "80% responden percaya" in page
    assert "2 terisi sebagian" in page
    biaya = re.search(r"Biaya/Tarif</th>(.*?)</tr>", page, re.DOTALL)
    assert biaya is not None
    assert "semua jawaban sama" in biaya.group(1)  # everybody said 4
    assert "4,0" not in biaya.group(1)
    for name in ("Sari", "Andi", "Dewi", "Loket A1"):
        assert name not in page
    document = citizen.client.get(f"{UNIT}/2026-t3/data.json").json
    (row,) = document["results"]
    assert row["ikm"] == 76.11
    assert (row["n"], row["partial"], row["nrr_biaya"], row["mutu_biaya"]) == (25, 2, None, "A")
    assert row["nrr_waktu"] == 2.2
    assert set(row) == set(FIELDS) == set(document["fields"])
    text = citizen.client.get("/hasil/data.csv").data.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (line["ikm"], line["n"], line["nrr_biaya"]) == ("76,11", "25", "")
    assert citizen.client.get("/hasil/data.xml").status_code == 404
    screen = citizen.get("/layar/dukcapil/A").get_data(as_text=True)
    assert ikm in screen
    assert 'http-equiv="refresh"' in screen  # for a screen without scripts; others use refresh.js
    assert citizen.client.get(f"{UNIT}/2026-t3/poster-persegi.png").content_type == "image/png"


def test_pages_can_be_found_shared_and_kept(
    citizen: Browser, alice: Browser, site: Site, office: Office
) -> None:
    add_mixed(site, office)
    close(alice, office)
    answer = citizen.get(UNIT)
    text = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert (
        '<meta name="description" content="IKM Unit A Triwulan III 2026: 72,92, mutu C.">' in text
    )
    assert 'rel="canonical" href="http://127.0.0.1:8000/hasil/dukcapil/A/2026-t3"' in text
    image = re.search(r'og:image" content="http://127.0.0.1:8000([^"]+)"', text)
    assert image is not None
    assert citizen.client.get(image.group(1)).status_code == 200
    assert alice.get(UNIT).headers["Cache-Control"] == "no-store"  # it shows her menu
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in citizen.client.get("/robots.txt").text
    sitemap = etree.fromstring(citizen.client.get("/sitemap.xml").data)
    places = [place.text or "" for place in sitemap.iter("{*}loc")]
    assert len(places) == 4  # everything, two units, one result
    for place in places:
        assert place.startswith("http://127.0.0.1:8000/hasil/")
        assert citizen.get(place.removeprefix("http://127.0.0.1:8000")).status_code == 200
    english = citizen.get(f"{UNIT}?lang=en").get_data(as_text=True)
    assert "What we are improving" in english
    assert "72.92" in english


def test_forms_that_are_all_alike_show_the_letter_only(
    citizen: Browser, alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 20, day=date(2026, 7, 2))
    close(alice, office)
    page = citizen.get(UNIT).get_data(as_text=True)
    assert "75,00" not in page
    assert "hanya mutunya yang ditampilkan" in page
    (row,) = citizen.client.get(f"{UNIT}/data.json").json["results"]
    assert (row["ikm"], row["mutu"], row["note"]) == (None, "C", "alike")
    assert "75,00" not in citizen.get("/layar/dukcapil/A").get_data(as_text=True)


def test_units_together_leave_out_the_one_that_is_too_small(
    citizen: Browser, alice: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office)
    add_ratings(site, office, 9, day=date(2026, 7, 2), counter="B1", waktu=1)
    close(alice, office)
    charlie = browse().log_in("charlie")
    page = open_survey(charlie, office, unit=office.unit["B"])
    assert send(charlie, f"{page}/tutup").status_code == 302
    text = citizen.get("/hasil/").get_data(as_text=True)
    assert "1 dari 2 unit sudah menutup survei periode ini: Unit A." in text
    assert text.count("72,92") == 2  # together, and unit A alone: unit B cannot be subtracted
    assert "Belum cukup formulir untuk diumumkan." in text


def test_units_stay_in_memory_until_one_has_another_result(
    alice: Browser, office: Office, site: Site, settings: Settings, clock: SteppedClock
) -> None:
    """In a process beside the one where the survey is closed; the open data goes with it."""
    add_mixed(site, office)
    beside = create_app(settings, clock=clock)
    own: Site = beside.extensions["site"]
    before = regency(own)
    assert before.newest is None
    assert regency(own) is before
    assert beside.test_client().get("/hasil/data.json").json["results"] == []
    close(alice, office)
    assert regency(own).newest is not None
    assert len(beside.test_client().get("/hasil/data.json").json["results"]) == 1
    own.db.close()


def test_plans_are_public_and_a_screen_counts_voices_only(
    citizen: Browser, alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    add_mixed(site, office)
    close(alice, office)
    plan = {"element": "waktu", "cause": "Antrean", "action": "Loket kedua; kata Sari Contoh"}
    plan |= {"due": "2026-12-01", "responsible": "Kepala Seksi", "status": "running", "note": ""}
    path = re.search(r"/staf/skm/\d+", alice.get("/staf/skm/").get_data(as_text=True))
    assert path is not None
    assert send(alice, f"{path.group(0)}/tindak-lanjut", **plan).status_code == 302
    for page in (UNIT, "/layar/dukcapil/A"):
        text = citizen.get(page).get_data(as_text=True)
        assert "Loket kedua" in text
        assert "Sari" not in text
    open_survey(alice, office, period="2026-t4")
    add_ratings(site, office, 3, day=clock.at.date() - timedelta(days=1), waktu=4)
    screen = citizen.get("/layar/dukcapil/A").get_data(as_text=True)
    assert "3 suara sudah masuk" in screen
    assert json.dumps(citizen.client.get(f"{UNIT}/data.json").json).count("2026-t4") == 0


def test_the_codebook_names_every_field(citizen: Browser) -> None:
    page = citizen.get("/hasil/kamus").get_data(as_text=True)
    table = citizen.client.get("/hasil/kamus.csv").data.decode("utf-8-sig")
    assert all(
        f"<code>{name}</code>" in page and f"\n{name};" in table.replace("\r", "")
        for name in FIELDS
    )


def test_the_trend_names_bands_in_their_middle_and_writes_limits_on_their_lines(
    citizen: Browser, alice: Browser, site: Site, office: Office
) -> None:
    """An 84 just below the line of 88,31 must not stand beside an A."""
    add_mixed(site, office)
    add_ratings(site, office, 15, day=date(2026, 4, 2), waktu=4, prosedur=4, biaya=4)
    add_ratings(site, office, 5, day=date(2026, 4, 2), waktu=4, prosedur=4)
    close(alice, office, "2026-t2")
    close(alice, office)
    assert "formulir berubah" not in citizen.get(UNIT).get_data(as_text=True)
    day = date(2026, 7, 15)
    add_told(site, office, counter="A1", kind="instrument", first=day, last=day, words="skm-2017.2")
    page = citizen.get(UNIT).get_data(as_text=True)
    assert page.count('class="new-form" x1="150.0"') == 1  # between the two quarters
    assert "pertanyaan formulir berubah (15 Juli 2026)" in page
    assert "berubah (15 Juli 2026)" in citizen.get("/hasil/").get_data(as_text=True)
    drawn = etree.fromstring(re.search(r'<svg class="steps-chart.*?</svg>', page, re.DOTALL)[0])
    lines = sorted(
        {float(line.get("y1")) for line in drawn.iter("line") if "grid" in line.values()}
    )
    texts = {text.text: float(text.get("y")) - 4 for text in drawn.iter("text")}
    assert [texts[limit] for limit in ("88,31", "76,61", "65,00")] == lines
    tops, bottoms = [0.0, *lines], [*lines, 150.0]
    for letter, top, bottom in zip("ABCD", tops, bottoms, strict=True):
        assert texts[letter] == pytest.approx((top + bottom) / 2, abs=0.2)
    values = [text.text for text in drawn.iter("text") if text.get("class") == "value"]
    assert values == ["82,64", "72,92"]  # 25 x (15 x 30 + 5 x 29) / (9 x 20) = 82.6389
    assert texts["82,64"] > lines[0]  # in its own band, not in the A's
