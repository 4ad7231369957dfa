"""The register of happenings: list, add, correct, end, withdraw; entries never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.happenings import (
    BY_ITSELF,
    CHOSEN,
    EARLIEST,
    FARTHEST,
    LONGEST_WORDS,
    Happening,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import HappeningRow
from feedback_app.storage.queries import happenings as queries

SHOWN = timedelta(days=3 * 366)  # older ones stay in charts and studies


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a happening; `place` is a counter's code, or "unit:" and a unit's."""

    place: str
    kind: str
    first: date
    last: date | None
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the place it is about: `place` as in `Told`."""

    happening: Happening
    place: str
    place_name: str

    @property
    def is_by_itself(self) -> bool:
        """Whether the program wrote it: nobody changes it."""
        return self.happening.kind == BY_ITSELF


@dataclass(frozen=True, slots=True)
class Register:
    """The viewer's entries, newest first, and the places that may be chosen."""

    lines: Sequence[Line]
    places: Sequence[tuple[str, str]]  # as in `Told`, name


def register_of(site: Site, viewer: Viewer) -> Register:
    """Entries of the viewer's units, of three years back and of what is planned."""
    today = site.today()
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        found = queries.happenings_between(
            session, _unit_ids(scope), first=today - SHOWN, last=today + FARTHEST
        )
    names = _places(scope)
    lines = [_line(one, scope, names) for one in found]
    return Register([line for line in lines if line], list(names.items()))


def line_of(site: Site, viewer: Viewer, happening_id: int) -> Line:
    """One entry to correct; NotThereError for another's, a withdrawn or the program's own."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        row = _own_row(session, scope, happening_id)
        line = _line(queries.happening_of(row), scope, _places(scope))
    if line is None:
        raise NotThereError
    return line


def add(site: Site, viewer: Viewer, told: Told) -> int:
    """Add an entry; FieldFaultError says which field is wrong. Return its number."""
    with site.db.transaction() as tx:
        return _add(tx, site, viewer, told, replaces=None)


def correct(site: Site, viewer: Viewer, happening_id: int, told: Told) -> int:
    """Withdraw an entry and put another in its place; both stay in the register's history."""
    with site.db.transaction() as tx:
        row = _own_row(tx, scope_of(tx, viewer), happening_id)
        queries.withdraw_happening(tx, row.id, at=site.now(), by=viewer.account_id)
        return _add(tx, site, viewer, told, replaces=happening_id)


def end(site: Site, viewer: Viewer, happening_id: int, last: date) -> int:
    """Say on which day a happening that goes on was over."""
    line = line_of(site, viewer, happening_id)
    one = line.happening
    return correct(
        site, viewer, happening_id, Told(line.place, one.kind, one.first, last, one.words)
    )


def withdraw(site: Site, viewer: Viewer, happening_id: int) -> None:
    """Take out what never was."""
    with site.db.transaction() as tx:
        row = _own_row(tx, scope_of(tx, viewer), happening_id)
        queries.withdraw_happening(tx, row.id, at=site.now(), by=viewer.account_id)
        log_act(tx, site, viewer, "withdraw_happening", row.words)


def checked(told: Told, *, today: date) -> None:
    """Raise FieldFaultError for what no happening can be."""
    if told.kind not in CHOSEN:
        raise FieldFaultError("kind", "Pilih salah satu dari daftar.")
    if told.last is not None and told.last < told.first:
        raise FieldFaultError("last", "Hari terakhir tidak boleh sebelum hari pertama.")
    if not EARLIEST <= told.first <= today + FARTHEST:
        raise FieldFaultError("first", "Hari pertama antara 2017 dan setahun ke depan.")
    if told.last is not None and told.last > today + 2 * FARTHEST:
        raise FieldFaultError("last", "Paling jauh dua tahun ke depan; kosongkan bila belum tahu.")
    words = told.words.strip()
    if not words or len(words) > LONGEST_WORDS or not words.isprintable():
        raise FieldFaultError("words", "Isi keterangan dalam satu baris, paling banyak 200 huruf.")


def _add(tx: Session, site: Site, viewer: Viewer, told: Told, *, replaces: int | None) -> int:
    checked(told, today=site.today())
    scope = scope_of(tx, viewer)
    unit_id, counter_id = _ids_of(scope, told.place)
    number = queries.add_happening(
        tx,
        {
            "agency_id": viewer.agency_id,
            "unit_id": unit_id,
            "counter_id": counter_id,
            "kind": told.kind,
            "first_day": told.first,
            "last_day": told.last,
            "words": told.words.strip(),
            "recorded_by": viewer.account_id,
            "recorded_at": site.now(),
            "replaces_id": replaces,
        },
    )
    log_act(
        tx,
        site,
        viewer,
        "add_happening" if replaces is None else "correct_happening",
        told.words.strip(),
        {"kind": told.kind, "from": told.first.isoformat()},
    )
    return number


def _own_row(session: Session, scope: Scope, happening_id: int) -> HappeningRow:
    row = queries.standing_happening(session, happening_id, _unit_ids(scope))
    if row is None or row.kind == BY_ITSELF:
        raise NotThereError
    return row


def _unit_ids(scope: Scope) -> list[int]:
    return [unit.id for unit in scope.units]


def _places(scope: Scope) -> dict[str, str]:
    """Counters by code, then whole units."""
    counters = {counter.code: counter.name for counter in scope.counters}
    return counters | {f"unit:{unit.code}": unit.name for unit in scope.units}


def _ids_of(scope: Scope, place: str) -> tuple[int, int | None]:
    for unit in scope.units:
        if place == f"unit:{unit.code}":
            return unit.id, None
    for counter in scope.counters:
        if place == counter.code:
            return counter.unit_id, counter.id
    raise FieldFaultError("place", "Pilih salah satu dari daftar.")


def _line(one: Happening, scope: Scope, names: Mapping[str, str]) -> Line | None:
    """None for a counter that is no longer open."""
    if one.counter_id is None:
        place = next(f"unit:{unit.code}" for unit in scope.units if unit.id == one.unit_id)
    else:
        codes = {counter.id: counter.code for counter in scope.counters}
        place = codes.get(one.counter_id, "")
    return Line(one, place, names[place]) if place else None
