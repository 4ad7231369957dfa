"""One list of what is unsafe or neglected, for the admin's page and the doctor at a terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from feedback_app.config import Locations
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.health import LEVELS, Check, Level, Said
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.upkeep import machine_checks as machine
from feedback_app.services.upkeep import office_checks as office
from feedback_app.services.upkeep import schema
from feedback_app.services.upkeep.machine_checks import Arrived
from feedback_app.storage.db import DatabaseError, Session
from feedback_app.storage.health import Health, durability_of
from feedback_app.storage.queries import agencies

log = logging.getLogger(__name__)

Look = tuple[str, Callable[[], Iterable[Check]]]  # what it is called when it fails


@dataclass(frozen=True, slots=True)
class HealthPage:
    """What to show: what needs a hand, the worst first, and what is well."""

    wrong: tuple[Check, ...]
    well: tuple[Check, ...]

    @property
    def level(self) -> Level:
        """The worst of all."""
        return self.wrong[0].level if self.wrong else "ok"


def health_page(site: Site, viewer: Viewer, arrived: Arrived) -> HealthPage:
    """Everything that costs little (no recount, no walk through the whole database file)."""
    found = look_at(
        [
            *machine_looks(site, durability_of, arrived),
            *whole_looks(site),
            *agency_looks(site, viewer.agency_id),
        ]
    )
    return HealthPage(
        tuple(sorted((one for one in found if one.level != "ok"), key=_rank)),
        tuple(one for one in found if one.level == "ok"),
    )


def _rank(check: Check) -> int:
    return LEVELS.index(check.level)


def look_at(looks: Iterable[Look]) -> list[Check]:
    """Do each; one that fails is told and hides no other, but without a database all end."""
    found: list[Check] = []
    for what, look in looks:
        try:
            found += look()
        except (NotSavedError, DatabaseError) as error:
            said = str(error).partition("\n")[0]
            advice = (
                "Jalankan basis datanya, atau periksa DATABASE_URL; berkas yang rusak: pulihkan "
                "dari cadangan.",
                "start it, or check DATABASE_URL; a damaged file: restore a backup",
            )
            return [*found, Check("bad", "database", Said((said, said)), Said(advice))]
        except Exception as error:
            # Whatever a look stumbles over (a disk taken out, a right lost): the others still tell.
            log.warning("health: %s could not be examined", what, exc_info=True)
            said_so = (
                "Tidak dapat diperiksa: %(why)s",
                "could not be examined: %(why)s",
            )
            found.append(Check("warn", what, Said(said_so, why=f"{type(error).__name__}: {error}")))
    return found


def machine_looks(
    site: Site, health: Callable[..., Health], arrived: Arrived | None
) -> Iterator[Look]:
    """Address, files and database; `health` asks the database of itself, shortly or thoroughly."""
    where = Locations(site.settings.database_url, site.settings.instance_dir)
    yield "TLS", partial(machine.address, site)
    yield "proxy", lambda: [machine.way_in(site.settings, arrived)]
    yield "disk", partial(machine.disk, where)
    yield "rights", partial(machine.rights, where)
    yield "daily keys", partial(machine.daily_keys, site)
    yield "database", lambda: machine.database(site, health(site.db))


def whole_looks(site: Site) -> Iterator[Look]:
    """What is told of all offices of a deployment together; nothing before it has a schema."""
    is_ready = cache(lambda: schema.is_ready(site))  # asked once for all of them
    for what, look in (
        ("upkeep", office.upkeep),
        ("second step", office.second_steps),
        ("backup", office.backup),
        ("demo", office.demo),
    ):
        yield what, partial(_when, is_ready, partial(look, site))


def agency_looks(site: Site, agency_id: int) -> Iterator[Look]:
    """Roster, silent counters and devices of one office."""
    for what, look in (
        ("roster", office.roster_ahead),
        ("counters", office.silent),
        ("devices", office.unpaired),
    ):
        yield what, partial(_of_agency, site, look, agency_id)


def looks_of_all_agencies(site: Site) -> list[Look]:
    """The same of every office in the database."""
    if not schema.is_ready(site):
        return []
    with site.db.read() as session:
        ids = [agency.id for agency in agencies.agencies(session)]
    return [look for agency_id in ids for look in agency_looks(site, agency_id)]


def _when(is_ready: Callable[[], bool], look: Callable[[], Iterable[Check]]) -> list[Check]:
    return list(look()) if is_ready() else []


def _of_agency(
    site: Site, look: Callable[[Site, Session, int], Iterable[Check]], agency_id: int
) -> list[Check]:
    with site.db.read() as session:
        return list(look(site, session, agency_id))
