"""No input gives a server error, and what comes at once is counted once (P11 and P17 in small)."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.site import Site
from feedback_app.services.upkeep import tally_differences
from feedback_app.storage.models import Rating
from tests.conftest import Browser
from tests.web.test_citizen import opened

ODD = [
    "",
    "\x00",
    "²",
    "-1",
    "0",
    "5",
    "99999999999999999999",
    "1e9",
    "🙂",
    "\u202eabc",
    "%00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "A" * 3000,
    "é" * 300,
    "=1+1",
    "None",
    "A1",
    "L1",
]
FIELDS = [*ALL_KEYS, "token", "service", "served_by", "served_when", "comment", "as_is", "age_band"]
FIELDS += ["username", "password", "next", "code", "name", "role", "units", "do", "old", "new"]
FIELDS += ["horizon", "title", "kind", "elements", "jp", "cost", "starts_on", "ends_on", "seats"]
FIELDS += ["reason", "sent", "result", "certificate", "competences", "provider", "partner"]
FIELDS += ["unit", "period", "first", "last", "meaning", "population", "weight", "order"]
FIELDS += ["place", "position", "rank", "nip", "element", "cause", "action", "due"]
FIELDS += ["responsible", "status", "note", "visit", "without_code", "pressed", "outcome"]
FIELDS += ["typed", "again", "sso_name"]
QUERIES = ["periode", "triwulan", "layanan", "jalur", "lang", "next", "kode", "loket"]
QUERIES += ["state", "iss", "error"]
FIELDS += ["sheet", "officer", "visit", "offer", "counter", "size", "visited_on"]
QUERIES += ["dari", "sampai", "tindakan", "akun", "hari", "terakhir"]
FIELDS += ["text", "what", "grounds"]
QUERIES += ["buka"]
FIELDS += ["visit", "without_code", "pressed", "counter", "step", "kode", "target", "valid_on"]
FIELDS += ["size", "way", "after", "loket", "c1"]
QUERIES += ["unit"]
QUERIES += [
    "revisi",
    "unsur",
    "studi",
    "petugas",
    "bulan",
    "tahun",
    "cari",
    "hanya",
    "urut",
    "hal",
    "jenis",
]
CAST = ("", "alice", "dina", "hana", "ina", "oki")
REQUESTS_A_ROLE = 400


def odd_request(rng: random.Random, app: Flask) -> tuple[str, str, dict[str, Any]]:
    """A method, a path and options for one of the routes."""
    rule = rng.choice(list(app.url_map.iter_rules()))
    adapter = app.url_map.bind("localhost")
    values: dict[str, Any] = {
        name: rng.choice([0, 1, 999, 2**40]) if name.endswith("_id") else rng.choice(ODD) or "x"
        for name in rule.arguments
    }
    path = adapter.build(rule.endpoint, values)
    query = {name: rng.choice(ODD) for name in rng.sample(QUERIES, 2)}
    data = {name: rng.choice(ODD) for name in rng.sample(FIELDS, rng.randint(0, 12))}
    method = rng.choice(sorted(rule.methods or {"GET"}))
    return method, path, {"query_string": query, "data": data if method == "POST" else None}


@pytest.mark.parametrize("username", CAST)
def test_no_odd_request_is_a_server_error(
    app: Flask, browse: Callable[[], Browser], username: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    rng = random.Random(f"odd {username}")
    browser = browse()
    for place in range(REQUESTS_A_ROLE):
        if username and place % 40 == 0:  # a log-out among the requests must not end the walk
            browser = browse().log_in(username)
            app.config["WTF_CSRF_ENABLED"] = False
        method, path, options = odd_request(rng, app)
        status = browser.client.open(path, method=method, **options).status_code
        assert status < 500, (method, path, options)


def test_one_form_sent_from_many_places_at_once_counts_once(
    app: Flask, citizen: Browser, place: str, site: Site
) -> None:
    answers = opened(citizen, place)
    others = [opened(citizen, place) for _ in range(12)]

    def send(body: dict[str, Any]) -> int:
        return app.test_client().post(f"/q/{place}", data=body).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(send, [answers] * 24 + others))
    assert statuses == [303] * 36
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 13
    assert tally_differences(site) == 0
