"""What a receipt may say of its answer: whether and how it counts, never what was answered."""

from __future__ import annotations

from typing import Literal

from feedback_app.domain.elements import OFFICIAL_KEYS

Standing = Literal["counted", "unit_only", "unfinished", "held", "aside"]
# Of what came without a rating: as it came, looked at first, in a flood (a tick), set aside.
NoteStanding = Literal["taken", "held", "flood", "aside"]
Cause = Literal["one_device", "crowd", "opened_ahead", "over_visits", "code", "other"]

# What a citizen is told of a screening rule: the fact, not the threshold. An answer that met
# several is told the first of these; a rule that is not named here is told as "other".
CAUSES: dict[Cause, frozenset[str]] = {
    "code": frozenset({"bad_code", "not_called"}),
    "one_device": frozenset({"same_device"}),
    "opened_ahead": frozenset({"opened_ahead"}),
    "crowd": frozenset({"burst"}),
    "over_visits": frozenset({"over_visits"}),
}


def standing_of(state: str, *, official: int, names_officer: bool, for_officer: bool) -> Standing:
    """How an answer stands; `official` of the nine official questions are answered."""
    if state == "held":
        return "held"
    if state == "aside":
        return "aside"
    if official < len(OFFICIAL_KEYS):
        return "unfinished"
    return "unit_only" if names_officer and not for_officer else "counted"


def note_standing_of(state: str | None, *, rules: str) -> NoteStanding:
    """How a note stands by its comment's state, None for a tick alone, which no row tells."""
    if state is None:
        return "flood" if rules else "taken"
    return {"held": "held", "aside": "aside"}.get(state, "taken")  # type: ignore[return-value]


def cause_of(rules: str) -> Cause:
    """Why an answer is looked at first, from its rules' names with comma between."""
    met = set(rules.split(","))
    return next((cause for cause, names in CAUSES.items() if met & names), "other")
