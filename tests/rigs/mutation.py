"""P22: the tests can fail. Faults are planted one at a time; the share that tests find is printed.

Example: .venv/bin/python tests/rigs/mutation.py --module domain/codes.py --sample 40
Each fault lives only in the memory of one test run; no file is changed. Exits 1 below the bar.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click

from feedback_app.config import ROOT
from tests.ground.quick_folder import quick_folder
from tests.rigs.mutants import Mutant, mutants_of

# Module -> the tests that hold its promises. A new module of these four jobs gets a row.
_PARTS = (
    "tests/domain/test_disclosure.py",
    "tests/domain/test_parts.py",
    "tests/domain/test_blocks.py",
)
_STAFF = ("tests/web/test_staff_access.py", "tests/web/test_staff.py")
TESTS: dict[str, tuple[str, ...]] = {
    "domain/codes.py": ("tests/domain/test_codes.py",),
    "domain/visit_codes.py": ("tests/domain/test_codes.py", "tests/services/test_one_code.py"),
    "domain/display_codes.py": ("tests/domain/test_display_codes.py",),
    "domain/second_factor.py": ("tests/domain/test_second_factor.py",),
    "domain/staff_sessions.py": ("tests/domain/test_staff_sessions.py",),
    "domain/disclosure/groups.py": ("tests/domain/test_promised_numbers.py", *_PARTS),
    "domain/disclosure/comments.py": ("tests/domain/test_promised_numbers.py", *_PARTS),
    "domain/disclosure/parts.py": _PARTS,
    "domain/disclosure/blocks.py": _PARTS,
    "domain/screening.py": ("tests/domain/test_screening.py",),
    "services/visit_codes.py": ("tests/services/test_one_code.py",),
    "services/rating.py": ("tests/services/test_one_code.py", "tests/web/test_citizen.py", "tests/services/test_casework.py"),
    "services/screening.py": ("tests/services/test_casework.py", "tests/web/test_citizen.py", "tests/services/test_attacks.py"),
    "services/accounts.py": _STAFF,
    "services/access/log_in.py": _STAFF,
    "services/access/sessions.py": _STAFF,
    "services/access/second_step.py": ("tests/services/test_second_factors.py", "tests/web/test_second_step.py"),
    "services/access/guessing.py": (*_STAFF, "tests/services/test_second_factors.py"),
    "web/access.py": ("tests/guard/test_access.py", *_STAFF),
}  # fmt: skip
BAR = 0.85
SLOWER = 6  # times the tests' own time: a fault that makes them hang is found as well


def outcome(
    module: str, source: str, tests: Sequence[str], *, folder: Path, seconds: float
) -> tuple[str, str]:
    """'found', 'survived' or 'hung', and what the tests printed."""
    place = folder / f"{random.getrandbits(64):x}.py"
    place.write_text(source)
    name = "feedback_app." + module.removesuffix(".py").replace("/", ".")
    environment = os.environ | {"PLANTED_MODULE": name, "PLANTED_SOURCE": str(place)}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.rigs.planted"]
    command += ["-p", "no:cacheprovider", f"--basetemp={folder / place.stem}"]
    command += ["-k", "not postgresql", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return "hung", ""
    return "found" if done.returncode else "survived", done.stdout[-2_000:]


def survivors(
    module: str, mutants: Sequence[Mutant], *, folder: Path, processes: int
) -> list[Mutant]:
    """The faults that these tests do not find; RuntimeError when they fail without one."""
    began = time.monotonic()
    source = (ROOT / "feedback_app" / module).read_text()
    clean, told = outcome(module, source, TESTS[module], folder=folder, seconds=3_600)
    if clean != "survived":
        raise RuntimeError(f"the tests of {module} fail without a fault:\n{told}")
    seconds = SLOWER * (time.monotonic() - began) + 10

    def survives(mutant: Mutant) -> bool:
        found, _told = outcome(module, mutant.source, TESTS[module], folder=folder, seconds=seconds)
        return found == "survived"

    with ThreadPoolExecutor(processes) as pool:
        bar = click.progressbar(
            pool.map(survives, mutants), length=len(mutants), label=module, file=sys.stderr
        )
        with bar as results:
            return [mutant for mutant, left in zip(mutants, results, strict=True) if left]


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
        for module in chosen.module or TESTS:
            mutants = mutants_of((ROOT / "feedback_app" / module).read_text())
            if chosen.sample and chosen.sample < len(mutants):
                mutants = random.Random(chosen.seed).sample(mutants, chosen.sample)
            alive = survivors(module, mutants, folder=folder, processes=chosen.processes)
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
