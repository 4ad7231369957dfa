"""A comment is masked by two people from outside the unit, never deleted, and hides no score."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases import decisions
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, Comment, Verdict
from tests.conftest import Browser
from tests.ground.office import Office, add_comment, add_ratings, rating_row

WORDS = [f"Saran nomor {n} tentang kursi" for n in range(5)]
REASON = "Memuat alamat rumah seseorang."


@pytest.fixture
def page(site: Site, office: Office) -> str:
    """October's five comments lie in a closed batch; the address where one is chosen."""
    add_ratings(site, office, 5, day=date(2026, 10, 5))
    with site.db.transaction() as tx:
        for text in WORDS:
            row = rating_row(office) | {"day": date(2026, 10, 5), "for_officer": True}
            add_comment(tx, row, text)
    return "/staf/loket/A1/saran/2026-10"


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises the unit."""
    return browse().log_in("alice")


def body(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def ask(
    browser: Browser, page: str, *, form: str = "", place: str = "3", reason: str = REASON
) -> TestResponse:
    """Send the form, with a token of that page or of another one."""
    token = browser.csrf(form or page)
    return browser.post(page, data={"place": place, "reason": reason, "csrf_token": token})


def asked_about(browser: Browser, page: str) -> str:
    """The words of the third comment on that page."""
    found = re.findall(r"<span>(Saran nomor[^<]*)</span>", body(browser, page))
    assert len(found) == 5
    return str(found[2])


def decide(site: Site, office: Office, outcome: str) -> None:
    """Two people of the inspectorate hold the same."""
    with site.db.read() as session:
        case_id = session.scalars(select(Case.id)).one()
    for number, name in ((6, "ina"), (5, "ira")):
        who = Viewer(number, office.agency_id, name, name, Role.INSPECTORATE, frozenset(), None)
        decisions.give_opinion(site, who, case_id, outcome=outcome, reason=REASON)


def test_two_people_mask_a_comment_and_its_rating_counts_on(
    alice: Browser, browse: Callable[[], Browser], site: Site, office: Office, page: str
) -> None:
    assert page in body(alice, "/staf/loket/A1")
    words = asked_about(alice, page)
    assert words in WORDS
    assert ask(alice, page).status_code == 302
    assert words in body(alice, "/staf/loket/A1")  # asking hides nothing
    case = re.search(r"/staf/perkara/(\d+)", body(browse().log_in("ina"), "/staf/perkara/"))
    assert case is not None
    told = body(browse().log_in("ina"), f"/staf/perkara/{case[1]}")
    assert words in told
    assert REASON in told
    decide(site, office, "masked")
    shown = body(alice, "/staf/loket/A1")
    assert words not in shown
    assert "saran disamarkan dengan putusan dua orang" in shown
    assert sum(other in shown for other in WORDS) == 4
    assert words not in body(browse().log_in("ina"), f"/staf/perkara/{case[1]}")
    with site.db.read() as session:  # nothing is deleted, and no answer moved
        assert words in session.scalars(select(Comment.text)).all()
        assert session.scalar(select(func.count()).select_from(Verdict)) == 0
    assert tally_differences(site) == 0


def test_a_comment_that_two_people_let_stand_stays_and_is_not_asked_for_again(
    alice: Browser, site: Site, office: Office, page: str
) -> None:
    words = asked_about(alice, page)
    ask(alice, page)
    decide(site, office, "shown")
    assert words in body(alice, "/staf/loket/A1")
    assert words not in body(alice, page)
    answer = ask(alice, page)
    assert answer.status_code == 422
    assert "sudah diajukan" in answer.get_data(as_text=True)
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize("reason", ["", "pendek", "x" * 501])
def test_a_reason_is_wanted_and_stays_in_the_form(
    alice: Browser, site: Site, page: str, reason: str
) -> None:
    answer = ask(alice, page, reason=reason)
    assert answer.status_code == 422
    assert reason in answer.get_data(as_text=True)
    with site.db.read() as session:
        assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize("place", ["", "0", "6", "x", "²"])
def test_a_comment_must_be_chosen(alice: Browser, site: Site, page: str, place: str) -> None:
    answer = ask(alice, page, place=place)
    assert answer.status_code == 422
    bare = {"reason": REASON, "csrf_token": alice.csrf(page)}
    assert alice.post(page, data=bare).status_code == 422
    assert "Pilih satu saran." in answer.get_data(as_text=True)
    with site.db.read() as session:
        assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize("month", ["2026-11", "2026-1x", "2026-10-01"])
def test_batches_that_are_not_there(alice: Browser, page: str, month: str) -> None:
    assert alice.get(f"/staf/loket/A1/saran/{month}").status_code == 404


def test_comments_of_other_units_are_not_there(
    browse: Callable[[], Browser], site: Site, page: str
) -> None:
    charlie = browse().log_in("charlie")
    assert charlie.get(page).status_code == 404
    assert ask(charlie, page, form="/staf/sesi/").status_code == 404
    with site.db.read() as session:
        assert session.scalars(select(Case)).all() == []
