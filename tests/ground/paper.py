"""Paper sheets to test with: entries, the cast's viewers, visit codes that can be spent."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_day
from feedback_app.domain.paper import BAND_KEYS, Entry, batch_mark, sheet_number
from feedback_app.domain.visit_codes import GivenCode, mark_of, new_code
from feedback_app.services.access import sessions
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.visit_codes import NONE_GIVEN, PURPOSE, Given
from feedback_app.services.paper import batches, sheets
from feedback_app.services.paper.batches import Wanted
from feedback_app.services.paper.sheets import Keyed
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import accounts
from feedback_app.storage.queries import paper as queries
from tests.ground.office import TODAY, Office


def viewer_of(site: Site, username: str) -> Viewer:
    """Somebody of the cast, logged in."""
    with site.db.read() as session:
        account = accounts.open_account_named(session, username)
        assert account is not None
        return sessions.viewer_of(account, frozenset(accounts.unit_ids_of(session, account.id)))


def batch(site: Site, office: Office, viewer: Viewer, *, size: int = 20, **changes: Any) -> int:
    """A batch for KTP-el at counter A1."""
    wanted = {
        "unit_id": office.unit["A"],
        "service_id": office.service["ktp"],
        "counter_id": office.counter["A1"],
        "size": size,
    } | changes
    return batches.make_batch(site, viewer, Wanted(**wanted))


def number_of(site: Site, viewer: Viewer, batch_id: int, running: int) -> str:
    """A sheet's whole number."""
    with site.db.read() as session:
        row = batches.owned(session, viewer, batch_id)
    return sheet_number(batch_mark(row.batch.number), running)


def entry(office: Office, *, officer: str = "", day: date = TODAY, **changes: Any) -> Entry:
    """A sheet with all answers 3 and no charge, unless changed."""
    answers = (
        dict.fromkeys(ALL_KEYS, 3)
        | {"biaya": 4}
        | {k: v for k, v in changes.items() if k in ALL_KEYS}
    )
    bands = dict.fromkeys(BAND_KEYS) | {k: v for k, v in changes.items() if k in BAND_KEYS}
    return Entry(
        visited_on=day,
        counter_id=office.counter[changes.get("counter", "A1")],
        officer_id=office.officer[officer] if officer else None,
        answers=answers,
        bands=bands,
        causes=tuple(changes.get("causes", ())),
    )


def key(
    site: Site,
    viewer: Viewer,
    batch_id: int,
    running: int,
    sheet: Entry,
    *,
    visit: str = "",
    comment: str = "",
) -> int:
    """Key one sheet."""
    given = Given(visit, is_odd=False) if visit else NONE_GIVEN
    number = number_of(site, viewer, batch_id, running)
    return sheets.key_sheet(site, viewer, batch_id, Keyed(number, sheet, given, comment))


def visit_code(site: Site, office: Office, *, unit: str = "A") -> str:
    """A typed code of a unit that can be spent now."""
    code = new_code(secrets.token_bytes(32))
    (secret,) = site.keys_for(PURPOSE)
    own = {"agency_id": office.agency_id, "unit_id": office.unit[unit], "service_id": None}
    now = site.now()
    with site.db.transaction() as tx:
        made = {"valid_on": local_day(now), "size": 1, "way": "sheet", "made_at": now}
        made |= {"made_by": None, "revoked_at": None}
        (batch_id,) = bulk.add_rows(tx, "code_batch", [own | made])
        row = own | {
            "long_mark": mark_of(GivenCode("long", code.long), key=secret),
            "typed_mark": mark_of(GivenCode("typed", code.typed), key=secret),
            "batch_id": batch_id,
            "valid_from": now - timedelta(hours=1),
            "expires_at": now + timedelta(hours=47),
            "called_at": None,
            "counter_id": None,
        }
        bulk.add_rows(tx, "visit_code", [row])
    return code.typed


def sheet_row(site: Site, batch_id: int, running: int) -> Any:
    """A sheet as it is kept."""
    with site.db.read() as session:
        return queries.sheet_named(session, batch_id, running)
