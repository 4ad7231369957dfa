"""How visit codes were used, day by day: issued, called, used, beside the office's books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feedback_app.domain.reconciliation import DAYS_TO_USE, SIGNS, DayUse, signs_by_day
from feedback_app.domain.roles import Role
from feedback_app.files.exports import Sheet
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.models import CodeCount, Unit
from feedback_app.storage.queries import agencies
from feedback_app.storage.queries import code_batches as batches
from feedback_app.storage.queries import visit_codes as queries

LINES_A_PAGE = 30
USUAL = timedelta(days=29)  # before the last day, where nothing else is asked for
ANY = "semua"  # in an address: codes that are good for any service


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; '' means all. `unit` and `service` are codes."""

    first: date
    last: date
    unit: str
    service: str


@dataclass(frozen=True, slots=True)
class UseLine:
    """One day of one unit and service. `service` is '' for codes good for any service."""

    unit: str
    service: str
    use: DayUse
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsePage:
    """Some lines, newest day first, with the sums of all that were asked for.

    `flagged` are the newest of the `signs` lines that bear a sign, whatever the page.
    """

    lines: tuple[UseLine, ...]
    flagged: tuple[UseLine, ...]
    sums: DayUse | None
    signs: int
    page: int
    pages: int
    units: tuple[tuple[str, str], ...]  # code, name
    services: tuple[tuple[str, str], ...]


def use_page(site: Site, viewer: Viewer, choice: Choice, *, page: int) -> UsePage:
    """One page of what the viewer's units did with their codes."""
    lines, units, services = _found(site, viewer, choice)
    pages = max(1, -(-len(lines) // LINES_A_PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * LINES_A_PAGE
    flagged = [line for line in lines if line.signs]
    return UsePage(
        lines=tuple(lines[start : start + LINES_A_PAGE]),
        flagged=tuple(flagged[:LINES_A_PAGE]),
        sums=_sums(lines),
        signs=len(flagged),
        page=page,
        pages=pages,
        units=units,
        services=services,
    )


def use_sheet(site: Site, viewer: Viewer, choice: Choice) -> Sheet:
    """Every line that was asked for."""
    columns = (
        "Hari",
        "Unit",
        "Layanan",
        "Dikeluarkan",
        "Dipanggil",
        "Dipakai",
        "Lewat waktu",
        "Dicabut",
        "Kunjungan menurut buku",
        "Dipakai dari dikeluarkan (%)",
        "Tanda",
    )
    rows = tuple(
        (
            line.use.day,
            line.unit,
            line.service or "semua layanan",
            line.use.issued,
            line.use.called,
            line.use.redeemed,
            line.use.expired,
            line.use.revoked,
            line.use.visits,
            None if line.use.rate is None else round(100 * line.use.rate, 2),
            "; ".join(SIGNS[sign][0] for sign in line.signs),
        )
        for line in _found(site, viewer, choice)[0]
    )
    return Sheet("Pemakaian kode", columns, rows)


def _found(
    site: Site, viewer: Viewer, choice: Choice
) -> tuple[list[UseLine], tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    with site.db.read() as session:
        units = _units(agencies.units_of(session, viewer.agency_id), viewer)
        wanted = [unit.id for unit in units if choice.unit in ("", unit.code)]
        since = choice.first - DAYS_TO_USE  # what those days left over may still be used
        counts = queries.counts_of_units(session, wanted, first=since, last=choice.last)
        visits = batches.visits_of_units(session, wanted, first=since, last=choice.last)
        offered = batches.services_of_units(session, [unit.id for unit in units])
        names = batches.services_of_agency(session, viewer.agency_id)
    chosen = [row for row in counts if choice.service in ("", _service_code(row, names))]
    unit_names = {unit.id: unit.name for unit in units}
    lines = _lines(chosen, visits, unit_names, names)
    lines = [line for line in lines if line.use.day >= choice.first]
    services = sorted({(row[2], row[3]) for row in offered}, key=lambda pair: pair[1])
    return lines, tuple((unit.code, unit.name) for unit in units), tuple(services)


def _units(units: Sequence[Unit], viewer: Viewer) -> list[Unit]:
    is_admin = viewer.role == Role.ADMIN
    return [unit for unit in units if is_admin or unit.id in viewer.unit_ids]


def _service_code(row: CodeCount, names: dict[int, tuple[str, str]]) -> str:
    if row.service_id == queries.ANY_SERVICE:
        return ANY
    return names.get(row.service_id, ("", ""))[0]


def _lines(
    counts: Sequence[CodeCount],
    visits: dict[tuple[int, int, date], int],
    unit_names: dict[int, str],
    names: dict[int, tuple[str, str]],
) -> list[UseLine]:
    by_kind: dict[tuple[int, int], list[DayUse]] = defaultdict(list)
    for row in counts:
        use = DayUse(
            day=row.day,
            issued=row.issued,
            called=row.called,
            redeemed=row.redeemed,
            expired=row.expired,
            revoked=row.revoked,
            visits=_visits(row, visits),
        )
        by_kind[row.unit_id, row.service_id].append(use)
    lines = []
    for (unit_id, service_id), uses in by_kind.items():
        signs = signs_by_day(uses)
        service = names.get(service_id, ("", ""))[1]
        lines += [UseLine(unit_names[unit_id], service, use, signs[use.day]) for use in uses]
    return sorted(lines, key=lambda line: (-line.use.day.toordinal(), line.unit, line.service))


def _visits(row: CodeCount, visits: dict[tuple[int, int, date], int]) -> int | None:
    if row.service_id != queries.ANY_SERVICE:
        return visits.get((row.unit_id, row.service_id, row.day))
    of_day = [
        count
        for (unit_id, _service_id, day), count in visits.items()
        if unit_id == row.unit_id and day == row.day
    ]
    return sum(of_day) if of_day else None


def _sums(lines: Sequence[UseLine]) -> DayUse | None:
    if not lines:
        return None
    total = replace(lines[0].use, issued=0, called=0, redeemed=0, expired=0, revoked=0, visits=None)
    for line in lines:
        use = line.use
        total = replace(
            total,
            issued=total.issued + use.issued,
            called=total.called + use.called,
            redeemed=total.redeemed + use.redeemed,
            expired=total.expired + use.expired,
            revoked=total.revoked + use.revoked,
        )
    return total
