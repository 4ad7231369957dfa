"""The second step: due before anything opens, used once, slow to guess, replaceable, recoverable."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select, text, update

from feedback_app.services.access.guessing import GUESSES
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import HalfWay, WrongSecondStepError
from feedback_app.services.access.second_step import confirm_enrolment, pass_second_step
from feedback_app.services.access.sessions import visitor_of_session
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.models import Account, Agency, AuditEntry, SecondFactor
from feedback_app.web import route_lines, route_table
from tests.conftest import Browser, SteppedClock
from tests.ground.office import PASSWORD, TOTP_SECRETS, Office, app_code
from tests.ground.staff import account_number, first_step, follow, link_on, second_step
from tests.guard.test_access import routes

ENROL = "/staf/akun/langkah-kedua/pasang"


def secret_on(browser: Browser) -> str:
    """The secret that the enrolment page shows in groups."""
    page = browser.get(ENROL).get_data(as_text=True)
    found = re.search(r'<strong class="code">([A-Z2-7 ]+)</strong>', page)
    assert found
    return found.group(1).replace(" ", "")


def enrol(browser: Browser, site: Site, secret: str) -> list[str]:
    """Send the first code; return the recovery codes that are shown."""
    data = {"typed": pyotp.TOTP(secret).at(site.now()), "next": "/staf/akun/sesi"}
    answer = browser.post(ENROL, data=data | {"csrf_token": browser.csrf(ENROL)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    assert 'href="/staf/akun/sesi"' in page  # where the person wanted to go
    return re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", page)


def new_inspector(browse: Callable[[], Browser]) -> Browser:
    """Somebody invited as inspector who has just set a password."""
    admin = browse().log_in("dina")
    data = {"username": "eka", "name": "Eka", "role": "inspectorate"}
    made = admin.post(
        "/staf/admin/orang/akun/baru",
        data=data | {"csrf_token": admin.csrf("/staf/admin/orang/akun/baru")},
    )
    eka = browse()
    assert follow(eka, link_on(made), "kuda biru lari pagi").status_code == 302
    return eka


@pytest.mark.proof
def test_half_a_log_in_opens_nothing_but_the_second_step(
    app: Flask, browse: Callable[[], Browser]
) -> None:
    dina = browse()
    answer = first_step(dina, "dina", PASSWORD, "/staf/admin/tempat/unit/baru")
    assert answer.location == "/masuk/kode?next=/staf/admin/tempat/unit/baru"
    app.config["WTF_CSRF_ENABLED"] = False
    opened = set()
    for endpoint, method, path in routes(app):
        if route_table.ROUTES[endpoint] is route_lines.EVERYBODY or endpoint == "staff.logout":
            continue
        answer = dina.client.open(path, method=method)
        if answer.status_code in (200, 422):
            opened.add(endpoint)
        elif method == "GET":
            assert answer.location.startswith("/masuk/kode"), endpoint
        else:
            assert answer.status_code == 403, endpoint
    assert opened == {"second_step.ask", "second_step.check"}
    assert dina.client.post("/keluar").status_code == 302
    assert dina.get("/masuk/kode").location.startswith("/masuk?")


def test_whoever_is_sent_to_a_step_comes_back_to_the_page_that_was_asked_for(
    browse: Callable[[], Browser],
) -> None:
    stranger, dina = browse(), browse()
    first_step(dina, "dina", PASSWORD)
    for browser, door in ((stranger, "/masuk"), (dina, "/masuk/kode")):
        for asked, goes_on in (
            ("/staf/admin/tempat/unit/baru", "/staf/admin/tempat/unit/baru"),
            ("/staf/kode/?unit=A", "/staf/kode/?unit%3DA"),
            (f"{ENROL}?next=/staf/admin/tempat/unit/baru", "/staf/admin/tempat/unit/baru"),
        ):
            assert browser.get(asked).location == f"{door}?next={goes_on}"
    assert stranger.get("/masuk/kode").location == "/masuk?next=/masuk/kode"
    assert dina.get(ENROL).location == "/masuk/kode"  # a step is no place to go on to


def test_a_code_opens_the_page_that_was_asked_for_and_turns_the_session(
    browse: Callable[[], Browser], site: Site
) -> None:
    dina = browse()
    before_anything = dina.client.get_cookie("sl")
    first_step(dina, "dina", PASSWORD)
    half = dina.client.get_cookie("sl")
    answer = second_step(dina, app_code(site, "dina"), "/staf/admin/tempat/unit/baru")
    assert answer.location == "/staf/admin/tempat/unit/baru"
    full = dina.client.get_cookie("sl")
    assert before_anything is None
    assert half
    assert full
    assert half.value != full.value
    assert dina.get("/staf/admin/tempat/unit/baru").status_code == 200
    dina.client.set_cookie("sl", half.value)  # the half-way session is spent
    assert dina.get("/staf/admin/tempat/unit/baru").location.startswith("/masuk?")
    assert dina.get("/masuk/kode").location.startswith("/masuk?")


def test_a_code_works_once(browse: Callable[[], Browser], site: Site, clock: SteppedClock) -> None:
    code = app_code(site, "dina")
    first, other = browse(), browse()
    for browser in (first, other):
        first_step(browser, "dina", PASSWORD)
    assert second_step(first, code).status_code == 302
    refused = second_step(other, code)
    assert refused.status_code == 422
    assert "sudah dipakai" in refused.get_data(as_text=True)
    assert other.get("/staf/admin/").status_code == 302
    clock.at += timedelta(seconds=30)
    assert second_step(other, code).status_code == 422
    assert second_step(other, app_code(site, "dina")).status_code == 302


def test_the_same_code_sent_many_times_at_once_opens_one_session(
    site: Site, office: Office
) -> None:
    halves = [
        visitor_of_session(site, log_in(site, username="dina", password=PASSWORD)) for _ in range(6)
    ]
    code = app_code(site, "dina")

    def send(half: object) -> bool:
        assert isinstance(half, HalfWay)
        try:
            pass_second_step(site, half, typed=code, user_agent="")
        except WrongSecondStepError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(send, halves)) == [False] * 5 + [True]


def test_guessing_codes_is_slowed_and_never_locks_for_good(
    browse: Callable[[], Browser], site: Site, clock: SteppedClock
) -> None:
    dina = browse()
    first_step(dina, "dina", PASSWORD)
    near = {
        pyotp.TOTP(TOTP_SECRETS["dina"]).at(site.now(), counter_offset=shift)
        for shift in (-1, 0, 1)
    }
    wrong = [f"{n:06d}" for n in range(GUESSES + 3) if f"{n:06d}" not in near][:GUESSES]
    for guess in wrong:
        refused = second_step(dina, guess)
        assert refused.status_code == 422
    assert "setel jam ponsel Anda ke otomatis" in refused.get_data(as_text=True)
    slowed = second_step(dina, app_code(site, "dina"))
    assert slowed.status_code == 422
    assert "Terlalu banyak" in slowed.get_data(as_text=True)
    clock.at += timedelta(minutes=11)
    assert dina.get("/masuk/kode").location.startswith("/masuk?")  # half a log-in is short-lived
    first_step(dina, "dina", PASSWORD)
    assert second_step(dina, app_code(site, "dina")).status_code == 302


def test_half_a_log_in_is_short_lived(browse: Callable[[], Browser], clock: SteppedClock) -> None:
    dina = browse()
    first_step(dina, "dina", PASSWORD)
    clock.at += timedelta(minutes=10, seconds=-1)
    assert dina.get("/masuk/kode").status_code == 200
    clock.at += timedelta(seconds=1)
    assert dina.get("/masuk/kode").status_code == 302


def test_whoever_has_to_install_an_app_first_has_half_an_hour(
    browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    eka = new_inspector(browse)
    first_step(eka, "eka", "kuda biru lari pagi")
    clock.at += timedelta(minutes=30, seconds=-1)
    assert eka.get(ENROL).status_code == 200
    clock.at += timedelta(seconds=1)
    assert eka.get(ENROL).status_code == 302


def test_whoever_needs_a_second_step_sets_it_up_before_anything_opens(
    browse: Callable[[], Browser], site: Site
) -> None:
    eka = new_inspector(browse)
    answer = first_step(eka, "eka", "kuda biru lari pagi", "/staf/akun/sesi")
    assert answer.location == f"{ENROL}?next=/staf/akun/sesi"
    for path in ("/staf/", "/staf/catatan/", "/staf/akun/", "/masuk/kode"):
        assert eka.get(path).location.startswith(ENROL), path
    secret = secret_on(eka)
    assert secret == secret_on(eka)  # a reload shows the same
    wrong = {"typed": "000000", "next": "", "csrf_token": eka.csrf(ENROL)}
    assert eka.post(ENROL, data=wrong).status_code == 422
    assert eka.get("/staf/catatan/").status_code == 302
    codes = enrol(eka, site, secret)
    assert len(set(codes)) == 10
    assert eka.get("/staf/catatan/").status_code == 200
    assert eka.post("/keluar", data={"csrf_token": eka.csrf("/staf/akun/sesi")}).status_code == 302
    first_step(eka, "eka", "kuda biru lari pagi")
    assert second_step(eka, pyotp.TOTP(secret).at(site.now())).status_code == 422  # used above
    assert second_step(eka, codes[0].lower()).status_code == 302
    assert "9 kode pemulihan tersisa" in eka.get("/staf/akun/").get_data(as_text=True)
    again = browse()
    first_step(again, "eka", "kuda biru lari pagi")
    assert second_step(again, codes[0]).status_code == 422  # works once
    assert second_step(again, codes[1]).status_code == 302


def test_the_page_offers_the_secret_as_a_picture_that_an_app_reads(
    browse: Callable[[], Browser], tmp_path: object
) -> None:
    eka = new_inspector(browse)
    first_step(eka, "eka", "kuda biru lari pagi")
    page = eka.get(ENROL).get_data(as_text=True)
    secret = secret_on(eka)
    drawn = re.search(r'viewBox="0 0 (\d+) \d+"[^>]*>\s*<path d="([^"]+)"/>', page)
    assert drawn
    assert read_outline(int(drawn.group(1)), drawn.group(2)) == (
        f"otpauth://totp/Suara%20Loket:eka?secret={secret}&issuer=Suara%20Loket"
    )


def read_outline(side: int, path: str) -> str:
    """Draw the path's unit squares and read the symbol back with another library."""

    picture = Image.new("L", (side * 8, side * 8), 255)
    for x, y in re.findall(r"M([\d.]+),([\d.]+)H", html.unescape(path)):
        left, top = round(float(x) * 8), round(float(y) * 8)
        picture.paste(0, (left, top, left + 8, top + 8))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_only_a_demo_waives_the_second_step_and_says_so(
    browse: Callable[[], Browser], site: Site
) -> None:
    with site.db.transaction() as tx:
        tx.execute(update(Agency).values(is_demo=True))
        dina = select(Account.id).where(Account.username == "dina").scalar_subquery()
        tx.execute(text("DELETE FROM second_factor"))
        assert dina is not None
    browser = browse()
    assert first_step(browser, "dina", PASSWORD).location == "/staf/"
    page = browser.get("/staf/akun/langkah-kedua").get_data(as_text=True)
    assert "Data contoh: langkah kedua tidak diwajibkan." in page


def test_a_supervisor_may_have_one_and_replaces_it_with_password_and_code(
    browse: Callable[[], Browser], site: Site, clock: SteppedClock
) -> None:
    alice = browse().log_in("alice")
    assert alice.get(ENROL).location == "/staf/akun/langkah-kedua"  # nothing without the password
    page = "/staf/akun/langkah-kedua"

    def begin(password: str, typed: str = "") -> int:
        data = {"password": password, "typed": typed, "csrf_token": alice.csrf(page)}
        return alice.post(page, data=data).status_code

    assert begin("wrong password") == 422
    assert begin(PASSWORD) == 302
    old_one_holds = "Yang lama tetap berlaku"
    assert old_one_holds not in alice.get(ENROL).get_data(as_text=True)  # there is none yet
    first = secret_on(alice)
    codes = enrol(alice, site, first)
    other = browse()
    assert first_step(other, "alice", PASSWORD).location.startswith("/masuk/kode")
    clock.at += timedelta(seconds=30)
    assert second_step(other, pyotp.TOTP(first).at(site.now())).status_code == 302

    assert begin(PASSWORD) == 422  # the code is missing
    assert begin(PASSWORD, codes[3]) == 302
    assert old_one_holds in alice.get(ENROL).get_data(as_text=True)
    second = secret_on(alice)
    assert second != first
    clock.at += timedelta(seconds=30)
    new_codes = enrol(alice, site, second)
    assert not set(codes) & set(new_codes)
    assert other.get("/staf/loket/").status_code == 302  # the other session ended
    assert alice.get("/staf/loket/").status_code == 200
    third = browse()
    first_step(third, "alice", PASSWORD)
    clock.at += timedelta(seconds=30)
    assert second_step(third, pyotp.TOTP(first).at(site.now())).status_code == 422
    assert second_step(third, codes[4]).status_code == 422
    assert second_step(third, pyotp.TOTP(second).at(site.now())).status_code == 302


def test_an_admin_removes_another_ones_second_step_and_never_the_own(
    browse: Callable[[], Browser], site: Site
) -> None:
    dina, hana = browse().log_in("dina"), browse().log_in("hana")
    for username, is_removed in (("hana", True), ("dina", False), ("alice", False)):
        number = account_number(dina, username)
        token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
        answer = dina.post(f"/staf/admin/orang/akun/{number}/langkah-kedua", data=token)
        assert answer.status_code == 302
        said = dina.get(answer.location).get_data(as_text=True)
        assert ("Langkah kedua dihapus." in said) is is_removed, username
    assert hana.get("/staf/dampak/").status_code == 302  # her sessions ended
    assert first_step(hana, "hana", PASSWORD).location.startswith(ENROL)
    assert dina.get("/staf/admin/").status_code == 200
    with site.db.read() as session:
        acts = session.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == "remove_second_factor")
        ).all()
    assert acts == ["hana"]


def test_a_copy_of_the_database_does_not_give_the_secret(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    eka = new_inspector(browse)
    first_step(eka, "eka", "kuda biru lari pagi")
    secret = secret_on(eka)
    kept: list[str] = []

    def search() -> str:
        with site.db.read() as session:
            for table in ("staff_session", "second_factor", "recovery_code", "access_link"):
                kept.append(repr(session.execute(text(f"SELECT * FROM {table}")).all()))  # noqa: S608
        return "".join(kept)

    assert secret not in search()
    codes = enrol(eka, site, secret)
    found = search()
    assert secret not in found
    assert not any(code in found or code.replace("-", "") in found for code in codes)
    cookie = eka.client.get_cookie("sl")
    assert cookie
    assert cookie.value.split(".")[0] not in found


def test_a_secret_that_no_key_opens_lets_nobody_in(
    browse: Callable[[], Browser], site: Site
) -> None:
    with site.db.transaction() as tx:
        tx.execute(update(SecondFactor).values(sealed_secret="gAAAAABnot-sealed-by-us"))
    dina = browse()
    first_step(dina, "dina", PASSWORD)
    assert second_step(dina, app_code(site, "dina")).status_code == 422


def test_a_log_in_half_way_cannot_set_up_another_app(site: Site, office: Office) -> None:
    half = visitor_of_session(site, log_in(site, username="dina", password=PASSWORD))
    assert isinstance(half, HalfWay)
    with pytest.raises(NotThereError):
        confirm_enrolment(site, half, code=app_code(site, "dina"), user_agent="")
