"""The queue machine: codes for tickets, calls told, and JSON for every fault."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from feedback_app.services.codes import queue
from feedback_app.services.codes.queue import MOST_A_DAY, key_lines, make_key, revoke_key
from feedback_app.services.site import Site
from feedback_app.storage.models import CodeBatch, CodeCount, QueueKey, VisitCode
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import admin_of, codes, tomorrow
from tests.ground.office import Office
from tests.web.test_citizen import stored
from tests.web.test_tickets import action_of, filled, rules_of

KODE, PANGGIL = "/api/antrean/kode", "/api/antrean/panggil"


class Machine:
    """A queue machine with its key."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"}

    def post(self, path: str, body: Any) -> TestResponse:
        kind = "application/json"
        answer = self.client.post(
            path, data=json.dumps(body), content_type=kind, headers=self.headers
        )
        assert answer.mimetype == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        return answer


@pytest.fixture
def machine(app: Flask, site: Site, office: Office) -> Machine:
    """The machine of unit A."""
    key = make_key(
        site, admin_of(site, office), unit_id=office.unit["A"], name="Mesin ruang tunggu"
    )
    return Machine(app.test_client(), key)


def count_of(site: Site) -> CodeCount:
    with site.db.read() as session:
        return session.scalars(select(CodeCount)).one()


def test_a_ticket_is_issued_called_and_opens_the_form_of_the_counter_that_called(
    machine: Machine, citizen: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    answer = machine.post(KODE, {"layanan": "ktp", "jumlah": 2})
    assert answer.status_code == 201
    first, second = answer.get_json()["kode"]
    assert first["berlaku_sampai"] == "2026-11-26T13:05:00+07:00"
    path = first["alamat"].removeprefix("http://127.0.0.1:8000")
    assert "Di loket mana" in citizen.get(path).get_data(as_text=True)
    clock.at += timedelta(minutes=4)
    called = machine.post(PANGGIL, {"kode": first["kode"], "loket": "A2"})
    assert (called.status_code, called.get_json()["baru"]) == (200, True)
    clock.at += timedelta(minutes=6)
    again = machine.post(PANGGIL, {"kode": first["alamat"], "loket": "A2"})
    assert again.get_json()["baru"] is False
    assert again.get_json()["dipanggil"] == called.get_json()["dipanggil"]
    form = citizen.get(path).get_data(as_text=True)
    assert "Loket A2" in form
    assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    assert [(r.tier, r.state) for r in stored(site)] == [("visit", "counted")]
    count = count_of(site)
    assert (count.issued, count.called, count.redeemed) == (2, 1, 1)
    gone = machine.post(PANGGIL, {"kode": first["kode"], "loket": "A2"})
    assert gone.status_code == 404
    uncalled = citizen.post("/v", data={"visit": second["kode"], "step": "x", "counter": "A1"})
    form = uncalled.get_data(as_text=True)
    assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    assert "not_called" in rules_of(site)  # held: this unit tells its calls


def test_one_batch_a_day_and_service_grows_with_each_ticket(
    machine: Machine, site: Site, clock: SteppedClock
) -> None:
    for body in ({"layanan": "ktp"}, {"layanan": "ktp"}, {"layanan": "kk"}, {"layanan": None}, {}):
        assert machine.post(KODE, body | {"jumlah": 3}).status_code == 201
    with site.db.read() as session:
        sizes = session.scalars(select(CodeBatch.size).order_by(CodeBatch.id)).all()
    assert list(sizes) == [6, 3, 6]
    clock.at += timedelta(days=1)
    machine.post(KODE, {"layanan": "kk", "jumlah": 1})
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(CodeBatch)) == 4
        assert session.scalar(select(func.count()).select_from(VisitCode)) == 16


def test_a_call_moves_the_visitor_but_is_counted_once(
    machine: Machine, citizen: Browser, site: Site
) -> None:
    (code,) = machine.post(KODE, {"layanan": "ktp", "jumlah": 1}).get_json()["kode"]
    for counter, is_new in (("A1", True), ("A2", False), ("A2", False)):
        answer = machine.post(PANGGIL, {"kode": code["kode"].lower(), "loket": counter})
        assert answer.get_json()["baru"] is is_new
    assert count_of(site).called == 1
    path = code["alamat"].removeprefix("http://127.0.0.1:8000")
    assert "Loket A2" in citizen.get(path).get_data(as_text=True)


BAD_BODIES: list[tuple[str, Any]] = [
    (KODE, []),
    (KODE, None),
    (KODE, "kode"),
    (KODE, 7),
    (KODE, {}),
    (KODE, {"jumlah": None}),
    (KODE, {"jumlah": True}),
    (KODE, {"jumlah": 0}),
    (KODE, {"jumlah": -1}),
    (KODE, {"jumlah": 51}),
    (KODE, {"jumlah": 1.0}),
    (KODE, {"jumlah": "1"}),
    (KODE, {"jumlah": [1]}),
    (KODE, {"jumlah": 10**400}),
    (KODE, {"jumlah": 1, "layanan": 7}),
    (KODE, {"jumlah": 1, "layanan": ""}),
    (KODE, {"jumlah": 1, "layanan": ["ktp"]}),
    (KODE, {"jumlah": 1, "layanan": "x" * 300}),
    (PANGGIL, {}),
    (PANGGIL, {"kode": None, "loket": "A1"}),
    (PANGGIL, {"kode": ["22222222"], "loket": "A1"}),
    (PANGGIL, {"kode": "ABCD2345", "loket": "A1"}),
    (PANGGIL, {"kode": "\x00", "loket": "A1"}),
    (PANGGIL, {"kode": "22222222", "loket": {"a": 1}}),
]


def test_every_odd_body_is_a_clear_error_in_json(machine: Machine, site: Site) -> None:
    for path, body in BAD_BODIES:
        answer = machine.post(path, body)
        assert answer.status_code == 400, (path, body)
        assert answer.get_json()["galat"]
    for service in ("akta", "KTP", "\x00", "\ud800", "ktp\u202e"):
        assert machine.post(KODE, {"jumlah": 1, "layanan": service}).status_code == 404, service
    for counter in ("B1", "a1", "\ud800", "\x00"):
        body = {"kode": "22222222", "loket": counter}
        assert machine.post(PANGGIL, body).status_code == 404, counter
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(VisitCode)) == 0


def test_what_is_no_json_is_told_in_json(machine: Machine) -> None:
    raw = [
        (b"{", 400),
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"jumlah": ' + b"9" * 5000 + b"}", 400),
        (b'{"jumlah": NaN}', 400),
        (b'{"jumlah": 1, "jumlah": 99}', 400),
        (b'"' + b"x" * 300_000 + b'"', 413),
    ]
    for body, status in raw:
        answer = machine.client.post(
            KODE, data=body, content_type="application/json", headers=machine.headers
        )
        assert (answer.status_code, answer.mimetype) == (status, "application/json"), body[:20]
        assert answer.get_json()["galat"]
    form = machine.client.post(KODE, data={"jumlah": "1"}, headers=machine.headers)
    assert (form.status_code, form.mimetype) == (415, "application/json")
    for method in ("get", "put", "delete"):
        answer = getattr(machine.client, method)(KODE, headers=machine.headers)
        assert (answer.status_code, answer.mimetype) == (405, "application/json")
    absent = machine.client.post("/api/antrean/x", json={}, headers=machine.headers)
    assert (absent.status_code, absent.mimetype) == (404, "application/json")
    nul = machine.client.post(f"{KODE}?x=%00", json={}, headers=machine.headers)
    assert (nul.status_code, nul.mimetype) == (400, "application/json")


def test_without_the_right_key_nothing_is_done(
    machine: Machine, app: Flask, site: Site, office: Office
) -> None:
    key = machine.headers["Authorization"].removeprefix("Bearer ")
    for header in ("", "Bearer", "Bearer ", f"Basic {key}", key, f"Bearer {key}x", "Bearer é²",
                   f"Bearer {key[:-1]}", "Bearer " + "x" * 5000):  # fmt: skip
        headers = {"Authorization": header} if header else {}
        answer = app.test_client().post(KODE, json={"jumlah": 1}, headers=headers)
        assert (answer.status_code, answer.mimetype) == (401, "application/json"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    viewer = admin_of(site, office)
    (line,) = key_lines(site, viewer)
    revoke_key(site, viewer, line.key_id)
    assert machine.post(KODE, {"jumlah": 1}).status_code == 401
    assert machine.post(PANGGIL, {"kode": "22222222", "loket": "A1"}).status_code == 401
    with site.db.read() as session:
        (kept,) = session.scalars(select(QueueKey))
        assert key not in json.dumps([kept.key_hash, kept.name])


def test_another_units_machine_sees_none_of_these_codes(
    machine: Machine, app: Flask, site: Site, office: Office
) -> None:
    (code,) = machine.post(KODE, {"layanan": "ktp", "jumlah": 1}).get_json()["kode"]
    key = make_key(site, admin_of(site, office), unit_id=office.unit["B"], name="Mesin B")
    other = Machine(app.test_client(), key)
    assert other.post(PANGGIL, {"kode": code["kode"], "loket": "B1"}).status_code == 404
    assert other.post(PANGGIL, {"kode": code["kode"], "loket": "A1"}).status_code == 404
    assert other.post(KODE, {"layanan": "kk", "jumlah": 1}).status_code == 404


def test_limits_of_the_day_and_codes_of_tomorrow(
    machine: Machine, site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_A_DAY == 3_000
    monkeypatch.setattr(queue, "MOST_A_DAY", 5)
    assert machine.post(KODE, {"jumlah": 5}).status_code == 201
    assert machine.post(KODE, {"jumlah": 1}).status_code == 409
    (early,) = codes(site, office, service="kk", valid_on=tomorrow(site))
    assert machine.post(PANGGIL, {"kode": early.long, "loket": "A1"}).status_code == 409


def test_the_admin_makes_a_key_sees_it_once_and_revokes_it(
    browse: Any, app: Flask, site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    path = "/staf/admin/kode/kunci"
    data = {"unit": str(office.unit["A"]), "name": "Mesin <1>", "csrf_token": admin.csrf(path)}
    page = admin.post(path, data=data).get_data(as_text=True)
    key = page.split("<code>")[1].split("</code>")[0]
    assert key.startswith("sl_")
    made = Machine(app.test_client(), key)
    assert made.post(KODE, {"jumlah": 1}).status_code == 201
    listed = admin.get(path).get_data(as_text=True)
    assert "Mesin &lt;1&gt;" in listed
    assert key not in listed
    for bad in ({"name": ""}, {"name": "x" * 81}, {"unit": "999"}, {"name": "\x00"}):
        assert admin.post(path, data=data | bad).status_code == 422, bad
    (line,) = key_lines(site, admin_of(site, office))
    assert "Cabut kunci" in admin.get(f"{path}/{line.key_id}/cabut").get_data(as_text=True)
    token = {"csrf_token": data["csrf_token"]}
    assert admin.post(f"{path}/{line.key_id}/cabut", data=token).status_code == 302
    assert made.post(KODE, {"jumlah": 1}).status_code == 401
    assert admin.post(f"{path}/999999/cabut", data=token).status_code == 404
