"""What the admin reads of backups, and what a visitor's code is worth after a restore."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.visit_codes import LIFETIME
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site
from feedback_app.services.upkeep.backup import add_run
from feedback_app.services.upkeep.copies import arrivals_kept_from
from feedback_app.services.upkeep.restore import Finish, Opened
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import codes
from tests.ground.devices import device, scanned, token_in
from tests.ground.office import Office
from tests.ground.staff import account_number, link_on
from tests.web.test_citizen import stored
from tests.web.test_tickets import action_of, filled, rules_of

HOME = "/staf/admin/"
Browse = Callable[..., Browser]


@pytest.fixture
def citizen(browse: Browse) -> Browser:
    """A visitor's phone."""
    return browse()


def restore_here(site: Site) -> None:
    """What a restore does to the data it brings back, in this database."""
    found = Opened(Path("x"), "copy", site.now() - timedelta(hours=3), "s", 7, "o", "k", {})
    with site.db.transaction() as tx:
        Finish(site, found, arrivals_kept_from(site))(tx)


def proven(site: Site, taken_at: datetime, outcome: str = "proven", reason: str = "") -> None:
    with site.db.transaction() as tx:
        add_run(
            tx,
            site,
            act="drill",
            outcome=outcome,  # type: ignore[arg-type]
            reason=reason,
            taken_at=taken_at,
            ratings=12_400,
            seconds=41.2,
        )


def test_the_admin_reads_how_old_the_last_proven_copy_is(
    site: Site, browse: Browse, clock: SteppedClock
) -> None:
    admin = browse().log_in("dina")
    bare = admin.get(HOME).get_data(as_text=True)
    assert "Belum ada cadangan. Bila diska komputer ini rusak" in bare
    assert "BACKUP_TO" in bare
    for days, level in ((0, "ok"), (8, "warn"), (31, "bad"), (-3, "warn")):
        proven(site, site.now() - timedelta(days=days))
        page = admin.get(HOME).get_data(as_text=True)
        assert f'class="backup {level}"' in page, days
        assert "41 detik, 12.400 penilaian." in page
    proven(site, site.now())
    assert "Cadangan terakhir terbukti dapat dipulihkan: 24 November" in (
        admin.get(HOME).get_data(as_text=True)
    )
    assert "proven to be restorable: 24 November, 41 seconds, 12,400 ratings" in (
        admin.get(f"{HOME}?lang=en").get_data(as_text=True)
    )
    proven(site, site.now(), "failed", "damaged")
    page = admin.get(f"{HOME}?lang=id").get_data(as_text=True)
    assert "gagal" in page
    assert "Salinan rusak" in page
    assert page.index("Salinan rusak") < page.index("Isi dari atas ke bawah")


def test_a_restore_ends_sessions_and_links_and_tells_the_admin(site: Site, browse: Browse) -> None:
    admin, alice, guest = browse().log_in("dina"), browse().log_in("alice"), browse()
    path = f"/staf/admin/orang/akun/{account_number(admin, 'bob')}"
    link = link_on(admin.post(f"{path}/tautan", data={"csrf_token": admin.csrf(path)}))
    assert guest.get(link).status_code == 200
    restore_here(site)
    assert alice.get("/staf/loket/").status_code == 302
    assert admin.get(HOME).status_code == 302
    assert guest.get(link).status_code == 404
    page = browse().log_in("dina").get(HOME).get_data(as_text=True)
    assert "Kantor ini dipulihkan dari cadangan" in page
    assert "tidak ada lagi" in page


def test_a_code_from_before_a_restore_counts_as_the_posters(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    restore_here(site)
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    assert citizen.post(action_of(page), data=filled(page)).status_code == 303
    (rating,) = stored(site)
    assert (rating.tier, rating.state) == ("poster", "counted")
    assert rules_of(site) == [""]
    assert citizen.get(f"/v/{code.long}").status_code == 410  # good for one answer all the same


@pytest.mark.parametrize(("is_restored", "tier"), [(False, "display"), (True, "poster")])
def test_a_displays_form_from_before_a_restore_counts_as_the_posters(
    citizen: Browser,
    place: str,
    site: Site,
    browse: Browse,
    clock: SteppedClock,
    is_restored: bool,
    tier: str,
) -> None:
    address = urlsplit(scanned(device(browse, "display"))).path
    page = citizen.get(address).get_data(as_text=True)
    clock.at += timedelta(minutes=2)
    if is_restored:
        restore_here(site)
    answers = dict.fromkeys(ALL_KEYS, "3") | {"token": token_in(page)}
    assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    assert [rating.tier for rating in stored(site)] == [tier]


def test_a_code_that_the_office_lost_is_no_sign_of_cheating_while_it_could_live(
    citizen: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    (code,) = codes(site, office, service="kk")
    restore_here(site)
    with site.db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM visit_code")  # made after the copy
    assert "dipulihkan dari cadangan" in citizen.get(f"/v/{code.long}").get_data(as_text=True)
    card = next(line.url for line in card_lines(site) if line.code == "A1")
    path = "/q/" + card.rsplit("/", 1)[1]
    for later, state in ((timedelta(0), "counted"), (LIFETIME, "held")):
        clock.at += later
        page = citizen.get(path).get_data(as_text=True)
        form = filled(page) | {"visit": code.long}
        assert citizen.post(path, data=form).status_code == 303
        assert state in {rating.state for rating in stored(site)}
    assert {rule for rules in rules_of(site) for rule in rules.split(",") if rule} >= {"bad_code"}
