"""The pages show what the demo's simulator put in: true effects lie inside the intervals."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from feedback_app.demo import answers
from feedback_app.demo.load import RATINGS as ALL_RATINGS
from feedback_app.demo.office import DEMO_PASSWORD
from feedback_app.demo.trainings import TRAININGS
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import Viewer
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.services.impact.pages import Overview, overview
from feedback_app.services.site import Site
from tests.demo.conftest import TUESDAY, loaded

pytestmark = pytest.mark.proof

Measured = tuple[Site, Viewer, Overview]
TRUE_EFFECTS = {(training.code, key) for training in TRAININGS for key in training.effects}


@cache
def true_points(key: str, latent: float) -> float:
    """What a latent effect is in points of the mean, over the demo's officers and visitors."""
    rng = np.random.default_rng(5)
    size = 400_000  # Monte Carlo error below .002
    shock = 0.25 / np.sqrt(1 - answers.SHOCK_RHO**2)
    level = rng.normal(0, np.hypot(answers.OFFICER_SD, shock), size)
    base = answers.LEVEL[key] + level + rng.normal(0, answers.RESPONDENT_SD, size)
    base += rng.logistic(0, 1, size)
    plain, lifted = (np.searchsorted(answers.CUTS, base + lift) for lift in (0.0, latent))
    return float(lifted.mean() - plain.mean())


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, tuesday: Callable[[Path], Site]) -> Measured:
    site = tuesday(tmp_path_factory.mktemp("demo"))
    viewer = viewer_of_session(site, log_in(site, username="kepegawaian", password=DEMO_PASSWORD))
    assert viewer
    return site, viewer, overview(site, viewer, study_id=None)


def test_the_demo_starts_with_a_finished_study(measured: Measured) -> None:
    _site, _viewer, found = measured
    assert found.study is not None
    assert found.study.state == "done"
    assert {line.code for line in found.lines} == {training.code for training in TRAININGS}


def test_true_effects_lie_inside_the_intervals(measured: Measured) -> None:
    """20 intervals of 95%: fewer than 17 hits has a chance of .016 (binomial)."""
    lines = {line.code: line for line in measured[2].lines}
    inside = []
    for training in TRAININGS:
        for finding in lines[training.code].findings:
            effect = finding.effect
            if effect.low is None or effect.high is None:
                continue
            latent = training.effects.get(effect.item, 0.0)
            truth = true_points(effect.item, latent)
            inside.append(effect.low <= truth <= effect.high)
            if latent and effect.verdict in ("improved", "worse"):  # what the demo shows
                assert effect.low <= truth <= effect.high, (training.code, effect, truth)
    assert len(inside) == 5 * len(OFFICER_KEYS)
    assert sum(inside) >= 17


def test_no_training_without_an_effect_is_said_to_have_one(measured: Measured) -> None:
    """20 tests at 5%, 14 of them on no effect: at most 3 false finds but for a chance of .004."""
    assert len(finds(measured[2]) - TRUE_EFFECTS) <= 3
    estimates = {
        (line.code, one.effect.item): one.effect.estimate
        for line in measured[2].lines
        for one in line.findings
        if one.effect.estimate is not None
    }
    true = [value for pair, value in estimates.items() if pair in TRUE_EFFECTS]
    others = [value for pair, value in estimates.items() if pair not in TRUE_EFFECTS]
    assert np.mean(true) > np.mean(others) + 0.05  # about .17 apart, standard error about .03


@pytest.mark.long
def test_true_effects_are_found_in_all_answers(tmp_path: Path) -> None:
    site = loaded(tmp_path, TUESDAY, ALL_RATINGS)
    viewer = viewer_of_session(site, log_in(site, username="kepegawaian", password=DEMO_PASSWORD))
    assert viewer
    assert len(finds(overview(site, viewer, study_id=None)) & TRUE_EFFECTS) >= 2
    site.db.close()


def finds(found: Overview) -> set[tuple[str, str]]:
    """Training and element of each rise and fall."""
    return {
        (line.code, one.effect.item)
        for line in found.lines
        for one in line.findings
        if one.effect.verdict in ("improved", "worse")
    }


def test_too_few_trained_is_said_so_and_gives_no_number(measured: Measured) -> None:
    line = next(line for line in measured[2].lines if line.code == "elearning")
    for finding in line.findings:
        assert finding.effect.estimate is None
        assert "TOO_FEW_TRAINED" in finding.warnings
        assert finding.effect.verdict == "cannot tell"
        assert finding.effect.mde is not None
