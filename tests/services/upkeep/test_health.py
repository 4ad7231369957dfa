"""The admin's page Kesehatan: each thing in words, what to do, and nothing that stops the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.health import NAMES, Check, Said
from feedback_app.services.site import Site
from feedback_app.services.upkeep import doctor, health, machine_checks
from feedback_app.services.upkeep.health import health_page
from feedback_app.services.upkeep.machine_checks import Arrived, way_in
from feedback_app.storage import bulk
from tests.conftest import Browser, SteppedClock
from tests.ground.devices import paired, registered
from tests.ground.office import TODAY, Office, add_ratings
from tests.ground.paper import viewer_of

HERE = Arrived("127.0.0.1:8000", is_forwarded=False)
PROXIED = Arrived("suara.example.go.id", is_forwarded=True)
STRAIGHT = Arrived("suara.example.go.id", is_forwarded=False)
OWN, REAL, PLAIN = "http://127.0.0.1:8000", "https://suara.example.go.id", "http://10.1.2.3:8000"


def levels(site: Site) -> dict[str, str]:
    page = health_page(site, viewer_of(site, "dina"), HERE)
    return {one.what: one.level for one in reversed((*page.wrong, *page.well))}  # the worst


@pytest.mark.parametrize(
    ("base_url", "host", "hops", "arrived", "level"),
    [
        (OWN, "127.0.0.1", 0, HERE, "ok"),
        (REAL, "127.0.0.1", 1, PROXIED, "ok"),
        (REAL, "127.0.0.1", 1, HERE, "ok"),  # the admin sits at the server
        (REAL, "127.0.0.1", 0, None, "bad"),  # one address for all visitors
        (PLAIN, "127.0.0.1", 0, PROXIED, "bad"),
        (REAL, "0.0.0.0", 1, STRAIGHT, "bad"),  # noqa: S104 (a setting to be told of)
        (REAL, "0.0.0.0", 1, None, "warn"),  # noqa: S104
        (OWN, "127.0.0.1", 1, HERE, "warn"),
        (PLAIN, "127.0.0.1", 0, None, "bad"),  # nobody reaches it
        (PLAIN, "0.0.0.0", 0, Arrived("10.1.2.3:8000", is_forwarded=False), "ok"),  # noqa: S104
    ],
)
def test_host_and_hops_are_held_against_the_address(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    base_url: str,
    host: str,
    hops: int,
    arrived: Arrived | None,
    level: str,
) -> None:
    monkeypatch.setattr(machine_checks, "CONTAINER_MARK", site.settings.instance_dir / "none")
    settings = replace(site.settings, base_url=base_url, proxy_hops=hops, host=host)
    found = way_in(settings, arrived)
    assert found.level == level
    assert (found.advice.in_language("id") == "") == (level == "ok")


def test_one_look_that_fails_is_told_and_hides_no_other(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_disk(_where: object) -> list[Check]:
        raise PermissionError("disk")

    monkeypatch.setattr(machine_checks, "disk", no_disk)
    page = health_page(site, viewer_of(site, "dina"), HERE)
    (told,) = [one for one in page.wrong if one.what == "disk"]
    assert told.found.in_language("id") == "Tidak dapat diperiksa: PermissionError: disk"
    assert {"backup", "roster", "clock", "database"} <= {
        one.what for one in (*page.well, *page.wrong)
    }


def test_page_and_doctor_tell_of_the_same_things(site: Site, office: Office) -> None:
    of_doctor = {sign.what for sign in doctor.examine(site, deep=False)} - {"version"}
    assert set(levels(site)) == of_doctor
    assert of_doctor <= NAMES.keys()


def test_roster_counters_and_devices_are_looked_at(
    site: Site, office: Office, browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    assert levels(site)["roster"] == "bad"  # unit B has nobody today
    admin = browse().log_in("dina")
    code = registered(admin, "display")
    assert levels(site)["devices"] == "ok"  # its code still holds
    clock.at += timedelta(minutes=16)
    assert levels(site)["devices"] == "warn"
    code = registered(admin, "kiosk", name="Kios")
    paired(browse(), code)
    clock.at += timedelta(days=4)
    page = health_page(site, viewer_of(site, "dina"), HERE)
    said = [one.found.in_language("id") for one in page.wrong if one.what == "devices"]
    assert said == ["Belum dipasang: Tablet.", "Tidak terlihat lebih dari tiga hari: Kios."]


def test_a_counter_that_served_many_and_got_no_answer_is_told(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    add_ratings(site, office, 1)
    visits = {"agency_id": office.agency_id, "service_id": office.service["ktp"], "visits": 50}
    rows = [visits | {"counter_id": office.counter[code], "day": TODAY} for code in ("A1", "A2")]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "visit_count", rows)
    page = health_page(site, viewer_of(site, "dina"), HERE)
    (told,) = [one for one in page.wrong if one.what == "counters"]
    assert told.found.in_language("id").startswith("Loket A2: melayani banyak orang")


def test_the_worst_stands_first_and_days_are_written_as_people_do(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    page = browse().log_in("dina").get("/staf/admin/").get_data(as_text=True)
    assert page.index(">rusak<") < page.index(">perlu dilihat<") < page.index(">baik<")
    assert "Unit B: kosong sejak 24 November 2026." in page
    english = browse().log_in("dina").get("/staf/admin/?lang=en").get_data(as_text=True)
    assert "Unit B: empty since 24 November 2026" in english
    assert ">broken<" in english


def test_the_set_up_list_stands_until_the_first_rating(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    admin = browse().log_in("dina")
    assert "Persiapan kantor" in admin.get("/staf/admin/").get_data(as_text=True)
    add_ratings(site, office, 1)
    assert "Persiapan kantor" not in admin.get("/staf/admin/").get_data(as_text=True)
    with site.db.transaction() as tx:
        tx.execute(text("UPDATE account SET closed_at = created_at WHERE role <> 'admin'"))
    assert "Persiapan kantor" in admin.get("/staf/admin/").get_data(as_text=True)


def test_without_a_database_one_line_says_so(site: Site, office: Office) -> None:
    def gone() -> list[Check]:
        raise NotSavedError("no route to host")

    found = health.look_at([("a", gone), ("b", lambda: [Check("ok", "b", Said(("", "")))])])
    assert [(one.level, one.what) for one in found] == [("bad", "database")]
