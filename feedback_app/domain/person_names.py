"""Names of people: folded so that two ways of writing meet, and what citizens call somebody.

Titles and initials are no part of a name; what `person_titles` lacks is met by the rule that a
short word with a full stop behind it (Kgs., Msy., Muh., Abd.) is an abbreviation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from feedback_app.domain.folding import fold
from feedback_app.domain.person_titles import (
    FEMALE_WORDS,
    IN_FRONT,
    MALE_WORDS,
    PAIRED,
    RANKS,
    SHORTENED,
    TITLES,
)

HONORIFICS = {"1": "Bapak", "2": "Ibu"}  # by the sex that a NIP's 15th figure tells
MOST_LETTERS = 4  # of an abbreviation with a full stop: Mhd., Hjh., Muhd.
NIP_SEX = 14  # place of the figure: 1 man, 2 woman
LONGEST = 80  # letters of a greeting


def name_key(name: str) -> str:
    """'Dra. Hj. Nurlaila Hasan, M.Si.' and 'NURLAILA HASAN' -> 'nurlaila hasan'."""
    words = re.findall(r"[^\W_']+", fold(name).split(",")[0].replace("'", ""))
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return " ".join(words)


def sex_by_nip(nip: str, *, employment: str) -> str | None:
    """'1' or '2' from a PNS's number; None for PPPK, whose numbers are made otherwise."""
    told = nip[NIP_SEX : NIP_SEX + 1]
    is_told = employment == "PNS" and len(nip) == 18 and told in HONORIFICS
    return told if is_told else None


def sex_by_title(name: str) -> str | None:
    """'1' or '2' where a title says it (Hj., Drs.); None where none does, or two differ."""
    every = _words(name)
    in_front = every[: len(every) - len(_after_titles(every))]
    words = {_bare(word) for word in in_front}
    is_female, is_male = bool(words & FEMALE_WORDS), bool(words & MALE_WORDS)
    if is_female == is_male:
        return None
    return "2" if is_female else "1"


def greeting_by_rule(name: str, *, sex: str | None) -> str:
    """'Dra. Hj. Nurlaila Hasan, M.Si.' -> 'Ibu Nurlaila'; without a sex the name alone."""
    told = HONORIFICS.get(sex or "", "")
    return f"{told} {calling_name(name)}".strip()[:LONGEST].rstrip()


def calling_name(name: str) -> str:
    """The first word (or pair) of a name that is no title, no initial and no abbreviation.

    A name of nothing else is given as it stands, so that there is always something to say.
    """
    words = _words(name)
    rest = _after_titles(words)
    if not rest:
        return " ".join(words) or name.strip()
    first = rest[0]
    if _bare(first) in PAIRED and len(rest) > 1:
        first = f"{first} {rest[1]}"
    return _capitalised(first)


def other_names(name: str) -> list[str]:
    """What follows the calling name, without initials: it can tell two people apart."""
    rest = _after_titles(_words(name))
    taken = 2 if rest and _bare(rest[0]) in PAIRED else 1
    is_mixed = not name.isupper()
    kept = [word for word in rest[taken:] if not _is_short(word)]
    return [_capitalised(word) for word in kept if not (is_mixed and _is_degree(word))]


def told_apart(people: Mapping[int, tuple[str, str]]) -> dict[int, str]:
    """What to show for (greeting, full name) of people who may be read beside each other.

    Who is called alike gets a word of the own name behind it, then all of it, and where even full
    names are one, a letter: 'Ibu Siti Aminah', 'Ibu Siti Rahma', 'Ibu Dewi (A)'.
    """
    shown = {one: greeting for one, (greeting, _name) in people.items()}
    for words in (1, 2, 9):
        for one in _alike(shown):
            greeting, name = people[one]
            extra = [w for w in other_names(name) if w.casefold() not in fold(greeting).split()]
            shown[one] = " ".join([greeting, *extra[:words]])
        if not _alike(shown):
            return shown
    seen: Counter[str] = Counter()
    for one in sorted(_alike(shown)):
        key = fold(shown[one])
        shown[one] = f"{shown[one]} ({chr(ord('A') + min(seen[key], 25))})"
        seen[key] += 1
    return shown


def _alike(shown: Mapping[int, str]) -> list[int]:
    count = Counter(fold(text) for text in shown.values())
    return [one for one, text in shown.items() if count[fold(text)] > 1]


def _after_titles(words: list[str]) -> list[str]:
    """The words from the calling name on; empty when there is none."""
    rest = list(words)
    while rest:
        skipped = _ranks(rest) or int(_is_title(rest[0]) or _is_short(rest[0]))
        if not skipped:
            break
        rest = rest[skipped:]
    if rest and _bare(rest[0]) in SHORTENED and any(not _is_short(word) for word in rest[1:]):
        return _after_titles(rest[1:]) or rest
    return rest


def _ranks(words: list[str]) -> int:
    """How many words of rank stand in front, always leaving one."""
    plain = [_bare(word) for word in words]
    for rank in RANKS:
        if len(words) > len(rank) and tuple(plain[: len(rank)]) == rank:
            return len(rank)
    return 0


def _is_title(word: str) -> bool:
    return _bare(word) in IN_FRONT


def _is_short(word: str) -> bool:
    """An initial, with or without its full stop, or an abbreviation with one."""
    letters = _bare(word)
    return len(letters) <= 1 or (word.endswith(".") and len(letters) <= MOST_LETTERS)


def _is_degree(word: str) -> bool:
    """MM or SPd behind a name without a comma: a second large letter in a short word."""
    letters = word.replace(".", "")
    return len(letters) <= 5 and letters[1:] != letters[1:].lower() and letters.isalpha()


def _words(name: str) -> list[str]:
    return [word for word in _spaced(name).split(",")[0].split() if _bare(word)]


def _spaced(name: str) -> str:
    """'Hj.Siti' -> 'Hj. Siti'; what stands in brackets or quotes is no name."""
    plain = re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", name)
    return re.sub(r"\.(?=[^\W\d_]{2})", ". ", plain)


def _bare(word: str) -> str:
    return re.sub(r"[\W_]", "", fold(word))


def _capitalised(word: str) -> str:
    """NURLAILA and nurlaila -> Nurlaila; a name in mixed letters stays as its owner writes it."""
    word = word.strip(".;:")
    if word.isupper() or word.islower():
        parts = re.split(r"([ -])", word.lower())
        return "".join(part[:1].upper() + part[1:] for part in parts)
    return word
