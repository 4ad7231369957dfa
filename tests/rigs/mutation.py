"""P22: the tests can fail. Faults are planted one at a time; the share that tests find is printed.

Example: .venv/bin/python tests/rigs/mutation.py --module domain/codes.py --sample 40
Each fault lives only in the memory of one test run; no file is changed. Exits 1 below the bar.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click

from tests.ground.quick_folder import quick_folder
from tests.rigs.mutants import Mutant, mutants_of
from tests.rigs.planted import NOTES, OFFICE, OUTSIDE, PRINTED, PURE, READY_OFFICE, Plan, run

ROOT = Path(__file__).resolve().parent.parent.parent
# Module -> the tests that hold its promises. A new module of these four jobs gets a row.
_DISCLOSURE = (
    "tests/domain/test_promised_numbers.py",
    "tests/domain/test_gate.py",
    "tests/domain/test_disclosure.py",
    "tests/domain/test_published.py",
    "tests/domain/test_together.py",
    "tests/domain/test_blocks.py",
    "tests/domain/test_parts.py",
    "tests/domain/test_officers.py",
)
_STAFF = (
    "tests/domain/test_staff_sessions.py",
    "tests/guard/test_access.py",
    "tests/services/access/test_accounts.py",
    "tests/services/access/test_second_factors.py",
    "tests/web/test_staff_access.py",
    "tests/web/test_staff.py",
    "tests/web/test_second_step.py",
)
_CODES = (
    "tests/domain/test_visit_codes.py",
    "tests/web/test_tickets.py",
    "tests/web/test_codes.py",
)
_RATING = (
    "tests/services/citizen/test_rating.py",
    "tests/services/citizen/test_one_code.py",
    "tests/services/cases/test_decisions.py",
    "tests/web/test_citizen.py",
    "tests/web/test_tickets.py",
    "tests/web/test_devices.py",
)
TESTS: dict[str, tuple[str, ...]] = {
    "domain/codes.py": ("tests/domain/test_codes.py",),
    "domain/visit_codes.py": ("tests/domain/test_visit_codes.py",),
    "domain/display_codes.py": ("tests/domain/test_display_codes.py",),
    "domain/second_factor.py": ("tests/domain/test_second_factor.py",),
    "domain/staff_sessions.py": _STAFF,
    "services/access/strength.py": ("tests/services/access/test_strength.py",),
    "domain/disclosure/groups.py": _DISCLOSURE,
    "domain/disclosure/causes.py": ("tests/domain/test_causes.py",),
    "domain/disclosure/comments.py": _DISCLOSURE,
    "domain/disclosure/gate.py": _DISCLOSURE,
    "domain/disclosure/parts.py": _DISCLOSURE,
    "domain/disclosure/cuts.py": _DISCLOSURE,
    "domain/disclosure/officers.py": _DISCLOSURE,
    "domain/disclosure/together.py": _DISCLOSURE,
    "domain/disclosure/blocks.py": _DISCLOSURE,
    "domain/pace.py": ("tests/domain/test_screening.py",),
    "domain/screening.py": ("tests/domain/test_screening.py",),
    "services/citizen/visit_codes.py": _CODES,
    "services/codes/use.py": ("tests/services/codes/test_use.py", "tests/web/test_codes.py"),
    "services/citizen/arriving.py": _RATING,
    "services/citizen/rating.py": _RATING,
    "services/citizen/quick_rating.py": ("tests/services/citizen/test_quick_rating.py",),
    "services/citizen/holding.py": ("tests/services/citizen/test_screening.py", *_RATING),
    "services/citizen/screening.py": ("tests/services/citizen/test_screening.py", *_RATING),
    "services/cases/decisions.py": ("tests/services/cases/test_case_views.py", "tests/services/cases/test_decisions.py", "tests/web/test_officer.py"),
    "services/access/accounts.py": _STAFF,
    "services/access/log_in.py": _STAFF,
    "services/access/sessions.py": _STAFF,
    "services/access/second_step.py": _STAFF,
    "services/access/guessing.py": _STAFF,
    "web/access.py": _STAFF,
    "web/quick_form.py": ("tests/web/test_quick_form.py",),
    "web/citizen_form.py": ("tests/web/test_citizen_form.py", "tests/web/test_citizen.py", "tests/web/test_tickets.py"),
}  # fmt: skip
BAR = 0.85
SLOWER = 6  # times the tests' own time: a fault that makes them hang is found as well
AT_LEAST = 20.0  # seconds, to start and to import

_STARTER = multiprocessing.get_context("forkserver")
_STARTER.set_forkserver_preload(["tests.rigs.preloaded"])


@dataclass(frozen=True)
class Quiet:
    """What the tests do when nothing is wrong, and an office that one of them was given.

    `entered`: module -> test, OUTSIDE or OFFICE -> first lines of functions.
    """

    entered: dict[str, dict[str, list[int]]]
    seconds: dict[str, float]
    office: Path


def outcome(plan: Plan, *, seconds: float) -> tuple[str, str]:
    """'found', 'survived' or 'hung', and what the tests printed."""
    process = _STARTER.Process(target=run, args=(plan,))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        return "hung", ""
    printed = (plan.folder / PRINTED).read_text(errors="replace")[-2_000:]
    return "found" if process.exitcode else "survived", printed


def quiet_run(files: tuple[str, ...], *, folder: Path) -> Quiet:
    """Run the tests without a fault; RuntimeError when they fail."""
    found, told = outcome(Plan("", "", files, ROOT, folder), seconds=3_600)
    if found != "survived":
        raise RuntimeError(f"{files} fail without a fault:\n{told}")
    notes = json.loads((folder / NOTES).read_text())
    return Quiet(notes["entered"], notes["seconds"], folder / READY_OFFICE)


def plan_for(mutant: Mutant, quiet: Quiet, plan: Plan, functions: Sequence[range]) -> Plan | None:
    """The tests that come to the fault, quickest first; None where no test does.

    What is run on import, or for several tests at once, concerns all of them. The office is built
    anew only where the fault may have a hand in it.
    """
    if plan.module not in quiet.entered:
        return None  # not even imported
    around = [lines for lines in functions if mutant.line in lines]
    plan = replace(plan, source=mutant.source)
    if not around:
        return replace(plan, chosen=_quickest(quiet, quiet.seconds))
    inner = min(around, key=len)
    entered = quiet.entered.get(plan.module, {})
    comes = {test for test, firsts in entered.items() if any(f in inner for f in firsts)}
    tests = quiet.seconds if comes & {OUTSIDE, OFFICE} else comes
    if OFFICE not in comes and quiet.office.exists():
        plan = replace(plan, office=quiet.office)
    return replace(plan, chosen=_quickest(quiet, tests)) if tests else None


def _quickest(quiet: Quiet, tests: Sequence[str] | set[str] | dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(tests, key=lambda test: quiet.seconds[test]))


def functions_of(source: str) -> list[range]:
    """The lines of each function, its decorators included."""
    return [
        range(min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]


def stages(files: Sequence[str]) -> list[tuple[str, ...]]:
    """The tests of pure rules first: they start at once and find most."""
    pure = tuple(file for file in files if file.startswith(PURE))
    others = tuple(file for file in files if not file.startswith(PURE))
    return [stage for stage in (pure, others) if stage]


class Rig:
    """Runs in one folder; what tests do without a fault is looked at once."""

    def __init__(self, folder: Path, *, processes: int) -> None:
        """Nothing is run yet."""
        self.folder, self.processes = folder, processes
        self.quiet: dict[tuple[str, ...], Quiet] = {}

    def survivors(self, module: str, mutants: Sequence[Mutant]) -> list[Mutant]:
        """The faults that the module's tests do not find."""
        left = list(mutants)
        for files in stages(TESTS[module]):
            left = self._survivors_of(module, files, left)
        return left

    def _survivors_of(
        self, module: str, files: tuple[str, ...], mutants: Sequence[Mutant]
    ) -> list[Mutant]:
        if files not in self.quiet:
            self.quiet[files] = quiet_run(files, folder=self._new_folder())
        quiet = self.quiet[files]
        functions = functions_of((ROOT / "feedback_app" / module).read_text())

        def survives(mutant: Mutant) -> bool:
            place = self._new_folder()
            plan = plan_for(mutant, quiet, Plan(module, "", files, ROOT, place), functions)
            if plan is None:
                return True
            seconds = SLOWER * sum(quiet.seconds[test] for test in plan.chosen) + AT_LEAST
            found, _told = outcome(plan, seconds=seconds)
            shutil.rmtree(place, ignore_errors=True)
            if found == "survived":
                print(f"  left by {files[0]} …: line {mutant.line}", file=sys.stderr, flush=True)
            return found == "survived"

        with ThreadPoolExecutor(self.processes) as pool:
            bar = click.progressbar(
                pool.map(survives, mutants), length=len(mutants), label=module, file=sys.stderr
            )
            with bar as results:
                return [mutant for mutant, left in zip(mutants, results, strict=True) if left]

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))


def main() -> int:
    """Plant, test and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--module", action="append", choices=TESTS)
    parser.add_argument("--sample", type=int, help="that many faults of each module, by chance")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    planted = left = 0
    with quick_folder() as folder:
        rig = Rig(folder, processes=chosen.processes)
        for module in chosen.module or TESTS:
            mutants = mutants_of((ROOT / "feedback_app" / module).read_text())
            if chosen.sample and chosen.sample < len(mutants):
                mutants = random.Random(chosen.seed).sample(mutants, chosen.sample)
            alive = rig.survivors(module, mutants)
            planted, left = planted + len(mutants), left + len(alive)
            found = len(mutants) - len(alive)
            print(
                f"{module}: {found} of {len(mutants)} found ({found / len(mutants):.0%})",
                flush=True,
            )
            for mutant in alive:
                print(f"  line {mutant.line}: {mutant.what}", flush=True)
    score = 1 - left / planted
    print(f"all: {planted - left} of {planted} found ({score:.1%}); the bar is {BAR:.0%}")
    return int(score < BAR)


if __name__ == "__main__":
    sys.exit(main())
