"""What the savers of imported records share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback_app.domain.texts import Text, Words
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import records as queries

Rows = Sequence[tuple[int, Record]]
Counts = tuple[int, int, int]  # added, changed, same


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that an import changes: what becomes of it, where it stands, old and new."""

    what: Words
    where: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Work:
    """What every saver needs: the transaction, whose agency, where faults are gathered."""

    tx: Session
    site: Site
    agency_id: int
    errors: list[CellError]
    warnings: list[CellError]
    account_id: int | None = None  # who imports; None: a script
    differences: list[Difference] = field(default_factory=list)

    def known(self, table: str, column: str) -> dict[str, int]:
        """Identifiers by code (or NIP) of this agency."""
        return queries.ids_by_code(self.tx, table, column, agency_id=self.agency_id)

    def look_up(self, known: Mapping[str, int], code: str, row: int, heading: str) -> int | None:
        """The identifier of a code, or an error on its cell."""
        if code not in known:
            self.errors.append(CellError(row, heading, code, Text("kode ini tidak dikenal")))
        return known.get(code)


def upsert(work: Work, table: str, key: str, wanted: Mapping[str, Mapping[str, Any]]) -> Counts:
    """Add what is new, change what differs; nothing while there are errors."""
    if work.errors:
        return 0, 0, 0
    return queries.upsert(work.tx, table, key, wanted, agency_id=work.agency_id)
