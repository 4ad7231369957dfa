"""The officer's first page: what plans and lots hold for the officer, and why (not)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import PlanRun
from tests.conftest import Browser
from tests.ground.lots import add_course, drawn_lot
from tests.ground.need_rows import add_need
from tests.ground.office import Office
from tests.ground.plans import FIRST, YEAR, add_catalogue

Browse = Callable[[], Browser]
HOME = "/staf/saya/"


def fixed_plan(site: Site, office: Office, who: list[str], *, by_lot: bool = False) -> None:
    """A plan that holds, with one run of the dear training for these officers."""
    add_catalogue(site, office)
    own: dict[str, Any] = {"agency_id": office.agency_id}
    money = {"fee": 0, "travel": 0, "daily": 0}
    days = {"starts_on": FIRST, "ends_on": FIRST + timedelta(days=1), "jp": 20}
    made = own | {"made_by": None, "made_at": site.now()}
    with site.db.transaction() as tx:
        plan = bulk.add_rows(
            tx,
            "plan",
            [
                made
                | money
                | {"year": YEAR, "floor": 0, "fairness": 0.1, "jp_price": 0.0, "funding": "APBD"}
            ],
        )[0]
        run = own | money | days | {"plan_id": plan, "training_id": 1, "seats": 2}
        run |= {"recorded_by": None, "recorded_at": site.now()}
        run_id = bulk.add_rows(tx, "plan_run", [run | {"withdrawn_by": None, "withdrawn_at": None}])
        version = made | money | {"plan_id": plan, "number": 1, "objective": 1.0, "facts": {}}
        version_id = bulk.add_rows(tx, "plan_version", [version])[0]
        bought = own | money | days | {"version_id": version_id, "run_id": run_id[0]}
        bought |= {"seats": 2, "bought": 2, "is_by_lot": by_lot}
        version_run = bulk.add_rows(tx, "plan_version_run", [bought])[0]
        line = own | {"version_run_id": version_run, "gain": 0.1, "needs": {}}
        lines = [line | {"officer_id": office.officer[name]} for name in who]
        bulk.add_rows(tx, "plan_line", lines)
        fixing = own | {"plan_id": plan, "version_id": version_id, "number": 1, "fixed_by": None}
        fixing |= {"fixed_at": site.now(), "name": "Sri Contoh", "position": "Kepala Dinas"}
        bulk.add_rows(tx, "plan_fixing", [fixing])


def words(browser: Browser) -> str:
    return " ".join(browser.get(HOME).get_data(as_text=True).split())


def test_a_seat_without_a_lot_is_told_with_its_date(
    browse: Browse, site: Site, office: Office
) -> None:
    fixed_plan(site, office, ["Sari", "Andi"])
    oki = browse().log_in("oki")
    assert "Anda mendapat kursi 9 Februari 2027 menurut rencana 2027, tanpa undian." in words(oki)
    with site.db.transaction() as tx:  # the run is cancelled, and no new version is fixed yet
        tx.execute(update(PlanRun).values(withdrawn_at=site.now()))
    assert "jadwal 9 Februari 2027 dalam rencana 2027 dibatalkan" in words(oki)


def test_a_lot_to_come_and_why_nothing_is_planned(
    browse: Browse, site: Site, office: Office
) -> None:
    fixed_plan(site, office, ["Sari", "Andi", "Dewi"], by_lot=True)
    assert "Anda memenuhi syarat dalam rencana 2027 (9 Februari 2027)" in words(
        browse().log_in("oki")
    )


def test_who_is_left_out_reads_why(browse: Browse, site: Site, office: Office) -> None:
    fixed_plan(site, office, ["Andi"])
    oki = browse().log_in("oki")
    assert "tidak memuat Anda, karena tidak ditemukan kebutuhan pelatihan Anda." in words(oki)
    add_need(site, office, level="officer", ref_id=office.officer["Sari"], nature="training")
    assert "tidak cukup bagi semua; tanyakan sebabnya kepada kepegawaian" in words(oki)


def test_several_are_folded_and_none_is_lost(browse: Browse, site: Site, office: Office) -> None:
    add_course(site, office)
    drawn_lot(site, office, seats=6)
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
    assert line.count("baca dan tanggapi sebelum diputuskan") == 1
    assert "ada pertanyaan untuk Anda" in line
