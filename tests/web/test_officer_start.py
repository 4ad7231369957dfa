"""The officer's first page: what plans and lots hold for the officer, and why (not)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from feedback_app.services.site import Site
from feedback_app.storage.models import PlanRun
from tests.conftest import Browser
from tests.ground.lots import add_course, drawn_lot
from tests.ground.need_rows import add_need
from tests.ground.office import Office
from tests.ground.plans import add_catalogue, fixed_plan

Browse = Callable[[], Browser]
HOME = "/staf/saya/"


def words(browser: Browser) -> str:
    return " ".join(browser.get(HOME).get_data(as_text=True).split())


def test_a_seat_without_a_lot_is_told_with_its_date(
    browse: Browse, site: Site, office: Office
) -> None:
    add_catalogue(site, office)
    fixed_plan(site, office, ["Sari", "Andi"])
    oki = browse().log_in("oki")
    assert "Anda mendapat kursi 9 Februari 2027 menurut rencana 2027, tanpa undian." in words(oki)
    with site.db.transaction() as tx:  # the run is cancelled, and no new version is fixed yet
        tx.execute(update(PlanRun).values(withdrawn_at=site.now()))
    assert "jadwal 9 Februari 2027 dalam rencana 2027 dibatalkan" in words(oki)


def test_a_lot_to_come_and_why_nothing_is_planned(
    browse: Browse, site: Site, office: Office
) -> None:
    add_catalogue(site, office)
    fixed_plan(site, office, ["Sari", "Andi", "Dewi"], by_lot=True)
    assert "Anda memenuhi syarat dalam rencana 2027 (9 Februari 2027)" in words(
        browse().log_in("oki")
    )


def test_who_is_left_out_reads_why(browse: Browse, site: Site, office: Office) -> None:
    add_catalogue(site, office)
    fixed_plan(site, office, ["Andi"])
    oki = browse().log_in("oki")
    assert "tidak memuat Anda, karena tidak ditemukan kebutuhan pelatihan Anda." in words(oki)
    add_need(site, office, level="officer", ref_id=office.officer["Sari"], nature="training")
    assert "tidak cukup bagi semua; tanyakan sebabnya kepada kepegawaian" in words(oki)


def test_several_are_folded_and_none_is_lost(browse: Browse, site: Site, office: Office) -> None:
    add_course(site, office)
    drawn_lot(site, office, seats=6)
    add_catalogue(site, office)
    fixed_plan(site, office, ["Andi"])
    page = words(browse().log_in("oki"))
    folded = page.split('<details id="kursi">')[1].split("</details>")[0]
    assert "belum ada dalam rencana 2027</summary>" in folded
    assert folded.count("<li>") == 2
    assert "Lihat undiannya" in folded


def test_needs_stand_in_one_line_a_state(browse: Browse, site: Site, office: Office) -> None:
    sari = {"level": "officer", "ref_id": office.officer["Sari"]}
    needs = [add_need(site, office, item=item, **sari) for item in ("perilaku", "informasi")]
    asked = add_need(site, office, item="kecepatan", **(sari | {"nature": "ask"}))
    page = words(browse().log_in("oki"))
    line = page.split('<p id="kebutuhan">')[1].split("</p>")[0]
    for need in (*needs, asked):
        assert f'href="/staf/saya/kebutuhan/{need}"' in line
    assert line.count("mohon baca dan tanggapi sebelum kepegawaian memutuskan") == 1
    assert "ada pertanyaan untuk Anda" in line
