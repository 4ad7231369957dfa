"""Key pages as they are, so that no change to one goes unseen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from feedback_app.services.site import Site
from tests.conftest import Browser
from tests.ground.office import Office, add_ratings
from tests.ground.page_check import faults_of_page

PAGES = (
    ("", "/q/{place}"),
    ("", "/q/{place}?lang=en"),
    ("", "/q/unknown"),
    ("", "/"),
    ("", "/privasi"),
    ("", "/masuk"),
    ("alice", "/staf/loket/"),
    ("alice", "/staf/loket/A1"),
    ("alice", "/staf/loket/A2?periode=today&lang=en"),
    ("alice", "/staf/skm/"),
    ("alice", "/staf/skm/baru"),
    ("", "/hasil/"),
    ("", "/hasil/dukcapil/A?lang=en"),
    ("", "/layar/dukcapil/A"),
    ("dina", "/staf/admin/"),
    ("dina", "/staf/impor/roster"),
    ("dina", "/staf/admin/akun"),
    ("hana", "/staf/dampak/"),
    ("hana", "/staf/dampak/hitung?lang=en"),
    ("hana", "/staf/pelatihan/"),
    ("hana", "/staf/pelatihan/jp"),
    ("hana", "/staf/impor/siasn-kursus"),
)
CHANGING = re.compile(r'(name="(?:csrf_token|token)" value=")[^"]*')


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("username", "path"), PAGES, ids=[path for _name, path in PAGES])
def test_key_pages_are_as_they_were(
    browse: Callable[[], Browser],
    site: Site,
    office: Office,
    place: str,
    snapshot: SnapshotAssertion,
    username: str,
    path: str,
) -> None:
    add_ratings(site, office, 14, perilaku=4, waktu=2)
    browser = browse().log_in(username) if username else browse()
    page = browser.get(path.format(place=place)).get_data(as_text=True)
    assert CHANGING.sub(r"\1…", page) == snapshot


GOOD = '<!doctype html><html lang="id"><head><title>A · x</title></head><body><h1>A</h1>{}</body></html>'


@pytest.mark.parametrize(
    "planted",
    [
        "<h1>B</h1>",
        '<p id="x"></p><p id="x"></p>',
        "<form><button>x</button></form>",
        '<input name="x">',
        '<p style="color:red">x</p>',
        "<script>x()</script>",
        '<img src="https://other.example/x.png" alt="">',
        '<p onclick="x()">x</p>',
        "<p><div></div></p>",
    ],
)
def test_the_page_check_finds_a_planted_fault(planted: str) -> None:
    assert faults_of_page(GOOD.format("")) == []
    assert faults_of_page(GOOD.format(planted))
