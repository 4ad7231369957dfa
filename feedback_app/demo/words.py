"""Sentences that visitors of the made-up office might write."""

from __future__ import annotations

THANKS = (
    "Terima kasih, petugasnya ramah dan menjelaskan dengan sabar.",
    "Cepat selesai, tidak sampai setengah jam.",
    "Petugas membantu orang tua saya mengisi formulir.",
    "Pelayanan sudah jauh lebih baik daripada tahun lalu.",
    "Syaratnya jelas dan tidak dipersulit.",
    "Gratis dan tidak ada calo. Pertahankan.",
    "Ruang tunggu bersih dan sejuk.",
)
MIDDLE = (
    "Sebaiknya ada papan petunjuk syarat di depan loket.",
    "Kursi tunggu kurang, banyak yang berdiri.",
    "Mohon nomor antrean dipanggil lebih keras.",
    "Jam istirahat sebaiknya loket tetap dibuka bergantian.",
    "Informasi di telepon berbeda dengan di loket.",
    "Mohon ada tempat fotokopi yang dekat.",
)
BLAME = (
    "Antre terlalu lama, dari pagi baru dilayani siang.",
    "Petugas sibuk dengan telepon genggam.",
    "Bolak-balik karena syarat tidak dijelaskan sejak awal.",
    "Jaringan sering putus, disuruh datang lagi besok.",
    "Penjelasannya kurang jelas dan terburu-buru.",
    "Blangko habis, tidak ada kabar kapan tersedia.",
)
