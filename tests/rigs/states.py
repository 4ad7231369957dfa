"""Take a picture of every state of the citizen's path, and measure each page: `make states`.

Example: .venv/bin/python tests/rigs/states.py --out /tmp/states
Writes PNGs, `index.html` with all of them beside each other, and `findings.txt` with what is cut,
too small to touch or unreadable. Look at the pictures: whether a page is true, short and kind no
measure tells. Phones 360 and a desk 1280 wide, light, dark and forced colours, both languages.
"""

from __future__ import annotations

import argparse
import html
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from playwright.sync_api import Browser, Page, sync_playwright

from tests.ground.browser import ARGUMENTS, find_chromium
from tests.rigs.eyes import devices, forms, looking, pages, papers, receipts
from tests.rigs.eyes.office import MORNING, Office, opened_office

State = Callable[[Office, Page, str], object]
Shot = tuple[str, int, int, str]  # what it is called, width, height, colours

ON_PHONES: tuple[Shot, ...] = (
    ("360", 360, 640, "light"),
    ("1280", 1280, 800, "light"),
    ("360-dark", 360, 640, "dark"),
    ("360-forced", 360, 640, "forced"),
)
ON_KIOSK: tuple[Shot, ...] = (("800x1280", 800, 1280, "light"),)
ON_DISPLAY: tuple[Shot, ...] = (("800x480", 800, 480, "light"), ("1280x720", 1280, 720, "light"))


@dataclass(frozen=True)
class Group:
    """States that are looked at on the same screens."""

    states: Mapping[str, State]
    shots: tuple[Shot, ...]
    has_script: bool = True
    is_whole: bool = True  # the whole page, however long, or what a screen shows
    scrolls: bool = True


GROUPS = (
    Group(forms.WITH_SCRIPT, ON_PHONES),
    Group(forms.WITHOUT_SCRIPT, ON_PHONES, has_script=False),
    Group(receipts.WITH_SCRIPT, ON_PHONES),
    Group(receipts.WITHOUT_SCRIPT, ON_PHONES, has_script=False),
    Group(pages.PAGES, ON_PHONES),
    Group(devices.PHONE, ON_PHONES),
    Group(devices.KIOSK, ON_KIOSK, is_whole=False),
    Group(devices.DISPLAY, ON_DISPLAY, is_whole=False, scrolls=False),
)


@dataclass
class Album:
    """Pictures and findings, as they come."""

    folder: Path
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def add(self, name: str, shot: str, picture: bytes) -> None:
        """Keep a picture in the row of its state."""
        file = f"{name}.{shot}.png"
        (self.folder / file).write_bytes(picture)
        if not self.rows or self.rows[-1][0] != name:
            self.rows.append((name, []))
        self.rows[-1][1].append(file)

    def note(self, name: str, found: list[str]) -> None:
        """Keep what was measured."""
        self.findings += [f"{name}: {line}" for line in found]

    def close(self) -> None:
        """Write the page of all pictures, and the list."""
        lines = ["<!doctype html><title>States</title><style>img{width:300px;margin:4px;"]
        lines += ["border:1px solid #888;vertical-align:top}</style>"]
        for name, files in self.rows:
            images = "".join(f'<a href="{f}"><img loading=lazy src="{f}"></a>' for f in files)
            lines.append(f"<h2>{html.escape(name)}</h2>{images}")
        (self.folder / "index.html").write_text("\n".join(lines), encoding="utf-8")
        (self.folder / "findings.txt").write_text("\n".join([*self.findings, ""]), encoding="utf-8")


@contextmanager
def page_of(browser: Browser, shot: Shot, *, has_script: bool, name: str) -> Iterator[Page]:
    """A browser of its own for each state: the mark of a device is of that state only."""
    context = browser.new_context(
        viewport={"width": shot[1], "height": shot[2]},
        java_script_enabled=has_script,
        user_agent=f"Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile {name}",
        locale="id-ID",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def look(album: Album, name: str, page: Page, group: Group) -> None:
    """The page as it stands, on each screen of its group."""
    for shot, width, height, colours in group.shots:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(
            color_scheme="dark" if colours == "dark" else "light",
            forced_colors="active" if colours == "forced" else "none",
        )
        album.add(name, shot, page.screenshot(full_page=group.is_whole))
        if colours == "light" and group.has_script:
            album.note(f"{name} at {shot}", looking.measured(page, is_one_screen=not group.scrolls))
    if group.has_script:
        page.emulate_media(color_scheme="light", forced_colors="none")
        album.note(name, looking.unreadable(page))


def take(album: Album, office: Office, browser: Browser, wanted: list[str], lang: str) -> None:
    """Every state that is wanted, in one language."""
    for group in GROUPS:
        for state, go in group.states.items():
            name = f"{state}.{lang}"
            if wanted and not any(word in name for word in wanted):
                continue
            office.clock.at = MORNING
            with page_of(browser, group.shots[0], has_script=group.has_script, name=name) as page:
                try:
                    go(office, page, lang)
                    look(album, name, page, group)
                except Exception as error:
                    album.note(name, [f"not reached: {str(error)[:300]}"])
            print(name, flush=True)


def main() -> int:
    """Take all pictures, or of the states whose names hold a word; exit 1 when something is found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="a folder outside of git")
    parser.add_argument("--only", nargs="*", default=[], help="words of states' names")
    parser.add_argument("--lang", nargs="*", default=["id", "en"], choices=["id", "en"])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    album = Album(arguments.out)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened_office(Path(folder)) as office,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for lang in arguments.lang:
            take(album, office, browser, arguments.only, lang)
        if not arguments.only or "paper" in arguments.only:
            office.clock.at = MORNING
            for name, picture in papers.papers(office):
                album.add(name, "print", picture)
        browser.close()
    album.close()
    print("\n".join(album.findings))
    print(f"{sum(len(files) for _name, files in album.rows)} pictures: {album.folder}/index.html")
    return 1 if album.findings else 0


if __name__ == "__main__":
    sys.exit(main())
