"""A visitor with a ticket: from the code to a rating of the strong tier, and every way it can fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.visit_codes import GUESSES_A_MINUTE, NewCode, grouped
from feedback_app.services.citizen.code_guesses import GUESSES_OF_A_NETWORK
from feedback_app.services.codes.batches import revoke_batch
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.db import Base
from feedback_app.storage.models import CodeCount, Rating, Screening, VisitCode
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import admin_of, batch, codes, tomorrow
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored

WRONG_TYPED = "22222222"  # its check character fits, nobody has it


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def action_of(page: str) -> str:
    found = re.search(r' action="(/q/[^"]+)"', page)
    assert found
    return found[1]


def filled(page: str) -> dict[str, Any]:
    """What a form that a ticket opened would send, its code as it stands in the page."""
    code = re.search(r'<input [^>]*name="visit"[^>]*value="([^"]*)"', page)
    assert code
    varied = {key: str(1 + i % 4) for i, key in enumerate(ALL_KEYS)}
    return varied | {"token": token_in(page), "visit": code[1]}


def rules_of(site: Site) -> list[str]:
    with site.db.read() as session:
        return list(session.scalars(select(Screening.rules)))


def unspent(site: Site) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(VisitCode)) or 0


def test_the_ticket_of_a_service_at_one_counter_opens_its_form_at_once(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")  # only A1 offers it
    page = citizen.get(f"/v/{code.long}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Loket A1" in text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert f'value="{office.service["kk"]}" checked' in text
    done = citizen.post(action_of(text), data=filled(text))
    assert done.status_code == 303
    assert code.long not in done.location
    (rating,) = stored(site)
    assert (rating.tier, rating.state) == ("visit", "counted")
    assert rating.service_id == office.service["kk"]
    assert unspent(site) == 0
    assert tally_differences(site) == 0
    with site.db.read() as session:
        count = session.scalars(select(CodeCount)).one()
    assert (count.issued, count.redeemed) == (1, 1)


def test_where_two_counters_offer_it_the_visitor_is_asked_and_the_code_stays_out_of_addresses(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="ktp")
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    assert "Di loket mana Anda dilayani?" in page
    assert "Loket A1" in page
    assert "Loket A2" in page
    assert "Loket B1" not in page  # another unit's, though it offers the service
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page)
    assert not [address for address in addresses if code.long in address]
    carried = {"visit": code.long, "step": "chosen"}
    again = citizen.post("/v", data=carried)
    assert again.status_code == 422
    assert "Pilih satu loket." in again.get_data(as_text=True)
    form = citizen.post("/v", data=carried | {"counter": "A2"}).get_data(as_text=True)
    assert "Loket A2" in form
    assert not [a for a in re.findall(r'(?:href|action)="([^"]*)"', form) if code.long in a]
    assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    assert [rating.tier for rating in stored(site)] == ["visit"]


def test_a_counter_that_is_none_of_the_tickets_is_asked_for_again(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office)
    for counter in ("B1", "", "A9", "²", "A" * 500):
        data = {"visit": code.typed, "step": "chosen", "counter": counter}
        page = citizen.post("/v", data=data)
        assert page.status_code == 422, counter
        assert "Loket A1" in page.get_data(as_text=True)


def test_the_language_and_another_counter_can_be_chosen_with_the_code_kept(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    data = {"visit": code.long, "step": "chosen", "counter": "A1"}
    english = citizen.post("/v?lang=en", data=data).get_data(as_text=True)
    assert "Send rating" in english
    assert 'href="?lang=' not in english  # that would ask for the ticket's address again
    first = re.search(r"<form[^>]*>", english)
    assert first
    assert 'action="/q/' in first[0]  # for scripts
    assert code.long in english
    elsewhere = citizen.post("/v", data={"visit": code.long, "step": "elsewhere"})
    assert "Di loket mana Anda dilayani?" in elsewhere.get_data(as_text=True)


def test_the_kept_page_of_the_counter_never_holds_somebodys_code(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    before = citizen.get(f"/q/{place}").get_data(as_text=True)
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    assert code.long in page
    after = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert code.long not in before + after
    assert 'name="visit"' in after  # the unit hands out codes, so its forms ask for one
    assert token_in(after) != token_in(page)


def test_a_typed_code_is_understood_on_the_front_page_however_it_is_written(
    citizen: Browser, site: Site, office: Office
) -> None:
    ways: list[Callable[[str], str]] = [
        grouped,
        lambda typed: grouped(typed).lower(),
        lambda typed: f"{typed[:4]}-{typed[4:]}",
        lambda typed: f" {typed[:4]}.{typed[4:]} ",
        str,
    ]
    for write, code in zip(ways, codes(site, office, len(ways), service="kk"), strict=True):
        text = write(code.typed)
        asked = citizen.get("/kode", query_string={"kode": text})
        assert 'action="/v"' in asked.get_data(as_text=True)  # from an old link: by a POST
        page = citizen.post("/kode", data={"kode": text})
        assert page.status_code == 200, text
        form = page.get_data(as_text=True)
        assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    assert {rating.tier for rating in stored(site)} == {"visit"}


def test_the_front_page_still_takes_place_codes_and_receipts(
    citizen: Browser, place: str, site: Site
) -> None:
    to_form = citizen.post("/kode", data={"kode": f"{place[:4]} {place[4:]}"})
    assert to_form.status_code == 303
    assert citizen.get(to_form.location).status_code == 200
    done = citizen.post(f"/q/{place}", data=opened(citizen, place))
    receipt = done.location.rsplit("/", 1)[1]
    to_receipt = citizen.post("/kode", data={"kode": f"{receipt[:4]} {receipt[4:]}".lower()})
    assert (to_receipt.status_code, to_receipt.location) == (303, done.location)
    for odd in ("", "a/b", "x" * 5000, "\x00"):
        assert citizen.post("/kode", data={"kode": odd}).status_code == 404, odd


def dead(
    site: Site, office: Office, clock: SteppedClock, kind: str, citizen: Browser
) -> tuple[NewCode, NewCode]:
    """Two codes that open nothing any more, or not yet."""
    made = batch(site, office, 2, service="kk")
    if kind == "spent":
        for code in made.codes:
            form = citizen.get(f"/v/{code.long}").get_data(as_text=True)
            assert citizen.post(action_of(form), data=filled(form)).status_code == 303
        clock.at += timedelta(hours=1)
    elif kind == "expired":
        clock.at += timedelta(hours=48)
    elif kind == "revoked":
        revoke_batch(site, admin_of(site, office), made.batch_id)
    elif kind == "another unit's":
        made = batch(site, office, 2, unit="B")
    elif kind == "not yet valid":
        made = batch(site, office, 2, service="kk", valid_on=tomorrow(site))
    return made.codes[0], made.codes[1]


CLEAR = {
    "spent": (410, "sudah dipakai"),
    "expired": (410, "sudah lewat waktunya"),
    "revoked": (410, "tidak berlaku"),
    "not yet valid": (404, "berlaku mulai 25 November 2026 00.00 WIB"),
}


@pytest.mark.parametrize("kind", [*CLEAR, "another unit's"])
def test_a_code_that_opens_nothing_is_a_clear_page_and_never_loses_an_answer(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock, kind: str
) -> None:
    long_one, typed_one = dead(site, office, clock, kind, citizen)
    with site.db.read() as session:
        redeemed = session.scalar(select(func.sum(CodeCount.redeemed))) or 0
    for text in (long_one.long, typed_one.typed):
        answers = opened(citizen, place) | {"visit": text}
        assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    posters = [(r.tier, r.state) for r in stored(site) if r.tier == "poster"]
    assert posters == [("poster", "held")] * 2
    assert sum("bad_code" in rules for rules in rules_of(site)) == 2
    with site.db.read() as session:
        assert (session.scalar(select(func.sum(CodeCount.redeemed))) or 0) == redeemed
    assert tally_differences(site) == 0
    if kind in CLEAR:
        status, words = CLEAR[kind]
        scanned = citizen.get(f"/v/{long_one.long}")
        typed = citizen.post("/v", data={"visit": typed_one.typed})
        for page in (scanned, typed):
            text = page.get_data(as_text=True)
            assert page.status_code == status
            assert words in text
            assert "Anda tetap dapat menilai" in text
            assert long_one.long not in text


def test_an_odd_code_in_the_address_is_a_clear_page(citizen: Browser, site: Site) -> None:
    odd = ["x", "²²", "🙂", "0" * 25, "A" * 5000, "U" * 26, WRONG_TYPED, "%00", "..", "{{7*7}}"]
    for text in odd:
        assert citizen.get(f"/v/{text}").status_code in (404, 308), text
        assert citizen.post("/v", data={"visit": text}).status_code in (404, 410), text


ODD_VISITS: list[tuple[str, Any, int]] = [
    ("missing", None, 303),
    ("empty", "", 303),
    ("blank", "   ", 303),
    ("mistyped", "ABCD 2345", 422),
    ("too long", "A" * 10_000, 422),
    ("NUL", "\x00", 422),
    ("NUL within", "2222\x002222", 422),
    ("not ASCII", "²²²²²²²²", 422),
    ("null", "null", 422),
    ("SQL", "' OR 1=1 --", 422),
]


def test_no_odd_visit_field_gives_the_tier_or_loses_the_answer(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    codes(site, office)
    for name, value, status in ODD_VISITS:
        answers = opened(citizen, place) | {"comment": f"Kursi {name}", "visit": value}
        if value is None:
            del answers["visit"]
        page = citizen.post(f"/q/{place}", data=answers)
        assert page.status_code == status, name
        if status == 422:
            text = page.get_data(as_text=True)
            assert "Kode kunjungan salah ketik" in text
            assert f"Kursi {name}" in text
            assert text.count(" checked>") == len(ALL_KEYS)
            page = citizen.post(f"/q/{place}", data=answers | {"without_code": "1"})
            assert page.status_code == 303
        clock.at += timedelta(minutes=31)  # answers alike and at once would be held for that
    assert [(r.tier, r.state) for r in stored(site)] == [("poster", "counted")] * len(ODD_VISITS)
    assert unspent(site) == 1


def test_a_code_sent_twice_opens_nothing_even_a_good_one(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    good, other = codes(site, office, 2)
    for pair in ([good.typed, other.typed], [good.long, good.long], ["", good.typed]):
        answers = opened(citizen, place) | {"visit": pair}
        assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    assert {(r.tier, r.state) for r in stored(site)} == {("poster", "held")}
    assert unspent(site) == 2
    assert citizen.post("/v", data={"visit": [good.typed, good.typed]}).status_code == 404


def test_a_name_like_an_array_is_no_code(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    (code,) = codes(site, office)
    for name in ("visit[]", "visit[0]", "Visit", "visit.code", "visit "):
        answers = opened(citizen, place) | {name: code.long}
        assert citizen.post(f"/q/{place}", data=answers).status_code == 303
        assert citizen.post("/v", data={name: code.long}).status_code == 404
    assert {r.tier for r in stored(site)} == {"poster"}
    assert unspent(site) == 1


def test_the_code_is_taken_out_of_the_form_by_the_visitor(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    form = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    sent = filled(form) | {"visit": ""}
    assert citizen.post(action_of(form), data=sent).status_code == 303
    assert [r.tier for r in stored(site)] == ["poster"]
    assert unspent(site) == 1


def test_a_ticket_is_kept_when_an_answer_is_missing(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    form = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    sent = filled(form)
    del sent["perilaku"]
    again = citizen.post(action_of(form), data=sent)
    assert again.status_code == 422
    assert code.long in again.get_data(as_text=True)
    assert unspent(site) == 1
    assert citizen.post(action_of(form), data=sent | {"perilaku": "4"}).status_code == 303
    assert [r.tier for r in stored(site)] == ["visit"]


def from_network(number: int) -> dict[str, dict[str, str]]:
    """An address; wrong codes of one are braked before those of all together."""
    return {"environ_base": {"REMOTE_ADDR": f"192.0.2.{number}"}}


@pytest.mark.proof
def test_after_thirty_wrong_guesses_in_a_minute_the_next_must_wait(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    """A million guesses at 30 a minute take 23 days; with 2,000 unspent codes of 30**7 they
    hit once in eleven such spans, and each code lives two days."""
    assert 1_000_000 / GUESSES_A_MINUTE / 60 / 24 > 23
    assert 1_000_000 * 2_000 / 30**7 < 1 / 10
    good, long_one = codes(site, office, 2, service="kk")
    for number in range(GUESSES_A_MINUTE):
        there = from_network(number // 3)  # two ways, so six of a network
        assert citizen.post("/v", data={"visit": WRONG_TYPED}, **there).status_code == 410
        answers = opened(citizen, place) | {"visit": WRONG_TYPED}
        assert citizen.post(f"/q/{place}", data=answers, **there).status_code == 303
    kept = len(stored(site))
    answers = opened(citizen, place) | {"visit": good.typed, "comment": "Tidak hilang"}
    page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 429
    assert page.headers["Retry-After"]
    assert "Tidak hilang" in page.get_data(as_text=True)
    assert page.get_data(as_text=True).count(" checked>") == len(ALL_KEYS)
    waiting = citizen.post("/v", data={"visit": good.typed})
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "60")
    assert len(stored(site)) == kept
    form = citizen.get(f"/v/{long_one.long}").get_data(as_text=True)  # nobody guesses 128 bits
    assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    clock.at += timedelta(minutes=1)
    assert citizen.post("/v", data={"visit": good.typed}).status_code == 200
    assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    with site.db.read() as session:
        tiers = session.scalars(select(Rating.tier).where(Rating.tier == "visit")).all()
    assert len(tiers) == 2


def test_one_machine_that_guesses_closes_typed_codes_for_itself_only(
    citizen: Browser, site: Site, office: Office
) -> None:
    good = codes(site, office, 1, service="kk")[0]
    loud, other = from_network(1), from_network(2)
    for _ in range(GUESSES_OF_A_NETWORK):
        assert citizen.post("/v", data={"visit": WRONG_TYPED}, **loud).status_code == 410
    assert citizen.post("/v", data={"visit": good.typed}, **loud).status_code == 429
    assert citizen.post("/v", data={"visit": good.typed}, **other).status_code == 200


def test_nothing_in_the_database_is_the_code_and_nothing_links_it_to_the_answer(
    citizen: Browser, site: Site, office: Office
) -> None:
    made = codes(site, office, 3, service="kk")
    form = citizen.get(f"/v/{made[0].long}").get_data(as_text=True)
    citizen.post(action_of(form), data=filled(form))
    found = everything(site)
    for code in made:
        assert code.long not in found
        assert code.typed not in found
    with site.db.read() as session:
        kept = session.scalars(select(VisitCode)).all()
    assert len(kept) == 2
    assert not {"rating_id", "code", "mark"} & set(Rating.__table__.columns.keys())


def everything(site: Site) -> str:
    """Every cell of every table."""
    with site.db.read() as session:
        return "\n".join(
            repr(tuple(row))
            for table in Base.metadata.tables.values()
            for row in session.execute(select(table))
        )


def test_english_pages_of_a_ticket(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    (code,) = codes(site, office)
    visitor = browse()
    assert "At which counter were you served?" in visitor.get(f"/v/{code.long}?lang=en").get_data(
        as_text=True
    )
    assert "Visit code on the ticket" in visitor.get("/v?lang=en").get_data(as_text=True)
