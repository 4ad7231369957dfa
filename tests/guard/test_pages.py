"""Key pages as they are, so that no change to one goes unseen: their <main>, and one frame.

White space is folded and each block stands on its own line, so that a template may be laid out
anew without a word's difference here. A menu entry touches one snapshot, the frame's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from feedback_app.services.site import Site
from tests.conftest import Browser
from tests.ground.office import Office, add_ratings
from tests.ground.page_check import faults_of_page, skeleton

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
    ("dina", "/staf/admin/orang/"),
    ("dina", "/staf/admin/orang/1"),
    ("dina", "/staf/admin/orang/1/ubah"),
    ("dina", "/staf/admin/orang/2/gabung?into=3"),
    ("dina", "/staf/admin/tempat/"),
    ("dina", "/staf/admin/tempat/loket/1"),
    ("hana", "/staf/dampak/"),
    ("hana", "/staf/dampak/hitung?lang=en"),
    ("hana", "/staf/pelatihan/"),
    ("hana", "/staf/pelatihan/jp"),
    ("hana", "/staf/impor/siasn-kursus"),
)
# Tokens, and the versions of styles and scripts: a change of a style changes no page.
CHANGING = re.compile(r'(name="(?:csrf_token|token)" value=")[^"]*')
# What the machine is like: its free disk, the test's folder, the SQLite that it has.
MACHINE = re.compile(r"[\d.,]+ GB \w+ \w+ [^<]*|SQLite [\d.]+ \([^)]*\)")
VERSION = re.compile(r'\?v=\w{8}(?=")')
MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
# Space beside these is layout; beside any other tag it parts two words.
BLOCKS = (
    "address article aside body br button caption circle dd defs desc details div dl dt fieldset"
    " figcaption figure footer form g h1 h2 h3 h4 head header hr html input label legend li line"
    " link main meta nav noscript ol optgroup option p path pattern polygon polyline progress rect"
    " script section select style summary svg table tbody td text textarea tfoot th thead title tr ul"
)
SENTENCE = re.compile(r"(<(\w+)\b[^>\n]*>)\n(.*)\n(</\2>)")  # a block that holds one line of text
BLOCK_TAG = re.compile(rf" ?(<!doctype[^>]*>|</?(?:{'|'.join(BLOCKS.split())})\b[^>]*>) ?", re.I)


def folded(text: str) -> str:
    """The same page with one block a line, inline tags in their sentence."""
    text = VERSION.sub("", CHANGING.sub(r"\1…", MACHINE.sub("…", text)))
    lines = BLOCK_TAG.sub(r"\n\1\n", re.sub(r"\s+", " ", text))
    return SENTENCE.sub(r"\1\3\4", "\n".join(line for line in lines.split("\n") if line.strip()))


def main_of(page: str) -> str:
    """What the page says of its own."""
    found = MAIN.search(page)
    assert found, page
    return folded(found[0])


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
    assert main_of(page) == snapshot


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_frame_is_as_it_was(browse: Callable[[], Browser], snapshot: SnapshotAssertion) -> None:
    """Head, menu and footer as the admin has them, whose menu is the longest."""
    page = browse().log_in("dina").get("/staf/admin/orang/").get_data(as_text=True)
    assert folded(MAIN.sub("<main>…</main>", page)) == snapshot


def test_layout_is_no_difference_and_a_lost_space_is_one() -> None:
    page = "<main>\n<p>Hari <b>ini</b> buka</p>\n\n  <ul><li>satu</li></ul></main>"
    laid_out = (
        "<main>\n  <p>\n    Hari <b>ini</b>\n    buka\n  </p><ul>\n<li>satu </li>\n</ul>\n</main>"
    )
    assert main_of(page) == main_of(laid_out)
    assert main_of(page) != main_of(page.replace("</b> buka", "</b>buka"))
    assert main_of(page) != main_of(page.replace("satu", "dua"))


GOOD = '<!doctype html><html lang="id"><head><title>A · x</title><link rel="stylesheet" href="/s.css"></head><body><h1>A</h1>{}</body></html>'


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
        # what the skeleton of a page, which alone is parsed, must not hide
        "<p>a & b &rarr c</p>",
        '<a href="/x?a=1&copy=2">x</a>',
        "<p>\x01</p>",
        '<p title="\x01">x</p>',
        '<p class="a" class="b">x</p>',
        "<table><tr><td>x</td></tr><tr><td>y</td></tr><tr><td><b>z</td></tr></table>",
        "<ul><li>x</li><li>y</li><li>z</b></li></ul>",
    ],
)
def test_the_page_check_finds_a_planted_fault(planted: str) -> None:
    assert faults_of_page(GOOD.format("")) == []
    assert faults_of_page(GOOD.format("").replace("stylesheet", "icon")) == ["no style"]
    assert faults_of_page(GOOD.format(planted))


def test_pages_that_differ_in_words_and_rows_only_are_parsed_once() -> None:
    row = '<tr><td data-label="{0}">{0}</td><td> </td></tr>\n'
    rows = [
        "".join(row.format(word) for word in words) for words in (("a", "b"), ("b c", "d", "e"))
    ]
    one, other = (skeleton(f"<table>{text}</table>") for text in rows)
    assert one == other
    assert one != skeleton(f"<table>{rows[0]}</b></table>")
