"""HR's impact pages: honest when there is nothing, a study as a job, kept and repeatable."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.impact.results import Plan
from feedback_app.services.impact import study as impact_study
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import AuditEntry, ImpactStudy, Training
from tests.conftest import Browser, SteppedClock
from tests.ground.office import Office
from tests.ground.scores import TRAINED, add_scores

pytestmark = pytest.mark.both_engines

HOME = "/staf/dampak/"


@pytest.fixture
def hana(browse: Callable[[], Browser]) -> Browser:
    """HR."""
    return browse().log_in("hana")


def press_measure(hana: Browser, site: Site, *, horizon: str = "4") -> ImpactStudy:
    """Press the button and wait for the newest study to end."""
    answer = hana.post(HOME, data={"csrf_token": hana.csrf(HOME), "horizon": horizon})
    assert answer.status_code == 302
    for _ in range(600):
        with site.db.read() as session:
            study = session.scalars(select(ImpactStudy).order_by(ImpactStudy.id.desc())).first()
        assert study is not None
        if study.state != "running":
            return study
        time.sleep(0.05)
    raise AssertionError("the study did not end in 30 s")


def test_without_a_study_the_page_says_what_to_do(hana: Browser) -> None:
    page = hana.get(HOME).get_data(as_text=True)
    assert "Belum ada pengukuran." in page
    assert "impor peserta" in page


def test_without_ratings_a_study_ends_as_failed_and_says_why(hana: Browser, site: Site) -> None:
    study = press_measure(hana, site)
    assert study.state == "failed"
    assert study.fault.startswith("belum ada penilaian")
    page = hana.get(HOME).get_data(as_text=True)
    assert "gagal" in page
    assert study.fault in page


def test_a_study_shows_what_rose_and_what_cannot_be_told(
    hana: Browser, site: Site, office: Office
) -> None:
    add_scores(site, office)
    study = press_measure(hana, site)
    assert study.state == "done"
    assert (study.plan["seed"], study.plan["draws"]) == (20_261_124, 1999)
    assert study.method_version
    assert re.fullmatch("[0-9a-f]{64}", study.fingerprint)
    assert (str(study.first_day), str(study.last_day)) == ("2025-08-01", "2026-10-31")
    rose = {e["item"] for e in study.estimates if e["verdict"] == "improved"}
    assert rose == {"perilaku"}
    page = hana.get(HOME).get_data(as_text=True)
    assert "Sopan di loket" in page
    assert page.count("Belum dapat disimpulkan") >= 3
    one = hana.get("/staf/dampak/pelatihan/sopan").get_data(as_text=True)
    assert "dari 100 pengunjung menjawab satu tingkat lebih tinggi" in one
    assert re.search(r"buktinya (kuat|lemah) \(q 0,[0-9]{2}\)", one)
    assert "Tidak ditetapkan sebelum pelatihan." in one  # the attendance was imported afterwards
    assert "Perubahan ini gugur bila ada perbedaan tersembunyi" in one
    assert "undian (5)" in one
    assert "Rp 3.000.000 per peserta" in one
    assert "untuk menaikkan satu petugas 0,1 poin" in one  # the interval leaves out 0
    assert "Petugas 0" not in one  # never a sentence about one person
    with site.db.read() as session:
        started = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "start_impact_study")
        ).one()
    assert started.detail["seed"] == study.plan["seed"]
    with site.db.transaction() as tx:
        tx.scalars(select(Training)).one().elements = list(OFFICER_KEYS)
    one = hana.get("/staf/dampak/pelatihan/sopan").get_data(as_text=True)
    unsure = "belum dapat disimpulkan, jadi biaya per kenaikan tidak dihitung"
    assert one.count(unsure) == 3  # all but perilaku: no best case is named as if it were a price
    assert "paling murah" not in one
    assert "sasaran: unsur yang ingin diperbaiki pelatihan ini" in one


def test_the_same_data_give_the_same_numbers_again(
    hana: Browser, site: Site, office: Office
) -> None:
    add_scores(site, office)
    first, second = press_measure(hana, site), press_measure(hana, site)
    assert first.id != second.id
    assert first.fingerprint == second.fingerprint
    assert first.estimates == second.estimates
    assert first.series == second.series
    other = press_measure(hana, site, horizon="all")
    assert other.plan["horizon"] is None
    assert other.estimates != first.estimates
    old = hana.get(f"{HOME}?studi={first.id}").get_data(as_text=True)
    assert f"studi={first.id}" in old


def test_the_report_stands_alone_and_the_tables_open(
    hana: Browser, site: Site, office: Office
) -> None:
    add_scores(site, office, reason="volunteer")
    press_measure(hana, site)
    report = hana.client.get("/staf/dampak/laporan.html").get_data(as_text=True)
    plain = report.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?://|<script|<link|src=|@import|url\(", plain)
    assert "Sebagian peserta mendaftar sendiri" in report
    assert report.count("<svg") > 4
    english = hana.client.get("/staf/dampak/laporan.html?lang=en").get_data(as_text=True)
    assert "What is known" in english
    hana.client.get("/?lang=id")
    content = hana.client.get("/staf/dampak/unduh.csv").get_data(as_text=True)
    (perilaku,) = [r for r in csv.DictReader(io.StringIO(content)) if r["item"] == "perilaku"]
    assert float(perilaku["ci_lo"]) > 0
    assert perilaku["n_trained"] == str(TRAINED)
    assert "HIDDEN_SELECTION" in perilaku["warnings"].split()
    book = openpyxl.load_workbook(io.BytesIO(hana.client.get("/staf/dampak/unduh.xlsx").data))
    assert book.sheetnames == ["Ringkasan", "Dampak", "Analis"]
    names, *rows = book["Analis"].iter_rows(values_only=True)
    (kept,) = [dict(zip(names, row, strict=True)) for row in rows if row[1] == "perilaku"]
    assert kept["ci_lo"] == pytest.approx(float(perilaku["ci_lo"]), rel=1e-12)  # all decimals
    (told,) = [
        r for r in book["Dampak"].iter_rows(values_only=True) if r[2] == "Perilaku Pelaksana"
    ]
    assert told[5] == round(float(perilaku["ci_lo"]), 2)
    assert "_" not in "".join(str(cell) for cell in told[2:4])
    assert hana.get("/staf/dampak/unduh.pdf").status_code == 404


def test_a_running_study_is_shown_and_not_started_twice(
    hana: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    study = impact_study._new_study(site, office.agency_id, None, Plan())
    study.done_steps, study.all_steps = 3, 4
    with site.db.transaction() as tx:
        tx.add(study)
    page = hana.get(HOME).get_data(as_text=True)
    assert "75%" in page
    hana.post(HOME, data={"csrf_token": hana.csrf(HOME), "horizon": "4"})
    with site.db.read() as session:
        assert len(session.scalars(select(ImpactStudy)).all()) == 1
    clock.at += timedelta(minutes=6)  # no sign of life: it was interrupted
    page = hana.get(HOME).get_data(as_text=True)
    assert "terputus" in page
    assert "Sedang mengukur" not in page


def test_another_agencys_study_is_not_there(
    hana: Browser, site: Site, office: Office, app: Flask
) -> None:
    with site.db.transaction() as tx:
        other = bulk.add_rows(tx, "agency", [{"code": "lain", "name": "Lain", "is_demo": False}])[0]
        study = impact_study._new_study(site, other, None, Plan())
        study.state = "done"
        tx.add(study)
        tx.flush()
        number = study.id
    assert hana.get(f"{HOME}?studi={number}").status_code == 404
    assert hana.get(f"/staf/dampak/laporan.html?studi={number}").status_code == 404
    assert hana.get(HOME).status_code == 200


def _calculated(browser: Browser, asked: str) -> str:
    """The calculator's page once it has an answer; it is worked out beside the request."""
    for _ in range(600):
        page = browser.get(f"/staf/dampak/hitung?{asked}").text
        if "Sedang menghitung" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the calculator never answers")


def test_the_calculator_tells_what_could_be_seen(hana: Browser, site: Site, office: Office) -> None:
    empty = _calculated(hana, "petugas=8")
    assert "Belum ada penilaian yang menyebut petugas" in empty
    add_scores(site, office, lift=0.0)
    page = _calculated(hana, "petugas=6&bulan=4")
    (few,) = re.findall(r"perubahan sekitar ([0-9],[0-9]{2}) poin", page)
    assert "Dengan 6 dari 16 petugas" in page
    page = _calculated(hana, "petugas=3")
    (fewer,) = re.findall(r"perubahan sekitar ([0-9],[0-9]{2}) poin", page)
    assert fewer > few
    assert "Pembanding terlalu sedikit" in _calculated(hana, "petugas=12")
    both = _calculated(hana, "loket=A1&loket=A2")
    assert "Pembanding terlalu sedikit" in both  # five officers are left at the third counter
    one = _calculated(hana, "loket=A1")
    assert "tidak ada perubahan, sebesar apa pun" in one  # three counters, three assignments
    for count in (1, 2):  # as the study does: fewer than three are refused
        refused = _calculated(hana, f"petugas={count}")
        assert "Kirim tiga orang atau lebih" in refused
        assert "akan terlihat" not in refused
    dates = _calculated(hana, "petugas=6&tanggal=2")
    assert "6 kursi dalam 2 tanggal memperlihatkan pengaruh mulai" in dates
    assert "Jawaban" not in hana.get("/staf/dampak/hitung").text  # nobody has asked yet
    assert "loket=A1&amp;loket=A2&amp;lang=en" in both  # the other language keeps both
    for odd in ("petugas=0", "petugas=-1", "petugas=1e9", "petugas=²", "petugas=", "bulan=7"):
        assert hana.get(f"/staf/dampak/hitung?{odd}").status_code == 200
