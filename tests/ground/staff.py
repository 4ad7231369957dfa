"""What an admin and the people of an office do with links and accounts, as a browser does it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from tests.conftest import Browser


def link_on(page: TestResponse) -> str:
    """The path of the one-time link that a page shows."""
    assert page.status_code == 200, page.get_data(as_text=True)
    found = re.search(r'id="link"[^>]* value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return urlsplit(html.unescape(found.group(1))).path


def follow(browser: Browser, path: str, password: str, **changes: str) -> TestResponse:
    """Open a one-time link and set a password by it."""
    data = {"name": "Nama Baru", "new": password, "again": password} | changes
    return browser.post(path, data=data | {"csrf_token": browser.csrf(path)})


def account_number(admin: Browser, username: str) -> int:
    """The number of an account, found in the table of people or on its officer's page."""
    people = "/staf/admin/orang/"
    listing = admin.get(f"{people}?status=all&cari={username}").get_data(as_text=True)
    (row,) = (row for row in listing.split("<tr>") if re.search(rf"[\s>]{username}[\s<]", row))
    own = re.search(rf"{people}akun/(\d+)", row)
    if own is None:
        officer = re.search(rf"{people}(\d+)", row)
        assert officer
        page = admin.get(people + officer[1]).get_data(as_text=True)
        own = re.search(rf"{people}akun/(\d+)", page)
    assert own
    return int(own[1])


def first_step(browser: Browser, username: str, password: str, next_page: str = "") -> TestResponse:
    """Send name and password."""
    data = {"username": username, "password": password, "next": next_page}
    return browser.post("/masuk", data=data | {"csrf_token": browser.csrf("/masuk")})


def second_step(browser: Browser, typed: str, next_page: str = "") -> TestResponse:
    """Send a code."""
    data = {"typed": typed, "next": next_page, "csrf_token": browser.csrf("/masuk/kode")}
    return browser.post("/masuk/kode", data=data)
