"""What a respondent may say of themselves: coarse bands, all optional (SKM form header)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """One optional question: its column, its wording, its choices (value, Indonesian, English)."""

    key: str
    question: str
    question_en: str
    choices: tuple[tuple[str, str, str], ...]


BANDS: tuple[Band, ...] = (
    Band(
        "age_band",
        "Usia",
        "Age",
        (
            ("under_25", "Di bawah 25 tahun", "Under 25"),
            ("25_39", "25–39 tahun", "25–39"),
            ("40_59", "40–59 tahun", "40–59"),
            ("60_up", "60 tahun ke atas", "60 and over"),
        ),
    ),
    Band(
        "sex",
        "Jenis kelamin",
        "Sex",
        (("female", "Perempuan", "Female"), ("male", "Laki-laki", "Male")),
    ),
    Band(
        "education",
        "Pendidikan terakhir",
        "Education",
        (
            ("primary", "SD atau sederajat", "Primary school (SD)"),
            ("junior", "SMP atau sederajat", "Junior secondary (SMP)"),
            ("senior", "SMA atau sederajat", "Senior secondary (SMA)"),
            ("diploma", "Diploma (D1–D3)", "Diploma (D1–D3)"),
            ("bachelor", "D4 atau S1", "Bachelor (D4 or S1)"),
            ("higher", "S2 ke atas", "Master or higher (S2 and up)"),
        ),
    ),
    Band(
        "occupation",
        "Pekerjaan",
        "Occupation",
        (
            ("civil", "PNS, TNI, atau Polri", "Civil servant, army, or police"),
            ("private", "Pegawai swasta", "Private employee"),
            ("self", "Wirausaha", "Self-employed"),
            ("farmer", "Petani, nelayan, atau buruh", "Farmer, fisher, or labourer"),
            ("student", "Pelajar atau mahasiswa", "Student"),
            ("home", "Mengurus rumah tangga", "Homemaker"),
            ("other", "Lainnya", "Other"),
        ),
    ),
    Band(
        "needs_help",
        "Penyandang disabilitas atau perlu bantuan khusus",
        "Living with a disability or in need of help",
        (("no", "Tidak", "No"), ("yes", "Ya", "Yes")),
    ),
)

VISIT_PURPOSE = (
    ("apply", "Mengajukan permohonan", "To apply"),
    ("collect", "Mengambil hasil", "To collect the result"),
    ("other", "Keperluan lain", "Something else"),
)
