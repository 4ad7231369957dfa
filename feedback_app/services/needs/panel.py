"""The panel of needs from the tally: verified answers of closed quarters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.form_sets import EARLY
from feedback_app.domain.tiers import VERIFIED
from feedback_app.impact.form_sets import as_one_set
from feedback_app.impact.needs.panel import NeedsPanel
from feedback_app.impact.panel import Floats, Ints
from feedback_app.services.impact.events import NoDataError, month_of
from feedback_app.services.needs.span import Span
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import needs as queries
from feedback_app.storage.queries import panel as tally


def read_panel(site: Site, *, agency_id: int, span: Span) -> NeedsPanel:
    """Cells of one agency; officers, counters, services and units are named by their ids.

    Joined rows are one person where they were joined in these quarters: a look at quarters that
    were told apart is never one that tells them together (ADR 19).
    Both sets of forms as one: what stopping early adds is taken off (`impact/form_sets.py`).

    Only answers that prove a visit and name the officer; NoDataError when there are none.
    """
    with site.db.read() as session:
        units = queries.unit_of_counter(session, agency_id=agency_id)
        keys, complete, early = _cells(session, agency_id, span)
        owners = joins.owners_on(session, span.last)
    for row, owner in owners.items():  # joined rows are one person
        keys[keys[:, 0] == row, 0] = owner
    if not len(keys):
        raise NoDataError("belum ada penilaian terverifikasi dalam triwulan yang sudah selesai")
    score, answers = as_one_set(complete, early)
    cell, item = np.nonzero(answers)
    officers, officer = np.unique(keys[cell, 0], return_inverse=True)
    counters, counter = np.unique(keys[cell, 1], return_inverse=True)
    services, service = np.unique(keys[cell, 2], return_inverse=True)
    own_units = np.array([units[int(key)] for key in counters])
    unit_ids, unit = np.unique(own_units, return_inverse=True)
    return NeedsPanel(
        officers=_texts(officers),
        counters=_texts(counters),
        services=_texts(services),
        units=_texts(unit_ids),
        items=OFFICER_KEYS,
        first_month=month_of(span.first),
        officer=officer,
        counter=counter,
        service=service,
        unit=unit[counter],
        item=item,
        month=keys[cell, 3] - month_of(span.first),
        score=score[cell, item],
        n=answers[cell, item],
    )


def _cells(session: Session, agency_id: int, span: Span) -> tuple[Ints, Floats, Floats]:
    """(officer, counter, service, month) of each cell, and its counts (cells, items, 4): of
    complete forms, and of those that stopped early."""
    found: dict[tuple[int, ...], Floats] = {}
    parts = tally.monthly_cells(
        session, agency_id=agency_id, keys=OFFICER_KEYS, first=span.first, last=span.last
    )
    for rows in parts:
        for row in rows:
            if row.tier in VERIFIED:
                key = (row.officer_id, row.counter_id, row.service_id, int(row.month))
                counts = found.setdefault(key, np.zeros((2, 4 * len(OFFICER_KEYS))))
                counts[int(row.form_set == EARLY)] += tuple(map(int, tuple(row)[6:]))
    keys = np.array(list(found), dtype=np.int64).reshape(-1, 4)
    both = np.array(list(found.values())).reshape(-1, 2, len(OFFICER_KEYS), 4)
    return keys, both[:, 0], both[:, 1]


def _texts(ids: Ints) -> tuple[str, ...]:
    return tuple(str(key) for key in ids)


def codes_of(site: Site, *, agency_id: int) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Codes of counters and of units by id: what a file says instead of ids."""
    with site.db.read() as session:
        return (
            tally.counter_codes(session, agency_id=agency_id),
            queries.unit_codes(session, agency_id=agency_id),
        )
