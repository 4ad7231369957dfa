"""What may be said of a measured effect, in plain words, Indonesian and English.

Never a causal sentence about one person, never "no effect": only what the interval allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.elements import OFFICER_KEYS, element
from feedback_app.domain.texts import Words, filled

MEAN = "mean"  # the item of a verdict over several elements

VERDICT_WORDS: dict[str, Words] = {
    "cannot be told apart": ("Tidak dapat dibedakan", "Cannot be told apart"),
    "improved": ("Nilai naik", "Scores rose"),
    "worse": ("Nilai turun", "Scores fell"),
    "too small to matter": ("Terlalu kecil untuk berarti", "Too small to matter"),
    "cannot tell": ("Belum dapat disimpulkan", "Cannot tell"),
}

# Said of a finding whose q is above MANY_TESTS_Q: sure by itself, less so among many.
MANY_TESTS_Q = 0.1
MANY_TESTS: Words = (
    "Banyak pasangan diuji sekaligus. Dari temuan yang tidak lebih kuat daripada ini, lebih dari"
    " satu di antara sepuluh dapat terjadi karena kebetulan (lihat q).",
    "Many pairs are tested at once. Of findings no stronger than this, more than one in ten may be"
    " due to chance (see q).",
)

# What every report says, whatever its numbers.
LIMITS: tuple[Words, ...] = (
    (
        "Tidak ada cara hitung yang dapat melihat alasan yang tidak tercatat. Bila atasan memilih"
        " orang yang ia tahu akan membaik, angka ini terlalu tinggi; dalam simulasi seperti itu"
        " rentang hampir selalu meleset.",
        "No method can see reasons that were not recorded. Where a superior picks people known to"
        " be about to improve, these numbers are too high; in such simulations the interval nearly"
        " always misses.",
    ),
    (
        "Bila yang mendaftar sendiri memang sedang membaik, angka ini juga terlalu tinggi (dalam"
        " simulasi hanya sekitar separuh rentang memuat angka yang benar).",
        "Where those who volunteer were improving anyway, they are too high as well (in simulations"
        " only about half of the intervals hold the truth).",
    ),
    (
        "Cara terbaik ada di luar statistik: undi siapa yang berangkat lebih dahulu di antara yang"
        " memenuhi syarat, atau undi urutan tanggalnya.",
        "The best remedy lies outside statistics: draw lots for who goes first among those"
        " eligible, or for the order of dates.",
    ),
    (
        "Angka ini tentang kelompok, bukan tentang satu orang. Jangan dipakai untuk menilai atau"
        " menghukum seorang petugas.",
        "These numbers are about groups, not about one person. Do not use them to judge or punish"
        " an officer.",
    ),
)


@dataclass(frozen=True, slots=True)
class Effect:
    """The numbers that a sentence needs; points of the mean of answers 1 to 4."""

    item: str
    estimate: float | None
    low: float | None
    high: float | None
    mde: float | None
    n_trained: int
    n_controls: int
    verdict: str
    q: float | None  # false discovery rate over all trainings and items of the study
    expected: float | None = None  # shrunk: what to expect of it
    warnings: tuple[str, ...] = ()


def item_name(key: str) -> Words:
    """The name of an item: an element, or the one score of an analyst's file."""
    if key in OFFICER_KEYS:
        return element(key).unsur, element(key).unsur_en
    if key == MEAN:
        return "Unsur sasaran", "Target elements"
    return ("nilai", "score") if key == "score" else (key, key)


def points(value: float, *, language: str) -> str:
    """Points with two decimals and a sign, as people of the language write them."""
    text = f"{value:+.2f}".replace("-", "−")
    if value == 0:
        text = "0.00"
    return text.replace(".", ",") if language == "id" else text


def sentence(effect: Effect) -> Words:
    """One sentence (or two) that says what is known of one training and item."""
    name = item_name(effect.item)
    if effect.verdict == "cannot be told apart" or effect.low is None or effect.high is None:
        return _without_interval(effect, name)
    number = _number(effect.estimate or 0.0, effect.low, effect.high)
    if effect.verdict in ("improved", "worse"):
        return filled(
            _SENTENCES[effect.verdict],
            name=name,
            number=number,
            people=people(effect.estimate if effect.expected is None else effect.expected),
        )
    key = effect.verdict
    if key == "cannot tell" and "CEILING" in effect.warnings:
        key = "ceiling"
    elif key == "cannot tell" and not effect.low <= 0 <= effect.high:
        key = "withheld"
    return filled(_SENTENCES[key], name=name, number=number, size=_size(effect.mde))


def people(value: float | None) -> Words:
    """An effect in visitors: +0.26 points are 26 of 100 who answer one step higher, 4 for a 3."""
    if value is None:
        return "?", "?"
    count = round(abs(value) * 100)
    if not count:
        return (
            "kurang dari satu di antara 100 pengunjung berubah",
            "fewer than one of 100 visitors changed",
        )
    steps = (("lebih tinggi", "lebih rendah"), ("higher", "lower"))
    way = tuple(words[0 if value > 0 else 1] for words in steps)
    return filled(
        (
            "%(n)s dari 100 pengunjung menjawab satu tingkat %(way)s",
            "%(n)s of 100 visitors answer one step %(way)s",
        ),
        n=count,
        way=way,
    )


_SENTENCES: dict[str, Words] = {
    "improved": (
        "%(name)s: nilai naik. Yang dapat diharapkan: %(people)s. Terukur %(number)s dibandingkan"
        " petugas lain pada bulan yang sama.",
        "%(name)s: scores rose. What to expect: %(people)s. Measured %(number)s against other"
        " officers in the same months.",
    ),
    "worse": (
        "%(name)s: nilai turun. Yang dapat diharapkan: %(people)s. Terukur %(number)s dibandingkan"
        " petugas lain pada bulan yang sama.",
        "%(name)s: scores fell. What to expect: %(people)s. Measured %(number)s against other"
        " officers in the same months.",
    ),
    "too small to matter": (
        "%(name)s: kalaupun ada perubahan, terlalu kecil untuk berarti (%(number)s).",
        "%(name)s: if there was a change, it is too small to matter (%(number)s).",
    ),
    "cannot tell": (
        "%(name)s: belum dapat disimpulkan. Perkiraan %(number)s; yang dapat terlihat dengan data"
        " ini baru perubahan sekitar %(size)s atau lebih.",
        "%(name)s: cannot tell. The estimate is %(number)s; with these data only a change of about"
        " %(size)s or more can be seen.",
    ),
    "withheld": (
        "%(name)s: belum dapat disimpulkan. Nilainya bergerak (%(number)s), tetapi peringatan di"
        " bawah memberi sebab lain yang mungkin.",
        "%(name)s: cannot tell. Scores moved (%(number)s), but a warning below names another cause"
        " that is possible.",
    ),
    "ceiling": (
        "%(name)s: belum dapat disimpulkan. Hampir semua jawaban sudah 4, jadi nilainya hampir"
        " tidak dapat naik lagi (%(number)s).",
        "%(name)s: cannot tell. Nearly all answers are 4 already, so scores can hardly rise"
        " (%(number)s).",
    ),
    "cannot be told apart": (
        "%(name)s: tidak dapat dibedakan dari pelatihan lain yang diikuti orang yang sama pada"
        " waktu yang berdekatan.",
        "%(name)s: cannot be told apart from another training that the same people took at about"
        " the same time.",
    ),
    "few counters": (
        "%(name)s: loket yang dikirim terlalu sedikit. Perubahan sebesar apa pun tidak dapat"
        " ditunjukkan.",
        "%(name)s: too few counters were sent. No change, however large, could be shown.",
    ),
    "few people": (
        "%(name)s: belum dapat dihitung. Diperlukan sedikitnya tiga petugas terlatih; dengan tiga,"
        " perubahan sekitar %(size)s atau lebih yang dapat terlihat.",
        "%(name)s: cannot be computed yet. It takes at least three trained officers; with three, a"
        " change of about %(size)s or more could be seen.",
    ),
    "nothing": ("%(name)s: belum dapat dihitung.", "%(name)s: cannot be computed yet."),
    "no number": (
        "%(name)s: belum dapat dihitung. Dengan jumlah seperti ini baru perubahan sekitar"
        " %(size)s atau lebih yang dapat terlihat.",
        "%(name)s: cannot be computed yet. With numbers like these only a change of about"
        " %(size)s or more could be seen.",
    ),
}


def _without_interval(effect: Effect, name: Words) -> Words:
    if effect.verdict == "cannot be told apart":
        key = effect.verdict
    elif "CLUSTERED" in effect.warnings and effect.mde is None:
        key = "few counters"
    elif effect.mde is None:
        key = "nothing"
    else:
        key = "few people" if "TOO_FEW_TRAINED" in effect.warnings else "no number"
    return filled(_SENTENCES[key], name=name, size=_size(effect.mde))


def _number(estimate: float, low: float, high: float) -> Words:
    return filled(
        (
            "%(estimate)s poin (antara %(low)s dan %(high)s)",
            "%(estimate)s points (between %(low)s and %(high)s)",
        ),
        estimate=_points(estimate),
        low=_points(low),
        high=_points(high),
    )


def _points(value: float) -> Words:
    return points(value, language="id"), points(value, language="en")


def _size(value: float | None) -> Words:
    if value is None:
        return "?", "?"
    sizes = (text.lstrip("+") for text in _points(abs(value)))
    return filled(("%(size)s poin", "%(size)s points"), size=tuple(sizes))
