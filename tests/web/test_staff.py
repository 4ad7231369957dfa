"""Log-in, its brake, its end, and the admin's room."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback_app.config import ROOT
from feedback_app.files.examples import example_csv, example_xlsx
from feedback_app.files.kinds import KINDS
from feedback_app.services.access.guessing import GUESSES
from feedback_app.services.site import Site
from feedback_app.storage.models import AuditEntry, Officer
from feedback_app.version import VERSION
from feedback_app.web.errors import LONG_TEXTS
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import codes
from tests.ground.office import PASSWORD, Office
from tests.ground.paper import batch, viewer_of
from tests.ground.staff import account_number, follow, link_on


def try_log_in(browser: Browser, username: str, password: str, next_page: str = "") -> object:
    data = {"username": username, "password": password, "next": next_page}
    data["csrf_token"] = browser.csrf("/masuk")
    return browser.post("/masuk", data=data)


def test_a_wrong_password_and_an_unknown_name_look_alike(browse: Callable[[], Browser]) -> None:
    answers = [
        try_log_in(browse(), "alice", "wrong password"),
        try_log_in(browse(), "nobody", "wrong password"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]  # type: ignore[attr-defined]
    for answer in answers:
        assert "tidak cocok" in answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_guessing_is_slowed_and_never_locks_for_good(
    browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    browser = browse()
    for _ in range(GUESSES):
        try_log_in(browser, "alice", "wrong password")
    assert try_log_in(browser, "ALICE ", PASSWORD).status_code == 422  # type: ignore[attr-defined]
    clock.at += timedelta(minutes=11)
    assert try_log_in(browser, "ALICE ", PASSWORD).status_code == 302  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:1"],
)
def test_log_in_never_leads_to_another_site(browse: Callable[[], Browser], target: str) -> None:
    answer = try_log_in(browse(), "alice", PASSWORD, target)
    assert answer.location == "/staf/"  # type: ignore[attr-defined]
    own = try_log_in(browse(), "alice", PASSWORD, "/staf/loket/A1?periode=7")
    assert own.location == "/staf/loket/A1?periode=7"  # type: ignore[attr-defined]


def test_a_session_ends_on_the_server(browse: Callable[[], Browser], clock: SteppedClock) -> None:
    browser = browse().log_in("alice")
    cookie = browser.client.get_cookie("sl")
    assert cookie
    token = browser.csrf("/staf/kata-sandi")
    assert browser.post("/keluar", data={"csrf_token": token}).status_code == 302
    browser.client.set_cookie("sl", cookie.value)  # a copy of the old cookie
    assert browser.get("/staf/loket/").status_code == 302
    other = browse().log_in("alice")
    clock.at += timedelta(hours=11)
    assert other.get("/staf/loket/").status_code == 302


def test_a_post_without_its_csrf_token_changes_nothing(browse: Callable[[], Browser]) -> None:
    admin = browse().log_in("dina")
    assert (
        admin.post("/staf/admin/tempat/unit/baru", data={"code": "C", "name": "C"}).status_code
        == 400
    )
    assert "Unit C" not in admin.get("/staf/admin/tempat/unit/baru").get_data(as_text=True)


WRITTEN = "Tulisan <panjang>\nyang tidak ingin ditulis dua kali."
SENT = {"outcome": "aside", "reason": WRITTEN, "password": "rahasia-1", "code": "rahasia-2"}


@pytest.mark.parametrize("ended", ["on the server", "in the browser"])
def test_what_was_written_comes_back_when_the_session_is_over(
    browse: Callable[[], Browser], office: Office, clock: SteppedClock, ended: str
) -> None:
    ina = browse().log_in("ina")
    token = ina.csrf("/staf/perkara/")
    if ended == "on the server":
        clock.at += timedelta(hours=11)
    else:
        ina.client.delete_cookie("sl")
    answer = ina.post("/staf/perkara/7?hal=2", data=SENT | {"csrf_token": token})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (400, 403)
    assert "Sesi Anda sudah berakhir" in page
    assert "Belum ada yang tersimpan. Masuk kembali, lalu kirim lagi." in page
    assert "Tulisan &lt;panjang&gt;\nyang tidak ingin ditulis dua kali.</textarea>" in page
    assert "rahasia" not in page
    assert token not in page
    assert 'href="/masuk?next=/staf/perkara/7?hal%3D2">Masuk kembali' in page
    assert answer.headers["Cache-Control"] == "no-store"
    elsewhere = ina.post("/staf/perkara/7", data=SENT, headers={"Sec-Fetch-Site": "cross-site"})
    assert "panjang" not in elsewhere.get_data(as_text=True)  # another site's words are not ours


def test_a_form_without_a_page_of_its_own_leads_back_to_the_page_above_it(
    browse: Callable[[], Browser], office: Office
) -> None:
    page = browse().post("/staf/pelatihan/prima/jadwal", data={}).get_data(as_text=True)
    assert 'href="/masuk?next=/staf/pelatihan/prima">' in page
    assert "untuk disalin" not in page


def test_a_wrong_token_of_a_living_session_says_how_to_send_again(
    browse: Callable[[], Browser],
) -> None:
    again = "Kembali ke halaman sebelumnya, muat ulang, lalu kirim lagi."
    answer = browse().log_in("dina").post("/staf/admin/tempat/unit/baru", data={"csrf_token": "x"})
    assert answer.status_code == 400
    assert again in answer.get_data(as_text=True)
    assert "Keluar" in answer.get_data(as_text=True)
    assert again in browse().post("/masuk", data={}).get_data(as_text=True)


def test_every_field_of_several_lines_is_given_back() -> None:
    rooms = (ROOT / "feedback_app" / "web").glob("*.py")
    sources = [room.read_text() for room in rooms]
    fields = {name for text in sources for name in re.findall(r"(\w+) = TextAreaField", text)}
    assert fields == set(LONG_TEXTS)


def test_an_absent_page_speaks_to_the_staff_and_leads_to_their_room(
    browse: Callable[[], Browser], office: Office
) -> None:
    alice = browse().log_in("alice")
    for path in ("/staf/admin/", "/staf/loket/zz", "/tidak-ada"):
        answer = alice.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 404
        assert "Halaman ini tidak ada, atau tidak termasuk wewenang Anda." in page
        assert 'href="/staf/">Ke halaman kerja saya' in page
        assert '<a class="brand" href="/staf/">' in page
    page = browse().get("/tidak-ada").get_data(as_text=True)
    assert "pindai kembali kode QR" in page
    assert '<a class="brand" href="/">' in page


def test_the_host_header_never_reaches_an_address(browse: Callable[[], Browser]) -> None:
    admin = browse().log_in("dina")
    page = admin.get("/staf/admin/kartu").get_data(as_text=True)
    assert "http://127.0.0.1:8000/q/" in page
    answer = admin.client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil" not in answer.data


def test_every_admin_page_is_whole(browse: Callable[[], Browser], office: Office) -> None:
    admin = browse().log_in("dina")
    paths = [
        "/staf/admin/",
        "/staf/admin/tempat/unit/baru",
        "/staf/admin/kartu",
        "/staf/admin/orang/akun/baru",
    ]
    paths += [f"/staf/impor/{kind}" for kind in KINDS]
    paths += ["/staf/admin/kartu/A1/ganti", "/staf/kata-sandi"]
    for path in paths:
        assert admin.get(path).status_code == 200, path
        assert admin.get(f"{path}?lang=en").status_code == 200, path
        admin.get(f"{path}?lang=id")


def test_the_menu_marks_the_entry_of_a_page_and_of_those_below_it(
    browse: Callable[[], Browser], office: Office
) -> None:
    admin = browse().log_in("dina")
    for path, room, tab in (
        ("/staf/admin/", ("/staf/admin/", "page", "Kesehatan"), "Kesehatan"),
        ("/staf/admin/tempat/", ("/staf/admin/tempat/", "page", "Tempat"), "Unit, loket, layanan"),
        ("/staf/admin/orang/1/berhenti", ("/staf/admin/orang/", "true", "Orang"), ""),
        ("/staf/admin/kartu/A1/ganti", ("/staf/admin/tempat/", "true", "Tempat"), "Kartu QR"),
        ("/staf/jadwal/libur", ("/staf/jadwal/", "true", "Jadwal"), "Jadwal"),
        ("/staf/kejadian/", ("/staf/jadwal/", "true", "Jadwal"), "Kejadian"),
        ("/staf/catatan/", ("/staf/admin/", "true", "Kesehatan"), "Catatan tindakan"),
    ):
        page = admin.get(path).get_data(as_text=True)
        menu, tabs = _marked(page, "Utama"), _marked(page, room[2])
        assert set(menu) == {room}, path
        assert [text for _url, _mark, text in tabs] == ([tab] if tab else []), path
        assert "Menu<span" in page
    supervisor = browse().log_in("alice")
    for path, tab in (("/staf/loket/A1", "Loket"), ("/staf/loket/petugas", "Petugas")):
        tabs = _marked(supervisor.get(path).get_data(as_text=True), "Loket")
        assert [text for _url, _mark, text in tabs] == [tab], path
    officer = browse().log_in("oki").get("/staf/saya/dilihat").get_data(as_text=True)
    assert "<details" not in officer.split("<main")[0]  # one entry needs no folding


def _marked(page: str, name: str) -> list[tuple[str, str, str]]:
    """(address, mark, text) of what is marked in the navigation of this name."""
    found = re.search(rf'<nav[^>]*aria-label="{name}">(.*?)</nav>', page, re.DOTALL)
    link = r'<a href="([^"]*)" aria-current="([^"]*)">([^<]*)</a>'
    return re.findall(link, found[1]) if found else []


@pytest.mark.parametrize(
    ("username", "rooms"),
    [
        ("dina", ["Kesehatan", "Jadwal", "Orang", "Tempat", "Bukti kunjungan"]),
        ("alice", ["Loket", "Survei &amp; tindak lanjut"]),
        ("hana", ["Kebutuhan", "Rencana", "Dampak", "Katalog &amp; petugas"]),
        ("ina", ["Kasus", "Catatan tindakan"]),
        ("oki", ["Penilaian saya"]),
    ],
)
def test_each_role_has_the_rooms_it_needs(
    browse: Callable[[], Browser], office: Office, username: str, rooms: list[str]
) -> None:
    page = browse().log_in(username).get("/staf/akun/").get_data(as_text=True).split("<main")[0]
    links = re.findall(r'<li><a href="/staf/[^"]*"[^>]*>([^<]*)</a></li>', page)
    assert list(dict.fromkeys(links)) == rooms


def test_what_is_not_used_is_offered_and_stands_in_the_menu_from_its_first_use_on(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    admin, alice = browse().log_in("dina"), browse().log_in("alice")

    def menus() -> tuple[str, str]:
        tabs = admin.get("/staf/admin/bukti/").get_data(as_text=True)
        return tabs.split("<main")[0], alice.get("/staf/akun/").get_data(as_text=True)

    offered = admin.get("/staf/admin/bukti/").get_data(as_text=True).split("<main")[1]
    for path in ("/staf/admin/kode/", "/staf/admin/perangkat/", "/staf/kertas/"):
        assert f'href="{path}"' in offered
        assert f'href="{path}"' not in menus()[0]
    assert "Kertas" in admin.get("/staf/kertas/").get_data(as_text=True).split("<main")[0]
    batch(site, office, viewer_of(site, "dina"))
    codes(site, office)
    proof, supervisor = menus()
    assert 'href="/staf/kertas/"' in proof
    assert 'href="/staf/admin/kode/"' in proof
    assert 'href="/staf/admin/jalur/"' in proof  # codes have changed what counts
    assert 'href="/staf/admin/perangkat/"' not in proof
    assert '<li><a href="/staf/kertas/">Kertas</a></li>' in supervisor
    charlie = browse().log_in("charlie").get("/staf/akun/").get_data(as_text=True)
    assert "Kertas" not in charlie  # another unit's


def test_units_of_a_new_account_stay_ticked_when_something_else_is_wrong(
    browse: Callable[[], Browser], office: Office
) -> None:
    admin = browse().log_in("dina")
    data = {"username": "eka", "name": "", "role": "supervisor", "units": str(office.unit["A"])}
    data["csrf_token"] = admin.csrf("/staf/admin/orang/akun/baru")
    answer = admin.post("/staf/admin/orang/akun/baru", data=data)
    assert answer.status_code == 422
    boxes = re.findall(r'<input[^>]*name="units"[^>]*>', answer.get_data(as_text=True))
    assert len(boxes) > 1
    assert [box for box in boxes if "checked" in box] == [
        box for box in boxes if f'value="{office.unit["A"]}"' in box
    ]


def test_an_account_is_invited_given_a_new_link_and_closed(
    browse: Callable[[], Browser], office: Office, site: Site
) -> None:
    admin = browse().log_in("dina")
    data = {"username": "Eka.Baru", "name": "Eka", "role": "supervisor"}
    data |= {
        "units": str(office.unit["A"]),
        "csrf_token": admin.csrf("/staf/admin/orang/akun/baru"),
    }
    invitation = link_on(admin.post("/staf/admin/orang/akun/baru", data=data))
    eka = browse()
    assert follow(eka, invitation, "kuda biru lari pagi").location == "/masuk"
    assert try_log_in(eka, "eka.baru", "kuda biru lari pagi").status_code == 302  # type: ignore[attr-defined]
    assert eka.get("/staf/loket/A1").status_code == 200
    assert admin.post("/staf/admin/orang/akun/baru", data=data).status_code == 422
    account = account_number(admin, "eka.baru")
    token = {"csrf_token": admin.csrf(f"/staf/admin/orang/akun/{account}")}
    reset = link_on(admin.post(f"/staf/admin/orang/akun/{account}/tautan", data=token))
    assert eka.get("/staf/loket/A1").status_code == 200  # until the link is used
    assert follow(browse(), reset, "kuda hijau lari sore").location == "/masuk"
    assert eka.get("/staf/loket/A1").status_code == 302
    assert try_log_in(eka, "eka.baru", "kuda biru lari pagi").status_code == 422  # type: ignore[attr-defined]
    assert try_log_in(eka, "eka.baru", "kuda hijau lari sore").status_code == 302  # type: ignore[attr-defined]
    assert admin.post(f"/staf/admin/orang/akun/{account}/tutup", data=token).status_code == 302
    assert eka.get("/staf/loket/A1").status_code == 302
    assert try_log_in(eka, "eka.baru", "kuda hijau lari sore").status_code == 422  # type: ignore[attr-defined]
    with site.db.read() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    done = {"create_account", "issue_link", "use_link", "close_account"}
    assert done | {"log_in"} <= actions


def test_closing_an_account_is_asked_for_by_name_first(
    browse: Callable[[], Browser], office: Office
) -> None:
    admin = browse().log_in("dina")
    page = f"/staf/admin/orang/akun/{account_number(admin, 'alice')}"
    assert f'action="{page}/tutup"' not in admin.get(page).get_data(as_text=True)
    asked = admin.get(f"{page}/tutup").get_data(as_text=True)
    assert "Tutup akun alice?" in asked
    assert "(Atasan unit) langsung dikeluarkan. Akun ini tidak dapat dibuka kembali." in asked
    assert f'href="{page}">Batal' in asked
    alice = browse().log_in("alice")  # asking closes nothing
    token = {"csrf_token": admin.csrf(f"{page}/tutup")}
    assert admin.post(f"{page}/tutup", data=token).status_code == 302
    assert alice.get("/staf/loket/").status_code == 302
    assert "Akun ini sudah ditutup." in admin.get(f"{page}/tutup").get_data(as_text=True)
    own = f"/staf/admin/orang/akun/{account_number(admin, 'dina')}"
    assert admin.get(f"{own}/tutup").location == own
    assert admin.get("/staf/admin/orang/akun/999999/tutup").status_code == 404


def test_an_upload_is_checked_saved_and_refused_whole(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    good = b"nip;nama;status_asn;unit\n198609102010032001;Siti;PNS;A\n"
    bad = good + b"1.98609E+17;Budi;PNS;A\n198609102010032009;X;ASN;Z\n"

    def send(content: bytes, do: str) -> tuple[int, str]:
        data = {"file": (io.BytesIO(content), "petugas.csv"), "do": do}
        data["csrf_token"] = admin.csrf("/staf/impor/officers")  # type: ignore[assignment]
        answer = admin.post("/staf/impor/officers", data=data)
        return answer.status_code, answer.get_data(as_text=True)

    def officers() -> int:
        with site.db.read() as session:
            return len(session.scalars(select(Officer)).all())

    before = officers()
    assert send(bad, "save")[0] == 422
    assert "NIP tiba sebagai angka" in send(bad, "save")[1]
    assert send(good, "check")[0] == 200
    assert officers() == before
    assert send(good, "save")[0] == 200
    assert officers() == before + 1
    for content in (b"", b"\x00\x01", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"a;b\n"):
        assert send(content, "save")[0] == 422, content
    assert officers() == before + 1


def test_the_example_of_each_kind_downloads(browse: Callable[[], Browser]) -> None:
    admin = browse().log_in("dina")
    for key, kind in KINDS.items():
        assert admin.get(f"/staf/impor/{key}/contoh.csv").data == example_csv(kind)
        assert admin.get(f"/staf/impor/{key}/contoh.xlsx").data[:2] == example_xlsx(kind)[:2]
    assert admin.get("/staf/impor/nothing/contoh.csv").status_code == 404
    assert admin.get("/staf/admin/kartu.pdf?loket=A1").data.startswith(b"%PDF")
    assert admin.get("/staf/admin/kartu.pdf?loket=ZZ").status_code == 404


def test_public_pages_and_health(citizen: Browser) -> None:
    for path in ("/", "/privasi", "/masuk", "/?lang=en", "/privasi?lang=en"):
        assert citizen.get(path).status_code == 200, path
    assert citizen.get("/healthz").get_data(as_text=True) == "ok"
    assert citizen.get("/r/ZZZZZZZZ").status_code == 404
    assert citizen.get("/tidak-ada").status_code == 404
    assert citizen.get("/robots.txt").status_code == 200
    assert citizen.get("/favicon.ico").status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_read_which_version_this_is_and_nobody_else_does(
    browse: Callable[[], Browser], office: Office
) -> None:
    dina = browse().log_in("dina")
    assert f"Versi {VERSION}" in dina.get("/staf/admin/").get_data(as_text=True)
    assert f"Version {VERSION}" in dina.get("/staf/admin/?lang=en").get_data(as_text=True)
    assert "Versi " not in browse().get("/").get_data(as_text=True)
