"""What is said of needs: natures, voices, decisions, the five questions; and when to decide."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.texts import Words

NATURES: dict[str, Words] = {
    "training": ("kebutuhan pelatihan", "a need for training"),
    "process": ("cara kerja atau tempatnya", "the way of working, or the place"),
    "ask": ("tanyakan dahulu", "ask first"),
}
LEVELS: dict[str, Words] = {
    "officer": ("petugas", "officer"),
    "counter": ("loket", "counter"),
    "unit": ("unit", "unit"),
}
VOICES: dict[str, Words] = {
    "data": ("penilaian warga", "citizens' ratings"),
    "supervisor": ("usulan atasan", "proposed by the supervisor"),
    "officer": ("usulan petugas sendiri", "proposed by the officer"),
}
# decision -> what its button says, and what stands afterwards
DECISIONS: dict[str, Words] = {
    "plan": ("Rencanakan pelatihan", "Plan a training"),
    "mend": ("Perbaiki cara kerja", "Mend the way of working"),
    "wait": ("Tunda", "Wait"),
    "not_so": ("Bukan kebutuhan", "No need"),
}
DECIDED: dict[str, Words] = {
    "plan": ("Pelatihan direncanakan", "A training is planned"),
    "mend": ("Diserahkan kepada atasan untuk diperbaiki", "Handed to the supervisor to mend"),
    "wait": ("Ditunda", "Waiting"),
    "not_so": ("Bukan kebutuhan", "No need"),
}
ANSWERS: dict[str, Words] = {
    "yes": ("Ya", "Yes"),
    "no": ("Tidak", "No"),
    "unsure": ("Tidak tahu", "Not sure"),
}
# After Mager and Pipe: who could do it if life hung on it needs no course. Key -> of somebody else.
QUESTIONS: dict[str, Words] = {
    "could": ("Apakah petugasnya mampu melakukannya bila diminta?", "Could they do it if asked?"),
    "did": ("Apakah petugasnya pernah melakukannya dengan baik?", "Have they ever done it well?"),
    "often": ("Apakah petugasnya sering melakukannya?", "Do they do it often?"),
    "hindered": ("Adakah yang menghalangi petugasnya?", "Is anything in the way?"),
    "worth": ("Apakah ini cukup penting untuk diperbaiki?", "Is it worth mending?"),
}
OWN_QUESTIONS: dict[str, Words] = {
    "could": ("Apakah Anda mampu melakukannya bila diminta?", "Could you do it if asked?"),
    "did": ("Apakah Anda pernah melakukannya dengan baik?", "Have you ever done it well?"),
    "often": ("Apakah Anda sering melakukannya?", "Do you do it often?"),
    "hindered": ("Adakah yang menghalangi Anda?", "Is anything in your way?"),
    "worth": ("Apakah ini cukup penting untuk diperbaiki?", "Is it worth mending?"),
}
CAUSE_LEVELS: dict[str, Words] = {
    "officer": ("petugas", "the officer"),
    "process": ("cara kerja", "the way of working"),
    "place": ("tempat", "the place"),
}
POSTS: dict[str, Words] = {
    "present": ("jabatan sekarang", "present post"),
    "next": ("jabatan berikutnya", "next post"),
}
LONGEST = 2_000  # letters of a contradiction, a reason or a proposal
HEARING = timedelta(days=7)  # an officer has so long to read a need before it is decided


def decided_from(found_on: date, officer_saw_on: date | None, *, is_about_officer: bool) -> date:
    """The first day when a need may be decided: at once, unless it is about somebody.

    The officer reads it first: from the day they did, or a week after it was found.
    """
    if not is_about_officer:
        return found_on
    heard = found_on + HEARING
    return heard if officer_saw_on is None else min(officer_saw_on, heard)
