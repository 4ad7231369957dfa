"""The tests can fail: a few faults in the code of each promise, each found (P22 in small).

`make mutation` plants every fault there is and prints the share that is found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rigs.mutants import Mutant, has_places, mutants_of
from tests.rigs.mutation import ROOT, TESTS, Quiet, functions_of, outcome, plan_for
from tests.rigs.planted import OFFICE, Plan

ENOUGH_SECONDS = 300
# Module, code, the fault in its place, one test that finds it.
PLANTED = (
    (
        "domain/codes.py",
        "return abs(now - token.opened_at) > max_age",
        "return abs(now - token.opened_at) < max_age",
        "tests/domain/test_codes.py",
    ),
    (
        "domain/disclosure/groups.py",
        "MIN_GROUP = 10",
        "MIN_GROUP = 9",
        "tests/domain/test_promised_numbers.py",
    ),
    (
        "web/access.py",
        "if g.viewer.role not in allowed:",
        "if g.viewer.role in allowed:",
        "tests/guard/test_access.py",
    ),
    (
        "services/citizen/rating.py",
        "    except AlreadyThereError:\n        _must_be_the_same(",
        "    except AlreadyThereError:\n        bool or _must_be_the_same(",
        "tests/web/test_citizen.py",
    ),
)


@pytest.mark.proof
@pytest.mark.parametrize(
    ("module", "code", "fault", "test"),
    [*PLANTED[:-1], pytest.param(*PLANTED[-1], marks=pytest.mark.long)],  # a whole file of the web
    ids=[p[0] for p in PLANTED],
)
def test_a_planted_fault_is_found(
    module: str, code: str, fault: str, test: str, tmp_path: Path
) -> None:
    source = (ROOT / "feedback_app" / module).read_text()
    assert source.count(code) == 1, "the code has changed: choose another fault"
    plan = Plan(module, source.replace(code, fault), (test,), ROOT, tmp_path)
    assert outcome(plan, seconds=ENOUGH_SECONDS)[0] == "found"


@pytest.mark.proof
def test_code_without_a_fault_survives_and_so_does_a_fault_that_no_test_looks_at(
    tmp_path: Path,
) -> None:
    """The control: the rig does not call everything found."""
    module, tests = "domain/codes.py", ("tests/domain/test_codes.py",)
    source = (ROOT / "feedback_app" / module).read_text()
    for text in (source, source + "\n\ndef unused() -> int:\n    return 1 / 0\n"):
        found, told = outcome(Plan(module, text, tests, ROOT, tmp_path), seconds=ENOUGH_SECONDS)
        assert found == "survived", told


SOURCE = """
AT_IMPORT = 1
def shared(): return 2
@decorated
def own():
    return 3
def nobodys(): return 4
"""


@pytest.mark.parametrize(
    ("line", "tests", "ready"),
    [
        (2, ("quick", "middling", "slow"), False),  # run at import: everybody's
        (3, ("quick", "middling", "slow"), False),  # the office was built by it
        (6, ("middling", "slow"), True),
        (7, None, None),
    ],
)
def test_only_tests_that_come_to_the_fault_are_run_the_quickest_first(
    tmp_path: Path, line: int, tests: tuple[str, ...] | None, ready: bool | None
) -> None:
    office = tmp_path / "office.db"
    office.touch()
    entered = {"slow": [4], "middling": [4, 3], OFFICE: [3]}
    quiet = Quiet({"domain/x.py": entered}, {"slow": 9.0, "quick": 1.0, "middling": 2.0}, office)
    plan = Plan("domain/x.py", SOURCE, (), tmp_path, tmp_path)
    found = plan_for(Mutant(line, "", "faulty"), quiet, plan, functions_of(SOURCE))
    if tests is None:
        assert found is None
        return
    assert found is not None
    assert (found.source, found.chosen, found.office is not None) == ("faulty", tests, ready)


def test_every_module_of_the_table_is_there_with_its_tests_and_has_faults_to_plant() -> None:
    for module, tests in TESTS.items():
        assert has_places((ROOT / "feedback_app" / module).read_text()), module
        for test in tests:
            assert (ROOT / test).exists(), test


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a and b", {"x = a or b"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = 1", {"x = 2"}),
        ("x = True", {"x = False"}),
        ("if a:\n    raise E", {"if not a:\n    raise E", "if a:\n    pass"}),
        ("f(a)", {"pass"}),
        ("def f() -> int:\n    return a", {"def f() -> int:\n    return None"}),
        ("zip(a, b, strict=True)", {"pass"}),
        ("@d(1)\ndef f(x: T[1]=a) -> T[2]:\n    return None", set()),
    ],
)
def test_what_is_planted(source: str, expected: set[str]) -> None:
    assert {mutant.source for mutant in mutants_of(source)} == expected
