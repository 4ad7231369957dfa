"""Time the citizen's form on Slow 3G with a phone's CPU, beside a bare page of the same bytes.

Example: .venv/bin/python bench/slow_phone.py --rounds 7
Chromium's own Slow 3G (2 s to the first byte, 400 kb/s each way) and a CPU four times slower. First
paint, and from the tap on "Kirim sekarang" to the painted receipt (POST and receipt: 4 s of waiting
alone). The bare page has as many bytes, no script and no drawing: what this machine can do at best
right now. Both take turns; medians are printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask, Response, redirect
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.elements import FORM_ORDER, OFFICER_KEYS
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.browser import ARGUMENTS, find_chromium, free_port
from tests.ground.office import build_office

BYTES_A_SECOND = 400_000 / 8
SLOW_3G = {
    "offline": False,
    "latency": 2_000,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}
SLOWER_CPU = 4
PHONE = {"width": 360, "height": 584}
# From the tap until a frame after the receipt's heading was there.
TIMED = """() => { window.tapped = performance.now();
  addEventListener("click", () => { tapped = performance.now(); }, { capture: true, once: true });
  const told = () => {
    document.documentElement.dataset.shown = performance.now() - window.tapped; };
  new MutationObserver((_, seen) => {
    if (!document.querySelector("main.done, main.bare-receipt")) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(told));
  }).observe(document.documentElement, { childList: true, subtree: true }); }"""
PAINTED = """async () => { for (;;) {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  if (paint) return paint.startTime;
  await new Promise((done) => setTimeout(done, 20)); } }"""
BARE_SENDING = """async () => { const answer = await fetch("/bare", { method: "POST" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.body.replaceWith(page.body); }"""


class Quiet(WSGIRequestHandler):
    """Says nothing of single requests."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing."""


def bare(app: Flask, *, form: int, receipt: int) -> None:
    """A page, its sending and its receipt, of so many bytes on the wire and nothing else."""

    def page(size: int, main: str) -> Response:
        head = f"<!doctype html><title>x</title><main class='{main}'><h1>Bare</h1><p>"
        return Response(head + "x " * ((size - len(head)) // 2), mimetype="text/html")

    app.add_url_rule("/bare", "bare_form", lambda: page(form, "bare"))
    app.add_url_rule("/bare", "bare_send", lambda: redirect("/bare/done", 303), methods=["POST"])
    app.add_url_rule("/bare/done", "bare_done", lambda: page(receipt, "bare-receipt"))


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """The small office and the bare pages, each on a port: the form's address, the bare one's."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        ports = free_port(), free_port()
        settings = Settings.from_environment({"INSTANCE_DIR": folder, "PORT": str(ports[0])})
        site = open_site(settings)
        upgrade_schema(site)
        build_office(site)
        app, other = create_app(settings), Flask("bare")
        place = card_lines(site)[0].url.rsplit("/", 1)[1]
        packed = app.test_client().get(f"/q/{place}", headers={"Accept-Encoding": "gzip"})
        bare(other, form=len(packed.data), receipt=2_500)
        servers = [
            make_server("127.0.0.1", port, one, threaded=True, request_handler=Quiet)
            for port, one in zip(ports, (app, other), strict=True)
        ]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"first view {len(packed.data)} bytes")
        yield f"http://127.0.0.1:{ports[0]}/q/{place}", f"http://127.0.0.1:{ports[1]}/bare"
        for server in servers:
            server.shutdown()


@contextmanager
def phone(browser: Browser) -> Iterator[Page]:
    """A page behind Slow 3G, with a slow processor."""
    context = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(120_000)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    yield page
    context.close()


def form_once(browser: Browser, address: str) -> tuple[float, float]:
    """First paint and sent-to-receipt of the real form, ms."""
    with phone(browser) as page:
        page.goto(address)
        painted = float(page.evaluate(PAINTED))
        page.locator(".next").wait_for()
        for key in FORM_ORDER[: len(OFFICER_KEYS)]:
            page.locator(f"label:has([name={key}][value='3'])").tap()
            page.locator(f"[name={key}][value='3']").wait_for(state="hidden")
        page.locator("html[data-keeps]").wait_for()
        page.evaluate(TIMED)
        page.locator(".fork").get_by_role("button").first.tap()
        page.locator("html[data-shown]").wait_for()
        return painted, float(page.get_attribute("html", "data-shown") or 0)


def bare_once(browser: Browser, address: str) -> tuple[float, float]:
    """The same of the bare page."""
    with phone(browser) as page:
        page.goto(address)
        painted = float(page.evaluate(PAINTED))
        page.evaluate(TIMED)
        page.evaluate(BARE_SENDING)
        page.locator("html[data-shown]").wait_for()
        return painted, float(page.get_attribute("html", "data-shown") or 0)


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with served() as (form, other), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        times = [(form_once(browser, form), bare_once(browser, other)) for _ in range(rounds)]
        browser.close()
    for place, what in enumerate(("first paint", "sent to receipt")):
        ours, theirs = (median(one[which][place] for one in times) for which in (0, 1))
        least = min(one[0][place] for one in times)
        print(
            f"{what:<16} {ours / 1000:.2f} s (least {least / 1000:.2f}); bare {theirs / 1000:.2f} s"
        )


if __name__ == "__main__":
    main()
