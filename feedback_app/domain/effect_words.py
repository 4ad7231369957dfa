"""What may be said of a measured effect, in plain words, Indonesian and English.

Never a causal sentence about one person, never "no effect": only what the interval allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.elements import OFFICER_KEYS, element
from feedback_app.domain.texts import Words, filled

VERDICT_WORDS: dict[str, Words] = {
    "improved": ("Nilai naik", "Scores rose"),
    "worse": ("Nilai turun", "Scores fell"),
    "too small to matter": ("Terlalu kecil untuk berarti", "Too small to matter"),
    "cannot tell": ("Belum dapat disimpulkan", "Cannot tell"),
}

WARNING_WORDS: dict[str, Words] = {
    "TOO_FEW_TRAINED": (
        "Petugas terlatih yang dapat dibandingkan kurang dari tiga. Angka apa pun hanya tebakan,"
        " jadi tidak ditampilkan.",
        "Fewer than three trained officers can be compared. Any number would be a guess, so none"
        " is shown.",
    ),
    "FEW_TRAINED": (
        "Hanya tiga sampai tujuh petugas terlatih yang dapat dibandingkan: hanya perubahan besar"
        " yang dapat terlihat.",
        "Only three to seven trained officers can be compared: only large changes can be seen.",
    ),
    "NO_COMPARISON": (
        "Pada tanggal pelatihan kurang dari delapan petugas yang belum dilatih, jadi tidak ada"
        " pembanding. Lain kali latih bertahap: sebagian dahulu, sisanya kemudian.",
        "Fewer than eight officers were still untrained on the date, so there is nobody to compare"
        " with. Next time train in stages: one group first, the next later.",
    ),
    "NO_OVERLAP": (
        "Semua yang dilatih sebelumnya bernilai di bawah semua pembanding. Hasilnya bersandar pada"
        " garis lurus, bukan pada pembanding yang setara.",
        "All who were trained had scored below all the others. The result leans on a straight"
        " line, not on officers like them.",
    ),
    "DIP": (
        "Petugas dikirim tepat sesudah nilainya merosot. Sebagian kenaikan akan datang dengan"
        " sendirinya; perhitungan sudah memperhitungkannya sejauh mungkin.",
        "Officers were sent just after a bad spell. Part of the rise would have come anyway; the"
        " estimate allows for that as far as it can.",
    ),
    "PRETREND": (
        "Nilai mereka yang dilatih sudah bergerak berbeda sebelum pelatihan, jadi kenaikan"
        " sesudahnya tidak disebut hasil pelatihan.",
        "Scores of those trained were already moving differently before, so a rise afterwards is"
        " not called a result of the training.",
    ),
    "HIDDEN_SELECTION": (
        "Sebagian peserta mendaftar sendiri atau cara pemilihannya tidak tercatat. Tidak dapat"
        " disingkirkan bahwa mereka memang berbeda.",
        "Some volunteered or it is not recorded how they were chosen. It cannot be ruled out that"
        " they differ anyway.",
    ),
    "SHORT_WINDOW": (
        "Data sesudah pelatihan belum dua bulan. Lihat lagi nanti.",
        "There are not yet two months of data after the training. Come back later.",
    ),
    "OVERLAP": (
        "Sebagian peserta mengikuti pelatihan lain dalam periode pengukuran; akibat keduanya tidak"
        " dapat dipisahkan.",
        "Some attended another training within the window; the two cannot be told apart.",
    ),
    "THIN_CELLS": (
        "Ada bulan dengan kurang dari sepuluh penilaian per petugas: bobotnya dikurangi, dan di"
        " bawah lima tidak dipakai.",
        "Some officer-months have fewer than ten answers: they weigh less, and below five they are"
        " left out.",
    ),
    "RESPONSE_SHIFT": (
        "Banyaknya atau jenis kunjungan yang menilai berubah sesudah pelatihan: yang menjawab bisa"
        " jadi orang yang berbeda.",
        "How many answered, or for which services, changed after the training: those who answer"
        " may be different people.",
    ),
    "CLUSTERED": (
        "Seluruh loket yang dikirim dan loketnya kurang dari enam: hampir tidak ada yang dapat"
        " dibuktikan.",
        "Whole counters were sent and there are fewer than six: next to nothing can be shown.",
    ),
    "ESTIMATORS_DISAGREE": (
        "Dua cara menghitung berbeda jauh, jadi belum dapat disimpulkan.",
        "Two ways of computing differ widely, so nothing can be concluded.",
    ),
}

# What each check's number is; its p stands beside it where there is one.
CHECK_WORDS: dict[str, Words] = {
    "gap_before": (
        "Selisih sebelum pelatihan, bulan −9..−1 (poin)",
        "Gap before the training, months −9..−1 (points)",
    ),
    "dip": ("Merosot tepat sebelum pelatihan", "Dip just before the training"),
    "slope_gap": (
        "Selisih kecenderungan, bulan −9..−4 (poin per bulan)",
        "Gap in slope, months −9..−4 (points a month)",
    ),
    "volume_change": (
        "Perubahan banyaknya penilaian (log)",
        "Change in the number of answers (log)",
    ),
    "mix_change": (
        "Perubahan jenis kunjungan (poin)",
        "Change in the kind of visits (points)",
    ),
    "thin_cells": (
        "Bagian petugas-bulan dengan 5–9 penilaian",
        "Share of officer-months with 5–9 answers",
    ),
    "left_out_cells": (
        "Bagian petugas-bulan yang tidak dipakai (1–4 penilaian)",
        "Share of officer-months left out (1–4 answers)",
    ),
    "ordinal": (
        "Bila 1–4 hanya urutan: log odds nilai lebih tinggi",
        "If 1–4 are only an order: log odds of a higher answer",
    ),
    "comparison_exposure": (
        "Bagian periode ukur saat pembanding sudah dilatih",
        "Share of the window that the comparison spent trained",
    ),
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


def item_name(key: str) -> Words:
    """The name of an item: an element, or the one score of an analyst's file."""
    if key in OFFICER_KEYS:
        return element(key).unsur, element(key).unsur_en
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
    if effect.estimate is None or effect.low is None or effect.high is None:
        return _without_estimate(effect, name)
    number = _number(effect.estimate, effect.low, effect.high)
    return filled(_SENTENCES[effect.verdict], name=name, number=number, size=_size(effect.mde))


_SENTENCES: dict[str, Words] = {
    "improved": (
        "%(name)s: nilai kelompok yang dilatih naik %(number)s dibandingkan petugas lain pada"
        " bulan yang sama.",
        "%(name)s: scores of the group trained rose %(number)s against other officers in the same"
        " months.",
    ),
    "worse": (
        "%(name)s: nilai kelompok yang dilatih turun %(number)s dibandingkan petugas lain pada"
        " bulan yang sama.",
        "%(name)s: scores of the group trained fell %(number)s against other officers in the same"
        " months.",
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
}


def _without_estimate(effect: Effect, name: Words) -> Words:
    if effect.mde is None:
        return filled(
            ("%(name)s: belum dapat dihitung.", "%(name)s: cannot be computed yet."), name=name
        )
    return filled(
        (
            "%(name)s: belum dapat dihitung. Dengan jumlah seperti ini baru perubahan sekitar"
            " %(size)s atau lebih yang dapat terlihat.",
            "%(name)s: cannot be computed yet. With numbers like these only a change of about"
            " %(size)s or more could be seen.",
        ),
        name=name,
        size=_size(effect.mde),
    )


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
