"""Count taps and words of the citizen's form, and the seconds of a model reader.

Example: .venv/bin/python bench/minute.py
A model, no measurement: seconds = words / (words a minute) x 60 + 1 s a tap. Words are those that a
page says to somebody who does this; the opening that all questions share ("Bagaimana pendapat
Saudara tentang") counts once, the button that sends not at all. Nothing is said of how long people
think.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.domain.elements import FORM_ORDER, OFFICER_KEYS, element

READERS = {"quick, 250 words a minute": 250, "usual, 180": 180, "slow, 120": 120, "weak, 80": 80}
SECONDS_A_TAP = 1.0
SHARED = "Bagaimana pendapat Saudara tentang"
WHO = ("Dilayani oleh Ibu Wati hari ini?", "Ya", "Petugas lain", "Bukan hari ini", "Tidak tahu")
PROMISE = "Petugas tidak melihat jawaban Anda."
FORK = (
    "Tentang petugas: selesai. Boleh berhenti di sini. Kirim sekarang Tulis saran atau keluhan",
    "Lanjutkan 8 pertanyaan (± 1 menit), agar ikut dihitung dalam nilai resmi:",
)


def words_of(texts: Sequence[str]) -> int:
    """Words, divided by white space; a sign alone is none."""
    return sum(any(letter.isalnum() for letter in word) for text in texts for word in text.split())


def questions(keys: Sequence[str]) -> list[str]:
    """Wording and labels of these questions, what they share only once."""
    shown: list[str] = []
    for key in keys:
        item = element(key)
        is_first = not any(text.startswith(SHARED) for text in shown)
        shown.append(item.question if is_first else item.question.removeprefix(SHARED))
        shown += item.labels
    return shown


def line(name: str, *, taps: int, texts: Sequence[str]) -> str:
    """One way through the form."""
    words = words_of(texts)
    times = [f"{words / pace * 60 + taps * SECONDS_A_TAP:.0f} s" for pace in READERS.values()]
    return f"{name:<44}{taps:>5}{words:>7}   " + "   ".join(f"{time:>5}" for time in times)


def main() -> None:
    """Print the table."""
    officer = [key for key in FORM_ORDER if key in OFFICER_KEYS]
    counted = [key for key in FORM_ORDER if key != "kepercayaan"]
    start = [*WHO, PROMISE]
    print(__doc__)
    print(f"{'':<44}{'taps':>5}{'words':>7}   " + "   ".join(READERS))
    print(line("until the first rated answer", taps=2, texts=[*start, *questions(officer[:1])]))
    print(line("officer part, sent", taps=6, texts=[*start, *questions(officer)]))
    print(
        line(
            "all that counts officially, officer named",
            taps=1 + len(counted) + 1,
            texts=[*start, *questions(counted), *FORK],
        )
    )
    print(
        line(
            "the same with trust",
            taps=1 + len(FORM_ORDER) + 1,
            texts=[*start, *questions(FORM_ORDER), *FORK],
        )
    )


if __name__ == "__main__":
    main()
