"""What became of a plan: who came, what it cost, and what is left of each kind of money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.training_plan import LARGEST_MONEY, MONEY
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.plan.versions import Bought, read_version
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Plan, PlanSpent, PlanVersion
from feedback_app.storage.queries import lots, plans, trainings


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One kind of money: what there is, what the plan binds, what is spent, what is left."""

    kind: str
    limit: int
    planned: int
    spent: int

    @property
    def left(self) -> int:
        """Below 0 where more was spent than there was."""
        return self.limit - self.spent


@dataclass(frozen=True, slots=True)
class Paid:
    """One officer's seat: came or not, and what it cost."""

    came: bool
    fee: int
    travel: int
    daily: int


@dataclass(frozen=True, slots=True)
class SpentPage:
    """A run of the plan that holds, and what is written down of it by officer.

    `seated`: those whom a lot gave a seat on its first day.
    """

    plan: Plan
    bought: Bought
    paid: Mapping[int, PlanSpent]
    has_begun: bool
    seated: frozenset[int]


def money_lines(session: Session, plan: Plan, planned: Mapping[str, int]) -> list[MoneyLine]:
    """Planned against spent by kind."""
    spent = plans.spent_of(session, plan.id)
    return [
        MoneyLine(
            kind, getattr(plan, kind), planned[kind], sum(getattr(row, kind) for row in spent)
        )
        for kind in MONEY
    ]


def spent_page(site: Site, viewer: Viewer, year: int, run_id: int) -> SpentPage:
    """A run of the plan that holds; NotThereError where it buys no such run."""
    with site.db.read() as session:
        plan, bought = _bought(session, viewer, year, run_id)
        paid = {
            row.officer_id: row for row in plans.spent_of(session, plan.id) if row.run_id == run_id
        }
        place = (bought.run.training.id, bought.run.run.starts_on)
        seats = lots.seated_by_lot(session, agency_id=viewer.agency_id)
        seated = frozenset(officer for training, day, officer in seats if (training, day) == place)
    return SpentPage(plan, bought, paid, bought.run.run.starts_on <= site.today(), seated)


def _bought(session: Session, viewer: Viewer, year: int, run_id: int) -> tuple[Plan, Bought]:
    plan = own_plan(session, viewer, year)
    fixings = plans.fixings_of(session, plan.id)
    if not fixings:
        raise NotThereError
    row = session.get_one(PlanVersion, fixings[0].version_id)
    for one in read_version(session, plan, row).bought:
        if one.run.run.run_id == run_id:
            return plan, one
    raise NotThereError


def record_spent(
    site: Site, viewer: Viewer, year: int, run_id: int, paid: Mapping[int, Paid]
) -> int:
    """Write down who had a seat: attendances of the training and the money, in one act.

    Officers who are not named keep nothing; an attendance that is there already is left as it is.
    Returns how many came.
    """
    for officer_id, one in paid.items():
        for kind in MONEY:
            if not 0 <= getattr(one, kind) <= LARGEST_MONEY:
                raise FieldFaultError(f"{kind}-{officer_id}", "Tulis rupiah mulai dari 0.")
    with site.db.transaction() as tx:
        plan, bought = _bought(tx, viewer, year, run_id)
        if bought.run.run.starts_on > site.today():
            raise FieldFaultError("", "Pelatihan ini belum dimulai.")
        if not set(paid) <= {seat.officer.id for seat in bought.seats}:
            raise NotThereError
        if len(paid) > bought.run.run.bought:
            raise FieldFaultError(
                "", "Hanya %(seats)s kursi yang dibeli.", seats=bought.run.run.bought
            )
        came = [officer_id for officer_id, one in paid.items() if one.came]
        _save_attendances(tx, site, bought, came)
        kept = {r.officer_id: r for r in plans.spent_of(tx, plan.id) if r.run_id == run_id}
        for officer_id in kept.keys() - paid.keys():
            tx.delete(kept[officer_id])
        for officer_id, one in paid.items():
            _save_spent(tx, site, viewer, kept.get(officer_id), run_id, officer_id, one)
        about = f"{bought.run.training.code} {bought.run.run.starts_on}"
        log_act(tx, site, viewer, "record_plan_spent", about, {"came": len(came)})
    return len(came)


def _save_spent(
    tx: Session,
    site: Site,
    viewer: Viewer,
    kept: PlanSpent | None,
    run_id: int,
    officer_id: int,
    one: Paid,
) -> None:
    values = {
        "came": one.came,
        "recorded_by": viewer.account_id,
        "recorded_at": site.now(),
        **{kind: getattr(one, kind) for kind in MONEY},
    }
    if kept is None:
        own = {"agency_id": viewer.agency_id, "run_id": run_id, "officer_id": officer_id}
        tx.add(PlanSpent(**own, **values))
        return
    for name, value in values.items():
        setattr(kept, name, value)


def _save_attendances(tx: Session, site: Site, bought: Bought, came: Sequence[int]) -> None:
    if not came:
        return
    run, training = bought.run.run, bought.run.training
    found = trainings.ensure_runs(
        tx, {(training.id, run.starts_on): run.ends_on}, agency_id=run.agency_id
    )
    defaults = {
        "jp": run.jp or None,
        "result": "attended",
        "certificate": "",
        "reason": "lot" if run.is_by_lot else "low_score",
        "sent": "officer",
        "source_id": "",
    }
    wishes = [
        trainings.AttendanceWish(found[training.id, run.starts_on], officer_id, {}, defaults)
        for officer_id in came
    ]
    trainings.save_attendances(tx, wishes, agency_id=run.agency_id, at=site.now())
