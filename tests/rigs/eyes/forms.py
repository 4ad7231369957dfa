"""States of the form: empty, half filled, refused, returned, of a ticket, of an odd roster."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from tests.ground.browser import answer
from tests.rigs.eyes.office import ANSWERS, MORNING, Office, database_held, minutes

LANG = {"id": "", "en": "?lang=en"}
SEND = {"id": "Kirim penilaian", "en": "Send rating"}
AS_IS = {"id": "Kirim sekarang", "en": "Send now"}


def fill(page: Page, *, count: int = 99, comment: str = "") -> None:
    """Answer so many questions, and say something."""
    answer(page, dict(list(ANSWERS.items())[:count]))
    if comment:
        page.locator("#comment").fill(comment)


def send(page: Page, lang: str) -> None:
    """Press what a citizen presses."""
    page.locator("main form").get_by_role("button", name=SEND[lang]).click()


def opened(office: Office, page: Page, lang: str, counter: str) -> None:
    page.goto(office.card(counter) + LANG[lang])


def bare(office: Office, page: Page, lang: str) -> None:
    """Two services, one officer."""
    opened(office, page, lang, "L2")


def third_question(office: Office, page: Page, lang: str) -> None:
    """One question at a time: the third, with causes under a low answer."""
    opened(office, page, lang, "L2")
    for _ in range(2):
        page.locator(".next").click()
    page.locator("label:has([name=informasi][value='2'])").click()


def fork(office: Office, page: Page, lang: str) -> None:
    """After the four questions about the officer."""
    opened(office, page, lang, "L2")
    for _ in range(4):
        page.locator(".next").click()


def half_way(office: Office, page: Page, lang: str) -> None:
    """The last question with all that may be left out, everything that opens is open."""
    opened(office, page, lang, "L2")
    fill(page, count=5, comment="Antrean panjang, tetapi petugas ramah.")
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true }")


def two_officers(office: Office, page: Page, lang: str) -> None:
    """Two on duty at once."""
    opened(office, page, lang, "L1")


def after_a_swap(office: Office, page: Page, lang: str) -> None:
    """Six minutes after one took over from another: who was there before comes first."""
    office.clock.at = MORNING + minutes(126)
    opened(office, page, lang, "L5")


def nobody_on_duty(office: Office, page: Page, lang: str) -> None:
    """Beyond the roster: no names today, none yesterday."""
    office.clock.at = MORNING + timedelta(days=20)
    opened(office, page, lang, "L2")


def with_gaps(office: Office, page: Page, lang: str) -> None:
    """Sent with two answers."""
    opened(office, page, lang, "L2")
    fill(page, count=2)
    send(page, lang)
    expect(page.get_by_role("alert")).to_be_visible()


def other_counter(office: Office, page: Page, lang: str) -> None:
    """Two answers, but at another counter: chosen by name."""
    opened(office, page, lang, "L2")
    page.locator("[name=elsewhere]").click()
    page.wait_for_load_state()


def too_long_open(office: Office, page: Page, lang: str) -> None:
    """Sent after more than two days."""
    opened(office, page, lang, "L2")
    fill(page)
    office.clock.at += timedelta(hours=49)
    send(page, lang)
    expect(page.locator("#errors")).to_be_visible()


def returned(office: Office, page: Page, lang: str) -> None:
    """503 without a script: the database takes nothing."""
    opened(office, page, lang, "L2")
    fill(page, comment="Ramah dan jelas.")
    with database_held(office, readers_too=False):
        send(page, lang)
        expect(page.locator("#errors")).to_be_visible()


def returned_bare(office: Office, page: Page, lang: str) -> None:
    """503 without a script: not even the counter can be read."""
    opened(office, page, lang, "L2")
    fill(page, comment="Ramah dan jelas.")
    with database_held(office, readers_too=True):
        page.locator("main form").get_by_role("button", name=SEND[lang]).click()
        expect(page.locator("input[type=hidden][name=perilaku]")).to_have_count(1)


def unsent(office: Office, page: Page, lang: str) -> None:
    """The same with a script: it waits on the phone."""
    opened(office, page, lang, "L2")
    fill(page, comment="Ramah dan jelas.")
    page.context.set_offline(True)
    send(page, lang)
    expect(page.get_by_role("status")).to_contain_text("48")


def post_lost(route: Route) -> None:
    """Pages load, answers do not get through."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def unsent_before(office: Office, page: Page, lang: str) -> None:
    """Another counter's form while an earlier rating waits."""
    opened(office, page, lang, "L2")
    fill(page)
    page.route("**/q/**", post_lost)
    send(page, lang)
    expect(page.get_by_role("status")).to_contain_text("48")
    opened(office, page, lang, "L3")
    expect(page.get_by_role("status")).to_be_visible()


def of_a_ticket(office: Office, page: Page, lang: str) -> None:
    """A ticket of today, of a service that one counter offers."""
    address = office.ticket(service="lahir")
    page.goto(address + LANG[lang])


def of_yesterdays_ticket(office: Office, page: Page, lang: str) -> None:
    """The same a day later: yesterday's officer is named."""
    address = office.ticket(service="lahir")
    office.clock.at += timedelta(days=1)
    page.goto(address + LANG[lang])


def which_counter(office: Office, page: Page, lang: str) -> None:
    """A ticket of a service that two counters offer."""
    address = office.ticket(service="ktp")
    page.goto(address + LANG[lang])


WITH_SCRIPT = {
    "form-bare": bare,
    "form-third-question": third_question,
    "form-fork": fork,
    "form-last": half_way,
    "form-other-counter": other_counter,
    "form-two-officers": two_officers,
    "form-after-a-swap": after_a_swap,
    "form-nobody-on-duty": nobody_on_duty,
    "form-with-gaps": with_gaps,
    "form-too-long-open": too_long_open,
    "form-unsent": unsent,
    "form-unsent-before": unsent_before,
    "ticket-today": of_a_ticket,
    "ticket-yesterday": of_yesterdays_ticket,
    "ticket-which-counter": which_counter,
}
WITHOUT_SCRIPT = {
    "noscript-form": half_way,
    "noscript-two-officers": two_officers,
    "noscript-with-gaps": with_gaps,
    "noscript-returned": returned,
    "noscript-returned-bare": returned_bare,
}
