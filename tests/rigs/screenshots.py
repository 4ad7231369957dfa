"""Take the pictures of README again, from the demo office in a database of its own.

Example: .venv/bin/python tests/rigs/screenshots.py --out docs/screenshots
The days are today's, as in the demo: pictures of different days differ.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright

from feedback_app.demo.office import DEMO_PASSWORD
from feedback_app.services.office.cards import card_lines
from tests.ground.browser import ARGUMENTS, find_chromium, running_server
from tests.ground.demo_site import demo_site

RATINGS = 40_000  # as `python3 run.py` loads them
# picture -> who, address, width, height
PAGES = {
    "public": ("", "/", 1280, 860),
    "results": ("", "/hasil/disdukcapil-contoh/kantor", 360, 1500),
    "screen": ("", "/layar/disdukcapil-contoh/kantor", 900, 506),
    "supervisor": ("atasan", "/staf/loket/", 1280, 860),
    "counter": ("atasan", "/staf/loket/L1", 1280, 860),
    "survey": ("atasan", "/staf/skm/7", 900, 809),
    "admin": ("admin", "/staf/admin/", 1280, 860),
    "needs": ("kepegawaian", "/staf/kebutuhan/", 900, 860),
    "plan": ("kepegawaian", f"/staf/rencana/{datetime.now().astimezone().year - 1}", 900, 860),
    "impact": ("kepegawaian", "/staf/dampak/", 900, 773),
    "training": ("kepegawaian", "/staf/dampak/pelatihan/komunikasi", 900, 879),
    "inspectorate": ("inspektorat", "/staf/perkara/", 900, 744),
    "officer": ("petugas", "/staf/saya/", 360, 1500),
}
DEVICES = {"display": ("Layar:", 900, 506), "kiosk": ("Kios:", 600, 1024)}
# picture -> who, address of a PDF, width of the picture
PAPERS = {
    "poster": ("atasan", "/staf/skm/7/poster-a3.pdf", 620),
    "card": ("admin", "/staf/admin/kartu.pdf?loket=L1", 408),
}


def log_in(browser: Browser, address: str, who: str, width: int, height: int) -> Page:
    """A page of this size, of somebody who logged in (or of nobody)."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="id-ID")
    if who:
        page.goto(f"{address}/masuk")
        page.get_by_label("Nama pengguna").fill(who)
        page.get_by_label("Kata sandi").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Masuk").click()
    return page


def paired(browser: Browser, address: str, label: str, width: int, height: int) -> Page:
    """A tablet at the second counter."""
    admin = log_in(browser, address, "admin", 1280, 860)
    admin.goto(f"{address}/staf/admin/perangkat/")
    admin.get_by_label("Loket", exact=True).select_option("L2")
    admin.get_by_label(label).check()
    admin.get_by_label("Nama perangkat").fill("Tablet contoh")
    admin.get_by_role("button", name="Daftarkan perangkat").click()
    code = admin.locator(".big").inner_text()
    tablet = log_in(browser, address, "", width, height)
    tablet.goto(f"{address}/perangkat")
    tablet.get_by_label("Kode pasang").fill(code)
    with tablet.expect_navigation():
        tablet.get_by_role("button", name="Pasang").click()
    return tablet


def first_page(pdf: bytes, width: int) -> bytes:
    """The first page of a PDF as PNG."""
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = io.BytesIO()
    page.render(scale=width / page.get_width()).to_pil().save(picture, "PNG", optimize=True)
    return picture.getvalue()


def main() -> int:
    """Take all pictures, or the ones that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="names of pictures")
    arguments = parser.parse_args()

    def is_wanted(name: str) -> bool:
        return not arguments.only or name in arguments.only

    def keep(name: str, page: Page, path: str = "") -> None:
        if path:
            page.goto(path)
        page.wait_for_load_state()
        page.screenshot(path=arguments.out / f"{name}.png")
        page.close()
        print(name)

    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder), database_url="", ratings=RATINGS) as (site, environment),
        running_server(environment, int(environment["PORT"])) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        form = card_lines(site)[0].url
        if is_wanted("citizen"):
            keep("citizen", log_in(browser, address, "", 360, 740), form)
        for name, (who, path, width, height) in PAGES.items():
            if is_wanted(name):
                keep(name, log_in(browser, address, who, width, height), address + path)
        for name, (label, width, height) in DEVICES.items():
            if is_wanted(name):
                keep(name, paired(browser, address, label, width, height))
        for name, (who, path, width) in PAPERS.items():
            if is_wanted(name):
                page = log_in(browser, address, who, 1280, 860)
                answer = page.request.get(address + path)
                (arguments.out / f"{name}.png").write_bytes(first_page(answer.body(), width))
                print(name)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
