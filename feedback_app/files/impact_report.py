"""The report of an impact study: one page that stands alone, and its pictures as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from feedback_app.domain import table_columns
from feedback_app.domain.effect_charts import (
    PICTURE_WIDTH,
    EventPicture,
    axis_for,
    event_axis,
    event_picture,
)
from feedback_app.domain.effect_words import LIMITS, points
from feedback_app.domain.findings import Finding, caveats, summary, surest_first
from feedback_app.domain.texts import Words
from feedback_app.domain.wholes import Whole

ROOT = Path(__file__).resolve().parent.parent.parent
Steps = Sequence[tuple[int, float, float, float]]  # month, gap, low, high


@dataclass(frozen=True, slots=True)
class Report:
    """What a report is made of; `steps` are event studies by (training, item)."""

    language: str
    source: str
    wholes: tuple[Whole, ...]
    findings: tuple[Finding, ...]
    steps: Mapping[tuple[str, str], Steps]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    draws: int
    seed: int
    method_version: str
    fingerprint: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    whole: Whole | None
    n_trained: int
    n_controls: int
    findings: tuple[Finding, ...]
    caveats: list[Words]
    pictures: tuple[tuple[Words, EventPicture], ...]
    steps: tuple[Steps, ...]


def report_html(report: Report) -> str:
    """The whole page as text; everything it needs is inside."""
    return (
        _environment(report.language).get_template("report/impact.html").render(**_context(report))
    )


def report_pictures(report: Report) -> dict[str, str]:
    """SVG drawings by file name: one event study a training and item."""
    environment = _environment(report.language)
    draw: Any = environment.get_template("components/effects.html").module
    style = f"<style>{_style()}</style>"
    found = {}
    for place, ((training, item), steps) in enumerate(report.steps.items(), start=1):
        finding = next(
            f for f in report.findings if f.training == training and f.effect.item == item
        )
        together = [s for (other, _item), s in report.steps.items() if other == training]
        axis = event_axis(together, height=200)
        picture = event_picture(steps, axis=axis, width=420)
        label = f"{finding.title}: {finding.item_name[0 if report.language == 'id' else 1]}"
        drawn = str(draw.event_study(picture, label)).strip()
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{training}-{item}").strip("-.")[:80]
        found[f"event-study-{place:02d}-{name}.svg"] = drawn.replace(">", f">{style}", 1) + "\n"
    return found


def _context(report: Report) -> dict[str, Any]:
    ends = [f.effect.low for f in report.findings] + [f.effect.high for f in report.findings]
    return {
        "axis": axis_for(ends, size=260),
        "columns": report.columns,
        "draws": report.draws,
        "findings": report.findings,
        "fingerprint": report.fingerprint,
        "groups": _groups(report),
        "is_demo": report.is_demo,
        "known": [w for w in report.wholes if w.finding.is_find],
        "language": report.language,
        "limits": LIMITS,
        "method_version": report.method_version,
        "rows": report.rows,
        "seed": report.seed,
        "source": report.source,
        "style": _style(),
        "summary": summary([whole.finding for whole in report.wholes]),
    }


def _groups(report: Report) -> list[_Group]:
    by_training: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_training.setdefault(finding.training, []).append(finding)
    groups = []
    for training, findings in by_training.items():
        drawn = [
            (f.item_name, report.steps[training, f.effect.item])
            for f in findings
            if report.steps.get((training, f.effect.item))
        ]
        scale = event_axis((s for _name, s in drawn), height=170)
        pictures = [(name, event_picture(s, axis=scale, width=PICTURE_WIDTH)) for name, s in drawn]
        groups.append(
            _Group(
                title=findings[0].title,
                whole=next((w for w in report.wholes if w.finding.training == training), None),
                n_trained=findings[0].effect.n_trained,
                n_controls=findings[0].effect.n_controls,
                findings=tuple(surest_first(findings)),
                caveats=caveats(findings),
                pictures=tuple(pictures),
                steps=tuple(s for _name, s in drawn),
            )
        )
    return groups


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(table_columns.FILTERS)
    environment.globals["say"] = lambda words: words[0 if language == "id" else 1]
    environment.globals["points"] = partial(points, language=language)
    return environment


def _style() -> str:
    return (ROOT / "static" / "effects.css").read_text(encoding="utf-8")
