"""One code, one answer (P17) in small; `make one-code` does it a thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.services.site import Site, open_site
from tests.conftest import SteppedClock
from tests.ground.office import Office
from tests.rigs.one_code import SITES, Outcome, planted, try_codes

pytestmark = pytest.mark.proof

CODES = 5
TRIES = 20


def tried(site: Site, clock: SteppedClock, office: Office, *, codes: int) -> Outcome:
    others = [open_site(site.settings, clock=clock) for _ in range(SITES - 1)]
    try:
        return try_codes([site, *others], clock, office, codes=codes, tries=TRIES)
    finally:
        for other in others:
            other.db.close()


def test_of_twenty_who_try_a_code_at_once_one_opens_it_and_none_is_lost(
    site: Site, clock: SteppedClock, office: Office
) -> None:
    assert tried(site, clock, office, codes=CODES).faults(codes=CODES) == []


# SQLite lets one writer in at a time, so only PostgreSQL can show what the planted fault does.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_version_that_looks_first_and_deletes_later_is_seen_to_open_twice(
    site: Site, clock: SteppedClock, office: Office, tmp_path: Path
) -> None:
    with planted():
        found = tried(site, clock, office, codes=2)
    assert found.twice > 0
    assert found.faults(codes=2) != []
