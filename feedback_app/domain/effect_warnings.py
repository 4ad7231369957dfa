"""What a warning code and a check of a study mean, in plain words, Indonesian and English."""

from __future__ import annotations

from feedback_app.domain.texts import Words

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
        "Nilai mereka yang dilatih sudah bergerak berbeda sebelum pelatihan, jadi kenaikan atau"
        " penurunan sesudahnya tidak disebut hasil pelatihan.",
        "Scores of those trained were already moving differently before, so a rise or fall"
        " afterwards is not called a result of the training.",
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
        "Pelatihan lain pada waktu yang berdekatan jauh lebih banyak diikuti oleh satu pihak:"
        " peserta, atau pembandingnya. Perhitungan memperhitungkannya, tetapi perubahan nilai tidak"
        " disebut hasil pelatihan ini.",
        "Another training at about the same time reached one side much more: those trained, or the"
        " comparison. The estimate allows for it, but a change is not called a result of this"
        " training.",
    ),
    "THIN_CELLS": (
        "Ada bulan dengan kurang dari sepuluh penilaian per petugas: bobotnya dikurangi, dan di"
        " bawah lima tidak dipakai.",
        "Some officer-months have fewer than ten answers: they weigh less, and below five they are"
        " left out.",
    ),
    "RESPONSE_SHIFT": (
        "Banyaknya penilaian (per kunjungan, bila kunjungan dicatat) atau jenis layanannya berubah"
        " sesudah pelatihan. Yang menilai mungkin orang yang berbeda, jadi perubahan nilai tidak"
        " disebut hasil pelatihan.",
        "How many answered (a visit, where visits are counted), or for which services, changed"
        " after the training. Those who answer may be different people, so a change is not called a"
        " result of the training.",
    ),
    "CLUSTERED": (
        "Seluruh loket yang dikirim, dan loketnya terlalu sedikit: hampir tidak ada yang dapat"
        " ditunjukkan. Kirim tiga loket atau lebih dari delapan, atau kirim petugas satu per satu.",
        "Whole counters were sent, and there are too few of them: next to nothing can be shown."
        " Send three counters or more of eight, or send officers one by one.",
    ),
    "ESTIMATORS_DISAGREE": (
        "Dua cara menghitung berbeda jauh, jadi belum dapat disimpulkan.",
        "Two ways of computing differ widely, so nothing can be concluded.",
    ),
    "INSEPARABLE": (
        "Orang yang sama mengikuti pelatihan lain pada waktu yang berdekatan, jadi hasil keduanya"
        " tidak dapat dibedakan. Lain kali beri jarak, atau undi siapa mengikuti yang mana.",
        "The same people took another training at about the same time, so the results of the two"
        " cannot be told apart. Next time keep them apart, or draw lots for who takes which.",
    ),
    "NO_CONTRAST": (
        "Dengan susunan peserta dan bulan seperti ini tidak tersisa pembanding, jadi tidak ada"
        " perkiraan.",
        "With these participants and months nothing is left to compare with, so there is no"
        " estimate.",
    ),
    "CEILING": (
        "Sembilan dari sepuluh jawaban sudah bernilai 4. Nilainya hampir tidak dapat naik lagi,"
        " jadi manfaat pelatihan tidak akan terlihat di sini.",
        "Nine of ten answers are 4 already. Scores can hardly rise, so the use of a training would"
        " not show here.",
    ),
    "MANY_TESTS": (
        "Beberapa unsur atau periode ukur dicoba sekaligus. Perubahan ini tidak cukup kuat untuk"
        " disebut temuan.",
        "Several elements or spans of months were tried. This change is not strong enough to be"
        " called a find.",
    ),
    "FORM_CHANGED": (
        "Pertanyaan formulir berubah di sekitar pelatihan. Peserta dan pembanding menjawab formulir"
        " yang sama, tetapi nilai sebelum dan sesudahnya bukan dari alat ukur yang persis sama.",
        "The questions of the form changed around the training. Those trained and the comparison"
        " were asked the same, but scores before and after are not from quite the same instrument.",
    ),
    "HAPPENING": (
        "Pada bulan-bulan yang dibandingkan ada kejadian di loket, misalnya alat rusak atau pindah"
        " tempat. Sebagian perubahan dapat berasal dari situ.",
        "In the months that are compared something happened at counters, such as a broken machine"
        " or a move. Part of the change may come from that.",
    ),
    "HAPPENING_UNEVEN": (
        "Kejadian di loket, atau pergantian formulir, jauh lebih banyak mengenai satu pihak:"
        " peserta atau pembandingnya. Karena itu perubahan nilai tidak disebut hasil pelatihan.",
        "What happened at counters, or a change of the form, reached one side much more: those"
        " trained or the comparison. So a change is not called a result of the training.",
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
    "ratings_per_visit": (
        "Perubahan penilaian per kunjungan di loketnya (log)",
        "Change in ratings a visit at the counter (log)",
    ),
    "contrast_left": (
        "Bagian perbandingan yang tersisa di samping pelatihan lain",
        "Share of the contrast left beside other trainings",
    ),
    "fours_before": (
        "Bagian jawaban 4 sebelum pelatihan",
        "Share of answers 4 before the training",
    ),
    "breakdown": (
        "Perbedaan tersembunyi yang menggugurkan temuan (poin)",
        "Hidden difference that would undo the find (points)",
    ),
    "comparison_exposure": (
        "Bagian periode ukur saat pembanding sudah dilatih",
        "Share of the window that the comparison spent trained",
    ),
}
