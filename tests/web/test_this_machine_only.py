"""What only this machine can open is not handed out, and the demo's log-ins work on it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.services.access.links import issue_link
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import DemoIsLocalError
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.services.faults import LoopbackAddressError
from feedback_app.services.office.cards import cards_pdf
from feedback_app.services.site import Site
from feedback_app.storage.models import AccessLink, Account, Agency, CodeBatch
from tests.conftest import Browser, SteppedClock
from tests.ground.office import PASSWORD, Office
from tests.ground.paper import viewer_of


def with_settings(site: Site, **changes: Any) -> Site:
    return replace(site, settings=replace(site.settings, **changes))


@pytest.fixture
def unasked(site: Site, office: Office) -> Site:
    """The office where nobody has asked for loopback addresses."""
    return with_settings(site, loopback_ok=False)


@pytest.fixture
def dina(settings: Settings, clock: SteppedClock, office: Office) -> Iterator[Browser]:
    """Its admin, logged in."""
    app = create_app(replace(settings, loopback_ok=False), clock=clock)
    yield Browser(app.test_client()).log_in("dina")
    app.extensions["site"].db.close()


def make_demo(site: Site) -> None:
    with site.db.transaction() as tx:
        tx.execute(update(Agency).values(is_demo=True))


def test_cards_and_links_refuse_an_address_of_this_machine(unasked: Site, site: Site) -> None:
    with pytest.raises(LoopbackAddressError, match=r"http://127\.0\.0\.1:8000"):
        cards_pdf(unasked)
    alice = viewer_of(unasked, "alice")
    with pytest.raises(LoopbackAddressError):
        issue_link(unasked, viewer_of(unasked, "dina"), alice.account_id)
    for there in (site, with_settings(unasked, base_url="https://suara.go.id")):
        assert cards_pdf(there).startswith(b"%PDF")
    make_demo(site)
    assert cards_pdf(unasked).startswith(b"%PDF")  # the demo is for this machine


def test_the_page_of_cards_says_what_to_do_and_offers_no_file(dina: Browser) -> None:
    page = dina.get("/staf/admin/kartu").get_data(as_text=True)
    assert "Kartu belum dapat dicetak" in page
    assert "scripts/settings.py base_url=https://" in page
    assert "kartu.pdf" not in page
    refused = dina.get("/staf/admin/kartu.pdf")
    assert refused.status_code == 409
    assert "Belum dapat dicetak atau dikirim" in refused.get_data(as_text=True)
    english = dina.get("/staf/admin/kartu.pdf?lang=en").get_data(as_text=True)
    assert "Cannot be printed or sent yet" in english


def test_a_refused_invitation_or_batch_of_tickets_leaves_nothing_behind(
    dina: Browser, site: Site, office: Office
) -> None:
    token = dina.csrf("/staf/admin/orang/akun/baru")
    invited = {"username": "baru", "name": "Baru", "role": "hr", "csrf_token": token}
    assert (
        dina.post("/staf/admin/orang/akun/baru", data=invited | {"officer": "0"}).status_code == 409
    )
    batch = {
        "target": f"{office.unit['A']}-0",
        "valid_on": "2026-11-24",
        "size": "10",
        "way": "sheet",
        "after": "",
        "csrf_token": token,
    }
    assert dina.post("/staf/admin/kode/buat", data=batch).status_code == 409
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(CodeBatch)) == 0
        assert session.scalar(select(func.count()).select_from(AccessLink)) == 0
        assert session.scalar(select(Account.id).where(Account.username == "baru")) is None


OTHERS = (
    {"host": "0.0.0.0"},  # noqa: S104 (no socket is bound)
    {"host": "192.168.1.2"},
    {"base_url": "https://suara.go.id"},
    {"trusted_hosts": ("127.0.0.1", "suara.go.id")},
    {"proxy_hops": 1},
)


@pytest.mark.parametrize("others", OTHERS, ids=str)
def test_the_demos_passwords_work_on_this_machine_only(
    site: Site, office: Office, others: dict[str, Any]
) -> None:
    reached = with_settings(site, **others)
    assert log_in(reached, username="alice", password=PASSWORD)  # an office's own account
    make_demo(site)
    opened = log_in(site, username="alice", password=PASSWORD)
    assert viewer_of_session(site, opened)
    assert viewer_of_session(reached, opened) is None
    with pytest.raises(DemoIsLocalError):
        log_in(reached, username="alice", password=PASSWORD)


def test_who_tries_the_demos_password_from_outside_reads_why(
    settings: Settings, site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    make_demo(site)
    app = create_app(replace(settings, host="0.0.0.0"))  # noqa: S104 (no socket is bound)
    browser = Browser(app.test_client())
    data = {"username": "alice", "password": PASSWORD, "csrf_token": browser.csrf("/masuk")}
    answer = browser.post("/masuk", data=data)
    assert answer.status_code == 403
    assert "Akun contoh hanya untuk komputer ini" in answer.get_data(as_text=True)
    assert browser.get("/staf/").status_code == 302
    app.extensions["site"].db.close()
    browse().log_in("alice")
