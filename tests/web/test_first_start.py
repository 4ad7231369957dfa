"""The one-time page: its code opens it, one person answers, and an office is there whole or not."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from feedback_app import instance
from feedback_app.config import Settings
from feedback_app.domain.first_start import Answers
from feedback_app.services.access.links import open_link
from feedback_app.services.office import first_start
from feedback_app.services.office.first_start import AlreadyBegunError, begin_office
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import has_no_agency, upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate
from feedback_app.storage.queries import agencies
from feedback_app.web import first_start as web
from tests.conftest import Copied
from tests.ground.page_check import faults_of_page

TYPED = {
    "office_name": "Dinas <Uji> & Coba",
    "address": "https://suara.contoh.go.id",
    "time_zone": "WITA",
    "admin_name": "Siti Rahmawati",
    "admin_username": "",
}
ANSWERS = Answers("Dinas", "https://suara.contoh.go.id", "WIB", "Siti", "siti")


def environment_of(database_url: str, folder: Path) -> dict[str, str]:
    url = "" if database_url.startswith("sqlite") else database_url
    return {"INSTANCE_DIR": str(folder / "i"), "DEMO": "0", "DATABASE_URL": url}


def make_empty(database_url: str, folder: Path) -> None:
    site = open_site(settings_to_migrate(environment_of(database_url, folder)))
    upgrade_schema(site)
    site.db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, copied: Copied, tmp_path: Path) -> Iterator[Site]:
    """A migrated database in which nobody has begun."""
    with copied(make_empty, request.param, tmp_path) as url:
        site = open_site(settings_to_migrate(environment_of(url, tmp_path)))
        yield site
        site.db.close()


@dataclass
class Visitor:
    """Somebody before the page; every page is checked."""

    site: Site
    codes: list[str] = field(default_factory=list)
    used: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        page = web.OneTimePage(
            self.site,
            web.Lock(self.codes.append),
            environ={},
            known={"time_zone": "WIB"},
            when_used=self.used.set,
        )
        self.client = web.create_page(page).test_client()

    def send(self, **fields: str) -> TestResponse:
        answer = self.client.post("/", data=fields)
        assert not faults_of_page(answer.get_data(as_text=True), answer.headers)
        assert "Set-Cookie" not in answer.headers
        return answer

    def ticket(self, code: str = "") -> str:
        page = self.send(code=code or self.codes[-1])
        assert page.status_code == 200, page.get_data(as_text=True)
        return re.search(r'name="ticket" value="([^"]+)"', page.get_data(as_text=True))[1]  # type: ignore[index]


@pytest.fixture
def visitor(empty: Site) -> Visitor:
    return Visitor(empty)


def offices(site: Site) -> list[str]:
    with site.db.read() as session:
        return [agency.name for agency in agencies.agencies(session)]


def kept(site: Site) -> dict[str, str]:
    return instance.read(site.settings.instance_dir / instance.FILE)


def test_the_code_opens_four_questions_and_the_answers_become_an_office(visitor: Visitor) -> None:
    first = visitor.client.get("/")
    assert not faults_of_page(first.get_data(as_text=True), first.headers)
    assert "Nama kantor" not in first.get_data(as_text=True)
    assert re.fullmatch(r"([2-9A-Z]{4}-?){3}", visitor.codes[0])
    done = visitor.send(ticket=visitor.ticket(visitor.codes[0].lower().replace("-", " ")), **TYPED)
    page = html.unescape(done.get_data(as_text=True))
    token = re.search(r"https://suara\.contoh\.go\.id/tautan/([\w-]{43})", page)
    assert token
    assert " WITA. Jangan berikan" in page
    assert open_link(visitor.site, token[1]).username == "siti.rahmawati"
    assert not visitor.used.is_set()
    done.close()  # the answer was sent
    assert visitor.used.is_set()
    assert offices(visitor.site) == ["Dinas <Uji> & Coba"]
    file = visitor.site.settings.instance_dir / instance.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    where = {"INSTANCE_DIR": str(file.parent), "DATABASE_URL": visitor.site.settings.database_url}
    found = Settings.from_environment(where)
    assert (found.base_url, found.time_zone, found.proxy_hops, found.host) == (
        "https://suara.contoh.go.id",
        "Asia/Makassar",
        1,
        "127.0.0.1",
    )


def test_it_opens_once_only(visitor: Visitor) -> None:
    ticket = visitor.ticket()
    assert visitor.send(ticket=ticket, **TYPED).status_code == 200
    assert visitor.send(ticket=ticket, **TYPED).status_code == 409
    assert visitor.send(code=visitor.codes[0]).status_code == 422
    assert len(offices(visitor.site)) == 1


def test_nothing_is_asked_or_taken_without_the_code(visitor: Visitor) -> None:
    for fields in ({}, {"code": ""}, {"code": "ÄÖ-李"}, {"code": visitor.codes[0][:-1]}):
        answer = visitor.send(**fields)
        assert answer.status_code == 422
        assert "Nama kantor" not in answer.get_data(as_text=True)
    for ticket in ("x", "é", " "):
        assert visitor.send(ticket=ticket, **TYPED).status_code == 409
    assert has_no_agency(visitor.site)


def test_after_ten_wrong_codes_another_one_counts_and_a_minute_passes(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(web.time, "monotonic", lambda: now[0])
    for _ in range(web.TRIES):
        assert visitor.send(code="AAAA").status_code == 422
    first, second = visitor.codes
    assert first != second
    assert "Tunggu satu menit" in visitor.send(code=second).get_data(as_text=True)
    now[0] += web.WAIT_S
    assert visitor.send(code=first).status_code == 422
    assert visitor.ticket(second)


def test_who_opens_it_last_answers(visitor: Visitor) -> None:
    early, late = visitor.ticket(), visitor.ticket()
    refused = visitor.send(ticket=early, **TYPED)
    assert refused.status_code == 409
    assert "Yang terakhir yang berlaku" in refused.get_data(as_text=True)
    assert visitor.send(ticket=late, **TYPED).status_code == 200


def test_bad_answers_are_said_beside_their_fields_and_nothing_typed_is_lost(
    visitor: Visitor,
) -> None:
    ticket = visitor.ticket()
    bad = TYPED | {"office_name": "", "address": "http://192.168.1.10:8000", "time_zone": "GMT"}
    answer = visitor.send(ticket=ticket, **bad)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Isi nama kantor." in page
    assert "Pilih WIB, WITA, atau WIT." in page
    assert 'name="plain_http"' in page
    assert 'value="Siti Rahmawati"' in page
    assert has_no_agency(visitor.site)
    good = bad | {"office_name": "Dinas", "time_zone": "WIT", "plain_http": "1"}
    assert visitor.send(ticket=ticket, **good).status_code == 200
    assert kept(visitor.site) == {
        "OFFICE_NAME": "Dinas",
        "BASE_URL": "http://192.168.1.10:8000",
        "TIME_ZONE": "WIT",
        "FIRST_ADMIN": "siti.rahmawati",
        "HOST": "0.0.0.0",  # noqa: S104 (no socket is bound)
        "PORT": "8000",
        "ALLOW_PLAIN_HTTP": "1",
    }


def test_without_an_address_yet_the_link_is_for_this_computer(visitor: Visitor) -> None:
    done = visitor.send(ticket=visitor.ticket(), **(TYPED | {"address": ""}))
    assert "http://127.0.0.1:8000/tautan/" in done.get_data(as_text=True)
    assert "BASE_URL" not in kept(visitor.site)


def test_every_other_address_leads_to_the_page_and_english_is_complete(visitor: Visitor) -> None:
    assert visitor.client.get("/q/abc").location == "/"
    assert visitor.client.get("/healthz").get_data() == b"ok"
    english = visitor.client.get("/?lang=en").get_data(as_text=True)
    styles = re.findall(r'href="(/static/[^"]+)"', english)
    assert styles
    assert {visitor.client.get(style).status_code for style in styles} == {200}
    assert "Set up your office" in english
    asked = visitor.client.post("/?lang=en", data={"code": visitor.codes[0]})
    assert "Four questions" in asked.get_data(as_text=True)
    assert not faults_of_page(asked.get_data(as_text=True), asked.headers)


def test_an_office_that_a_script_made_meanwhile_is_left_alone(visitor: Visitor) -> None:
    ticket = visitor.ticket()
    begin_office(visitor.site, ANSWERS, environ={})
    assert visitor.client.post("/", data=TYPED | {"ticket": ticket}).location == "/"
    assert offices(visitor.site) == ["Dinas"]
    assert kept(visitor.site)["OFFICE_NAME"] == "Dinas"


def test_a_set_up_that_cannot_keep_its_answers_leaves_no_office(
    empty: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(first_start.instance, "write", full)
    with pytest.raises(OSError, match="No space"):
        begin_office(empty, ANSWERS, environ={})
    assert has_no_agency(empty)
    monkeypatch.undo()
    begin_office(empty, ANSWERS, environ={})
    assert offices(empty) == ["Dinas"]


def test_of_two_set_ups_at_once_one_makes_the_office(empty: Site) -> None:
    ended: list[str] = []
    both = threading.Barrier(2)

    def begin(name: str) -> None:
        answers = Answers(name, "https://a.go.id", "WIB", name, f"admin-{name}")
        both.wait()
        try:
            begin_office(empty, answers, environ={})
            ended.append(name)
        except AlreadyBegunError:
            ended.append("")

    threads = [threading.Thread(target=begin, args=(name,)) for name in ("satu", "dua")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, ended)) == [False, True]
    assert offices(empty) == [name for name in ended if name]
    assert kept(empty)["OFFICE_NAME"] in ended
