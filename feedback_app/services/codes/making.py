"""Draw new visit codes and keep their marks: what batches and the queue machine share."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from feedback_app.domain.visit_codes import LIFETIME, LONG_BYTES, GivenCode, NewCode, new_code
from feedback_app.services.citizen.visit_codes import marks
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, CodeBatch
from feedback_app.storage.queries import code_batches as queries
from feedback_app.storage.queries import visit_codes


def add_codes(
    tx: Session, site: Site, batch: CodeBatch, *, count: int, valid_from: datetime
) -> list[NewCode]:
    """Draw codes that nobody has, keep their marks, count them as issued.

    LoopbackAddressError where no phone could open them: they are printed once, and spent then.
    """
    site.printed_address(is_demo=tx.get_one(Agency, batch.agency_id).is_demo)
    by_mark = _unused(tx, site, count)
    common = {
        "agency_id": batch.agency_id,
        "unit_id": batch.unit_id,
        "service_id": batch.service_id,
        "batch_id": batch.id,
        "valid_from": valid_from,
        "expires_at": valid_from + LIFETIME,
        "called_at": None,
        "counter_id": None,
    }
    rows = [
        common | {"typed_mark": mark, "long_mark": _mark(site, GivenCode("long", code.long))}
        for mark, code in by_mark.items()
    ]
    queries.add_codes(tx, rows)
    visit_codes.count(
        tx,
        agency_id=batch.agency_id,
        unit_id=batch.unit_id,
        service_id=batch.service_id,
        day=batch.valid_on,
        added={"issued": count},
    )
    return list(by_mark.values())


def code_address(site: Site, code: NewCode) -> str:
    """What the ticket's QR says."""
    return f"{site.settings.base_url}/v/{code.long}"


def drawn(count: int) -> Sequence[NewCode]:
    """Codes as chance gives them."""
    return [new_code(secrets.token_bytes(2 * LONG_BYTES)) for _ in range(count)]


def _unused(tx: Session, site: Site, count: int) -> dict[str, NewCode]:
    """By the mark of the typed code, which is short enough to come up twice now and then."""
    found: dict[str, NewCode] = {}
    while len(found) < count:
        fresh = {
            _mark(site, GivenCode("typed", code.typed)): code for code in drawn(count - len(found))
        }
        for mark in queries.taken_marks(tx, fresh):
            del fresh[mark]
        found |= fresh
    return found


def _mark(site: Site, code: GivenCode) -> str:
    return marks(site, code)[0]
