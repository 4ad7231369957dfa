"""Pages of needs: HR's first page, the supervisor's part, the officer's; bad input in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from feedback_app.domain.need_words import QUESTIONS
from feedback_app.services.site import Site
from feedback_app.storage.models import (
    FigureView,
    FollowUp,
    NeedAnswer,
    NeedDecision,
    NeedReply,
    NeedRow,
)
from tests.conftest import Browser
from tests.ground.need_rows import add_need
from tests.ground.office import Office

pytestmark = [pytest.mark.engine_alike, pytest.mark.both_engines]

Browse = Callable[[], Browser]
HOME = "/staf/kebutuhan/"


def count(site: Site, model: type) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_office_reads_when_the_first_needs_can_come(browse: Browse) -> None:
    hana = browse().log_in("hana")
    assert hana.client.get("/staf/").location.endswith(HOME)
    page = hana.get(HOME).get_data(as_text=True)
    assert "paling cepat 8 Januari 2027" in page  # a week after the quarter that runs
    assert "paling cepat Juni 2027" in page  # December to March, and two months after April
    assert "Belum ada usulan" in page
    assert "belum dapat disimpulkan" not in page.lower()


def test_hr_goes_from_an_element_to_a_decision_and_back_to_its_blocks(
    browse: Browse, site: Site, office: Office
) -> None:
    place = add_need(site, office, nature="process")
    person = add_need(site, office, level="officer", ref_id=office.officer["Sari"])
    hana = browse().log_in("hana")
    page = hana.get(HOME).get_data(as_text=True)
    assert f'href="/staf/kebutuhan/{place}"' in page
    assert "0,4 poin" in page
    path = f"{HOME}{place}"
    data = {"csrf_token": hana.csrf(path), "seen": "0", "kind": "mend", "reason": "Ganti printer"}
    assert hana.post(path, data=data).status_code == 302
    shown = hana.get(path).get_data(as_text=True)
    assert "Diserahkan kepada atasan" in shown
    assert f'href="{path}/blok"' in shown
    assert hana.get(f"{path}/blok").status_code == 200
    late = hana.post(path, data=data | {"reason": "Tunggu"})
    assert late.status_code == 422
    assert "Hana sudah lebih dahulu memutuskan" in late.get_data(as_text=True)
    assert 'name="seen" type="hidden" value="1"' in late.get_data(as_text=True)
    early = hana.get(f"{HOME}{person}").get_data(as_text=True)
    assert "berhak membaca dahulu" in early
    assert (count(site, NeedDecision), count(site, FollowUp)) == (1, 1)
    with site.db.read() as session:
        seen = session.scalars(select(FigureView.officer_id)).all()
    assert set(seen) == {office.officer["Sari"]}  # every look is written down


def test_filters_stand_in_the_address_and_the_file_follows_them(
    browse: Browse, site: Site, office: Office
) -> None:
    add_need(site, office, nature="process")
    add_need(site, office, nature="process", item="kecepatan")
    hana = browse().log_in("hana")
    page = hana.get(f"{HOME}?unsur=kecepatan&hanya=open").get_data(as_text=True)
    assert page.count('<th scope="row">') == 1
    assert "/staf/kebutuhan/unduh.csv?unsur=kecepatan" in page
    text = hana.get(f"{HOME}unduh.csv?unsur=kecepatan").get_data(as_text=True)
    assert text.count("\n") == 2
    nothing = hana.get(f"{HOME}?hanya=decided").get_data(as_text=True)
    assert "Tidak ada kebutuhan yang cocok" in nothing
    assert hana.get(f"{HOME}?unsur=cuaca").status_code == 200


def test_an_officer_reads_contradicts_and_answers_on_the_own_page(
    browse: Browse, site: Site, office: Office
) -> None:
    need = add_need(site, office, level="officer", ref_id=office.officer["Sari"], nature="ask")
    oki = browse().log_in("oki")
    path = f"/staf/saya/kebutuhan/{need}"
    assert f'href="{path}"' in oki.get("/staf/saya/").get_data(as_text=True)
    with site.db.read() as session:
        assert session.get_one(NeedRow, need).officer_saw_on == site.today()
    token = {"csrf_token": oki.csrf(path)}
    long = oki.post(path, data=token | {"text": "a" * 10_000})
    assert long.status_code == 422
    assert "a" * 10_000 in long.get_data(as_text=True)  # nothing of it is lost
    assert "10000 huruf" in long.get_data(as_text=True)
    assert count(site, NeedReply) == 0
    assert oki.post(path, data=token | {"text": "Loket saya\x00 lain."}).status_code == 302
    half = oki.post(f"{path}/jawab", data=token | {"could": "yes"})
    assert half.status_code == 422
    assert "Pilih satu jawaban" in half.get_data(as_text=True)
    answers = dict.fromkeys(QUESTIONS, "yes")
    assert oki.post(f"{path}/jawab", data=token | answers).status_code == 302
    assert (count(site, NeedReply), count(site, NeedAnswer)) == (1, 1)


def test_a_supervisor_answers_proposes_and_plans_without_a_survey(
    browse: Browse, site: Site, office: Office
) -> None:
    need = add_need(site, office, level="officer", ref_id=office.officer["Sari"], nature="ask")
    alice = browse().log_in("alice")
    home = "/staf/kebutuhan-unit/"
    path = f"{home}{need}"
    assert f'href="{path}"' in alice.get(home).get_data(as_text=True)
    page = alice.get(path).get_data(as_text=True)
    assert "0,4" not in page  # no figure of an officer
    token = {"csrf_token": alice.csrf(path)}
    assert alice.post(path, data=token | dict.fromkeys(QUESTIONS, "no")).status_code == 302
    told = {"place": f"officer:{office.officer['Andi']}", "item": "informasi", "training": ""}
    told |= {"nature": "training", "words": "Bahasa sederhana"}
    assert alice.post(f"{home}usul", data=token | told).status_code == 302
    refused = alice.post(f"{home}usul", data=token | told | {"place": "officer:999"})
    assert refused.status_code == 422
    plan = {"unit": str(office.unit["A"]), "element": "informasi", "cause": "Istilah sulit"}
    plan |= {"action": "Papan syarat", "due": "2026-12-20", "responsible": "Kasi"}
    plan |= {"status": "planned", "note": ""}
    plans = "/staf/skm/tindak-lanjut"
    assert alice.post(f"{plans}/baru", data=token | plan).status_code == 302
    assert "Papan syarat" in alice.get(plans).get_data(as_text=True)
    other = alice.post(f"{plans}/baru", data=token | plan | {"unit": str(office.unit["B"])})
    assert other.status_code == 422
    assert (count(site, NeedAnswer), count(site, FollowUp)) == (1, 1)


def test_hr_keeps_partners_and_says_at_once_how_a_run_was_chosen(
    browse: Browse, site: Site, office: Office
) -> None:
    hana = browse().log_in("hana")
    path = "/staf/mitra/"
    told = {"name": "Universitas Uji", "agreement": "PKS 1", "first_day": "2026-12-01"}
    token = {"csrf_token": hana.csrf(path)}
    early = hana.post(path, data=token | told | {"last_day": "2026-11-01"})
    assert early.status_code == 422
    assert hana.post(path, data=token | told | {"last_day": "2027-12-01"}).status_code == 302
    again = hana.post(path, data=token | told)
    assert "sudah ada dalam daftar" in again.get_data(as_text=True)
    assert "belum berlaku" in hana.get(path).get_data(as_text=True)
