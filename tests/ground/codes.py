"""Visit codes for tests: a batch made as the admin makes it, and a rating sent with one."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.roles import Role
from feedback_app.domain.visit_codes import NewCode
from feedback_app.services.access.people import Viewer
from feedback_app.services.codes.batches import Made, Order, make_batch
from feedback_app.services.site import Site
from feedback_app.storage.models import Account
from tests.ground.office import Office


def admin_of(site: Site, office: Office) -> Viewer:
    """Dina, as a service sees her."""
    with site.db.read() as session:
        account = session.query(Account).filter_by(username="dina").one()
    return Viewer(
        account_id=account.id,
        agency_id=office.agency_id,
        username="dina",
        name="Dina",
        role=Role.ADMIN,
        unit_ids=frozenset(),
        officer_id=None,
    )


def batch(
    site: Site,
    office: Office,
    count: int,
    *,
    unit: str = "A",
    service: str | None = "ktp",
    valid_on: date | None = None,
    after: int | None = None,
) -> Made:
    """A batch for today, unless told otherwise."""
    order = Order(
        unit_id=office.unit[unit],
        service_id=office.service[service] if service else None,
        valid_on=valid_on or site.today(),
        size=count,
        way="csv",
    )
    return make_batch(site, admin_of(site, office), order, after=after)


def codes(site: Site, office: Office, count: int = 1, **options: object) -> list[NewCode]:
    """Only its codes."""
    return list(batch(site, office, count, **options).codes)  # type: ignore[arg-type]


def tomorrow(site: Site) -> date:
    """The day after the site's today."""
    return site.today() + timedelta(days=1)
