"""The pages Tempat: units, counters, services; what was used keeps its code and its surveys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.local_time import local_instant
from feedback_app.services.site import Site
from feedback_app.services.upkeep.retention import do_daily_work
from feedback_app.storage import bulk
from feedback_app.storage.models import (
    Counter,
    CounterService,
    HappeningRow,
    Service,
    Shift,
    Unit,
)
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.web.test_people import field, send, text_of
from tests.web.test_surveys import open_survey

TEMPAT = "/staf/admin/tempat/"
YEARS_END = date(2026, 12, 31)


@pytest.fixture
def dina(browse: Callable[[], Browser]) -> Browser:
    """The admin."""
    return browse().log_in("dina")


def seen_of(browser: Browser, path: str) -> str:
    return field(text_of(browser.get(path)), "seen")


def status(answer: object) -> int:
    return answer.status_code


def test_an_office_sets_up_its_places_without_a_file(dina: Browser, site: Site) -> None:
    assert status(send(dina, TEMPAT + "unit/baru", code="kec", name="Kecamatan")) == 302
    with site.db.read() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "kec")).one()
    service = {"code": "kia", "name": "KIA", "unit": unit.id, "name_en": "", "minutes": "4"}
    assert status(send(dina, TEMPAT + "layanan/baru", is_free="y", **service)) == 302
    with site.db.read() as session:
        kia = session.scalars(select(Service).where(Service.code == "kia")).one()
    counter = {"code": "K1", "name": "Loket K1", "unit": unit.id, "services": [kia.id]}
    assert status(send(dina, TEMPAT + "loket/baru", **counter)) == 302
    page = text_of(dina.get(TEMPAT))
    assert "Kecamatan" in page
    assert "Loket K1" in page
    assert "KIA" in page
    assert "Loket K1" in text_of(dina.get("/staf/admin/kartu"))


def test_what_cannot_be_is_said(dina: Browser, office: Office) -> None:
    for path, fields, told in (
        ("unit/baru", {"code": "A", "name": "Lain"}, "Kode ini milik Unit A"),
        ("unit/baru", {"code": "a b", "name": "Lain"}, "huruf, angka, titik"),
        ("unit/baru", {"code": "C", "name": ""}, "Wajib diisi"),
        ("loket/baru", {"code": "X", "name": "X", "unit": 1}, "paling sedikit satu layanan"),
        ("layanan/baru", {"code": "X", "name": "X", "unit": 1, "minutes": "0"}, "1 sampai 480"),
        ("layanan/baru", {"code": "X", "name": "X", "unit": 999_999}, "Pilih salah satu"),
    ):
        answer = send(dina, TEMPAT + path, **fields)
        assert (status(answer), told in text_of(answer)) == (422, True), (path, fields)
    assert dina.get(TEMPAT + "gedung/baru").status_code == 404
    assert dina.get(TEMPAT + "unit/999999").status_code == 404


def test_a_used_code_is_shown_and_not_asked_for(
    dina: Browser, site: Site, office: Office, place: str, browse: Callable[[], Browser]
) -> None:
    path = f"{TEMPAT}loket/{office.counter['A1']}"
    page = text_of(dina.get(path))
    assert 'name="code"' not in page
    assert "kartu yang sudah dicetak tetap berlaku" in page
    services = [office.service["ktp"], office.service["kk"]]
    fields = {"name": "Loket Depan", "seen": field(page, "seen"), "services": services}
    assert status(send(dina, path, code="Z9", unit=office.unit["B"], **fields)) == 302
    with site.db.read() as session:
        counter = session.get_one(Counter, office.counter["A1"])
    assert (counter.code, counter.name, counter.unit_id) == ("A1", "Loket Depan", office.unit["A"])
    assert "Loket Depan" in text_of(
        browse().get(f"/q/{place}")
    )  # the printed card still leads here


def test_the_second_of_two_who_edit_sees_it(dina: Browser, office: Office) -> None:
    path = f"{TEMPAT}unit/{office.unit['A']}"
    seen = seen_of(dina, path)
    assert status(send(dina, path, name="Unit Satu", seen=seen)) == 302
    late = send(dina, path, name="Unit Dua", seen=seen)
    assert status(late) == 409
    assert 'value="Unit Dua"' in text_of(late)
    assert status(send(dina, path, name="Unit Dua", seen=field(text_of(late), "seen"))) == 302


def test_a_service_hands_over_on_the_first_of_a_quarter(
    dina: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    path = f"{TEMPAT}layanan/{office.service['ktp']}"
    seen, successor = seen_of(dina, path), office.service["kk"]
    middle = send(dina, path + "/akhiri", last_day=str(TODAY), successor=successor, seen=seen)
    assert (status(middle), "akhir triwulan" in text_of(middle)) == (422, True)
    own = send(
        dina, path + "/akhiri", last_day=str(YEARS_END), successor=office.service["ktp"], seen=seen
    )
    assert (status(own), "harus yang lain" in text_of(own)) == (422, True)
    fields = {"last_day": str(YEARS_END), "successor": successor, "seen": seen}
    assert status(send(dina, path + "/akhiri", **fields)) == 302
    assert "diganti oleh Kartu Keluarga" in text_of(dina.get(TEMPAT))
    clock.at = local_instant(YEARS_END, time(12))
    do_daily_work(site)
    with site.db.read() as session:
        assert session.get_one(Service, office.service["ktp"]).retired_on is None
    clock.at += timedelta(days=1)
    assert do_daily_work(site)["ended"] == 1
    with site.db.read() as session:
        assert session.get_one(Service, office.service["ktp"]).retired_on == date(2027, 1, 1)
        offered = session.execute(
            select(CounterService.counter_id).where(CounterService.service_id == successor)
        ).scalars()
        assert set(offered) == set(office.counter.values())


def test_a_counter_that_ends_takes_its_shifts_along_and_can_come_back(
    dina: Browser, site: Site, office: Office
) -> None:
    row = {
        "agency_id": office.agency_id,
        "officer_id": office.officer["Dewi"],
        "counter_id": office.counter["A2"],
        "starts_at": local_instant(TODAY + timedelta(days=2), time(8)),
        "ends_at": local_instant(TODAY + timedelta(days=2), time(12)),
        "recorded_at": site.now(),
        "withdrawn_at": None,
    }
    with site.db.transaction() as tx:
        shift = bulk.add_rows(tx, "shift", [row])[0]
    path = f"{TEMPAT}loket/{office.counter['A2']}"
    fields = {"last_day": str(TODAY), "successor": "", "seen": seen_of(dina, path)}
    assert status(send(dina, path + "/akhiri", **fields)) == 302
    with site.db.read() as session:
        assert session.get_one(Shift, shift).withdrawn_at is not None
    send(dina, path + "/pakai", seen=seen_of(dina, path))
    with site.db.read() as session:
        assert session.get_one(Counter, office.counter["A2"]).ends_on is None


def test_a_unit_that_is_still_used_does_not_end(dina: Browser, office: Office) -> None:
    path = f"{TEMPAT}unit/{office.unit['A']}"
    answer = send(
        dina, path + "/akhiri", last_day=str(YEARS_END), successor="", seen=seen_of(dina, path)
    )
    assert status(answer) == 422
    assert "masih punya 2 loket, 2 layanan, dan 3 petugas" in text_of(answer)


def test_closed_surveys_keep_the_name_they_were_closed_under(
    dina: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_ratings(site, office, 8, day=date(2026, 8, 3), perilaku=4, waktu=2)
    add_ratings(site, office, 8, day=date(2026, 8, 3), biaya=4)
    alice = browse().log_in("alice")
    survey = open_survey(alice, office)
    token = alice.csrf("/staf/akun/sesi")
    assert alice.post(survey + "/tutup", data={"csrf_token": token}).status_code == 302
    path = f"{TEMPAT}unit/{office.unit['A']}"
    send(dina, path, name="Mal Pelayanan Publik", seen=seen_of(dina, path))
    public = text_of(browse().get("/hasil/dukcapil/A"))
    assert "Mal Pelayanan Publik" in public
    assert "Saat itu bernama Unit A" in public
    assert "Unit A ·" in text_of(alice.get(survey))


def test_an_old_card_names_the_counter_that_took_over(
    dina: Browser,
    browse: Callable[[], Browser],
    site: Site,
    office: Office,
    place: str,
    clock: SteppedClock,
) -> None:
    path = f"{TEMPAT}loket/{office.counter['A1']}"
    fields = {"last_day": str(YEARS_END), "successor": office.counter["A2"]}
    send(dina, path + "/akhiri", seen=seen_of(dina, path), **fields)
    clock.at = local_instant(YEARS_END, time(12))
    assert browse().get(f"/q/{place}").status_code == 200
    clock.at += timedelta(days=1)
    do_daily_work(site)
    gone = browse().get(f"/q/{place}")
    assert (gone.status_code, "sekarang Loket A2" in text_of(gone)) == (410, True)


@pytest.mark.engine_alike
def test_an_admin_turns_the_offer_to_stop_off_and_it_notes_itself(
    dina: Browser, site: Site, office: Office, place: str
) -> None:
    path = f"{TEMPAT}loket/{office.counter['A1']}"
    page = text_of(dina.get(path))
    assert 'name="has_fork"' in page
    services = [office.service["ktp"], office.service["kk"]]
    fields = {"name": "Loket A1", "seen": field(page, "seen"), "services": services}
    assert status(send(dina, path, **fields)) == 302  # an unticked box is not sent
    assert 'class="fork"' not in text_of(dina.get(f"/q/{place}"))
    with site.db.read() as session:
        noted = session.scalars(select(HappeningRow)).one()
    assert (noted.kind, noted.counter_id, noted.first_day) == (
        "instrument",
        office.counter["A1"],
        TODAY,
    )
    assert noted.words.startswith("skm-2017.3, tanpa pilihan berhenti")
