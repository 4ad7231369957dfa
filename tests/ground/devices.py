"""Displays and kiosks of the small office, registered and paired as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import zxingcpp
from PIL import Image

from tests.conftest import Browser

ROOM = "/staf/admin/perangkat/"


def registered(admin: Browser, kind: str, *, counter: str = "A1", name: str = "Tablet") -> str:
    """Register a device; return its pairing code as shown."""
    data = {"counter": counter, "kind": kind, "name": name, "csrf_token": admin.csrf(ROOM)}
    answer = admin.post(ROOM, data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    found = re.search(r'class="big">([0-9A-Z]{4} [0-9A-Z]{4})<', page)
    assert found
    return found[1]


def paired(tablet: Browser, code: str) -> Browser:
    """Type the code on the tablet."""
    data = {"code": code, "csrf_token": tablet.csrf("/perangkat")}
    answer = tablet.post("/perangkat", data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return tablet


def device(browse: Callable[[], Browser], kind: str, *, counter: str = "A1") -> Browser:
    """A paired tablet of its own."""
    admin = browse().log_in("dina")
    return paired(browse(), registered(admin, kind, counter=counter, name=f"{kind} {counter}"))


def scanned(display: Browser) -> str:
    """The address in the QR code that the display shows now."""
    page = display.get("/perangkat/layar").get_data(as_text=True)
    picture = re.search(r'src="data:image/svg\+xml,([^"]+)"', page)
    assert picture
    return read_squares(unquote(picture[1]))


def read_squares(svg: str) -> str:
    """Draw the SVG's unit squares and read them as a phone would."""
    size = re.search(r'viewBox="0 0 (\d+) ', svg)
    assert size
    drawn = Image.new("L", (int(size[1]), int(size[1])), 255)
    for x, y in re.findall(r"M(\d+),(\d+)H", svg):
        drawn.putpixel((int(x), int(y)), 0)
    (found,) = zxingcpp.read_barcodes(drawn.resize((drawn.width * 4, drawn.height * 4)))
    return found.text


def token_in(page: str) -> str:
    """The token of a form."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]
