"""One counter on one day: who stands there, and each act that changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from feedback_app.domain import roster_plans as plans
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import Plan
from feedback_app.domain.working_days import Calendar
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.proposals import propose
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.writing import (
    ChangedMeanwhileError,
    by,
    day_span,
    refuse_clashes,
    save_plan,
    seen_mark,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries


@dataclass(frozen=True, slots=True)
class DayView:
    """A counter's day: its shifts, those it could swap with, and who could come instead."""

    code: str
    name: str
    unit_id: int
    day: date
    shifts: Sequence[Shift]
    others: Sequence[Shift]  # of the viewer's other counters, for a swap
    officers: Sequence[tuple[int, str]]  # number, what they are called and where they are
    called: Mapping[int, str]
    counters: Mapping[int, str]
    closed_as: str | None
    needs_two: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for; which fields an act needs stands in `_ACTS`."""

    seen: str
    shift_id: int | None
    other_id: int | None
    officer_id: int | None
    starts: time | None
    ends: time | None
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was kept, or a proposal that waits."""

    change_id: int | None
    proposal_id: int | None


def day_view(site: Site, viewer: Viewer, code: str, day: date) -> DayView:
    """The counter's day; NotThereError for a counter that is not the viewer's."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        return _view(session, site, viewer, scope, code, day)


def change_day(site: Site, viewer: Viewer, code: str, day: date, act: str, wanted: Wanted) -> Done:
    """Do one act. FieldFaultError for what cannot be; ChangedMeanwhileError when somebody else
    changed this counter's day since `wanted.seen`."""
    with site.db.transaction() as tx:
        queries.hold_roster(tx, viewer.agency_id)
        scope = scope_of(tx, viewer)
        view = _view(tx, site, viewer, scope, code, day)
        if wanted.seen != view.seen:
            raise ChangedMeanwhileError
        plan = _ACTS[act](_Asked(view, scope.counter(code).id, wanted))
        _refuse_away(tx, viewer, plan, scope)
        refuse_clashes(tx, plan, called=scope.called, counters=scope.counter_names)
        if view.needs_two:
            asked = propose(tx, site, viewer, act, plan, reason=wanted.reason)
            return Done(None, asked)
        return Done(save_plan(tx, site, by(viewer), act, plan), None)


def _view(
    session: Session, site: Site, viewer: Viewer, scope: Scope, code: str, day: date
) -> DayView:
    counter = scope.counter(code)
    since, until = day_span(day, day)
    every = queries.standing_shifts(session, agency_id=viewer.agency_id, since=since, until=until)
    calendar = calendar_of(session, viewer.agency_id, first=day, last=day)
    own = [shift for shift in every if shift.counter_id == counter.id]
    names = scope.counter_names
    return DayView(
        code=counter.code,
        name=counter.name,
        unit_id=counter.unit_id,
        day=day,
        shifts=own,
        others=[s for s in every if s.counter_id in names and s.counter_id != counter.id],
        officers=_choices(scope, calendar, day),
        called=scope.called,
        counters=names,
        closed_as=calendar.closed_as(day, unit_id=counter.unit_id),
        needs_two=day < plans.first_day_alone(site.today()),
        seen=seen_mark(own),
    )


def _choices(scope: Scope, calendar: Calendar, day: date) -> list[tuple[int, str]]:
    """Who may be put there: not those who are away, or gone by then."""
    free = [
        one.id
        for one in scope.officers
        if not calendar.is_away(one.id, day) and not (one.ends_on and one.ends_on <= day)
    ]
    return sorted(((one, scope.called[one]) for one in free), key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class _Asked:
    """An act's input, with the fields' faults told where they are read."""

    view: DayView
    counter_id: int
    wanted: Wanted

    def shift(self) -> Shift:
        return self._chosen(self.view.shifts, self.wanted.shift_id, "shift")

    def other(self) -> Shift:
        return self._chosen([*self.view.others, *self.view.shifts], self.wanted.other_id, "other")

    def officer(self) -> int:
        if self.wanted.officer_id not in {one for one, _name in self.view.officers}:
            raise FieldFaultError("officer", "Pilih petugas.")
        return self.wanted.officer_id

    def hour(self, name: str) -> datetime:
        hour: Any = getattr(self.wanted, name)
        if hour is None:
            raise FieldFaultError(name, "Isi jam, misalnya 08.00.")
        return local_instant(self.view.day, hour)

    def hour_within(self, name: str, shift: Shift) -> datetime:
        """An hour inside a shift, or FieldFaultError."""
        found = self.hour(name)
        if not shift.starts_at <= found < shift.ends_at:
            raise FieldFaultError(name, "Jam ini di luar jam tugas yang dipilih.")
        return found

    @staticmethod
    def _chosen(shifts: Sequence[Shift], shift_id: int | None, name: str) -> Shift:
        found = next((shift for shift in shifts if shift.shift_id == shift_id), None)
        if found is None:
            raise FieldFaultError(name, "Pilih salah satu dari daftar.")
        return found


def _add(asked: _Asked) -> Plan:
    officer, starts, ends = asked.officer(), asked.hour("starts"), asked.hour("ends")
    if ends <= starts:
        raise FieldFaultError("ends", "Jam selesai harus sesudah jam mulai.")
    return Plan((), (Shift(0, officer, asked.counter_id, starts, ends),))


def _substitute(asked: _Asked) -> Plan:
    shift, officer = asked.shift(), asked.officer()
    if officer == shift.officer_id:
        raise FieldFaultError("officer", "Petugas ini sudah bertugas di sini; pilih yang lain.")
    since = asked.hour_within("starts", shift)
    return plans.substitute(shift, officer_id=officer, since=since)


def _swap(asked: _Asked) -> Plan:
    shift, other = asked.shift(), asked.other()
    if shift.officer_id == other.officer_id:
        raise FieldFaultError("other", "Pilih petugas lain untuk ditukar.")
    since = asked.hour("starts")
    if since >= min(shift.ends_at, other.ends_at):
        raise FieldFaultError("starts", "Jam ini sesudah salah satu jam tugas berakhir.")
    return plans.swap(shift, other, since=since)


def _end_early(asked: _Asked) -> Plan:
    shift = asked.shift()
    at = asked.hour_within("ends", shift)
    if at == shift.starts_at:
        raise FieldFaultError("ends", "Belum bertugas sama sekali: pilih Hapus dari jadwal.")
    return plans.end_early(shift, at=at)


def _remove(asked: _Asked) -> Plan:
    return plans.remove(asked.shift())


_ACTS: dict[str, Callable[[_Asked], Plan]] = {
    "add": _add,
    "substitute": _substitute,
    "swap": _swap,
    "end_early": _end_early,
    "remove": _remove,
}


def _refuse_away(session: Session, viewer: Viewer, plan: Plan, scope: Scope) -> None:
    if not plan.added:
        return
    days = [plans.day_of(shift) for shift in plan.added]
    calendar = calendar_of(session, viewer.agency_id, first=min(days), last=max(days))
    old = {shift.officer_id for shift in plan.withdrawn}
    for shift, day in zip(plan.added, days, strict=True):
        if shift.officer_id not in old and calendar.is_away(shift.officer_id, day):
            raise FieldFaultError(
                "officer", "%(name)s sedang berhalangan.", name=scope.called[shift.officer_id]
            )
