"""Styles and scripts come packed, under an address of their own edition, and do what they did."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest

from feedback_app.web import static_files
from feedback_app.web.static_files import FOLDER, folded_script
from tests.conftest import Browser

FIRST_VIEWS_SCRIPTS = 5_000  # bytes on the wire: a third of a second at 2G's 120 kb/s


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Files do not depend on the engine: one is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


def scripts_of(page: str) -> list[str]:
    return re.findall(r'<script src="([^"]+)"', page)


def test_the_forms_scripts_are_small_on_the_wire_and_kept_for_a_year(
    citizen: Browser, place: str
) -> None:
    addresses = scripts_of(citizen.get(f"/q/{place}").get_data(as_text=True))
    assert len(addresses) == 1  # the others load when they are needed
    packed = [citizen.get(address, headers={"Accept-Encoding": "gzip"}) for address in addresses]
    assert sum(len(answer.data) for answer in packed) < FIRST_VIEWS_SCRIPTS
    for address, answer in zip(addresses, packed, strict=True):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == citizen.get(address).data


@pytest.mark.parametrize("address", ["/static/site.css", "/static/site.css?v=00000000"])
def test_an_address_without_todays_version_is_asked_for_each_time(
    citizen: Browser, address: str
) -> None:
    answer = citizen.get(address)
    assert answer.headers["Cache-Control"] == "no-cache"
    again = citizen.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_changed_file_has_another_address(
    citizen: Browser, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FOLDER, tmp_path / "static")
    monkeypatch.setattr(static_files, "FOLDER", tmp_path / "static")
    before = citizen.get("/").get_data(as_text=True)
    with (tmp_path / "static" / "site.css").open("a") as style:
        style.write("p { margin: 0 }")
    after = citizen.get("/").get_data(as_text=True)
    address = re.compile(r"/static/site\.css\?v=\w+")
    assert address.findall(before) != address.findall(after)
    assert b"p { margin: 0 }" in citizen.get(address.findall(after)[0]).data


@pytest.mark.parametrize("name", ["no-such.css", "", ".", "../feedback_app/config.py", "%00"])
def test_nothing_else_is_served(citizen: Browser, name: str) -> None:
    assert citizen.client.get(f"/static/{name}").status_code in (400, 404)


def test_a_folded_script_is_the_same_script() -> None:
    script = """/* Why,
   over two lines. */
(() => {
  "use strict";
  const LIFE = 48; // hours
  // Only a person reads this.
  const address = "https://contoh.example//x", rest = /\\/\\/\\d/;
  const half = LIFE / 2; /* stays: it begins no line */
})();
"""
    assert folded_script(script) == (
        '(() => {\n"use strict";\nconst LIFE = 48;\n'
        'const address = "https://contoh.example//x", rest = /\\/\\/\\d/;\n'
        "const half = LIFE / 2; /* stays: it begins no line */\n})();\n"
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_are_as_folding_takes_for_granted(path: Path) -> None:
    """No text over lines; `//` beside spaces begins comments only, and none of those is text."""
    script = path.read_text()
    assert "`" not in folded_script(script)
    for line in script.split("\n"):
        said = re.split(r"(?:^|\s)// ", line)[0]
        assert said.count('"') % 2 == 0, line
