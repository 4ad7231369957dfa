"""Who owns one copy of the fifteenth day and noted the visitors' minutes recovers nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.storage import compacting
from tests.rigs import disk_owner
from tests.rigs.disk_owner import Played
from tests.rigs.owner.score import compare, most_by_chance


@pytest.mark.proof
@pytest.mark.parametrize(
    ("engine", "largest"),
    # What is too large for VACUUM is the harder case, and stands for the other one.
    [
        pytest.param("sqlite", 64_000_000, marks=pytest.mark.long),
        ("sqlite", 0),
        ("postgresql", 0),
    ],
)
def test_a_copy_after_a_fortnight_tells_no_visitors_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, largest: int
) -> None:
    """The small form of `make disk-owner`; on SQLite also where the file is too large for VACUUM."""
    monkeypatch.setattr(compacting, "LARGEST_SQLITE_BYTES", largest)
    played = Played(engine, visitors=20, later=1, seed=2, short_wal=True)
    outcome = disk_owner.play(tmp_path, played)
    assert not disk_owner.is_told(outcome), disk_owner.report(outcome, engine=engine)
    evening = {one.route: one for one in outcome.first_evening.found}
    if engine == "sqlite":
        assert outcome.before is not None
        assert outcome.before.matched == outcome.before.visitors == 68
        assert evening["places in sqlite_autoindex_rating_2"].matched == 68
    else:
        assert evening["xmin of rating"].matched == evening["ctid of rating"].matched == 68
        assert evening["WAL"].matched == 68


def test_the_score_sees_an_order_and_no_order() -> None:
    came = [f"{number:032x}" for number in range(30)]
    told = compare("", [(came, came), (came[::-1], came[::-1])])
    assert (told.matched, told.visitors, told.tells) == (60, 60, True)
    assert compare("", [(came[::-1], came)]).matched == 30  # read backwards
    assert most_by_chance(1) < 12
    shuffled = sorted(came, key=lambda one: (int(one, 16) * 7919) % 1009)
    assert not compare("", [(shuffled, came)]).recovered
    partly = came[:3] + shuffled
    assert compare("", [(partly[:3], came)]).visitors == 3
