"""Pages around the form: where to begin, codes that do not work, an office that cannot answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from tests.rigs.eyes.forms import LANG
from tests.rigs.eyes.office import Office, database_held

State = Callable[[Office, Page, str], object]


def at(path: str) -> State:
    """The page of an address."""

    def go(office: Office, page: Page, lang: str) -> None:
        page.goto(office.address + path + LANG[lang])

    return go


def typed(office: Office, page: Page, lang: str, code: str) -> None:
    """A code typed on the front page."""
    page.goto(office.address + "/" + LANG[lang])
    page.locator("input[name=kode]").fill(code)
    page.locator("form:has(input[name=kode]) button").first.click()


def wrong_code(office: Office, page: Page, lang: str) -> None:
    typed(office, page, lang, "Loket 99")


def several_counters(office: Office, page: Page, lang: str) -> None:
    """A name that more than one counter has."""
    typed(office, page, lang, "Loket")


def mistyped_ticket(office: Office, page: Page, lang: str) -> None:
    """Eight letters that are no code of this office."""
    page.goto(f"{office.address}/v{LANG[lang]}")
    page.locator("#visit").fill("ABCD 2345")
    page.locator("main form button").first.click()


def spent_ticket(office: Office, page: Page, lang: str) -> None:
    """Three days later."""
    address = office.ticket(service="lahir")
    office.clock.at += timedelta(days=3)
    page.goto(address + LANG[lang])


def early_ticket(office: Office, page: Page, lang: str) -> None:
    """Made for tomorrow."""
    tomorrow = office.site.today() + timedelta(days=1)
    address = office.ticket(service="lahir", valid_on=tomorrow)
    page.goto(address + LANG[lang])


def too_many_guesses(office: Office, page: Page, lang: str) -> None:
    """One network types wrong codes without end."""
    for n in range(60):
        answer = page.context.request.post(f"{office.address}/v", form={"visit": f"AAAA {n:04}"})
        if answer.status == 429:
            break
    page.goto(f"{office.address}/v{LANG[lang]}")
    page.locator("#visit").fill("AAAA 2222")
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def busy(office: Office, page: Page, lang: str) -> None:
    """The form cannot be opened at all."""
    address = office.card("L2") + LANG[lang]
    with database_held(office, readers_too=True):
        page.goto(address)


def unknown_card(office: Office, page: Page, lang: str) -> None:
    page.goto(office.address + "/q/AAAABBBBCCCCDDDD" + LANG[lang])


PAGES: dict[str, State] = {
    "page-home": at("/"),
    "page-privacy": at("/privasi"),
    "page-results": at("/hasil/"),
    "page-results-unit": at("/hasil/disdukcapil-contoh/kantor"),
    "page-type-ticket": at("/v"),
    "page-not-found": at("/tidak-ada"),
    "page-wrong-code": wrong_code,
    "page-several-counters": several_counters,
    "page-unknown-card": unknown_card,
    "page-no-receipt": at("/r/ABCDEFGH"),
    "page-ticket-mistyped": mistyped_ticket,
    "page-ticket-spent": spent_ticket,
    "page-ticket-early": early_ticket,
    "page-ticket-wait": too_many_guesses,
    "page-busy": busy,
}
