"""The yearly SKM report as blocks, in Indonesian: the outline of PermenPANRB 14/2017's practice.

The regulation's own annexes were not at hand; outline and wording follow agencies' reports. The
report says so, and the office's legal desk confirms it (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback_app.domain.elements import element
from feedback_app.domain.survey import MONTHS
from feedback_app.files.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Signature,
    Table,
)
from feedback_app.files.indonesian import long_date, number
from feedback_app.files.skm_report_results import (
    TOLD,
    analysis,
    listed,
    ranked,
    results,
    with_means,
)
from feedback_app.files.survey_facts import PlanRow, SurveyFacts

LEGAL_NOTE = (
    "Rumusan dasar hukum di atas disusun dari salinan tangan kedua. Mintalah bagian hukum "
    "memeriksanya sebelum laporan ini ditandatangani, lalu hapus catatan ini."
)


def skm_report(facts: SurveyFacts) -> Document:
    """The whole report."""
    return Document(
        title="LAPORAN PELAKSANAAN SURVEI KEPUASAN MASYARAKAT (SKM)",
        subtitle=facts.title,
        cover=(facts.unit, facts.agency, str(facts.span.last.year)),
        warning=(
            "DATA CONTOH. Kantor, orang, dan angka dalam laporan ini rekaan."
            if facts.is_demo
            else ""
        ),
        author=facts.agency,
        blocks=(
            *_introduction(facts),
            *_collection(facts),
            *results(facts),
            *analysis(facts),
            *_conclusion(facts),
            *_annexes(facts),
        ),
    )


def _introduction(facts: SurveyFacts) -> Iterator[Block]:
    yield Heading(1, "BAB I PENDAHULUAN")
    yield Heading(2, "1.1 Latar Belakang")
    yield Paragraph(
        f"{facts.unit} menyelenggarakan pelayanan publik bagi masyarakat. Untuk mengetahui mutu "
        "pelayanan itu menurut penerimanya, setiap penyelenggara pelayanan publik wajib melakukan "
        "Survei Kepuasan Masyarakat (SKM) sekurang-kurangnya satu kali dalam setahun. Hasilnya "
        "menjadi bahan perbaikan pelayanan dan diumumkan kepada masyarakat."
    )
    yield Heading(2, "1.2 Dasar Pelaksanaan")
    yield Bullets(
        (
            "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik;",
            "Peraturan Pemerintah Nomor 96 Tahun 2012 tentang Pelaksanaan Undang-Undang Nomor 25 "
            "Tahun 2009 tentang Pelayanan Publik;",
            "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi Nomor 14 "
            "Tahun 2017 tentang Pedoman Penyusunan Survei Kepuasan Masyarakat Unit Penyelenggara "
            "Pelayanan Publik.",
        ),
        is_numbered=True,
    )
    yield Paragraph(LEGAL_NOTE, "note")
    yield Heading(2, "1.3 Maksud dan Tujuan")
    yield Paragraph(
        "SKM dilaksanakan untuk mengukur kepuasan masyarakat sebagai pengguna layanan dan untuk "
        "meningkatkan mutu penyelenggaraan pelayanan publik. Tujuannya:"
    )
    yield Bullets(
        (
            "mengetahui kelemahan dan kelebihan setiap unsur pelayanan;",
            "mengetahui kinerja pelayanan secara berkala;",
            "menjadi bahan penetapan kebijakan dan tindak lanjut perbaikan;",
            "memberi tahu masyarakat tentang kinerja unit pelayanan.",
        )
    )


def _answered(facts: SurveyFacts) -> str:
    """When citizens really answered: a survey's days may begin before its first form."""
    if facts.answered is None:
        return ""
    first, last = map(long_date, facts.answered)
    return f" Jawaban pertama diterima pada {first} dan yang terakhir pada {last}."


def _collection(facts: SurveyFacts) -> Iterator[Block]:
    yield Heading(1, "BAB II PENGUMPULAN DATA SKM")
    yield Heading(2, "2.1 Pelaksana")
    yield Paragraph(
        f"Survei dilaksanakan secara mandiri oleh {facts.unit}, {facts.agency}. Jawaban "
        "dikumpulkan dan dihitung oleh aplikasi Suara Loket; petugas loket tidak dapat melihat, "
        "mengubah, atau menghapus jawaban."
    )
    yield Heading(2, "2.2 Metode Pengumpulan Data")
    yield Paragraph(
        "Kuesioner diisi sendiri oleh penerima layanan, tanpa nama, sesudah dilayani. Kuesioner "
        "memuat sembilan unsur sesuai pedoman, masing-masing dengan empat pilihan jawaban bernilai "
        f"1 sampai 4 (instrumen {facts.instrument}; lihat Lampiran 1). Jawaban masuk melalui: "
        f"{listed([f'{line.name.lower()} ({number(line.group.n)})' for line in facts.tiers])}."
    )
    yield Paragraph(
        f"Yang dihitung: {facts.form_rule}. Formulir yang terisi sebagian disimpan dan "
        "disebutkan terpisah."
    )
    yield Heading(2, "2.3 Lokasi Pengumpulan Data")
    yield Paragraph(f"Loket pelayanan {facts.unit}.")
    yield Heading(2, "2.4 Waktu Pelaksanaan")
    yield Paragraph(f"Survei {facts.title} meliputi {facts.days}.{_answered(facts)}")
    yield Heading(2, "2.5 Penentuan Jumlah Responden")
    yield Paragraph(
        f"Populasi ditetapkan {number(facts.population)} ({facts.population_meaning}). Menurut "
        "tabel Krejcie dan Morgan, jumlah sampel paling sedikit "
        f"{number(facts.target)} responden."
    )
    if facts.targets:
        yield Table(
            caption="Pembagian sampel menurut banyaknya kunjungan setiap layanan",
            columns=("Layanan", "Sampel"),
            rows=(
                *((name, number(part)) for name, part in facts.targets),
                ("Jumlah", number(sum(part for _name, part in facts.targets))),
            ),
            align="lr",
            widths=(4, 1),
            last_is_sum=True,
        )


def _conclusion(facts: SurveyFacts) -> Iterator[Block]:
    order = ranked(facts)
    yield Heading(1, "BAB V KESIMPULAN")
    yield Bullets(
        (
            f"Pelaksanaan pelayanan {facts.unit} pada {facts.title} mencerminkan kinerja "
            f"“{facts.index.kinerja}” dengan IKM {number(facts.index.ikm, 2)} (mutu "
            f"{facts.index.mutu}) dari {number(facts.index.n)} responden.",
            f"Unsur yang terendah dan menjadi sasaran perbaikan: "
            f"{with_means(facts, order[:TOLD])}.",
            f"Unsur yang tertinggi dan perlu dipertahankan: "
            f"{with_means(facts, order[::-1][:TOLD])}.",
            f"Rencana tindak lanjut yang disusun: {number(len(facts.plans))}; tindak lanjut "
            f"periode sebelumnya dilaporkan dalam Lampiran 4.",
        ),
        is_numbered=True,
    )
    signer = facts.signer
    place = signer.get("place", "") or "………………"
    month = f"{MONTHS[facts.revised_on.month - 1][0]} {facts.revised_on.year}"
    yield Signature(
        place_and_date=f"{place}, …… {month}",
        position=signer.get("position", "") or f"Kepala {facts.unit}",
        name=signer.get("name", "") or "………………………………",
        rank=signer.get("rank", ""),
        nip=signer.get("nip", ""),
    )


def _annexes(facts: SurveyFacts) -> Iterator[Block]:
    yield Heading(1, "LAMPIRAN")
    yield Heading(2, "Lampiran 1. Kuesioner")
    yield Table(
        "Pertanyaan dan pilihan jawaban (nilai 1 sampai 4)",
        ("No.", "Pertanyaan", "1", "2", "3", "4"),
        tuple(
            (f"U{place}", element(key).question, *element(key).labels)
            for place, key in enumerate(facts.order, start=1)
        ),
        "llllll",
        (0.6, 3.2, 1.2, 1.2, 1.2, 1.2),
    )
    yield Heading(2, "Lampiran 2. Hasil Olah Data")
    yield Table(
        "Banyaknya jawaban setiap unsur",
        ("No.", "Unsur", "1", "2", "3", "4", "Jumlah nilai"),
        tuple(
            (
                f"U{place}",
                element(key).unsur,
                *(number(count) for count in facts.figures.whole.counts[key]),
                number(sum(v * c for v, c in enumerate(facts.figures.whole.counts[key], start=1))),
            )
            for place, key in enumerate(facts.order, start=1)
        ),
        "llrrrrr",
        (0.6, 4, 0.8, 0.8, 0.8, 0.8, 1.2),
    )
    yield Paragraph(
        "Jawaban setiap responden, tanpa identitas, beserta rumus hidupnya ada dalam buku kerja "
        f"olah data (XLSX). Revisi {facts.revision}; tanda data {facts.digest[:16]}…",
        "note",
    )
    yield Heading(2, "Lampiran 3. Dokumentasi Pelaksanaan SKM")
    yield Paragraph("Tempelkan foto pelaksanaan di sini. Jangan memuat wajah warga tanpa izin.")
    yield Heading(2, "Lampiran 4. Tindak Lanjut Hasil SKM Periode Sebelumnya")
    if facts.carried:
        yield _carried_table(facts.carried)
    else:
        yield Paragraph("Belum ada tindak lanjut dari periode sebelumnya yang tercatat.")
    yield Paragraph(f"Hasil yang diumumkan: {facts.public_url}", "note")


def _carried_table(plans: Sequence[PlanRow]) -> Table:
    return Table(
        "Status tindak lanjut",
        ("Periode", "Unsur", "Rencana tindak lanjut", "Waktu", "Status", "Keterangan"),
        tuple(
            (
                plan.survey_title,
                plan.element,
                plan.action,
                long_date(plan.due),
                plan.status,
                plan.note or "–",
            )
            for plan in plans
        ),
        "llllll",
        (1.1, 1.4, 2, 1.1, 1.1, 1.8),
    )
