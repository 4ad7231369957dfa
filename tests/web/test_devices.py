"""Displays and kiosks over HTTP: who may become one, what they open, and when that ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from feedback_app.domain.codes import place_code
from feedback_app.domain.display_codes import display_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.roles import Role
from feedback_app.domain.visit_codes import GUESSES_A_MINUTE, new_code
from feedback_app.services.access.accounts import create_account
from feedback_app.services.office.setup import agency_for
from feedback_app.services.office.tier_choice import set_tiers
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import (
    AuditEntry,
    Counter,
    CounterTiers,
    Device,
    DisplayUse,
    Rating,
    Screening,
)
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import codes
from tests.ground.devices import ROOM, device, paired, registered, scanned, token_in
from tests.ground.office import PASSWORD, Office, add_second_step
from tests.ground.paper import viewer_of
from tests.web.test_citizen import opened

Browse = Callable[[], Browser]
MINUTE = timedelta(minutes=1)
GIVEN_BACK = "kartu QR di loket itu dihitung lagi untuk nilai petugas"
DISPLAY_KEY = "display code"


def path_of(url: str) -> str:
    assert url.startswith("http://127.0.0.1:8000/d/")
    return url.removeprefix("http://127.0.0.1:8000")


def answers(page: str) -> dict[str, Any]:
    """Answer 3 to everything but the last question."""
    return dict.fromkeys(ALL_KEYS, "3") | {"kepercayaan": "4", "token": token_in(page)}


def kept(site: Site) -> list[tuple[str, str, str]]:
    """(tier, state, rules) of every rating, in the order in which they came."""
    with site.db.read() as session:
        rows = session.execute(
            select(Rating.tier, Rating.state, Screening.rules)
            .join(Screening, Screening.rating_id == Rating.id)
            .order_by(Screening.received_at)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def revoked(browse: Browse, site: Site) -> None:
    """The admin ends the newest device."""
    with site.db.read() as session:
        device_id = max(session.scalars(select(Device.id)))
    admin = browse().log_in("dina")
    token = admin.csrf(f"{ROOM}{device_id}")
    done = admin.post(f"{ROOM}{device_id}/cabut", data={"csrf_token": token})
    assert done.status_code == 302


# registering and pairing


def test_a_device_is_registered_paired_once_and_its_secrets_are_not_kept(
    browse: Browse, site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    code = registered(admin, "kiosk")
    assert code not in admin.get(ROOM).get_data(as_text=True)  # shown once
    tablet = browse()
    assert paired(tablet, code.lower()).get("/perangkat/kios").status_code == 200
    cookie = tablet.client.get_cookie("sl_device")
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) >= 43  # 256 bits
    with site.db.read() as session:
        (found,) = session.scalars(select(Device))
        acts = session.scalars(select(AuditEntry.action)).all()
    assert cookie.value not in (found.secret_hash or "")
    assert found.pairing_hash is None
    assert {"register_device", "pair_device"} <= set(acts)
    second = browse()
    again = second.post("/perangkat", data={"code": code, "csrf_token": second.csrf("/perangkat")})
    assert again.status_code == 422
    assert "sudah dipakai" in again.get_data(as_text=True)
    assert second.client.get_cookie("sl_device") is None


@pytest.mark.parametrize(
    "code", ["", "ABCD", "ABCD EFGH", "²²²²²²²²", "🙂", "A" * 5000, "\u202e", "23456789"]
)
def test_a_wrong_pairing_code_is_one_clear_line(browse: Browse, office: Office, code: str) -> None:
    registered(browse().log_in("dina"), "display")
    tablet = browse()
    data = {"code": code, "csrf_token": tablet.csrf("/perangkat")}
    answer = tablet.post("/perangkat", data=data)
    assert answer.status_code == 422
    assert "Kode pasang salah, sudah dipakai, atau lewat waktu." in answer.get_data(as_text=True)
    assert tablet.client.get_cookie("sl_device") is None


def test_a_pairing_code_ends_after_fifteen_minutes(
    browse: Browse, office: Office, clock: SteppedClock
) -> None:
    code = registered(browse().log_in("dina"), "display")
    clock.at += timedelta(minutes=15)
    tablet = browse()
    data = {"code": code, "csrf_token": tablet.csrf("/perangkat")}
    assert tablet.post("/perangkat", data=data).status_code == 422
    clock.at -= timedelta(seconds=1)
    assert tablet.post("/perangkat", data=data).status_code == 303


def test_guessing_is_slowed_down_and_the_right_code_works_again_a_minute_later(
    browse: Browse, office: Office, clock: SteppedClock
) -> None:
    code = registered(browse().log_in("dina"), "display")
    tablet = browse()
    token = tablet.csrf("/perangkat")
    for place in range(GUESSES_A_MINUTE):
        guess = new_code(bytes([place]) * 32).typed
        data = {"code": guess, "csrf_token": token}
        there = {"REMOTE_ADDR": f"192.0.2.{place // 7}"}  # seven wrong ones of a network
        assert tablet.post("/perangkat", data=data, environ_base=there).status_code == 422
    data = {"code": code, "csrf_token": token}
    slowed = tablet.post("/perangkat", data=data)
    assert slowed.status_code == 429
    assert slowed.headers["Retry-After"] == "60"
    clock.at += MINUTE
    assert tablet.post("/perangkat", data=data).status_code == 303


def test_of_many_who_type_the_same_code_one_becomes_the_device(
    app: Flask, browse: Browse, office: Office
) -> None:
    code = registered(browse().log_in("dina"), "kiosk")
    app.config["WTF_CSRF_ENABLED"] = False

    def take(place: int) -> int:
        there = {"REMOTE_ADDR": f"192.0.2.{place}"}  # wrong ones of one network would wait
        sent = app.test_client().post("/perangkat", data={"code": code}, environ_base=there)
        return sent.status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(take, range(16)))
    assert statuses == [303] + [422] * 15


def test_a_browser_of_staff_does_not_become_a_kiosk(browse: Browse, office: Office) -> None:
    code = registered(browse().log_in("dina"), "kiosk")
    tablet = browse()
    tablet.log_in("alice").post("/keluar", data={"csrf_token": tablet.csrf("/staf/akun/")})
    data = {"code": code, "csrf_token": tablet.csrf("/perangkat")}
    answer = tablet.post("/perangkat", data=data)
    assert answer.status_code == 422
    assert "pernah dipakai petugas untuk masuk" in answer.get_data(as_text=True)
    assert paired(browse(), code)  # the code was not spent


def test_under_tls_the_cookie_demands_it(app: Flask, browse: Browse, office: Office) -> None:
    code = registered(browse().log_in("dina"), "kiosk")
    running: Site = app.extensions["site"]
    settings = replace(running.settings, base_url="https://127.0.0.1:8000")
    app.extensions["site"] = replace(running, settings=settings)
    tablet = paired(browse(), code)
    cookie = tablet.client.get_cookie("sl_device")
    assert cookie
    assert cookie.secure


def test_the_poster_stops_counting_for_officers_from_the_pairing_on_and_gets_it_back(
    browse: Browse, citizen: Browser, site: Site, office: Office, place: str, clock: SteppedClock
) -> None:
    def sent() -> bool:
        clock.at += 5 * MINUTE
        body = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}", "biaya": "4"}
        assert citizen.post(f"/q/{place}", data=body).status_code == 303
        with site.db.read() as session:
            return bool(session.scalar(select(Rating.for_officer).where(Rating.id == newest(site))))

    admin = browse().log_in("dina")
    code = registered(admin, "display")
    assert sent()  # never paired, it switches nothing off
    paired(browse(), code)
    assert not sent()
    paired(browse(), registered(admin, "kiosk", name="Kios"))
    assert choices(site) == ["visit,display,kiosk"]  # once; the second device changes nothing
    revoked(browse, site)
    assert choices(site) == ["visit,display,kiosk"]  # the display is there still
    with site.db.read() as session:
        display = min(session.scalars(select(Device.id)))
    assert GIVEN_BACK in end(admin, display)
    assert choices(site)[1:] == ["visit,display,kiosk,poster"]
    assert sent()


def test_a_revoked_device_gives_nothing_back_that_an_admin_or_codes_took(
    browse: Browse, site: Site, office: Office, place: str, clock: SteppedClock
) -> None:
    admin = browse().log_in("dina")
    paired(browse(), registered(admin, "display"))
    clock.at += MINUTE
    dina = viewer_of(site, "dina")
    set_tiers(site, dina, {office.counter["A1"]: {"visit"}})
    assert GIVEN_BACK not in end(admin, 1)
    assert choices(site) == ["visit,display,kiosk", "visit"]
    paired(browse(), registered(admin, "kiosk", counter="A2", name="Kios"))
    codes(site, office, service="ktp")
    assert GIVEN_BACK not in end(admin, 2)


def choices(site: Site) -> list[str]:
    with site.db.read() as session:
        return list(session.scalars(select(CounterTiers.tiers).order_by(CounterTiers.id)))


def end(admin: Browser, device_id: int) -> str:
    """Revoke this device; the page that follows."""
    token = admin.csrf(f"{ROOM}{device_id}")
    done = admin.post(f"{ROOM}{device_id}/cabut", data={"csrf_token": token})
    assert done.status_code == 302
    return admin.get(ROOM).get_data(as_text=True)


def newest(site: Site) -> str:
    with site.db.read() as session:
        found = session.scalars(
            select(Screening.rating_id).order_by(Screening.received_at.desc()).limit(1)
        )
        return str(found.one())


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"name": "  "}, "Isi nama perangkat"),
        ({"name": "x" * 81}, "Isi nama perangkat"),
        ({"name": "a\u202eb"}, "Isi nama perangkat"),
        ({"name": ""}, "Wajib diisi."),
        ({"counter": "B9"}, "Pilih salah satu dari daftar."),
        ({"kind": "toaster"}, "Pilih salah satu dari daftar."),
    ],
)
def test_a_faulty_registration_is_told_and_what_was_typed_stays(
    browse: Browse, site: Site, office: Office, changes: dict[str, str], line: str
) -> None:
    admin = browse().log_in("dina")
    data = {
        "counter": "A2",
        "kind": "kiosk",
        "name": "Tablet & <b>",
        "csrf_token": admin.csrf(ROOM),
    }
    answer = admin.post(ROOM, data=data | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert line in page
    if "name" not in changes:
        assert "Tablet &amp; &lt;b&gt;" in page
    with site.db.read() as session:
        assert session.scalars(select(Device)).all() == []


def test_the_list_shows_where_each_stands_and_how_it_is(
    browse: Browse, office: Office, site: Site, clock: SteppedClock
) -> None:
    admin = browse().log_in("dina")
    assert "Belum ada layar atau kios." in admin.get(ROOM).get_data(as_text=True)
    code = registered(admin, "display", name="Layar depan")
    assert "menunggu dipasang" in admin.get(ROOM).get_data(as_text=True)
    paired(browse(), code)
    assert "<strong>terhubung</strong>" in admin.get(ROOM).get_data(as_text=True)
    clock.at += timedelta(minutes=16)
    assert "tidak terhubung" in admin.get(ROOM).get_data(as_text=True)
    registered(admin, "kiosk", name="Tablet dua")
    clock.at += timedelta(minutes=16)
    assert "kodenya lewat waktu" in admin.get(ROOM).get_data(as_text=True)
    revoked(browse, site)
    assert "dicabut" in admin.get(ROOM).get_data(as_text=True)
    with site.db.transaction() as tx:
        rows = [_device(office, site, place) for place in range(60)]
        tx.add_all(rows)
    second = admin.get(f"{ROOM}?hal=2").get_data(as_text=True)
    assert "Halaman 2 dari 2" in second
    assert "Tablet dua" in second  # revoked ones come last


def _device(office: Office, site: Site, place: int) -> Device:
    return Device(
        agency_id=office.agency_id,
        counter_id=office.counter["A2"],
        kind="kiosk",
        name=f"Tablet {place}",
        made_at=site.now(),
    )


def test_a_new_pairing_code_moves_the_device_to_another_tablet(
    browse: Browse, office: Office, site: Site
) -> None:
    old = device(browse, "kiosk")
    admin = browse().log_in("dina")
    with site.db.read() as session:
        device_id = session.scalars(select(Device.id)).one()
    token = admin.csrf(f"{ROOM}{device_id}")
    page = admin.post(f"{ROOM}{device_id}/kode", data={"csrf_token": token})
    code = page.get_data(as_text=True).split('class="big">')[1].split("<")[0]
    assert old.get("/perangkat/kios").status_code == 200  # until the code is used
    new = paired(browse(), code)
    assert new.get("/perangkat/kios").status_code == 200
    assert old.get("/perangkat/kios").status_code == 410
    revoked(browse, site)
    assert (
        admin.client.post(f"{ROOM}{device_id}/kode", data={"csrf_token": token}).status_code == 404
    )


def test_revoking_a_device_is_asked_for_by_name_first(
    browse: Browse, office: Office, site: Site
) -> None:
    tablet = device(browse, "kiosk")
    admin = browse().log_in("dina")
    with site.db.read() as session:
        page = f"{ROOM}{session.scalars(select(Device.id)).one()}"
    assert f'action="{page}/cabut"' not in admin.get(page).get_data(as_text=True)
    asked = admin.get(f"{page}/cabut").get_data(as_text=True)
    assert "Cabut kiosk A1?" in asked
    assert f'href="{page}">Batal' in asked
    assert tablet.get("/perangkat/kios").status_code == 200  # asking revokes nothing
    token = {"csrf_token": admin.csrf(f"{page}/cabut")}
    assert admin.post(f"{page}/cabut", data=token).status_code == 302
    assert tablet.get("/perangkat/kios").status_code == 410
    assert "sudah dicabut" in admin.get(f"{page}/cabut").get_data(as_text=True)
    assert admin.get(f"{ROOM}999999/cabut").status_code == 404


# the display


def test_a_scan_opens_a_form_whose_answer_is_of_the_display(
    browse: Browse, citizen: Browser, site: Site, place: str
) -> None:
    display = device(browse, "display")
    path = path_of(scanned(display))
    page = citizen.get(path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    body = answers(page.get_data(as_text=True))
    first = citizen.post(f"/q/{place}", data=body)
    assert first.status_code == 303
    assert first.location.startswith("/r/")
    again = citizen.post(f"/q/{place}", data=body)
    assert again.location == first.location  # the voucher is good for one answer
    assert citizen.post(f"/q/{place}", data=body | {"biaya": "1"}).status_code == 409
    assert kept(site) == [("display", "counted", "")]
    assert tally_differences(site) == 0
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(("minutes", "tier"), [(15, "display"), (16, "poster")])
def test_a_displays_form_lives_minutes_and_is_then_kept_as_the_posters(
    browse: Browse,
    citizen: Browser,
    site: Site,
    place: str,
    clock: SteppedClock,
    minutes: int,
    tier: str,
) -> None:
    page = citizen.get(path_of(scanned(device(browse, "display"))))
    clock.at += minutes * MINUTE
    sent = citizen.post(f"/q/{place}", data=answers(page.get_data(as_text=True)))
    assert sent.status_code == 303
    assert kept(site) == [(tier, "counted", "")]


@pytest.mark.parametrize(
    ("later", "status", "line"),
    [
        (MINUTE, 200, "Kirim penilaian"),
        (2 * MINUTE, 410, "Pindai lagi kode yang sekarang"),
        (timedelta(days=1), 410, "Kode di layar sudah berganti"),
        (-MINUTE, 200, "Kirim penilaian"),
        (-2 * MINUTE, 410, "Kode layar belum berlaku"),
    ],
)
def test_a_code_late_or_early_opens_a_form_or_a_clear_page(
    browse: Browse,
    citizen: Browser,
    site: Site,
    place: str,
    clock: SteppedClock,
    later: timedelta,
    status: int,
    line: str,
) -> None:
    path = path_of(scanned(device(browse, "display")))
    clock.at += later
    page = citizen.get(path)
    assert page.status_code == status
    assert line in page.get_data(as_text=True)
    if status == 200:
        return
    assert 'name="token"' not in page.get_data(as_text=True)
    assert f'href="/q/{place}"' in page.get_data(as_text=True)  # as a poster it is never lost
    assert citizen.post(f"/q/{place}", data=opened(citizen, place)).status_code == 303
    assert [tier for tier, _state, _rules in kept(site)] == ["poster"]


def test_a_tampered_code_or_no_code_at_all_is_unknown(
    browse: Browse, citizen: Browser, site: Site, office: Office
) -> None:
    path = path_of(scanned(device(browse, "display")))
    changed = path[:-1] + ("0" if path[-1] != "0" else "1")
    for odd in (changed, "/d/x", "/d/²²", "/d/🙂", "/d/" + "A" * 5000, "/d/%00", path + "0"):
        page = citizen.get(odd)
        assert page.status_code == 404, odd
        assert 'name="token"' not in page.get_data(as_text=True)
    never = display_code(999, at=site.now(), key=site.keys_for(DISPLAY_KEY)[0])
    assert citizen.get(f"/d/{never}").status_code == 404


def test_twelve_forms_a_step_and_the_thirteenth_waits(
    app: Flask, browse: Browse, site: Site, clock: SteppedClock
) -> None:
    display = device(browse, "display")
    path = path_of(scanned(display))

    def scan(_place: int) -> int:
        return app.test_client().get(path).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(scan, range(30)))
    assert statuses == [200] * 12 + [429] * 18
    full = browse().get(path)
    assert "Tunggu kode berikutnya" in full.get_data(as_text=True)
    assert full.headers["Retry-After"] == "60"
    clock.at += MINUTE
    assert browse().get(path_of(scanned(display))).status_code == 200
    clock.at += 12 * MINUTE
    assert browse().get(path_of(scanned(display))).status_code == 200
    with site.db.read() as session:
        assert len(session.scalars(select(DisplayUse.step)).all()) == 1  # older ones are forgotten


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_a_preview_costs_no_form_and_a_person_behind_it_gets_in(
    browse: Browse, citizen: Browser, site: Site, headers: dict[str, str]
) -> None:
    path = path_of(scanned(device(browse, "display")))
    assert citizen.client.head(path).status_code == 200
    assert citizen.client.get(path, headers={"Sec-Purpose": "prefetch"}).status_code == 503
    page = citizen.get(path, headers=headers)
    assert page.status_code == 200
    assert 'name="token"' not in page.get_data(as_text=True)
    with site.db.read() as session:
        assert session.scalars(select(DisplayUse)).all() == []
    link = page.get_data(as_text=True).split('class="button" href="')[1].split('"')[0]
    assert "Kirim penilaian" in citizen.get(link, headers=headers).get_data(as_text=True)


def test_a_revoked_display_opens_nothing_and_its_open_forms_are_held(
    browse: Browse, citizen: Browser, site: Site, place: str
) -> None:
    display = device(browse, "display")
    path = path_of(scanned(display))
    body = answers(citizen.get(path).get_data(as_text=True))
    revoked(browse, site)
    gone = citizen.get(path)
    assert gone.status_code == 410
    assert "Layar ini tidak berlaku lagi" in gone.get_data(as_text=True)
    screen = display.get("/perangkat/layar")
    assert screen.status_code == 410
    assert "Perangkat ini tidak berlaku lagi" in screen.get_data(as_text=True)
    assert citizen.post(f"/q/{place}", data=body).status_code == 303
    assert kept(site) == [("poster", "held", "revoked_device")]


def test_a_token_of_another_counters_display_is_no_token_here(
    browse: Browse, citizen: Browser, site: Site, office: Office, place: str
) -> None:
    path = path_of(scanned(device(browse, "display", counter="A2")))
    body = answers(citizen.get(path).get_data(as_text=True))
    page = citizen.post(f"/q/{place}", data=body)
    assert page.status_code == 422
    mended = body | {"token": token_in(page.get_data(as_text=True))}
    assert citizen.post(f"/q/{place}", data=mended).status_code == 303
    assert [tier for tier, _state, _rules in kept(site)] == ["poster"]


def test_a_device_moved_in_the_database_gives_no_tier_elsewhere(
    browse: Browse, citizen: Browser, site: Site, office: Office, place: str
) -> None:
    """The token is signed for the counter; the device must stand there still."""
    body = answers(citizen.get(path_of(scanned(device(browse, "display")))).get_data(as_text=True))
    with site.db.transaction() as tx:
        tx.execute(update(Device).values(counter_id=office.counter["A2"]))
    assert citizen.post(f"/q/{place}", data=body).status_code == 303
    assert kept(site) == [("poster", "held", "revoked_device")]


def test_a_replaced_card_changes_nothing_on_the_display_and_a_closed_counter_ends_it(
    browse: Browse, citizen: Browser, site: Site, office: Office
) -> None:
    display = device(browse, "display")
    with site.db.transaction() as tx:
        tx.execute(update(Counter).where(Counter.code == "A1").values(card_serial=2))
    path = path_of(scanned(display))
    body = answers(citizen.get(path).get_data(as_text=True))
    fresh = place_code(office.number["A1"], 2, key=b"p" * 32)
    assert citizen.post(f"/q/{fresh}", data=body).status_code == 303
    assert [tier for tier, _state, _rules in kept(site)] == ["display"]
    with site.db.transaction() as tx:
        tx.execute(update(Counter).where(Counter.code == "A1").values(retired_on=site.today()))
    assert citizen.get(path).status_code == 410
    assert display.get("/perangkat/layar").status_code == 410


def test_a_display_renews_itself_without_a_script(
    browse: Browse, office: Office, clock: SteppedClock
) -> None:
    display = device(browse, "display")
    clock.at += timedelta(seconds=13)
    page = display.get("/perangkat/layar").get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="48"></noscript>' in page
    assert "13.05 WIB" in page


# the kiosk


def test_a_kiosks_answer_is_of_the_kiosk_and_its_thanks_lasts_seconds(
    browse: Browse, site: Site, place: str, clock: SteppedClock
) -> None:
    kiosk = device(browse, "kiosk")
    page = kiosk.get("/perangkat/kios").get_data(as_text=True)
    assert "data-kiosk=" in page
    assert "lapor.go.id" in page
    links = re.findall(r'<a [^>]*href="(?!#)', page.split("<body")[1])
    assert links == []  # nothing leads away, the other language is a button of the form
    clock.at += timedelta(seconds=70)
    done = kiosk.post(f"/q/{place}", data=answers(page))
    assert done.status_code == 303
    assert done.location.startswith("/perangkat/kios/terima/")
    thanks = kiosk.get(done.location)
    assert "Diterima. Terima kasih." in thanks.get_data(as_text=True)
    assert 'content="20; url=/perangkat/kios"' in thanks.get_data(as_text=True)
    clock.at += timedelta(seconds=31)
    assert kiosk.get(done.location).status_code == 302  # the next visitor finds an empty form
    assert kept(site) == [("kiosk", "counted", "")]
    for odd in ("x", "²", "A" * 300):
        assert kiosk.get(f"/perangkat/kios/terima/{odd}").status_code == 302


def test_a_kiosk_serves_one_after_the_other_without_being_held(
    browse: Browse, site: Site, place: str, clock: SteppedClock
) -> None:
    kiosk = device(browse, "kiosk")
    for _ in range(5):
        page = kiosk.get("/perangkat/kios").get_data(as_text=True)
        clock.at += timedelta(seconds=70)
        assert kiosk.post(f"/q/{place}", data=answers(page)).status_code == 303
        clock.at += timedelta(minutes=6)
    assert kept(site) == [("kiosk", "counted", "")] * 5


def test_a_form_that_lay_open_on_a_kiosk_comes_back_fresh_with_its_answers(
    browse: Browse, site: Site, place: str, clock: SteppedClock
) -> None:
    kiosk = device(browse, "kiosk")
    body = answers(kiosk.get("/perangkat/kios").get_data(as_text=True))
    clock.at += timedelta(minutes=31)
    stale = kiosk.post(f"/q/{place}", data=body | {"comment": "Kursi kurang"})
    text = stale.get_data(as_text=True)
    assert stale.status_code == 422
    assert "data-kiosk=" in text
    assert "Kursi kurang" in text
    assert text.count(" checked>") == len(ALL_KEYS)
    fresh = body | {"token": token_in(text), "comment": "Kursi kurang"}
    assert kiosk.post(f"/q/{place}", data=fresh).status_code == 303
    assert kept(site) == [("kiosk", "counted", "")]


def test_a_faulty_form_on_a_kiosk_stays_a_kiosks_form(
    browse: Browse, site: Site, place: str
) -> None:
    kiosk = device(browse, "kiosk")
    body = answers(kiosk.get("/perangkat/kios").get_data(as_text=True))
    page = kiosk.post(f"/q/{place}", data=body | {"perilaku": ""})
    assert page.status_code == 422
    assert "data-kiosk=" in page.get_data(as_text=True)
    assert "Refresh" not in page.headers
    without = kiosk.post(f"/q/{place}", data=body | {"perilaku": "", "token": ""})
    mended = body | {"token": token_in(without.get_data(as_text=True))}
    assert kiosk.post(f"/q/{place}", data=mended).status_code == 303
    assert kept(site) == [("kiosk", "counted", "")]
    phone = browse()
    other = phone.post(f"/q/{place}", data=opened(phone, place) | {"perilaku": ""})
    assert "data-kiosk=" not in other.get_data(as_text=True)


@pytest.mark.parametrize("cookie", [None, "wrong", "²".encode().decode("latin-1"), "x" * 3000])
def test_a_kiosks_token_from_another_browser_is_a_poster_held(
    browse: Browse, site: Site, place: str, cookie: str | None
) -> None:
    kiosk = device(browse, "kiosk")
    body = answers(kiosk.get("/perangkat/kios").get_data(as_text=True))
    thief = browse()
    if cookie is not None:
        thief.client.set_cookie("sl_device", cookie)
    assert thief.post(f"/q/{place}", data=body).status_code == 303
    assert kept(site) == [("poster", "held", "revoked_device")]


def test_another_kiosks_cookie_does_not_serve_either(
    browse: Browse, site: Site, office: Office, place: str
) -> None:
    here = device(browse, "kiosk")
    there = device(browse, "kiosk", counter="A2")
    body = answers(here.get("/perangkat/kios").get_data(as_text=True))
    assert there.post(f"/q/{place}", data=body).status_code == 303
    assert kept(site) == [("poster", "held", "revoked_device")]
    stale = there.post(f"/q/{place}", data=body | {"token": "x"})
    assert "data-kiosk=" not in stale.get_data(as_text=True)
    mended = body | {"token": token_in(stale.get_data(as_text=True)), "biaya": "2"}
    assert there.post(f"/q/{place}", data=mended).status_code == 303
    assert {tier for tier, _state, _rules in kept(site)} == {"poster"}


def test_a_revoked_kiosk_says_so_and_its_open_form_is_kept_and_held(
    browse: Browse, site: Site, place: str
) -> None:
    kiosk = device(browse, "kiosk")
    body = answers(kiosk.get("/perangkat/kios").get_data(as_text=True))
    revoked(browse, site)
    done = kiosk.post(f"/q/{place}", data=body)
    assert done.status_code == 303
    assert "melihatnya dahulu, paling lama sampai" in kiosk.get(done.location).get_data(
        as_text=True
    )
    assert kept(site) == [("poster", "held", "revoked_device")]
    gone = kiosk.get("/perangkat/kios")
    assert gone.status_code == 410
    assert "Perangkat ini tidak berlaku lagi" in gone.get_data(as_text=True)


def test_a_page_that_is_no_form_leads_a_kiosk_back(
    browse: Browse, citizen: Browser, site: Site, place: str
) -> None:
    kiosk = device(browse, "kiosk")
    body = answers(kiosk.get("/perangkat/kios").get_data(as_text=True))
    assert kiosk.post(f"/q/{place}", data=body).status_code == 303
    changed = kiosk.post(f"/q/{place}", data=body | {"biaya": "1"})
    assert changed.status_code == 409
    assert changed.headers["Refresh"] == "20; url=/perangkat/kios"
    assert kiosk.get("/q/unknown").headers["Refresh"] == "20; url=/perangkat/kios"
    assert "Refresh" not in citizen.get("/q/unknown").headers
    assert "Refresh" not in kiosk.get(f"/q/{place}").headers


def test_each_device_opens_its_own_page_and_a_stranger_none(browse: Browse, office: Office) -> None:
    display, kiosk, stranger = device(browse, "display"), device(browse, "kiosk"), browse()
    assert display.get("/perangkat/kios").location == "/perangkat/layar"
    assert kiosk.get("/perangkat/layar").location == "/perangkat/kios"
    assert "Loket A1" in kiosk.get("/perangkat").get_data(as_text=True)
    for path in ("/perangkat/layar", "/perangkat/kios"):
        assert stranger.get(path).location == "/perangkat"
    stranger.client.set_cookie("sl_device", "nothing of ours")
    for path in ("/perangkat/layar", "/perangkat/kios"):
        assert stranger.get(path).status_code == 410
    assert stranger.get("/perangkat").status_code == 200


def test_another_agencys_admin_finds_nothing(browse: Browse, site: Site, office: Office) -> None:
    device(browse, "kiosk")
    with site.db.read() as session:
        device_id = session.scalars(select(Device.id)).one()
    agency_id = agency_for(site, code="lain", name="Dinas Lain")
    account_id = create_account(
        site,
        agency_id=agency_id,
        username="lia",
        name="Lia",
        role=Role.ADMIN,
        unit_ids=frozenset(),
        password=PASSWORD,
    )
    add_second_step(site, agency_id, account_id, "lia")
    other = browse().log_in("lia")
    assert "kiosk A1" not in other.get(ROOM).get_data(as_text=True)
    token = other.csrf("/staf/admin/tempat/unit/baru")
    assert other.get(f"{ROOM}{device_id}").status_code == 404
    for act in ("kode", "cabut"):
        answer = other.post(f"{ROOM}{device_id}/{act}", data={"csrf_token": token})
        assert answer.status_code == 404
    with site.db.read() as session:
        assert session.scalars(select(Device.revoked_at)).one() is None
