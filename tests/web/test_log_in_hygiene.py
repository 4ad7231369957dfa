"""What the door does for who is shut out, guessed at, or typing letters another way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from feedback_app.domain.visit_codes import GUESSES_A_MINUTE
from feedback_app.services.access import guessing, secrets
from feedback_app.services.access.guessing import GUESSES
from feedback_app.services.access.log_in import Browser as Asking
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import CrowdedError, LoginRefusedError, TooManyTriesError
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.services.citizen import code_guesses
from feedback_app.services.citizen.code_guesses import TooManyGuessesError, Typist
from feedback_app.services.site import Site
from feedback_app.storage.models import Account, AuditEntry
from tests.conftest import Browser, SteppedClock
from tests.ground.office import PASSWORD, Office
from tests.ground.staff import account_number, first_step, follow, link_on

Browse = Callable[[], Browser]
WRONG = "kucing tidur siang"


def guess_until_braked(browse: Browse, username: str) -> None:
    stranger = browse()
    for _ in range(GUESSES):
        assert first_step(stranger, username, WRONG).status_code == 422
    page = first_step(stranger, username, PASSWORD).get_data(as_text=True)
    assert "Terlalu banyak percobaan" in page


def leave(browser: Browser) -> None:
    browser.post("/keluar", data={"csrf_token": browser.csrf("/staf/akun/")})


def test_strangers_who_guess_do_not_make_the_owner_wait(browse: Browse, office: Office) -> None:
    alice = browse().log_in("alice")
    leave(alice)
    guess_until_braked(browse, "alice")
    assert first_step(alice, "alice", PASSWORD).status_code == 302


def test_a_known_browser_has_a_brake_too_and_is_known_for_its_own_account_only(
    browse: Browse, office: Office
) -> None:
    alice = browse().log_in("alice")
    leave(alice)
    guess_until_braked(browse, "bob")
    page = first_step(alice, "bob", PASSWORD).get_data(as_text=True)
    assert "Terlalu banyak percobaan" in page
    for _ in range(GUESSES):
        assert first_step(alice, "alice", WRONG).status_code == 422
    assert "Terlalu banyak percobaan" in first_step(alice, "alice", PASSWORD).get_data(as_text=True)
    assert first_step(browse(), "alice", PASSWORD).status_code == 302  # who guesses here waits here


@pytest.mark.parametrize("change", ["{0}0", "x{0}", "", "é", "{1}"])
def test_a_browsers_name_cannot_be_made_up(
    browse: Browse, office: Office, site: Site, change: str
) -> None:
    alice = browse().log_in("alice")
    with site.db.read() as session:
        number = session.scalars(select(Account.id).where(Account.username == "alice")).one()
    cookie = alice.client.get_cookie(f"sl_known_{number}", path="/masuk")
    assert cookie
    assert cookie.http_only
    assert cookie.path == "/masuk"  # it travels nowhere else
    guess_until_braked(browse, "alice")
    forger = browse()
    forged = change.format(cookie.value, cookie.value.partition(".")[0])
    forger.client.set_cookie(f"sl_known_{number}", forged, path="/masuk")
    assert "Terlalu banyak" in first_step(forger, "alice", PASSWORD).get_data(as_text=True)


def test_a_reset_lifts_the_brake_and_its_owner_hears_of_both(
    browse: Browse, office: Office, clock: SteppedClock
) -> None:
    leave(browse().log_in("alice"))
    guess_until_braked(browse, "alice")
    dina = browse().log_in("dina")
    number = account_number(dina, "alice")
    token = {"csrf_token": dina.csrf("/staf/admin/orang/akun/baru")}
    path = link_on(dina.post(f"/staf/admin/orang/akun/{number}/tautan", data=token))
    assert follow(browse(), path, "kuda biru lari pagi").status_code == 302
    alice = browse()
    assert first_step(alice, "alice", "kuda biru lari pagi").status_code == 302
    page = alice.get("/staf/akun/").get_data(as_text=True)
    assert "disetel ulang pada 24 November 2026" in page
    assert "8 percobaan masuk yang gagal" in page
    history = page.split("<tbody>")[1]
    assert history.count("percobaan masuk yang gagal") == GUESSES
    leave(alice)
    assert first_step(alice, "alice", "kuda biru lari pagi").status_code == 302
    again = alice.get("/staf/akun/").get_data(as_text=True).split("<tbody>")[0]
    assert "percobaan masuk yang gagal" not in again  # told once
    assert "disetel ulang" not in again


def test_a_name_that_is_nobodys_is_written_nowhere(
    browse: Browse, office: Office, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    first_step(browse(), "rahasia-saya-2026", WRONG)
    with site.db.read() as session:
        lines = [repr(vars(row)) for row in session.scalars(select(AuditEntry))]
    assert "rahasia-saya" not in "".join(lines) + caplog.text
    assert "no such account" in caplog.text


def test_one_or_two_wait_for_their_turn_and_nobody_else(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting log-ins hold threads that citizens need."""
    monkeypatch.setattr(guessing, "_TURNS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(guessing, "PATIENCE_SECONDS", 1.5)

    def one(_number: int) -> float | None:
        began = time.monotonic()
        try:
            with guessing.turn():
                time.sleep(0.05)
        except CrowdedError:
            return time.monotonic() - began
        return None

    with guessing.turn(), ThreadPoolExecutor(10) as threads:
        refused = [waited for waited in threads.map(one, range(10)) if waited is not None]
    assert len(refused) == 10
    assert sum(waited > 1 for waited in refused) == 2
    with guessing.turn():  # every turn came back
        pass


def test_accents_may_be_typed_either_way(site: Site, office: Office) -> None:
    composed, decomposed = "caf\u00e9 di tepi sungai", "cafe\u0301 di tepi sungai"
    for kept, typed in (
        (secrets.hash_password(composed), decomposed),
        (secrets.hash_password(decomposed), composed),
        (secrets.hasher.hash(decomposed), decomposed),  # kept before letters were made alike
    ):
        with site.db.transaction() as tx:
            account = tx.scalars(select(Account).where(Account.username == "alice")).one()
            account.password_hash = kept
        assert viewer_of_session(site, log_in(site, username=" ALICE ", password=typed))
        with pytest.raises(LoginRefusedError):
            log_in(site, username="alice", password="cafe di tepi sungai")


def test_a_known_browser_is_asked_for_by_account(site: Site, office: Office) -> None:
    for _ in range(GUESSES):
        with pytest.raises(LoginRefusedError):
            log_in(site, username="alice", password=WRONG)
    with pytest.raises(TooManyTriesError):
        log_in(site, username="alice", password=PASSWORD, browser=Asking("", {0: "a name"}))


def test_each_way_of_typing_a_code_has_a_budget_of_its_own(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    ways = [Typist("front page"), Typist("pairing"), Typist("form", 1), Typist("form", 2)]
    for way in ways:
        with site.db.transaction() as tx:
            for _ in range(GUESSES_A_MINUTE):
                code_guesses.brake(tx, site, way)
                code_guesses.note_wrong(tx, site, way)
            with pytest.raises(TooManyGuessesError):
                code_guesses.brake(tx, site, way)


def test_one_network_alone_closes_no_way(site: Site, office: Office, clock: SteppedClock) -> None:
    loud, quiet = (Typist("front page", network=f"192.0.2.{n}") for n in (1, 2))
    with site.db.transaction() as tx:
        for _ in range(code_guesses.GUESSES_OF_A_NETWORK):
            code_guesses.brake(tx, site, loud)
            code_guesses.note_wrong(tx, site, loud)
        with pytest.raises(TooManyGuessesError):
            code_guesses.brake(tx, site, loud)
        code_guesses.brake(tx, site, quiet)
        clock.at = clock.at.replace(minute=clock.at.minute + 1)
        code_guesses.brake(tx, site, loud)
