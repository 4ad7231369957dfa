"""Take in candidate runs: each row goes to the plan of the year in which it begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from feedback_app.domain.plan_runs import ToldRun, fault_of
from feedback_app.domain.texts import Text
from feedback_app.domain.training_plan import MONEY
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.storage.models import Plan, PlanRun
from feedback_app.storage.queries import plans, trainings

HEADINGS = {
    "training": "pelatihan",
    "starts_on": "tanggal_mulai",
    "ends_on": "tanggal_selesai",
    "seats": "kursi",
    "fee": "biaya_kontribusi",
    "travel": "biaya_perjalanan",
    "daily": "uang_harian",
    "jp": "jp",
}
Kept = Mapping[tuple[int, int, date], PlanRun]


def save_plan_runs(work: Work, rows: Rows) -> Counts:
    """Add candidates, or correct those of the same training and first day."""
    known = work.known("training", "code")
    hours = {row.id: row.jp for row in trainings.catalogue(work.tx, agency_id=work.agency_id)}
    years = {plan.year: plan for plan in plans.plans_of(work.tx, agency_id=work.agency_id)}
    kept = _kept(work, years.values())
    wanted: list[tuple[int, Plan, int, ToldRun]] = []
    for number, record in rows:
        training_id = work.look_up(known, record["training"], number, HEADINGS["training"])
        plan = _plan(work, years, record, number)
        if training_id is None or plan is None:
            continue
        told = _told(record, hours.get(training_id))
        fault = fault_of(told, year=plan.year, today=work.site.today())
        if fault is not None:
            field, reason = fault
            heading, cell = HEADINGS.get(field, field), str(record.get(field, ""))
            work.errors.append(CellError(number, heading, cell, reason))
            continue
        wanted.append((number, plan, training_id, told))
    if work.errors:
        return 0, 0, 0
    counts = [_save(work, kept, *one) for one in wanted]
    return counts.count("added"), counts.count("changed"), counts.count("same")


def _kept(work: Work, every: Any) -> Kept:
    return {
        (plan.id, run.training_id, run.starts_on): run
        for plan in every
        for run, _training in plans.runs_of_plan(work.tx, plan.id)
        if run.withdrawn_at is None
    }


def _plan(work: Work, years: Mapping[int, Plan], record: Record, number: int) -> Plan | None:
    year = record["starts_on"].year
    if year not in years:
        reason = Text("belum ada rencana tahun %(year)s; buat dahulu anggarannya", year=year)
        cell = record["starts_on"].isoformat()
        work.errors.append(CellError(number, HEADINGS["starts_on"], cell, reason))
    return years.get(year)


def _told(record: Record, hours: int | None) -> ToldRun:
    return ToldRun(
        training=record["training"],
        starts_on=record["starts_on"],
        ends_on=record.get("ends_on") or record["starts_on"],
        seats=record["seats"],
        jp=record.get("jp") or hours or 0,
        **{kind: record.get(kind) or 0 for kind in MONEY},
    )


def _save(work: Work, kept: Kept, number: int, plan: Plan, training_id: int, told: ToldRun) -> str:
    values = {name: getattr(told, name) for name in ("ends_on", "seats", "jp", *MONEY)}
    name = f"{told.training} · {told.starts_on}"
    old = kept.get((plan.id, training_id, told.starts_on))
    if old is None:
        work.tx.add(
            PlanRun(
                agency_id=work.agency_id,
                plan_id=plan.id,
                training_id=training_id,
                starts_on=told.starts_on,
                recorded_by=work.account_id,
                recorded_at=work.site.now(),
                withdrawn_by=None,
                withdrawn_at=None,
                **values,
            )
        )
        work.note_new(number, name)
        return "added"
    differing = {
        field: (HEADINGS[field], getattr(old, field), value)
        for field, value in values.items()
        if getattr(old, field) != value
    }
    if not differing:
        return "same"
    for field, value in values.items():
        setattr(old, field, value)
    work.note(number, name, differing, shows={})
    return "changed"
