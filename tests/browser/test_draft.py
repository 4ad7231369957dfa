"""What is filled in outlives a step aside within the tab, for ten minutes, and lies on no disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from feedback_app.domain.elements import FORM_ORDER
from tests.browser import test_network as network
from tests.browser.test_network import (
    ALIVE_OFF,
    PHONE,
    Counter,
    bytes_with,
    filled,
    go_back,
    holds_nothing,
    is_received,
    send,
)
from tests.ground.browser import ARGUMENTS, find_chromium, to_the_end

pytestmark = [
    pytest.mark.proof,
    pytest.mark.parametrize("counter", ["sqlite"], indirect=True),  # it never comes to a server
]
counter, phone = network.counter, network.phone
returning_chromium = network.returning_chromium

TEN_MINUTES_MS = 600_000
KEPT = "JSON.stringify([Object.entries(sessionStorage), window.name])"
NOTHING = '[[],""]'


def leave_and_come_back(page: Page) -> None:
    page.evaluate("location.assign('/privasi')")  # as by an address that is typed
    page.wait_for_url("**/privasi")
    go_back(page)


def other_language_and_back(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Send rating")).to_be_visible()
    page.reload()  # of a page that was posted to
    page.get_by_role("button", name="Bahasa Indonesia").click()


def open_notes(page: Page) -> None:
    page.get_by_text("Privasi", exact=True).click()
    page.reload()


ACTS: dict[str, Callable[[Page], object]] = {
    "reload": lambda page: page.reload(),
    "left": leave_and_come_back,
    "language": other_language_and_back,
    "notes": open_notes,
    "same code scanned": lambda page: page.goto(page.url),
}


def is_filled(page: Page, comment: str) -> None:
    """Everything is there, and the help above the form knows."""
    expect(page.get_by_role("button", name="Kirim penilaian")).to_be_visible()
    expect(page.get_by_label("Saran atau keluhan (boleh dikosongkan)")).to_have_value(comment)
    assert page.locator("input[value='3']:checked").count() == len(FORM_ORDER)
    assert page.locator("input[name=charged]").is_checked()
    assert page.locator("select[name=sex]").input_value() == "female"
    expect(page.locator(".foot")).to_contain_text("12 dari 12")


def filled_with_more(context: BrowserContext, url: str, comment: str) -> Page:
    page = filled(context, url, comment)
    page.locator("input[name=charged]").check()
    page.get_by_text("Tentang Anda (boleh dilewati)").click()
    page.locator("select[name=sex]").select_option("female")
    return page


@pytest.mark.parametrize(
    "act",
    [act if act == "reload" else pytest.param(act, marks=pytest.mark.long) for act in ACTS],
)
@pytest.mark.parametrize("kind", ["usual", pytest.param("returning", marks=pytest.mark.long)])
def test_a_step_aside_loses_nothing_and_what_is_sent_is_forgotten(
    counter: Counter, chromium: Browser, returning_chromium: Browser, act: str, kind: str
) -> None:
    browser = chromium if kind == "usual" else returning_chromium
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    said = f"Mampir: {act}, {kind}\nterima kasih"
    page = filled_with_more(context, counter.url(), said)
    token = page.locator("input[name=token]").input_value()
    ACTS[act](page)
    is_filled(page, said)
    assert page.locator("input[name=token]").input_value() == token  # the same one answer
    send(page)
    is_received(page)
    assert page.evaluate(KEPT) == NOTHING
    go_back(page)
    assert holds_nothing(page)
    assert counter.answers_to(said) == [(3, 3)]
    context.close()


@pytest.mark.long
def test_answers_of_one_counter_are_not_filled_in_at_another(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled_with_more(phone, counter.url(), "loket satu")
    page.goto(counter.url(2))
    assert holds_nothing(page)
    page.goto(counter.url())
    is_filled(page, "loket satu")


@pytest.mark.long
def test_a_new_tab_knows_nothing(counter: Counter, phone: BrowserContext) -> None:
    filled_with_more(phone, counter.url(), "tab satu")
    page = phone.new_page()
    page.goto(counter.url())
    assert holds_nothing(page)
    assert page.evaluate(KEPT) == NOTHING


@pytest.mark.long
def test_after_ten_minutes_it_is_gone(counter: Counter, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(counter.url())
    to_the_end(page)
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("sepuluh menit")
    assert page.evaluate(KEPT) != NOTHING
    page.clock.fast_forward(TEN_MINUTES_MS - 5_000)
    assert page.evaluate(KEPT) != NOTHING
    page.clock.fast_forward(10_000)
    assert page.evaluate(KEPT) == NOTHING
    page.reload()
    assert holds_nothing(page)


def test_a_form_left_for_ten_minutes_comes_back_empty(
    counter: Counter, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(counter.url())
    to_the_end(page)
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("ditinggal")
    page.goto(counter.url().split("/q/")[0] + "/privasi")
    assert page.evaluate(KEPT) != NOTHING  # no script of ours is there to delete it
    page.clock.fast_forward(TEN_MINUTES_MS + 1_000)
    page.goto(counter.url())
    assert holds_nothing(page)
    assert page.evaluate(KEPT) == NOTHING


@pytest.mark.long
def test_an_answer_with_something_to_mend_is_kept_again_until_it_is_sent(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled(phone, counter.url(), "kurang satu lagi", leave_out="waktu")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Masih ada 1 pertanyaan.")
    page.reload()
    assert page.locator("input:checked").count() == len(FORM_ORDER) - 1
    send(page)
    page.get_by_role("button", name="Lanjutkan").click()
    page.locator("input[name=waktu][value='3']").check()
    to_the_end(page)
    send(page)
    is_received(page)
    assert page.evaluate(KEPT) == NOTHING
    assert counter.answers_to("kurang satu lagi") == [(3, 3)]


def test_a_kiosk_keeps_no_draft(counter: Counter, phone: BrowserContext) -> None:
    def as_kiosk(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<body>", "<body data-kiosk>"))

    phone.route("**/q/*", as_kiosk)
    page = filled(phone, counter.url(), "kios")
    assert page.evaluate(KEPT) == NOTHING
    page.reload()
    assert holds_nothing(page)


@pytest.mark.long
def test_a_tickets_code_is_not_in_it(counter: Counter, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(counter.url())
    to_the_end(page)
    page.evaluate(
        """() => { const box = document.createElement("input"); box.name = "visit";
        document.querySelector("main form").append(box); }"""
    )
    page.locator("input[name=visit]").fill("ABCD2345")
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("dengan tiket")
    plain = page.evaluate(
        """() => { const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const key = bytes(window.name);
        return new TextDecoder().decode(
          bytes(sessionStorage["suara-loket.draft"]).map((byte, at) => byte ^ key[at])); }"""
    )
    assert "dengan+tiket" in plain
    assert "ABCD2345" not in plain


@pytest.mark.parametrize("script", ["all", "planted"])
def test_the_browsers_own_files_never_hold_a_draft_that_can_be_read(
    counter: Counter, chromium: Browser, tmp_path: Path, script: str
) -> None:
    """Session storage lies in the profile while the tab lives, and its bytes a while longer."""
    canary = f"kenari-{script}-0815"
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path),
        executable_path=find_chromium(),
        args=ARGUMENTS,
        ignore_default_args=[ALIVE_OFF],
    )
    page = filled(context, counter.url(), canary)
    if script == "planted":
        page.evaluate("text => sessionStorage.setItem('x', text)", canary)
    page.wait_for_timeout(7_000)  # Chromium writes storage and sessions every five seconds
    sealed, key = page.evaluate("[sessionStorage['suara-loket.draft'], window.name]")
    assert bytes_with(tmp_path, sealed)  # the draft is there, sealed; what opens it is not
    assert not bytes_with(tmp_path, key)
    assert (bytes_with(tmp_path, canary) != []) == (script == "planted")
    if script == "planted":
        context.close()
        return  # the control: the search finds it
    page.reload()
    expect(page.get_by_label("Saran atau keluhan (boleh dikosongkan)")).to_have_value(canary)
    page.wait_for_timeout(7_000)
    send(page)
    is_received(page)
    page.wait_for_timeout(7_000)
    context.close()
    assert bytes_with(tmp_path, canary) == []
    assert not bytes_with(tmp_path, key)
