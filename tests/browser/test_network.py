"""P21 and shared phones in real Chromium: an answer that cannot be sent waits, and leaves nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import func, select

from feedback_app.domain.elements import FORM_ORDER
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Comment, Rating, Screening
from tests.conftest import DemoOn
from tests.ground.browser import ARGUMENTS, answer, find_chromium, running_server, violations

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

PHONE = {"width": 360, "height": 740}
ALIVE_OFF = "--disable-back-forward-cache"
NOT_YET = "Belum terkirim. Akan dicoba lagi."
RECEIVED = "Diterima. Terima kasih."
EARLIER = "Penilaian sebelumnya: "
expect.set_options(timeout=20_000)  # a busy machine draws slowly
TOO_LONG = "y" * 1001  # letters of a comment: what the office asks to mend
STORED = "JSON.stringify(Object.entries(localStorage))"


@dataclass
class Counter:
    """A counter's form on a server that can be switched off and on."""

    site: Site
    environment: dict[str, str]
    running: ExitStack = field(default_factory=ExitStack)

    def switch_on(self) -> None:
        """Start the server process."""
        self.running.enter_context(running_server(self.environment, int(self.environment["PORT"])))

    def switch_off(self) -> None:
        """Stop it."""
        self.running.close()

    def url(self, place: int = 1) -> str:
        """The form on a card."""
        path = urlsplit(card_lines(self.site)[place].url).path
        return f"http://127.0.0.1:{self.environment['PORT']}{path}"

    def ratings(self) -> int:
        """How many answers there are."""
        with self.site.db.read() as session:
            return session.scalar(select(func.count()).select_from(Rating)) or 0

    def answers_to(self, comment: str) -> list[tuple[int | None, int | None]]:
        """(perilaku, biaya) of every stored answer with this comment."""
        same = (
            select(Rating.perilaku, Rating.biaya)
            .join(Screening, Screening.rating_id == Rating.id)
            .join(Comment, Comment.id == Screening.comment_id)
        )
        with self.site.db.read() as session:
            found = session.execute(same.where(Comment.text == comment)).all()
        return [(perilaku, biaya) for perilaku, biaya in found]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(
    request: pytest.FixtureRequest, demo_on: DemoOn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counter]:
    """The demo office on each engine behind a server of its own."""
    folder: Path = tmp_path_factory.mktemp(f"network-{request.param}")
    with demo_on(request.param, folder) as (site, environment):
        counter = Counter(site, environment)
        counter.switch_on()
        yield counter
        counter.switch_off()


@pytest.fixture
def phone(counter: Counter, chromium: Browser) -> Iterator[BrowserContext]:
    """A citizen's phone; a breach of the page's policy fails the test."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text))
    before = counter.ratings()
    yield context
    context.close()
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert counter.ratings() - before <= 2
    assert tally_differences(counter.site) == 0


def filled(context: BrowserContext, url: str, comment: str, *, leave_out: str = "") -> Page:
    """The form with every element answered 3, but not those left out."""
    page = context.new_page()
    page.goto(url)
    fill(page, comment, leave_out=leave_out)
    return page


def fill(page: Page, comment: str, *, leave_out: str = "") -> None:
    answer(page, {key: "3" for key in FORM_ORDER if key != leave_out})
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill(comment)


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim penilaian").click()


def is_received(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(RECEIVED, timeout=60_000)


def stored(page: Page) -> str:
    return str(page.evaluate(STORED))


def cut_sending(route: Route) -> None:
    """Pages load, answers do not get through."""
    if route.request.method == "POST":
        route.abort("connectionreset")
    else:
        route.continue_()


def posts_of(context: BrowserContext) -> list[float]:
    """When answers are sent, as they are."""
    times: list[float] = []

    def note(request: object) -> None:
        if getattr(request, "method", "") == "POST":
            times.append(time.monotonic())

    context.on("request", note)
    return times


def test_an_answer_waits_while_the_network_is_cut_and_is_counted_once(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled(phone, counter.url(), "terputus")
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    expect(page.locator("form")).to_be_hidden()  # nobody who looks over sees an answer
    assert "terputus" in stored(page)
    assert counter.answers_to("terputus") == []
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone.set_offline(False)
    is_received(page)
    assert stored(page) == "[]"
    assert counter.answers_to("terputus") == [(3, 3)]
    page.go_back()
    assert page.url == "about:blank"  # the form is not in the history at all


@pytest.mark.long
def test_a_server_that_stops_and_starts_again_gets_the_answer_once(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled(phone, counter.url(), "mati sebentar")
    counter.switch_off()
    try:
        send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    finally:
        counter.switch_on()
    is_received(page)  # by itself, as no event tells that a server is back
    assert stored(page) == "[]"
    assert counter.answers_to("mati sebentar") == [(3, 3)]


@pytest.mark.parametrize(
    "lost", ["answer to the POST", pytest.param("receipt", marks=pytest.mark.long)]
)
def test_a_lost_confirmation_is_asked_for_again_and_nothing_is_doubled(
    counter: Counter, phone: BrowserContext, lost: str
) -> None:
    page = filled(phone, counter.url(), lost)
    swallowed = []

    def swallow(route: Route) -> None:
        if route.request.method != "POST" or swallowed:
            route.continue_()
            return
        answer = route.fetch(max_redirects=0)
        swallowed.append(answer.status)
        if lost == "receipt":
            route.fulfill(status=200, body="<h1>login wifi</h1>", content_type="text/html")
        else:
            route.abort("connectionreset")

    page.route("**/q/*", swallow)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    assert swallowed == [303]
    assert counter.answers_to(lost) == [(3, 3)]  # the office has it, the phone cannot know
    is_received(page)
    assert counter.answers_to(lost) == [(3, 3)]
    assert stored(page) == "[]"


@pytest.mark.long
def test_a_waiting_answer_survives_the_closing_of_the_tab(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled(phone, counter.url(), "tab ditutup")
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    page.close()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(counter.url(2))  # any counter's form
    note = page.get_by_role("status")
    expect(note).to_contain_text(EARLIER + "sudah diterima. Kode tanda terima ")
    assert stored(page) == "[]"
    assert counter.answers_to("tab ditutup") == [(3, 3)]
    assert not violations(page)
    expect(page.locator("form")).to_be_visible()
    code = note.inner_text().split("tanda terima ")[1][:9].replace(" ", "")
    page.goto(counter.url(2).split("/q/")[0] + f"/r/{code}")
    is_received(page)


@pytest.mark.long
def test_a_second_answer_waits_in_its_form_until_the_first_is_sent(
    counter: Counter, phone: BrowserContext
) -> None:
    phone.route("**/q/*", cut_sending)
    first = filled(phone, counter.url(), "pertama")
    send(first)
    expect(first.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    first.close()
    page = filled(phone, counter.url(2), "kedua")
    expect(page.get_by_role("status")).to_contain_text(EARLIER + NOT_YET)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Jawaban Anda tetap di halaman ini.")
    assert page.locator("input:checked").count() == len(FORM_ORDER)
    assert "pertama" in stored(page)
    assert "kedua" not in stored(page)  # one at most
    phone.unroute("**/q/*")
    send(page)
    is_received(page)
    assert stored(page) == "[]"
    assert counter.answers_to("pertama") == [(3, 3)]
    assert counter.answers_to("kedua") == [(3, 3)]


def test_a_kiosk_keeps_nothing(counter: Counter, phone: BrowserContext) -> None:
    def as_kiosk(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<body>", "<body data-kiosk>"))

    phone.route("**/q/*", as_kiosk)
    page = filled(phone, counter.url(), "kios")
    phone.unroute("**/q/*")
    phone.set_offline(True)
    send(page)
    page.wait_for_url("chrome-error://**")
    phone.set_offline(False)
    page.goto(counter.url())
    assert stored(page) == "[]"
    assert counter.answers_to("kios") == []


@pytest.mark.long
def test_another_answer_under_the_same_form_is_told_once_and_never_sent_again(
    counter: Counter, phone: BrowserContext
) -> None:
    posts = posts_of(phone)
    page = filled(phone, counter.url(), "konflik")
    page.clock.install()
    form = dict.fromkeys(FORM_ORDER, "3") | {"comment": "konflik", "biaya": "1"}
    form["token"] = page.locator("input[name=token]").input_value()
    assert phone.request.post(counter.url(), form=form).ok
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Penilaian ini sudah diterima")
    expect(page.get_by_text("Jawaban yang pertama tetap disimpan")).to_be_visible()
    assert stored(page) == "[]"
    phone.set_offline(True)
    phone.set_offline(False)
    page.clock.fast_forward(600_000)
    assert len(posts) == 1
    assert counter.answers_to("konflik") == [(3, 1)]


def test_an_incomplete_answer_that_waited_is_shown_again_with_what_to_mend(
    counter: Counter, phone: BrowserContext
) -> None:
    page = filled(phone, counter.url(), TOO_LONG)
    page.clock.install()
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    posts = posts_of(phone)
    phone.set_offline(False)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Saran paling banyak 1.000 huruf.")
    assert alert.evaluate("node => node === document.activeElement")
    expect(page.locator(".foot")).to_contain_text("12 dari 12")  # the script works here too
    assert page.locator(".next").count() == 1
    assert page.locator("input:checked").count() == len(FORM_ORDER)
    assert stored(page) == "[]"
    page.clock.fast_forward(600_000)
    assert len(posts) == 1
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("lebih pendek")
    send(page)
    is_received(page)
    assert counter.answers_to("lebih pendek") == [(3, 3)]


@pytest.mark.long
def test_an_incomplete_answer_found_at_the_next_visit_is_opened_only_when_asked(
    counter: Counter, phone: BrowserContext
) -> None:
    phone.route("**/q/*", cut_sending)
    page = filled(phone, counter.url(), TOO_LONG)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    page.close()
    phone.unroute("**/q/*")
    page = phone.new_page()
    page.clock.install()
    page.goto(counter.url(2))
    posts = posts_of(phone)
    expect(page.get_by_role("status")).to_contain_text(EARLIER + "ada yang perlu diperbaiki.")
    assert page.locator("input:checked").count() == 0
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.clock.fast_forward(600_000)
    assert posts == []  # not again by itself
    page.get_by_role("button", name="Buka dan perbaiki").click()
    expect(page.locator("h1")).to_have_text(card_lines(counter.site)[1].name)
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("pendek, lalu dikirim")
    send(page)
    is_received(page)
    assert stored(page) == "[]"
    assert counter.answers_to("pendek, lalu dikirim") == [(3, 3)]


@pytest.mark.long
def test_a_refused_answer_stays_in_its_form(counter: Counter, phone: BrowserContext) -> None:
    page = filled(phone, counter.url(), "x" * 300_000)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Kiriman terlalu besar")
    assert page.locator("input:checked").count() == len(FORM_ORDER)
    page.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("lebih singkat")
    send(page)
    is_received(page)
    assert stored(page) == "[]"
    assert counter.answers_to("lebih singkat") == [(3, 3)]


@pytest.mark.long
def test_a_busy_office_is_asked_again_no_sooner_than_it_wishes(
    counter: Counter, phone: BrowserContext
) -> None:
    posts = posts_of(phone)
    page = filled(phone, counter.url(), "sibuk")

    def busy_once(route: Route) -> None:
        if route.request.method == "POST" and len(posts) == 1:
            route.fulfill(status=503, headers={"Retry-After": "8"}, body="busy")
        else:
            route.continue_()

    page.route("**/q/*", busy_once)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    is_received(page)
    assert len(posts) == 2
    assert posts[1] - posts[0] >= 8
    assert counter.answers_to("sibuk") == [(3, 3)]


@pytest.mark.long
def test_cancelling_asks_first_and_leaves_nothing(counter: Counter, phone: BrowserContext) -> None:
    page = filled(phone, counter.url(), "dibatalkan")
    page.clock.install()
    posts = posts_of(phone)
    phone.set_offline(True)
    send(page)
    cancel = page.get_by_role("button", name="Batalkan dan hapus")
    page.once("dialog", lambda dialog: dialog.dismiss())
    cancel.click()
    assert "dibatalkan" in stored(page)
    page.once("dialog", lambda dialog: dialog.accept())
    cancel.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah dihapus dari telepon ini.")
    assert stored(page) == "[]"
    assert page.locator("form").count() == 0
    assert "dibatalkan" not in page.content()
    assert len(posts) == 1
    phone.set_offline(False)
    page.clock.fast_forward(600_000)
    assert len(posts) == 1
    page.goto(counter.url())
    assert page.get_by_role("status").count() == 0
    assert counter.answers_to("dibatalkan") == []


def test_after_48_hours_it_is_deleted_unsent(counter: Counter, phone: BrowserContext) -> None:
    page = filled(phone, counter.url(), "terlalu lama")
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_YET)
    ((_name, text),) = json.loads(stored(page))
    hours_left = json.loads(text)["until"] / 3_600_000 - time.time() / 3600
    assert 47.9 < hours_left <= 48
    page.clock.install(time=time.time() + 48 * 3600 + 60)
    page.get_by_role("button", name="Coba sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidak lagi disimpan di telepon ini.")
    assert stored(page) == "[]"
    assert page.locator("form").count() == 0
    phone.set_offline(False)
    assert counter.answers_to("terlalu lama") == []


@pytest.mark.long
def test_a_forgotten_answer_is_deleted_at_the_next_visit(
    counter: Counter, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto(counter.url())
    for kept in ('{"until": 1, "token": "x", "body": [["comment", "lama"]]}', "{rusak", "7"):
        page.evaluate("kept => localStorage.setItem('suara-loket.unsent', kept)", kept)
        posts = posts_of(phone)
        page.reload()
        assert stored(page) == "[]", kept
        assert page.get_by_role("status").count() == 0
        assert posts == []


NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""


@pytest.mark.parametrize(
    "script", ["none", pytest.param("storage refused", marks=pytest.mark.long)]
)
def test_without_script_or_storage_the_plain_form_works_and_back_is_empty(
    counter: Counter, chromium: Browser, script: str
) -> None:
    context = chromium.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=script != "none",
    )
    context.add_init_script(NO_STORAGE)
    sent = []
    context.on("request", lambda r: sent.append(r.is_navigation_request() and r.method))
    page = filled(context, counter.url(), script)
    send(page)
    is_received(page)
    assert sent.count("POST") == 1  # a form's own sending, not the script's
    assert counter.answers_to(script) == [(3, 3)]
    try:
        page.go_back()
    except PlaywrightError as error:
        assert "ERR_CACHE_MISS" in str(error)  # noqa: PT017 (either way holds nothing)
    else:
        assert page.locator("input:checked").count() == 0
        assert page.get_by_label("Saran atau keluhan (boleh dikosongkan)").input_value() == ""
    context.close()


@pytest.fixture(scope="module")
def returning_chromium(chromium: Browser) -> Iterator[Browser]:
    """Chromium as people have it: it keeps left pages alive, which the driver switches off."""
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=ARGUMENTS, ignore_default_args=[ALIVE_OFF]
    )
    yield browser
    browser.close()


def go_back(page: Page) -> None:
    """Press Back; a page that comes back alive tells of no navigation."""
    with suppress(PlaywrightError):  # the page may be gone before it can answer
        page.evaluate("history.back()")
    page.wait_for_timeout(1_500)


def holds_nothing(page: Page) -> bool:
    chosen = page.locator("input:checked").count()
    typed = [box.input_value() for box in page.locator("textarea").all()]
    return chosen == 0 and not any(typed)


@pytest.mark.parametrize("script", ["none", "all", "storage refused"])
@pytest.mark.long
def test_a_browser_that_keeps_left_pages_alive_shows_no_answer_after_the_receipt(
    counter: Counter, returning_chromium: Browser, script: str
) -> None:
    context = returning_chromium.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=script != "none",
    )
    if script == "storage refused":
        context.add_init_script(NO_STORAGE)
    page = filled(context, counter.url(), f"kembali, {script}")
    send(page)
    is_received(page)
    page.wait_for_load_state()
    receipt = page.url
    go_back(page)
    assert page.url != receipt
    assert page.url in (counter.url(), "about:blank")
    assert holds_nothing(page)
    context.close()
    assert counter.answers_to(f"kembali, {script}") == [(3, 3)]


@pytest.mark.long
def test_a_form_that_was_left_comes_back_empty_once_its_draft_is_gone(
    counter: Counter, returning_chromium: Browser
) -> None:
    context = returning_chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script(
        "addEventListener('pageshow', e => { if (e.persisted) sessionStorage.alive = 1; });"
    )
    page = filled(context, counter.url(), "ditinggalkan")
    first = page.locator("input[name=token]").input_value()
    page.evaluate("location.assign('/privasi')")  # as by an address that is typed: no link leaves
    page.wait_for_url("**/privasi")
    page.evaluate("sessionStorage.removeItem('suara-loket.draft')")  # as ten minutes later
    go_back(page)
    assert page.evaluate("sessionStorage.alive") == "1"  # it did come back alive
    assert page.url == counter.url()
    expect(page.get_by_role("button", name="Lanjut")).to_be_visible()
    assert holds_nothing(page)
    assert page.locator("input[name=token]").input_value() != first
    context.close()


def bytes_with(folder: Path, text: str) -> list[str]:
    """Files of a browser's profile that hold a text, in either of the encodings it uses."""
    needles = (text.encode(), text.encode("utf-16-le"))
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


# In short: test_draft.py looks for what was sent in the same files, with a control.
@pytest.mark.long
@pytest.mark.parametrize("counter", ["sqlite"], indirect=True)  # the browser's files, no server's
@pytest.mark.parametrize("script", ["none", "all", "planted"])
def test_the_browsers_own_files_hold_no_answer(
    counter: Counter, chromium: Browser, tmp_path: Path, script: str
) -> None:
    canary = f"kenari-{script}-4711"
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path),
        executable_path=find_chromium(),
        args=ARGUMENTS,
        ignore_default_args=[ALIVE_OFF],
        java_script_enabled=script != "none",
    )
    page = filled(context, counter.url(), canary)
    if script == "planted":
        page.evaluate("text => localStorage.setItem('x', text)", canary)
    send(page)
    is_received(page)
    page.wait_for_timeout(6_000)  # Chromium writes storage and sessions every five seconds
    context.close()
    found = bytes_with(tmp_path, canary)
    assert (found != []) == (script == "planted"), found  # the control: the search finds it
