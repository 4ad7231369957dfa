"""Real Chromium against a real server process, on both engines."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page

from feedback_app.config import ROOT

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (ROOT / "tests" / "vendor" / "axe" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def find_chromium() -> str:
    """Where Chromium lies; a missing browser fails, it is never skipped."""
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise RuntimeError("Chromium is missing: apt-get install chromium")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(environment: dict[str, str], port: int) -> Iterator[str]:
    """The server as run.py starts it; yield its address once it is ready."""
    command = [sys.executable, str(ROOT / "scripts" / "serve.py")]
    own = {"HOST": "127.0.0.1", "PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment | own) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):  # a minute: a busy machine starts slowly
        if server.poll() is not None:
            raise RuntimeError("the server stopped at its start")
        try:
            with urllib.request.urlopen(f"{address}/healthz") as answer:  # noqa: S310 (our own)
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("the server did not get ready")


def answer(page: Page, values: Mapping[str, str]) -> None:
    """Answer questions by name and go to the last one, where the form is sent.

    The first with a tap, the rest at once: a tap costs 0.15 s of CPU.
    """
    (first, value), *rest = values.items()
    page.locator(f"input[name={first}][value='{value}']").check()
    page.evaluate(
        """rest => rest.forEach(([name, value]) =>
        document.querySelector(`input[name=${name}][value='${value}']`).click())""",
        rest,
    )
    to_the_end(page)


def to_the_end(page: Page) -> None:
    """Where there is a script: to the last question, and until what a touch fetches is there."""
    page.evaluate(
        """async () => {
          const root = document.documentElement, next = document.querySelector(".next");
          if (!next) return;
          window.dispatchEvent(new Event("pointerdown"));
          while (!next.hidden) next.click();
          if (document.body.hasAttribute("data-kiosk")) return;
          while (!root.dataset.keeps) await new Promise(done => setTimeout(done, 20));
        }"""
    )


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA; passes the page's own strict policy."""
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES
    )
    return [f"{fault['id']}: {fault['nodes'][0]['target']} {fault['help']}" for fault in found]
