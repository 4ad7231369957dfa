"""Units, counters and services: listed, added, named anew. What was used keeps its code."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from feedback_app.domain.roles import Role
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.roster.seen import mark_of, refuse_stale
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Service, Unit
from feedback_app.storage.queries import place_records as queries
from feedback_app.storage.queries import records, roster
from feedback_app.storage.queries.happenings import note_fork
from feedback_app.storage.queries.place_records import Place

KINDS = ("unit", "counter", "service")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST_SERVICE = 480  # minutes: a working day


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One unit, counter or service in a list."""

    kind: str
    place_id: int
    code: str
    name: str
    unit: str
    services: tuple[str, ...]  # of a counter: names
    ends_on: date | None
    retired_on: date | None
    successor: str

    @property
    def is_over(self) -> bool:
        """Out of use already."""
        return self.retired_on is not None


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """One place as its form shows it; `is_used`: code and unit stay as they are."""

    line: PlaceLine
    unit_id: int | None
    name_en: str
    is_free: bool
    minutes: int
    service_ids: frozenset[int]
    has_fork: bool  # of a counter: whether its form offers to stop half-way
    number: int | None  # of a counter: what its printed QR carries
    is_used: bool
    units: Sequence[tuple[int, str]]
    services: Sequence[tuple[int, str]]
    successors: Sequence[tuple[int, str]]
    seen: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form says of a place; fields that a kind does not have are ignored."""

    code: str
    name: str
    unit_id: int | None = None
    name_en: str = ""
    is_free: bool = True
    minutes: int | None = None
    service_ids: frozenset[int] = frozenset()
    has_fork: bool = True


def refuse_other_than_admin(viewer: Viewer) -> None:
    """The routes say the same; a service does not rest on them. NotThereError."""
    if viewer.role is not Role.ADMIN:
        raise NotThereError


def place_lines(site: Site, viewer: Viewer, kind: str) -> list[PlaceLine]:
    """Every place of a kind: those in use first, by code."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        lines = _lines(session, viewer.agency_id, kind)
    return sorted(lines, key=lambda line: (line.is_over, line.unit, line.code))


def _lines(session: Session, agency_id: int, kind: str) -> list[PlaceLine]:
    found = queries.places_of(session, kind, agency_id=agency_id)
    units = {one.id: one.name for one in queries.places_of(session, "unit", agency_id=agency_id)}
    names = {one.id: one.name for one in found}
    offered: dict[int, list[str]] = {}
    if kind == "counter":
        services = queries.places_of(session, "service", agency_id=agency_id)
        named = {one.id: one.name for one in services}
        links = records.services_by_counter(session, agency_id=agency_id)
        offered = {
            counter_id: [named[link["service_id"]] for link in some]
            for counter_id, some in links.items()
        }
    return [
        PlaceLine(
            kind=kind,
            place_id=one.id,
            code=one.code,
            name=one.name,
            unit="" if isinstance(one, Unit) else units[one.unit_id],
            services=tuple(offered.get(one.id, ())),
            ends_on=one.ends_on,
            retired_on=one.retired_on,
            successor=names.get(one.successor_id or 0, ""),
        )
        for one in found
    ]


def place_form(site: Site, viewer: Viewer, kind: str, place_id: int) -> PlaceForm:
    """One place of the agency; NotThereError for any other."""
    refuse_other_than_admin(viewer)
    with site.db.read() as session:
        place = place_to_change(session, viewer, kind, place_id)
        lines = _lines(session, viewer.agency_id, kind)
        line = next(line for line in lines if line.place_id == place.id)
        links = records.services_by_counter(session, agency_id=viewer.agency_id)
        offered = links.get(place.id, []) if kind == "counter" else []
        return PlaceForm(
            line=line,
            unit_id=None if isinstance(place, Unit) else place.unit_id,
            name_en=place.name_en if isinstance(place, Service) else "",
            is_free=place.is_free if isinstance(place, Service) else True,
            minutes=place.minutes if isinstance(place, Service) else 0,
            service_ids=frozenset(link["service_id"] for link in offered),
            has_fork=not isinstance(place, Counter) or place.has_fork,
            number=place.number if isinstance(place, Counter) else None,
            is_used=queries.is_used(session, kind, place.id),
            units=_in_use(session, viewer, "unit", also=[getattr(place, "unit_id", None)]),
            services=_in_use(
                session, viewer, "service", also=[link["service_id"] for link in offered]
            ),
            successors=[one for one in _in_use(session, viewer, kind) if one[0] != place.id],
            seen=place_mark(session, place),
        )


def choices(site: Site, viewer: Viewer, kind: str) -> list[tuple[int, str]]:
    """Places of a kind that are in use, by name."""
    with site.db.read() as session:
        return _in_use(session, viewer, kind)


def _in_use(
    session: Session, viewer: Viewer, kind: str, *, also: Collection[int | None] = ()
) -> list[tuple[int, str]]:
    found = queries.places_of(session, kind, agency_id=viewer.agency_id)
    return sorted(
        (
            (one.id, one.name)
            for one in found
            if (one.retired_on is None and one.ends_on is None) or one.id in also
        ),
        key=lambda pair: pair[1].casefold(),
    )


def place_to_change(session: Session, viewer: Viewer, kind: str, place_id: int) -> Place:
    """The place, held; NotThereError for any other."""
    refuse_other_than_admin(viewer)
    if kind not in KINDS:
        raise NotThereError
    found = queries.place_for_change(session, kind, place_id, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def place_mark(session: Session, place: Place) -> str:
    """What a place's forms were shown."""
    values: list[object] = [place.code, place.name, place.ends_on, place.retired_on]
    values += [place.successor_id, getattr(place, "unit_id", "")]
    values += [getattr(place, name, "") for name in ("name_en", "is_free", "minutes", "has_fork")]
    if isinstance(place, Counter):
        links = records.services_by_counter(session, agency_id=place.agency_id)
        values += [link["service_id"] for link in links.get(place.id, [])]
    return mark_of(values)


def add_place(site: Site, viewer: Viewer, kind: str, wanted: Wanted) -> int:
    """Add a place; the number. FieldFaultError for what cannot be."""
    refuse_other_than_admin(viewer)
    if kind not in KINDS:
        raise NotThereError
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        values = _checked(tx, viewer, kind, wanted, place=None)
        if kind == "counter":
            values |= {"number": records.highest_counter_number(tx) + 1, "card_serial": 1}
        row = values | {"agency_id": viewer.agency_id}
        place_id = bulk.add_rows(tx, kind, [row])[0]
        if kind == "counter":
            _offer(tx, viewer, place_id, wanted.service_ids)
        detail = {"place": kind, "name": values["name"]}
        if kind == "unit":  # as it has been written since the first release
            log_act(tx, site, viewer, "add_unit", values["code"], detail)
        else:
            log_act(tx, site, viewer, "add_place", values["code"], detail)
    return place_id


def change_place(
    site: Site, viewer: Viewer, kind: str, place_id: int, wanted: Wanted, *, seen: str
) -> None:
    """Change a place; closed surveys keep the names they were closed under."""
    with site.db.transaction() as tx:
        roster.hold_roster(tx, viewer.agency_id)
        place = place_to_change(tx, viewer, kind, place_id)
        refuse_stale(seen, place_mark(tx, place))
        told: dict[str, str] = {}
        for name, new in _checked(tx, viewer, kind, wanted, place=place).items():
            old = getattr(place, name)
            if old != new:
                setattr(place, name, new)
                told |= _told(tx, name, old, new)
                if name == "has_fork":
                    note_fork(tx, cast("Counter", place), day=site.today(), at=site.now())
        if isinstance(place, Counter) and _offer(tx, viewer, place.id, wanted.service_ids):
            told["services"] = str(len(wanted.service_ids))
        if told:
            log_act(tx, site, viewer, "change_place", place.code, {"place": kind} | told)


def _told(session: Session, name: str, old: Any, new: Any) -> dict[str, str]:
    if name == "unit_id":
        pair = [session.get_one(Unit, one).name for one in (old, new)]
        return {"unit": " → ".join(pair)}
    return {name: f"{old} → {new}"}


def _checked(
    session: Session, viewer: Viewer, kind: str, wanted: Wanted, *, place: Place | None
) -> dict[str, Any]:
    code, name = wanted.code.strip(), " ".join(wanted.name.split())
    is_used = place is not None and queries.is_used(session, kind, place.id)
    if place is not None and code != place.code and is_used:
        raise FieldFaultError(
            "code", "Kode ini sudah dipakai dalam data; yang dapat diubah namanya."
        )
    if not CODE.fullmatch(code):
        raise FieldFaultError(
            "code", "Kode: huruf, angka, titik, dan tanda hubung, paling banyak 40."
        )
    others = queries.places_of(session, kind, agency_id=viewer.agency_id)
    for other in others:
        if other.code.casefold() == code.casefold() and (place is None or other.id != place.id):
            raise FieldFaultError("code", "Kode ini milik %(name)s.", name=other.name)
    if not name or len(name) > 200 or not name.isprintable():
        raise FieldFaultError("name", "Isi nama, paling banyak 200 huruf.")
    values: dict[str, Any] = {"code": code, "name": name}
    if kind != "unit":
        before = cast("Counter | Service | None", place)
        values["unit_id"] = _unit(session, viewer, wanted, before, is_used=is_used)
    if kind == "service":
        values |= _of_service(wanted, name)
    if kind == "counter":
        values["has_fork"] = wanted.has_fork
    return values


def _unit(
    session: Session,
    viewer: Viewer,
    wanted: Wanted,
    place: Counter | Service | None,
    *,
    is_used: bool,
) -> int:
    before = place.unit_id if place is not None else None
    units = dict(_in_use(session, viewer, "unit", also=frozenset({before})))
    if wanted.unit_id is None or wanted.unit_id not in units:
        raise FieldFaultError("unit", "Pilih unit yang masih dipakai.")
    if is_used and wanted.unit_id != before:
        raise FieldFaultError(
            "unit",
            "Unitnya tidak dapat diubah: nilainya sudah dihitung di sana. "
            "Akhiri, lalu tambahkan penggantinya di unit yang baru.",
        )
    return wanted.unit_id


def _of_service(wanted: Wanted, name: str) -> dict[str, Any]:
    name_en = " ".join(wanted.name_en.split()) or name
    if len(name_en) > 200 or not name_en.isprintable():
        raise FieldFaultError("name_en", "Nama Inggris paling banyak 200 huruf.")
    if wanted.minutes is None or not 1 <= wanted.minutes <= LONGEST_SERVICE:
        raise FieldFaultError("minutes", "Lama pelayanan: 1 sampai 480 menit.")
    return {"name_en": name_en, "is_free": wanted.is_free, "minutes": wanted.minutes}


def _offer(tx: Session, viewer: Viewer, counter_id: int, service_ids: frozenset[int]) -> bool:
    """Offer exactly these services, with the hours they had; whether that changed anything."""
    known = dict(_in_use(tx, viewer, "service"))
    old = records.services_by_counter(tx, agency_id=viewer.agency_id).get(counter_id, [])
    kept = {link["service_id"]: link for link in old}
    if not service_ids <= known.keys() | kept.keys():
        raise FieldFaultError("services", "Pilih layanan yang masih dipakai.")
    if not service_ids:
        raise FieldFaultError("services", "Pilih paling sedikit satu layanan.")
    if service_ids == kept.keys():
        return False
    all_day = {"opens_at": None, "closes_at": None}
    links = [kept.get(one, all_day | {"service_id": one}) for one in sorted(service_ids)]
    records.set_services(tx, counter_id, links, agency_id=viewer.agency_id)
    return True
