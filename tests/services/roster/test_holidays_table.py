"""The kept table of public holidays is the package's, and reading it loads no package."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

from feedback_app.services.roster.days import TABLE, holidays_of
from tests.rigs.holidays_table import table


def test_the_table_is_what_the_package_says() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "make holidays"


def test_a_year_outside_the_table_is_asked_of_the_package() -> None:
    assert date(2020, 8, 17) in holidays_of(2020)


def test_reading_it_loads_no_country() -> None:
    """300 modules and 17 MB, in each web process."""
    asked = (
        "import sys; from feedback_app.services.roster.days import holidays_of as h;"
        "assert len(h(2026)) > 15; print('holidays' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
