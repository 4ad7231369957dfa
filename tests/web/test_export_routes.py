"""Every route that hands out a table, with odd names everywhere: nothing in it runs (P14)."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from sqlalchemy import String, update

from feedback_app.services.site import Site
from feedback_app.storage.db import Base
from feedback_app.storage.queries import audit
from tests.ground.office import known_office
from tests.rigs.formulas import live_in_csv, live_in_xlsx, odd_text
from tests.rigs.fuzz import clients_of
from tests.rigs.vocabulary import Vocabulary
from tests.web.conftest import Crawled

pytestmark = pytest.mark.proof

NAMES = {
    "unit": ("name",), "counter": ("name",), "service": ("name", "name_en"), "officer": ("name", "display_name"),
    "training": ("title", "provider"), "account": ("name",),
    "follow_up": ("cause", "action", "responsible", "note"), "comment": ("text",), "attendance": ("certificate",),
}  # fmt: skip


def give_odd_names(site: Site, *, agency_id: int) -> None:
    """As somebody would who may write them."""
    rng = random.Random("names")
    with site.db.transaction() as tx:
        for table_name, columns in NAMES.items():
            table = Base.metadata.tables[table_name]
            for name in columns:
                longest = getattr(table.c[name].type, "length", None) or 200
                assert isinstance(table.c[name].type, String)
                text = "=" + odd_text(rng).replace("\x00", "")[: longest - 1]
                tx.execute(update(table).values({name: text}))
        audit.append(  # this table only grows
            tx,
            agency_id=agency_id,
            at=site.now(),
            account_id=None,
            action="import",
            subject="=1+1",
            detail={"=1+1": "=1+1"},
        )


def addresses(app: Flask, words: Vocabulary) -> list[str]:
    """Every table that this role's pages lead to, in every format it comes in."""
    adapter = app.url_map.bind("localhost")
    found = set()
    for rule in app.url_map.iter_rules():
        for args in words.args.get(rule.endpoint, []):
            endings = ("csv", "xlsx") if "ending" in args else ("",)
            for ending in endings:
                path = adapter.build(rule.endpoint, args | ({"ending": ending} if ending else {}))
                if "GET" in (rule.methods or ()) and path.endswith((".csv", ".xlsx")):
                    found.add(path)
    return sorted(found)


@pytest.mark.parametrize("crawled", ["sqlite"], indirect=True)
def test_no_downloaded_table_holds_a_cell_that_runs(crawled: Crawled) -> None:
    app, words = crawled.app, crawled.start.words
    site = app.extensions["site"]
    give_odd_names(site, agency_id=known_office(site).agency_id)
    opened: set[str] = set()
    for name, client in clients_of(app, words).items():
        for path in addresses(app, words[name]):
            answer = client.get(path)
            if answer.status_code != 200:
                continue
            opened.add(path)
            live = live_in_csv if path.endswith(".csv") else live_in_xlsx
            found = [cell for cell in live(answer.data) if not is_own_formula(path, cell)]
            assert found == [], path
    assert len(opened) >= 20
    assert any(path.endswith("olah-data.xlsx") for path in opened)


def is_own_formula(path: str, cell: str) -> bool:
    """The workbook computes with formulas of its own: they name cells and functions, no texts."""
    start = cell.partition(" =")[2]
    known = ("SUM(", "ROUND(", "COUNT(", "IF(", "'Olah data'!", "1/9", "(", *"BCDEFGHIJ")
    return path.endswith("olah-data.xlsx") and start.startswith(known)
