"""What the savers of imported records share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback_app.domain.folding import fold
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.records import NO_CHOICES, Choices, Kind, Record
from feedback_app.services.imports.changes import CellChange, Change, Show, shown
from feedback_app.services.imports.questions import Question
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import records as queries

Rows = Sequence[tuple[int, Record]]
Counts = tuple[int, int, int]  # added, changed, same


class Codes(dict[str, int]):
    """Identifiers by code; a code is found in any case, as a spreadsheet compares texts.

    `names` are found too: an office's lists say "Dinas Dukcapil" where our files say "kantor".
    """

    def __init__(self, known: Mapping[str, int], *, names: Mapping[str, int]) -> None:
        """Remember the spelling of each; a code goes before a name of the same letters."""
        super().__init__(known)
        by_id = {number: code for code, number in known.items()}
        self._spelt = _once((fold(name), by_id[number]) for name, number in names.items())
        self._spelt |= _once((fold(code), code) for code in known)

    def spelt(self, code: str) -> str:
        """The code as it is known; itself when it is new, or two differ in nothing but case."""
        return code if code in self else self._spelt.get(fold(code)) or code


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Codes by what was written; '' where it could be two."""
    found: dict[str, str] = {}
    for written, code in pairs:
        found[written] = "" if written in found else code
    return found


@dataclass(frozen=True, slots=True)
class Work:
    """What every saver needs: the transaction, whose agency, where faults are gathered."""

    tx: Session
    site: Site
    agency_id: int
    errors: list[CellError]
    warnings: list[CellError]
    kind: Kind
    account_id: int | None = None  # who imports; None: a script
    lacking: tuple[str, ...] = ()
    choices: Choices = NO_CHOICES
    is_rehearsal: bool = True
    changes: list[Change] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    told_lacking: set[str] = field(default_factory=set)

    def known(self, table: str, column: str) -> Codes:
        """Identifiers by code (or NIP) of this agency."""
        return Codes(self._ids(table, column), names={})

    def units(self) -> Codes:
        """Identifiers of units by code or name."""
        return Codes(self._ids("unit", "code"), names=self._ids("unit", "name"))

    def officers(self) -> Codes:
        """Officers by NIP; the number of a joined row names its person."""
        owners = joins.owners_now(self.tx)
        known = queries.ids_by_code(self.tx, "officer", "nip", agency_id=self.agency_id)
        return Codes({nip: owners.get(row, row) for nip, row in known.items()}, names={})

    def _ids(self, table: str, column: str) -> dict[str, int]:
        return queries.ids_by_code(self.tx, table, column, agency_id=self.agency_id)

    def look_up(self, known: Mapping[str, int], code: str, row: int, heading: str) -> int | None:
        """The identifier of a code, or an error on its cell."""
        spelt = known.spelt(code) if isinstance(known, Codes) else code
        if spelt not in known:
            self.errors.append(CellError(row, heading, code, Text("kode ini tidak dikenal")))
        return known.get(spelt)

    def need(self, record: Record, row: int) -> None:
        """A row that is new must bring all that the kind asks for.

        A column that the file lacks is told once, at the first row that is new.
        """
        for column in self.kind.columns:
            if not column.is_required or column.field in record:
                continue
            if column.field not in self.lacking:
                self.errors.append(CellError(row, column.heading, "", Text("wajib diisi")))
            elif column.field not in self.told_lacking:
                self.told_lacking.add(column.field)
                reason = Text("baris ini baru, jadi kolom ini diperlukan")
                self.errors.append(CellError(row, column.heading, "", reason))

    def note(self, row: int, name: str, changed: Changed, *, shows: Mapping[str, Show]) -> None:
        """Tell what a row changes."""
        found = tuple(
            CellChange(heading, shows.get(name, shown)(old), shows.get(name, shown)(new))
            for name, (heading, old, new) in changed.items()
        )
        self.changes.append(Change(row, name, "changed", found))

    def note_new(self, row: int, name: str) -> None:
        """Tell that a row is new."""
        self.changes.append(Change(row, name, "added", ()))


Changed = Mapping[str, tuple[str, Any, Any]]  # field -> (title of its column, old, new)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one row wants: fields that it speaks of, by the table's columns."""

    row: int
    values: Mapping[str, Any]


def upsert(
    work: Work,
    table: str,
    key: str,
    wanted: Mapping[str, Wish],
    *,
    defaults: Mapping[str, Any],
    headings: Mapping[str, str],
    shows: Mapping[str, Show],
) -> Counts:
    """Add what is new, change what differs; nothing while there are errors.

    `defaults` is what a new row gets where its file does not speak; `headings` the titles by
    column.
    """
    if work.errors:
        return 0, 0, 0
    done = queries.upsert(
        work.tx,
        table,
        key,
        {name: wish.values for name, wish in wanted.items()},
        agency_id=work.agency_id,
        defaults=defaults,
    )
    for name in done.added:
        work.note_new(wanted[name].row, name)
    for name, fields in done.changed.items():
        changed = {f: (headings.get(f, f), old, new) for f, (old, new) in fields.items()}
        work.note(wanted[name].row, name, changed, shows=shows)
    return len(done.added), len(done.changed), len(wanted) - len(done.added) - len(done.changed)
