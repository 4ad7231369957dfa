"""A person before a browser who counts pages, clicks and fields by every act, under the step at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Download, Frame, Locator, Page, expect

from tests.ground.browser import violations
from tests.rigs.first_month.office import Computer

WAIT_MS = 60_000  # a busy machine
PAGE_S, FIELD_S = 10, 5  # of a person: looking at a page, filling a field
SIZES = ({"width": 360, "height": 740}, {"width": 1280, "height": 900})


@dataclass
class Count:
    """What one step took."""

    pages: int = 0
    clicks: int = 0
    fields: int = 0

    def __add__(self, other: Count) -> Count:
        """The sum of two."""
        return Count(
            self.pages + other.pages, self.clicks + other.clicks, self.fields + other.fields
        )

    @property
    def acts(self) -> int:
        """Clicks and fields."""
        return self.clicks + self.fields

    @property
    def minutes(self) -> float:
        """By the model."""
        return (self.pages * PAGE_S + self.fields * FIELD_S) / 60


@dataclass
class Book:
    """The counts of all steps; what is done outside of a step is not counted."""

    steps: dict[str, Count] = field(default_factory=dict)
    now: Count = field(default_factory=Count)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count under this name."""
        self.now = self.steps.setdefault(name, Count())
        yield
        self.now = Count()

    @property
    def total(self) -> Count:
        """Of all steps."""
        return sum(self.steps.values(), Count())

    def table(self) -> str:
        """A line a step, and the sum."""
        lines = ["| step | pages | clicks | fields | minutes |", "|---|---|---|---|---|"]
        for name, one in (*self.steps.items(), ("sum", self.total)):
            lines.append(
                f"| {name} | {one.pages} | {one.clicks} | {one.fields} | {one.minutes:.1f} |"
            )
        return "\n".join(lines)


class Desk:
    """One person's browser."""

    def __init__(
        self, computer: Computer, browser: Browser, book: Book, looks: Path | None
    ) -> None:
        """An empty window; `looks` is where pictures go, if anywhere."""
        self.computer, self.book, self.looks = computer, book, looks
        context = browser.new_context(viewport=SIZES[1], locale="id-ID", accept_downloads=True)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        self.page: Page = context.new_page()
        self.page.on("framenavigated", self._counts)
        self.username, self.password, self.secret = "", "", ""

    def _counts(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.book.now.pages += 1

    def open(self, path: str) -> None:
        """Type an address, or take a bookmark: a field, like any other that is typed."""
        self.book.now.fields += 1
        self.page.goto(path if path.startswith("http") else self.computer.address + path)

    def press(self, name: str) -> None:
        """Press a button."""
        self._click(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link by its words."""
        self._click(self.page.get_by_role("link", name=name).first)

    def menu(self, name: str) -> None:
        """Follow a link of the menu."""
        self._click(self.page.locator("nav").get_by_role("link", name=name, exact=True).first)

    def tick(self, label: str | re.Pattern[str]) -> None:
        """Tick a box or a choice."""
        self.book.now.clicks += 1
        self.page.get_by_label(label).first.check()

    def fill(self, label: str | re.Pattern[str], text: str) -> None:
        """Type into a field."""
        self.book.now.fields += 1
        self._labelled(label).fill(text)

    def choose(self, label: str | re.Pattern[str], option: str) -> None:
        """Choose from a list."""
        self.book.now.fields += 1
        self._labelled(label).select_option(label=option)

    def file(self, name: str, content: bytes) -> None:
        """Choose a file on the disk."""
        self.book.now.fields += 1
        chosen = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.locator("input[type=file]").first.set_input_files(chosen)  # type: ignore[arg-type]

    def download(self, name: str, role: str = "link") -> Path:
        """Click on what is a file, and have it."""
        self.book.now.clicks += 1
        with self.page.expect_download() as coming:
            self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        got: Download = coming.value
        return Path(got.path())

    def sees(self, text: str | re.Pattern[str]) -> None:
        """These words stand on the page."""
        expect(self.page.locator("main").get_by_text(text).first).to_be_visible()

    def sees_not(self, text: str) -> None:
        """They do not."""
        expect(self.page.locator("main").get_by_text(text)).to_have_count(0)

    def look(self, name: str) -> None:
        """Pictures of the page at both widths, no fault for axe, nothing wider than the window."""
        if self.looks is None:
            return
        for size in SIZES:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            target = self.looks / f"{name}-{size['width']}.png"
            self.page.screenshot(path=target, full_page=True)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], (name, width)
            assert not violations(self.page), name

    def log_in(self) -> None:
        """From the start page, with the phone's code where there is one."""
        self.open("/masuk")
        if self.page.url.endswith("/masuk"):
            self.fill("Nama pengguna", self.username)
            self.fill("Kata sandi", self.password)
            self.press("Masuk")
        if self.secret:
            self.fill("Kode", pyotp.TOTP(self.secret).at(self.computer.clock()))
            self.press("Lanjutkan")

    def take_up(self, link: str, password: str) -> None:
        """A one-time link: a password, and the second step where the role asks for one."""
        self.page.goto(link)
        self.username = self.page.get_by_text("Nama pengguna Anda").inner_text().split(": ")[1]
        self.password = password
        self.fill("Kata sandi baru", password)
        self.fill(re.compile("lagi|Ulangi", re.I), password)
        self.press("Simpan kata sandi")
        if self.page.url.endswith("/masuk") or "/masuk?" in self.page.url:
            self.fill("Nama pengguna", self.username)
            self.fill("Kata sandi", password)
            self.press("Masuk")
        if "langkah-kedua" in self.page.url:
            self.secret = self.page.locator("main strong.code").inner_text().replace(" ", "")
            self.fill("Kode dari aplikasi", pyotp.TOTP(self.secret).at(self.computer.clock()))
            self.press("Pasang")
            self.follow("Sudah saya simpan, lanjutkan")

    def _labelled(self, label: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_label(label, exact=isinstance(label, str)).first

    def _click(self, what: Locator) -> None:
        self.book.now.clicks += 1
        what.click()
        self.page.wait_for_load_state()
