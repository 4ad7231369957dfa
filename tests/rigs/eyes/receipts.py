"""States of the receipt: each answer goes the way of a real one until it stands as it should."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from feedback_app.storage.queries import ratings as queries
from feedback_app.storage.verdicts import Change, append_verdicts
from tests.ground.browser import to_the_end
from tests.rigs.eyes.forms import AS_IS, LANG, fill, opened, send
from tests.rigs.eyes.office import ANSWERS, Office, minutes, token_in

LOOKED_AT = {"id": "Dua orang dari luar kantor ini", "en": "Two people from outside this office"}
MOST = 40  # answers until one is held
NOTE = {"comment": "Mohon kursi tunggu ditambah di ruang antrean."}


def sent(office: Office, page: Page, lang: str) -> None:
    send(page, lang)
    page.wait_for_url("**/r/*")


def counted(office: Office, page: Page, lang: str) -> None:
    """All answered, on the day."""
    opened(office, page, lang, "L2")
    fill(page)
    office.clock.at += minutes(2)
    sent(office, page, lang)


def late(office: Office, page: Page, lang: str) -> None:
    """An officer named, sent 13 hours after opening: counts for the unit only."""
    opened(office, page, lang, "L3")
    fill(page)
    page.evaluate("document.querySelector('[name=served_by]').click()")
    office.clock.at += timedelta(hours=13)
    sent(office, page, lang)


def unfinished(office: Office, page: Page, lang: str) -> None:
    """Two answered, sent as it is."""
    opened(office, page, lang, "L4")
    fill(page, count=2)
    send(page, lang)
    page.locator(".gap").get_by_role("button", name=AS_IS[lang]).click()
    page.wait_for_url("**/r/*")


def posted(page: Page, address: str, answers: dict[str, str], agent: str) -> str:
    """Send a form as another phone; the address of its receipt, '' where there is none."""
    header = {"User-Agent": agent}
    request = page.context.request
    form = request.get(address, headers=header).text()
    body: dict[str, str | float | bool] = {**answers, "token": token_in(form)}
    answer = request.post(address, headers=header, form=body, max_redirects=0)
    return answer.headers.get("location", "")


def until_held(
    office: Office,
    page: Page,
    lang: str,
    counter: str,
    *,
    answers: dict[str, str],
    agent: str,
) -> str:
    """Go on sending until two people look at it first; the code of that receipt.

    `{n}` in `agent` makes each answer another phone's.
    """
    for n in range(MOST):
        office.clock.at += timedelta(seconds=15)
        where = posted(page, office.card(counter), answers, agent.format(n=n))
        page.goto(office.address + where.split("?")[0] + LANG[lang])
        if page.get_by_text(LOOKED_AT[lang]).count():
            return where.split("?")[0].rsplit("/", 1)[1]
    raise RuntimeError(f"none of {MOST} answers at {counter} was held")


def held_one_phone(office: Office, page: Page, lang: str) -> None:
    """Many of one phone."""
    until_held(office, page, lang, "R1", answers=ANSWERS, agent=f"satu {lang}")


def held_crowd(office: Office, page: Page, lang: str) -> str:
    """Many phones at once."""
    return until_held(office, page, lang, "R2", answers=ANSWERS, agent=f"ramai {lang} {{n}}")


def set_aside(office: Office, page: Page, lang: str) -> None:
    """Two people have decided."""
    code = held_crowd(office, page, lang)
    with office.site.db.transaction() as tx:
        found = queries.receipted(tx, code)
        assert found is not None
        aside = Change(found.rating_id, "aside", for_officer=False, counted_on=office.site.today())
        append_verdicts(tx, [aside], reason="perkara", at=office.site.now(), case_id=None)
    page.reload()


def comment_alone(office: Office, page: Page, lang: str) -> None:
    """Only words."""
    opened(office, page, lang, "L5")
    to_the_end(page)
    page.locator("#comment").fill(NOTE["comment"])
    sent(office, page, lang)


def tick_alone(office: Office, page: Page, lang: str) -> None:
    """Only a sign for the inspectorate."""
    opened(office, page, lang, "L6")
    to_the_end(page)
    page.locator("input[name=charged]").check()
    sent(office, page, lang)


def comment_held(office: Office, page: Page, lang: str) -> None:
    """Many comments of one phone."""
    until_held(office, page, lang, "L6", answers=NOTE, agent=f"saran {lang}")


def already(office: Office, page: Page, lang: str) -> None:
    """The same form again with other answers, without a script."""
    opened(office, page, lang, "L2")
    token = page.locator("input[name=token]").input_value()
    office.clock.at += minutes(2)
    form: dict[str, str | float | bool] = {**ANSWERS, "token": token}
    page.context.request.post(office.card("L2"), form=form, max_redirects=0)
    fill(page, comment="Kali kedua.")
    send(page, lang)
    page.wait_for_load_state()


WITH_SCRIPT = {
    "receipt-counted": counted,
    "receipt-late": late,
    "receipt-unfinished": unfinished,
    "receipt-held-one-phone": held_one_phone,
    "receipt-held-crowd": held_crowd,
    "receipt-set-aside": set_aside,
    "receipt-comment": comment_alone,
    "receipt-tick": tick_alone,
    "receipt-comment-held": comment_held,
}
WITHOUT_SCRIPT = {"receipt-already": already}
