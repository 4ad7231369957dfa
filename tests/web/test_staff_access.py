"""Sessions, one-time links, guessing, the mark of a staff browser."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import select, update

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.roles import Role
from feedback_app.services.access import guessing, links, secrets
from feedback_app.services.access import log_in as step_one
from feedback_app.services.access.guessing import GUESS_WINDOW, GUESSES
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import LoginRefusedError, TooManyTriesError, Viewer
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.services.site import Site, open_site
from feedback_app.storage.models import Account, LoginThrottle, StaffSession
from feedback_app.web.staff_browser import is_staff_browser
from tests.conftest import PRODUCT_HASHER, Browser, SteppedClock
from tests.ground.office import PASSWORD, Office
from tests.ground.staff import account_number, first_step, follow, link_on

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0 kenari-ajaib"
)


def with_agent(browser: Browser, agent: str) -> Browser:
    browser.client.environ_base["HTTP_USER_AGENT"] = agent
    return browser


def rows_of(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]


def end_path(row: str) -> str:
    return row.split('action="')[1].split('"', maxsplit=1)[0]


def test_own_sessions_are_listed_in_plain_words_and_ended_one_by_one(
    browse: Callable[[], Browser], clock: SteppedClock, site: Site
) -> None:
    desk = with_agent(browse(), EDGE).log_in("alice")
    clock.at += timedelta(minutes=59)
    phone = browse().log_in("alice")
    bob = browse().log_in("bob")
    page = phone.get("/staf/akun/sesi").get_data(as_text=True)
    this, other = rows_of(page)
    assert "yang ini" in this
    assert "Peramban tidak dikenal" in this
    assert "Edge di Windows" in other
    assert "24 November 2026 13.05 WIB" in other  # started
    assert "pada jam masuk" in other  # no finer than the hour, and never before the log-in
    assert "13.00 WIB" not in other
    assert desk.get("/staf/loket/").status_code == 200
    _this, other = rows_of(phone.get("/staf/akun/sesi").get_data(as_text=True))
    assert "sekitar 24 November 2026 14.00 WIB" in other
    token = phone.csrf("/staf/akun/sesi")
    stranger = bob.post(end_path(other), data={"csrf_token": bob.csrf("/staf/akun/sesi")})
    assert stranger.status_code == 404
    assert desk.get("/staf/loket/").status_code == 200
    assert phone.post(end_path(other), data={"csrf_token": token}).status_code == 302
    assert desk.get("/staf/loket/").status_code == 302
    assert phone.get("/staf/loket/").status_code == 200
    assert phone.post(end_path(this), data={"csrf_token": token}).location == "/masuk"
    assert phone.get("/staf/loket/").status_code == 302
    with site.db.read() as session:
        kept = [repr(vars(row)) for row in session.scalars(select(StaffSession))]
    assert "kenari-ajaib" not in "".join(kept)


def test_all_other_sessions_end_at_once(browse: Callable[[], Browser]) -> None:
    others = [browse().log_in("alice") for _ in range(3)]
    bob, here = browse().log_in("bob"), browse().log_in("alice")
    token = {"csrf_token": here.csrf("/staf/akun/sesi")}
    assert here.post("/staf/akun/sesi/lainnya/akhiri", data=token).status_code == 302
    assert [b.get("/staf/loket/").status_code for b in others] == [302] * 3
    assert here.get("/staf/loket/").status_code == 200
    assert bob.get("/staf/loket/").status_code == 200


def test_an_admin_ends_all_sessions_of_an_account_of_the_own_agency(
    browse: Callable[[], Browser],
) -> None:
    alice, bob, dina = browse().log_in("alice"), browse().log_in("bob"), browse().log_in("dina")
    number = account_number(dina, "alice")
    token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
    assert dina.post(f"/staf/admin/orang/akun/{number}/sesi", data=token).status_code == 302
    assert alice.get("/staf/loket/").status_code == 302
    assert bob.get("/staf/loket/").status_code == 200
    assert dina.post("/staf/admin/orang/akun/999999/sesi", data=token).status_code == 404


@pytest.mark.parametrize(("username", "minutes"), [("dina", 60), ("hana", 60), ("alice", 60)])
def test_an_unused_session_ends_and_a_used_one_lives_on(
    browse: Callable[[], Browser], clock: SteppedClock, username: str, minutes: int
) -> None:
    unused, used = browse().log_in(username), browse().log_in(username)
    for _ in range(3):
        clock.at += timedelta(minutes=minutes / 3 - 0.1)
        assert used.get("/staf/akun/").status_code == 200
    assert unused.get("/staf/akun/").status_code == 200
    clock.at += timedelta(minutes=minutes)
    assert unused.get("/staf/akun/").status_code == 302


def test_no_session_lives_beyond_ten_hours_however_much_it_is_used(
    browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    dina = browse().log_in("dina")
    for _ in range(19):
        clock.at += timedelta(minutes=31)
        assert dina.get("/staf/akun/").status_code == 200
    clock.at += timedelta(minutes=31)
    assert dina.get("/staf/akun/").status_code == 302


def test_last_use_is_written_down_at_most_every_five_minutes(
    browse: Callable[[], Browser], clock: SteppedClock, site: Site
) -> None:
    alice = browse().log_in("alice")
    began = clock.at

    def seen() -> timedelta:
        with site.db.read() as session:
            return session.scalars(select(StaffSession.last_seen_at)).one() - began

    for minutes, written in ((4, 0), (5, 5), (9, 5), (10, 10)):
        clock.at = began + timedelta(minutes=minutes)
        alice.get("/staf/akun/")
        assert seen() == timedelta(minutes=written), minutes


def invited(browse: Callable[[], Browser], office: Office, username: str = "eka") -> str:
    """The path of a new supervisor's invitation."""
    dina = browse().log_in("dina")
    data = {"username": username, "name": "Eka", "role": "supervisor"}
    data |= {"units": str(office.unit["A"]), "csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
    return link_on(dina.post("/staf/admin/orang/akun/baru", data=data))


def test_looking_at_a_link_uses_nothing_up_and_posting_does(
    browse: Callable[[], Browser], office: Office
) -> None:
    path = invited(browse, office)
    preview = browse()
    for _ in range(3):
        assert preview.client.head(path).status_code == 200
        assert preview.get(path).status_code == 200
    assert preview.client.post(path, data={"new": "x" * 12}).status_code == 400  # no CSRF token
    eka = browse()
    faults = (
        ({"name": ""}, "Wajib diisi"),
        ({"name": " "}, "Isi nama lengkap"),
        ({"new": "1234567890", "again": "1234567890"}, "mudah ditebak"),
        ({"new": "eka eka eka", "again": "eka eka eka"}, "nama pengguna"),
        ({"again": "kuda biru lari malam"}, "tidak sama"),
        ({"new": "short", "again": "short"}, "paling sedikit 10"),
    )
    for changes, why in faults:
        answer = follow(eka, path, "kuda biru lari pagi", **changes)
        assert answer.status_code == 422, changes
        assert why in answer.get_data(as_text=True), changes
    assert follow(eka, path, "kuda biru lari pagi", name="Eka Baru, S.Kom.").status_code == 302
    assert first_step(eka, "eka", "kuda biru lari pagi").status_code == 302
    assert "Eka Baru, S.Kom." in eka.get("/staf/akun/").get_data(as_text=True)


def test_a_dead_link_is_one_clear_page_whatever_killed_it(
    browse: Callable[[], Browser], office: Office, clock: SteppedClock
) -> None:
    used, revoked, replaced, expired = (
        invited(browse, office, name) for name in ("used", "revoked", "replaced", "expired")
    )
    assert follow(browse(), used, "kuda biru lari pagi").status_code == 302
    dina = browse().log_in("dina")
    token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
    number = account_number(dina, "revoked")
    assert dina.post(f"/staf/admin/orang/akun/{number}/tautan/batal", data=token).status_code == 302
    number = account_number(dina, "replaced")
    assert link_on(dina.post(f"/staf/admin/orang/akun/{number}/tautan", data=token)) != replaced
    for path in (used, revoked, replaced):  # long before they would have expired
        assert browse().get(path).status_code == 404, path
    clock.at += timedelta(hours=72) - timedelta(seconds=1)
    assert browse().get(expired).status_code == 200
    clock.at += timedelta(seconds=1)
    dead = [used, revoked, replaced, expired, expired[:-1], expired + "A", "/tautan/é"]
    dead += ["/tautan/x", "/tautan/" + "x" * 2000, "/tautan/%ff%fe", "/tautan/' OR 1=1 --"]
    pages = set()
    for path in dead:
        browser = browse()
        answer = browser.get(path)
        assert answer.status_code == 404, path
        pages.add(answer.get_data(as_text=True).split("<main")[1].split("</main>")[0])
        data = {"new": "kuda biru lari pagi", "again": "kuda biru lari pagi", "name": "x"}
        sent = browser.post(path, data=data | {"csrf_token": browser.csrf("/masuk")})
        assert sent.status_code == 404, path
    assert len(pages) == 1
    assert "Tautan ini tidak berlaku" in pages.pop()


def test_a_reset_lives_24_hours_ends_all_sessions_and_dies_with_the_account(
    browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    alice, dina = browse().log_in("alice"), browse().log_in("dina")
    number = account_number(dina, "alice")

    def issue() -> str:
        token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
        return link_on(dina.post(f"/staf/admin/orang/akun/{number}/tautan", data=token))

    path = issue()
    shown = browse().get(path).get_data(as_text=True)
    assert "alice" in shown
    assert 'name="name"' not in shown  # a reset asks for no name
    clock.at += timedelta(hours=24)
    assert browse().get(path).status_code == 404
    dina.log_in("dina")
    alice.log_in("alice")
    assert follow(browse(), issue(), "kuda biru lari pagi").status_code == 302
    assert alice.get("/staf/loket/").status_code == 302
    last = issue()
    token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
    assert dina.post(f"/staf/admin/orang/akun/{number}/tutup", data=token).status_code == 302
    assert browse().get(last).status_code == 404


def test_a_link_followed_many_times_at_once_sets_one_password(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    token = invited(browse, office).rsplit("/", 1)[1]
    passwords = [f"kuda biru lari pagi {i}" for i in range(6)]

    def use(password: str) -> bool:
        try:
            links.use_link(site, token, name="Eka", password=password)
        except links.DeadLinkError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        won = [
            password
            for password, did in zip(passwords, threads.map(use, passwords), strict=True)
            if did
        ]
    assert len(won) == 1
    assert log_in(site, username="eka", password=won[0])


def test_a_links_address_comes_from_the_settings(
    settings: Settings, clock: SteppedClock, office: Office
) -> None:
    site = open_site(replace(settings, base_url="https://suara.example.go.id"), clock=clock)
    with site.db.read() as session:
        number = session.scalar(select(Account.id).where(Account.username == "alice"))
    dina = viewer_for_script(office)
    issued = links.issue_link(site, dina, number)
    parts = urlsplit(issued.url)
    assert (parts.scheme, parts.netloc) == ("https", "suara.example.go.id")
    app = create_app(settings, clock=clock)
    assert Browser(app.test_client()).get(parts.path).status_code == 200  # the route is there
    app.extensions["site"].db.close()
    site.db.close()


def viewer_for_script(office: Office) -> Viewer:
    return Viewer(
        account_id=4,
        agency_id=office.agency_id,
        username="dina",
        name="Dina",
        role=Role.ADMIN,
        unit_ids=frozenset(),
        officer_id=None,
    )


@pytest.mark.long
@pytest.mark.proof
def test_a_thousand_guesses_never_get_in_and_the_right_one_does_after_the_window(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    looked_at = {"alice": 0, "nobody": 0}
    for name in looked_at:
        for guess in range(1000):
            try:
                log_in(site, username=name, password=f"guess {guess}")
            except LoginRefusedError:
                looked_at[name] += 1
            except TooManyTriesError:
                pass
            else:
                raise AssertionError("a guess got in")
    assert looked_at == {"alice": GUESSES, "nobody": GUESSES}  # known and unknown alike
    with pytest.raises(TooManyTriesError):
        log_in(site, username="alice", password=PASSWORD)
    clock.at += GUESS_WINDOW
    assert viewer_of_session(site, log_in(site, username="alice", password=PASSWORD))
    with site.db.read() as session:
        kept = {row.name_hash for row in session.scalars(select(LoginThrottle))}
    assert guessing.key_of_name("alice") not in kept
    assert guessing.key_of_name("nobody") in kept


def test_guesses_sent_at_once_are_all_counted(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "PATIENCE_SECONDS", 20)
    monkeypatch.setattr(guessing, "_WAITING", threading.BoundedSemaphore(8))

    def guess(number: int) -> bool:
        try:
            log_in(site, username="alice", password=f"guess {number}")
        except LoginRefusedError:
            return True
        except TooManyTriesError:
            return False
        raise AssertionError("a guess got in")

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(guess, range(40))) == GUESSES


@pytest.mark.proof
def test_no_more_passwords_are_checked_at_once_than_there_are_cores(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check takes a core and 64 MiB, and a new wrong name for each has no brake of its own."""
    real, lock = step_one.password_fits, threading.Lock()
    at_once = most = 0

    def slow(stored: str, password: str) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        fits = real(stored, password)
        with lock:
            at_once -= 1
        return fits

    def guess(number: int) -> None:
        with pytest.raises(LoginRefusedError):
            log_in(site, username=f"nobody {number}", password="wrong password")

    monkeypatch.setattr(step_one, "password_fits", slow)
    monkeypatch.setattr(guessing, "PATIENCE_SECONDS", 20)  # nobody is refused, however slow it is
    cores = os.cpu_count() or 1
    monkeypatch.setattr(guessing, "_WAITING", threading.BoundedSemaphore(cores + 6))
    with ThreadPoolExecutor(cores + 6) as threads:
        list(threads.map(guess, range(3 * cores + 6)))
    assert 1 <= most <= cores


@contextmanager
def every_core_taken() -> Iterator[None]:
    """Others log in, and do not come to an end."""
    with ExitStack() as taken:
        for _ in range(os.cpu_count() or 1):
            taken.enter_context(guessing.turn())
        yield


def test_who_comes_while_all_cores_check_passwords_is_asked_to_come_again_and_loses_nothing(
    browse: Callable[[], Browser], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "PATIENCE_SECONDS", 0.01)
    browser = browse()
    form = {"username": "alice", "password": PASSWORD, "next": "/staf/akun/"}
    form |= {"csrf_token": browser.csrf("/masuk")}
    with every_core_taken():
        for _ in range(GUESSES + 1):  # none of them counts as a guess
            page = browser.post("/masuk", data=form)
            assert page.status_code == 429
    shown = page.get_data(as_text=True)
    assert "Sedang banyak yang masuk. Coba lagi sebentar." in shown
    assert 'value="alice"' in shown
    assert 'value="/staf/akun/"' in shown
    assert PASSWORD not in shown
    assert browser.post("/masuk", data=form).location == "/staf/akun/"


def test_an_own_password_asked_for_again_waits_for_a_core_as_well(
    browse: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "PATIENCE_SECONDS", 0.01)
    alice = browse().log_in("alice")
    token = {"csrf_token": alice.csrf("/staf/kata-sandi")}
    forms = {
        "/staf/kata-sandi": {"old": PASSWORD, "new": "kuda biru lari pagi"},
        "/staf/akun/langkah-kedua": {"password": PASSWORD, "typed": ""},
    }
    with every_core_taken():
        for path, form in forms.items():
            page = alice.post(path, data=form | token)
            assert page.status_code == 429
            assert "Sedang banyak yang masuk" in page.get_data(as_text=True)


def test_nobody_s_hash_is_as_strong_as_anybody_s() -> None:
    """It is written down in the code; a name that is not there must take as long to refuse."""
    assert not PRODUCT_HASHER.check_needs_rehash(secrets._NOBODY_HASH)
    with pytest.raises(VerifyMismatchError):
        PRODUCT_HASHER.verify(secrets._NOBODY_HASH, "")


def test_a_weaker_hash_is_renewed_at_log_in(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product's own parameters are the library's, RFC 9106's low-memory profile."""
    monkeypatch.setattr(secrets, "hasher", PRODUCT_HASHER)
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

    def stored() -> str:
        with site.db.read() as session:
            return session.scalars(
                select(Account.password_hash).where(Account.username == "alice")
            ).one()

    with site.db.transaction() as tx:
        tx.execute(update(Account).where(Account.username == "alice").values(password_hash=old))
    with pytest.raises(LoginRefusedError):
        log_in(site, username="alice", password="wrong password")
    assert stored() == old
    log_in(site, username="alice", password=PASSWORD)
    assert stored() != old
    assert not PasswordHasher().check_needs_rehash(stored())
    renewed = stored()
    log_in(site, username="alice", password=PASSWORD)
    assert stored() == renewed


def test_an_invited_account_without_a_password_cannot_be_entered(
    browse: Callable[[], Browser], office: Office, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited(browse, office)
    monkeypatch.setattr(secrets, "_NOBODY_HASH", secrets.hasher.hash("nobody has this password"))
    for password in ("", "nobody has this password", PASSWORD):
        with pytest.raises(LoginRefusedError):
            log_in(site, username="eka", password=password)


def marked(app: Flask, browser: Browser) -> bool:
    cookie = browser.client.get_cookie("sl_staff")
    headers = {"Cookie": f"sl_staff={cookie.value}"} if cookie else {}
    with app.test_request_context("/", headers=headers):
        return is_staff_browser()


def test_a_browser_in_which_staff_logged_in_stays_marked(
    app: Flask, browse: Callable[[], Browser], settings: Settings, clock: SteppedClock
) -> None:
    browser = browse()
    browser.get("/masuk")
    first_step(browser, "alice", "wrong password")
    assert not marked(app, browser)
    browser.log_in("alice")
    assert marked(app, browser)
    browser.post("/keluar", data={"csrf_token": browser.csrf("/staf/akun/")})
    assert marked(app, browser)
    other = browse().log_in("bob")
    first, second = (b.client.get_cookie("sl_staff") for b in (browser, other))
    assert first
    assert second
    assert first.value == second.value  # it tells that staff were here, never who
    assert first.http_only
    assert first.same_site == "Lax"
    assert not first.secure
    for forged in ("", "1", "é", "a" * 64, first.value[:-1], first.value + "0"):
        with app.test_request_context("/", headers={"Cookie": f"sl_staff={forged}"}):
            assert not is_staff_browser()
    safe = create_app(replace(settings, base_url="https://127.0.0.1"), clock=clock)
    client = safe.test_client()
    page = client.get("/masuk", base_url="https://127.0.0.1").get_data(as_text=True)
    data = {"username": "alice", "password": PASSWORD, "next": ""}
    data["csrf_token"] = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/masuk", data=data, base_url="https://127.0.0.1")
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(cookie.split("=")[0].rstrip("0123456789") for cookie in cookies) == [
        "__Host-sl",
        "sl_known_",
        "sl_staff",
    ]
    assert all("Secure" in c and "HttpOnly" in c and "SameSite=Lax" in c for c in cookies)
    safe.extensions["site"].db.close()
