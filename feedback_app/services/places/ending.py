"""The last day of a unit, counter or service, and what takes over on the first of a quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure.blocks import months_later, quarter_start
from feedback_app.domain.local_time import local_day
from feedback_app.domain.roster_plans import Plan
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.places.records import place_mark, place_to_change
from feedback_app.services.roster.seen import refuse_stale
from feedback_app.services.roster.writing import by, save_plan
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Service, Unit
from feedback_app.storage.queries import place_records as queries
from feedback_app.storage.queries import roster
from feedback_app.storage.queries.place_records import Place

ONE_DAY = timedelta(days=1)
FARTHEST = timedelta(days=366)
QUARTERS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Ending:
    """How a place ends: on a day, or at a quarter's end with somebody who takes over."""

    last_day: date
    successor_id: int | None


def quarter_ends(site: Site) -> list[date]:
    """The last days of the running quarter and the next ones."""
    starts = quarter_start(site.today())
    return [months_later(starts, 3 * number) - ONE_DAY for number in range(1, QUARTERS_AHEAD + 1)]


def end_place(
    site: Site, viewer: Viewer, kind: str, place_id: int, ending: Ending, *, seen: str
) -> int:
    """Keep the last day; how many shifts were withdrawn. FieldFaultError for what cannot be."""
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        place = place_to_change(tx, viewer, kind, place_id)
        refuse_stale(seen, place_mark(tx, place))
        _check_day(site, place, ending)
        _check_successor(tx, site, viewer, kind, place, ending)
        if isinstance(place, Unit):
            _refuse_unit_in_use(tx, place, ending)
        withdrawn = _withdraw(tx, site, viewer, place, ending)
        place.ends_on, place.successor_id = ending.last_day + ONE_DAY, ending.successor_id
        detail = {"place": kind, "to": ending.last_day.isoformat(), "withdrawn": withdrawn}
        log_act(tx, site, viewer, "end_place", place.code, detail)
        return withdrawn


def _check_day(site: Site, place: Place, ending: Ending) -> None:
    if place.retired_on is not None:
        raise FieldFaultError("last_day", "Ini sudah tidak dipakai lagi.")
    if ending.last_day < site.today():
        raise FieldFaultError("last_day", "Hari terakhir paling cepat hari ini.")
    if ending.last_day - site.today() > FARTHEST:
        raise FieldFaultError("last_day", "Paling jauh satu tahun dari hari ini.")


def _check_successor(
    tx: Session, site: Site, viewer: Viewer, kind: str, place: Place, ending: Ending
) -> None:
    if ending.successor_id is None:
        return
    if ending.successor_id == place.id:
        raise FieldFaultError("successor", "Penggantinya harus yang lain.")
    found = queries.place_for_change(tx, kind, ending.successor_id, agency_id=viewer.agency_id)
    if found is None or found.retired_on is not None or found.ends_on is not None:
        raise FieldFaultError("successor", "Pilih pengganti yang masih dipakai.")
    if ending.last_day not in quarter_ends(site):
        raise FieldFaultError(
            "last_day",
            "Dengan pengganti, hari terakhirnya akhir triwulan: "
            "nilai satu triwulan tidak terbelah.",
        )


def _refuse_unit_in_use(tx: Session, unit: Unit, ending: Ending) -> None:
    counters, services, officers = queries.still_in_unit(
        tx, unit.id, after=ending.last_day + ONE_DAY
    )
    if counters or services or officers:
        raise FieldFaultError(
            "last_day",
            "Sesudah hari itu unit ini masih punya %(counters)s loket, %(services)s layanan, dan "
            "%(officers)s petugas. Akhiri atau pindahkan dahulu.",
            counters=counters,
            services=services,
            officers=officers,
        )
    if queries.has_open_survey(tx, unit.id):
        raise FieldFaultError(
            "last_day", "Survei unit ini belum ditutup. Minta atasan unit menutupnya dahulu."
        )


def _withdraw(tx: Session, site: Site, viewer: Viewer, place: Place, ending: Ending) -> int:
    """Take the shifts after a counter's last day out of the roster."""
    if not isinstance(place, Counter):
        return 0
    rows = queries.standing_shifts_at(tx, place.id)
    shifts = [roster.duty_of(row) for row in rows if local_day(row.starts_at) > ending.last_day]
    if shifts:
        save_plan(tx, site, by(viewer), "retire", Plan(tuple(shifts), ()))
    return len(shifts)


def keep_place(site: Site, viewer: Viewer, kind: str, place_id: int, *, seen: str) -> None:
    """Take an ending back, or take a place into use again."""
    with site.db.transaction() as tx:
        place = place_to_change(tx, viewer, kind, place_id)
        refuse_stale(seen, place_mark(tx, place))
        if place.ends_on is None and place.retired_on is None:
            return
        unit = None if isinstance(place, Unit) else tx.get_one(Unit, place.unit_id)
        if unit is not None and unit.retired_on is not None:
            raise FieldFaultError("last_day", "Unit %(name)s sudah berakhir.", name=unit.name)
        place.ends_on = place.retired_on = place.successor_id = None
        log_act(tx, site, viewer, "keep_place", place.code, {"place": kind})


def end_places(tx: Session, site: Site) -> int:
    """What the daily upkeep does for places whose last day is over; how many there were."""
    count = 0
    for kind in queries.MODELS:
        for place in queries.places_ending(tx, kind, today=site.today()):
            place.retired_on, place.ends_on = place.ends_on, None
            _hand_over(tx, place)
            count += 1
    return count


def _hand_over(tx: Session, place: Place) -> None:
    """The successor is offered where a service was, and seen by those who saw a unit."""
    if place.successor_id is None:
        return
    if isinstance(place, Service):
        offers = queries.offers_of_service(tx, place.id)
        taken = {one.counter_id for one in queries.offers_of_service(tx, place.successor_id)}
        rows = [
            {
                "counter_id": one.counter_id,
                "service_id": place.successor_id,
                "agency_id": one.agency_id,
                "opens_at": one.opens_at,
                "closes_at": one.closes_at,
            }
            for one in offers
            if one.counter_id not in taken
        ]
        bulk.add_rows(tx, "counter_service", rows)
    if isinstance(place, Unit):
        rows = [
            {
                "account_id": account_id,
                "unit_id": place.successor_id,
                "agency_id": place.agency_id,
            }
            for account_id in queries.supervisors_of(tx, place.id)
            if not queries.sees_unit(tx, account_id, place.successor_id)
        ]
        bulk.add_rows(tx, "account_unit", rows)
