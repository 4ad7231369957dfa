"""Which forms count where: complete ones, those that stopped early, and the rest.

A form that stopped early answers the four questions about the officer and not all nine official
ones. It says as much of the officer as a complete one, and nothing of the unit's index. The two
sets are never added up where figures are shown (docs/adr/0012-closed-blocks.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from feedback_app.domain.elements import OFFICER_KEYS, OFFICIAL_KEYS

# As the tally keeps them; 0 and 1 are older than 2.
PARTIAL, COMPLETE, EARLY = 0, 1, 2
OF_OFFICERS = (COMPLETE, EARLY)
STOPPED_EARLY = "/early"  # ends the name of a kind of visit whose forms stopped early


def form_set(answers: Mapping[str, object]) -> int:
    """The set of a form; what is not answered is None or not there."""
    if all(answers.get(key) is not None for key in OFFICIAL_KEYS):
        return COMPLETE
    return EARLY if all(answers.get(key) is not None for key in OFFICER_KEYS) else PARTIAL
