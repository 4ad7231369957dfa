"""Questions after a course: five to who attended, three to the supervisor three months later.

Kirkpatrick's levels 1 to 3; the fourth is what citizens answer. All optional, and shown for a
training over all its runs, in groups that close: who counts before and after one more answer must
not learn it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from feedback_app.domain.texts import Words

ATTENDED, SUPERVISOR = "officer", "supervisor"
LEAST_SHOWN = 5  # answers that close a group
SUPERVISOR_AFTER = timedelta(days=90)
ASKED_FOR = timedelta(days=120)  # from the first day on which it is asked

AGREEMENT: tuple[Words, ...] = (
    ("tidak setuju", "disagree"),
    ("kurang setuju", "rather disagree"),
    ("setuju", "agree"),
    ("sangat setuju", "fully agree"),
)
QUESTIONS: dict[str, tuple[Words, ...]] = {
    ATTENDED: (
        ("Isinya sesuai dengan pekerjaan saya.", "It fits my work."),
        ("Saya memahami isinya.", "I understand what was taught."),
        ("Saya yakin dapat memakainya di loket.", "I am sure that I can use it at the counter."),
        ("Saya sudah sempat memakainya.", "I have already used it."),
        ("Saya menyarankannya kepada rekan.", "I recommend it to colleagues."),
    ),
    SUPERVISOR: (
        ("Yang dipelajari dipakai di loket.", "What was learnt is used at the counter."),
        ("Pekerjaannya lebih baik daripada sebelumnya.", "The work is better than before."),
        ("Keadaan kerja memungkinkan memakainya.", "Conditions at work allow it to be used."),
    ),
}


def is_asked(ended: date, role: str, *, today: date) -> bool:
    """Whether a course that ended then is still asked about."""
    first = ended + (SUPERVISOR_AFTER if role == SUPERVISOR else timedelta(days=1))
    return first <= today <= first + ASKED_FOR


def agreeing(answers: Sequence[Sequence[int]], role: str) -> tuple[int, ...] | None:
    """Tenths of the answers that agree (3 or 4), by question; None below five answers.

    Tenths: of five equal answers the figure does not say that all five agreed fully.
    """
    if len(answers) < LEAST_SHOWN:
        return None
    return tuple(
        round(10 * sum(one[place] >= 3 for one in answers) / len(answers))
        for place in range(len(QUESTIONS[role]))
    )
