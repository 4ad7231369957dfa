"""Write what a measurement found: tables, the report, the pictures; whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from babel.dates import format_date

from feedback_app.domain.effect_words import Effect
from feedback_app.domain.findings import Finding
from feedback_app.domain.wholes import Whole
from feedback_app.files.exports import inert
from feedback_app.files.impact_report import Report, Steps, report_html, report_pictures
from feedback_app.files.whole_file import whole_file
from feedback_app.impact.results import METHOD_VERSION, Diagnostic, Estimate, Measured, Overall
from feedback_app.impact.results import Step as ImpactStep
from feedback_app.impact.summary import training_matrix

# What the report's full table shows; estimates.csv has every field.
SHOWN = (
    "training",
    "item",
    "estimate",
    "ci_lo",
    "ci_hi",
    "p",
    "p_maxT",
    "q_bh",
    "n_trained",
    "n_controls",
    "mde80",
    "bracket_lo",
    "bracket_hi",
    "verdict",
    "warnings",
)


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of its own making."""

    language: str
    source: str
    titles: Mapping[str, str]
    draws: int
    seed: int
    fingerprint: str
    is_demo: bool


def months_words(first: date, last: date, *, language: str) -> str:
    """'Desember 2024 – Oktober 2026' in the report's language."""
    locale = "id_ID" if language == "id" else "en_GB"
    return " – ".join(format_date(day, format="MMMM y", locale=locale) for day in (first, last))


def finding_of(estimate: Estimate, title: str, expected: float | None = None) -> Finding:
    """An estimate as a page or report tells it; `expected` is its shrunk value."""
    effect = Effect(
        item=estimate.item,
        estimate=estimate.estimate,
        low=estimate.ci_lo,
        high=estimate.ci_hi,
        mde=estimate.mde80,
        n_trained=estimate.n_trained,
        n_controls=estimate.n_controls,
        verdict=estimate.verdict,
        q=estimate.q_bh,
        expected=expected,
        warnings=estimate.warnings,
    )
    return Finding(estimate.training, title, effect, estimate.warnings)


def whole_of(one: Overall, titles: Mapping[str, str]) -> Whole:
    """A training's one verdict as a page or report tells it."""
    code = one.estimate.training
    return Whole(
        finding=finding_of(one.estimate, titles.get(code, code), one.expected),
        elements=one.items,
        horizon=one.horizon,
        fixed_on=date.fromisoformat(one.fixed_on) if one.fixed_on else None,
        partners=tuple(titles.get(other, other) for other in one.partners),
        breakdown=one.breakdown,
        breakdown_ratio=one.breakdown_ratio,
        placebo_before=one.placebo_before,
        placebo_elements=one.placebo_elements,
    )


def steps_of(series: Iterable[ImpactStep]) -> dict[tuple[str, str], Steps]:
    """Event studies by training and item."""
    found: dict[tuple[str, str], list[tuple[int, float, float, float]]] = {}
    for step in series:
        if step.low == step.low and step.high == step.high:
            found.setdefault((step.training, step.item), []).append(
                (step.month, step.gap, step.low, step.high)
            )
    return {key: tuple(steps) for key, steps in found.items()}


def report_of(found: Measured, about: About) -> Report:
    """The report of one measurement."""
    return Report(
        language=about.language,
        source=about.source,
        wholes=tuple(whole_of(one, about.titles) for one in found.overall),
        findings=tuple(
            finding_of(
                cell.estimate,
                about.titles.get(cell.estimate.training, cell.estimate.training),
                cell.shrunk,
            )
            for cell in training_matrix(found.estimates)
        ),
        steps=steps_of(found.series),
        columns=SHOWN,
        rows=tuple(
            tuple(_plain(row[name]) for name in SHOWN) for row in map(record, found.estimates)
        ),
        draws=about.draws,
        seed=about.seed,
        method_version=METHOD_VERSION,
        fingerprint=about.fingerprint,
        is_demo=about.is_demo,
    )


def write_study(folder: Path, found: Measured, about: About) -> list[Path]:
    """Make everything first, then write: estimates, diagnostics, report, pictures."""
    report = report_of(found, about)
    files = {
        "estimates.csv": estimates_csv(found.estimates),
        "verdicts.csv": verdicts_csv(found.overall),
        "diagnostics.csv": _csv(
            [field.name for field in fields(Diagnostic)], map(asdict, found.diagnostics)
        ),
        "report.html": report_html(report),
        **report_pictures(report),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("event-study-*.svg"):  # of an earlier run, of other trainings maybe
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        whole_file(folder / name, partial(_write_text, text))
    return [folder / name for name in files]


def _write_text(text: str, place: Path) -> None:
    place.write_text(text, encoding="utf-8")


def table(found: Measured) -> list[str]:
    """The estimates as lines for a terminal."""
    head = f"{'training':<16} {'item':<12} {'estimate':>8} {'95% interval':>18} {'p':>6}  verdict"
    lines = [head]
    for e in found.estimates:
        interval = "–" if e.ci_lo is None or e.ci_hi is None else f"{e.ci_lo:+.3f} … {e.ci_hi:+.3f}"
        estimate = "–" if e.estimate is None else f"{e.estimate:+.3f}"
        p = "–" if e.p is None else f"{e.p:.3f}"
        notes = f"  ({', '.join(e.warnings)})" if e.warnings else ""
        lines.append(
            f"{e.training[:16]:<16} {e.item[:12]:<12} {estimate:>8} {interval:>18} {p:>6}"
            f"  {e.verdict}{notes}"
        )
    return lines


VERDICT_COLUMNS = (
    "training",
    "elements",
    "horizon",
    "fixed_on",
    "verdict",
    "expected",
    "expected_sd",
    "estimate",
    "ci_lo",
    "ci_hi",
    "p",
    "q_bh",
    "breakdown",
    "breakdown_ratio",
    "placebo_before",
    "placebo_before_p",
    "placebo_elements",
    "placebo_elements_p",
    "cannot_be_told_from",
    "n_trained",
    "n_controls",
    "warnings",
)


def verdicts_csv(overall: Iterable[Overall]) -> str:
    """One verdict a training: what to expect, the estimate, and what could undo it."""
    return _csv(VERDICT_COLUMNS, map(verdict_record, overall))


def verdict_record(one: Overall) -> dict[str, Any]:
    """A verdict by the names of VERDICT_COLUMNS."""
    row = record(one.estimate)
    before, elsewhere = one.placebo_before or (None, None), one.placebo_elements or (None, None)
    row |= {
        "elements": list(one.items),
        "horizon": "all" if one.horizon is None else one.horizon,
        "fixed_on": one.fixed_on,
        "expected": one.expected,
        "expected_sd": one.expected_sd,
        "breakdown": one.breakdown,
        "breakdown_ratio": one.breakdown_ratio,
        "placebo_before": before[0],
        "placebo_before_p": before[1],
        "placebo_elements": elsewhere[0],
        "placebo_elements_p": elsewhere[1],
        "cannot_be_told_from": list(one.partners),
    }
    return {name: row[name] for name in VERDICT_COLUMNS}


def verdict_table(found: Measured) -> list[str]:
    """The trainings' verdicts as lines for a terminal: what to expect comes first."""
    lines = [f"{'training':<16} {'verdict':<20} {'expected':>8} {'q':>6}  elements"]
    for one in found.overall:
        e = one.estimate
        expected = "–" if one.expected is None else f"{one.expected:+.3f}"
        q = "–" if e.q_bh is None else f"{e.q_bh:.3f}"
        lines.append(
            f"{e.training[:16]:<16} {e.verdict:<20} {expected:>8} {q:>6}  {', '.join(one.items)}"
        )
    return lines


def estimates_csv(estimates: Iterable[Estimate]) -> str:
    """Every field of every estimate; '.' in decimals, warnings with blanks between."""
    return _csv([field.name for field in fields(Estimate)], map(record, estimates))


def record(estimate: Estimate) -> dict[str, Any]:
    """An estimate as JSON has it: lists for tuples, null for what is not there."""
    return asdict(estimate) | {"warnings": list(estimate.warnings)}


def _csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _csv_value(value) for key, value in row.items()})
    return text.getvalue()


def _csv_value(value: object) -> object:
    """Lists as words; texts that no spreadsheet runs: an analyst's own codes come through here."""
    text = " ".join(value) if isinstance(value, list) else value
    return inert(text) if isinstance(text, str) else text


def _plain(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return " ".join(value) if isinstance(value, list) else str(value)
