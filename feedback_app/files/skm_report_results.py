"""Chapters III and IV of the SKM report: results and analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from feedback_app.domain.comment_topics import about
from feedback_app.domain.elements import element
from feedback_app.domain.published import mutu_of_mean
from feedback_app.domain.skm import BANDS
from feedback_app.files.document import Block, Bullets, Heading, Paragraph, Picture, Table
from feedback_app.files.indonesian import long_date, number, percent
from feedback_app.files.survey_facts import PlanRow, ShownGroup, SurveyFacts

COMMENTS_SHOWN = 4  # of each element that is told about
TOLD = 3  # weakest and strongest elements that are told about
AXIS_LOW, AXIS_HIGH = 1, 4
TREND_LOW, TREND_HIGH = 60, 100


def ranked(facts: SurveyFacts) -> list[str]:
    """Official elements, the weakest first; equal ones in the report's order."""
    return sorted(facts.order, key=lambda key: facts.index.nrr[key])


def results(facts: SurveyFacts) -> Iterator[Block]:
    """Chapter III."""
    figures, n = facts.figures, facts.index.n
    yield Heading(1, "BAB III HASIL PENGOLAHAN DATA SKM")
    yield Heading(2, "3.1 Jumlah Responden")
    reached = (
        "sehingga jumlah sampel minimum terpenuhi"
        if n >= facts.target
        else f"atau {percent(n, facts.target)} dari sampel minimum {number(facts.target)}, "
        "sehingga jumlah sampel minimum belum terpenuhi"
    )
    text = f"Formulir lengkap yang dihitung berjumlah {number(n)}, {reached}."
    if figures.visits:
        text += (
            f" Menurut buku kunjungan ada {number(figures.visits)} kunjungan pada periode ini; "
            f"{percent(n, figures.visits)} di antaranya menjawab lengkap."
        )
    yield Paragraph(text)
    yield Paragraph(
        f"Tidak dihitung: {number(figures.partial)} formulir terisi sebagian, "
        f"{number(figures.held)} ditahan menunggu putusan, dan {number(figures.aside)} "
        "tidak dihitung setelah diperiksa dua orang. Tidak ada formulir yang dihapus."
    )
    for table in facts.profile:
        if table.rows:
            rows = tuple(
                (row.name, number(row.n), percent(row.n, table.told)) for row in table.rows
            )
            yield Table(
                f"Responden menurut {table.question.lower()} (tidak mengisi: "
                f"{number(table.untold)})",
                (table.question, "Jumlah", "Persentase"),
                (*rows, ("Jumlah", number(table.told), percent(1, 1))),
                "lrr",
                (4, 1, 1.2),
                last_is_sum=True,
            )
    yield Paragraph(
        "Golongan yang kurang dari 10 orang digabung, agar tidak dapat dikenali.", "note"
    )
    yield Heading(2, "3.2 Indeks Kepuasan Masyarakat (Unit Layanan dan Per Unsur)")
    yield Paragraph(
        f"IKM {facts.unit} pada {facts.title} adalah {number(facts.index.ikm, 2)}, mutu pelayanan "
        f"{facts.index.mutu}, kinerja unit pelayanan “{facts.index.kinerja}”. Dengan jumlah "
        f"responden ini, rentang kepercayaan 95% nilai itu {number(facts.low, 2)} sampai "
        f"{number(facts.high, 2)}."
    )
    yield _element_table(facts)
    yield _element_chart(facts)
    if len(facts.services) > 1:
        yield Heading(2, "3.3 Nilai per Layanan")
        yield _group_table("IKM menurut layanan", "Layanan", facts.services)
        yield Paragraph("Layanan dengan kurang dari 10 formulir lengkap digabung.", "note")
    if len(facts.tiers) > 1:
        yield _group_table("IKM menurut cara masuk", "Cara masuk", facts.tiers)


def _element_table(facts: SurveyFacts) -> Table:
    rows = tuple(
        (
            f"U{place}",
            element(key).unsur,
            number(facts.index.nrr[key], 3),
            number(facts.index.weighted[key], 3),
            mutu_of_mean(facts.index.nrr[key]),
        )
        for place, key in enumerate(facts.order, start=1)
    )
    total = number(sum(facts.index.weighted.values(), Fraction(0)), 3)
    return Table(
        f"Nilai rata-rata (NRR) per unsur; bobot {facts.weight} untuk setiap unsur",
        ("No.", "Unsur", "NRR", "NRR tertimbang", "Mutu"),
        (
            *rows,
            ("", "Jumlah NRR tertimbang", "", total, ""),
            ("", "IKM (jumlah x 25)", "", number(facts.index.ikm, 2), facts.index.mutu),
        ),
        "llrrc",
        (0.7, 4, 1, 1.4, 0.8),
        last_is_sum=True,
    )


def _element_chart(facts: SurveyFacts) -> Picture:
    def share(value: float) -> float:
        return (value - AXIS_LOW) / (AXIS_HIGH - AXIS_LOW)

    items = [
        {
            "label": element(key).unsur,
            "value": number(facts.index.nrr[key], 2),
            "share": share(float(facts.index.nrr[key])),
            "letter": mutu_of_mean(facts.index.nrr[key]),
        }
        for key in facts.order
    ]
    ticks = [{"share": share(value), "text": str(value)} for value in (1, 2, 3, 4)]
    told = "; ".join(f"{item['label']} {item['value']}" for item in items)
    return Picture(
        "bars", {"items": items, "ticks": ticks}, "NRR per unsur, skala 1 sampai 4", told
    )


def _group_table(caption: str, what: str, groups: Sequence[ShownGroup]) -> Table:
    rows = tuple(
        (line.name, number(line.group.n), number(line.index.ikm, 2), line.index.mutu)
        if line.index
        else (line.name, "< 10", "–", "–")
        for line in groups
    )
    return Table(caption, (what, "Responden", "IKM", "Mutu"), rows, "lrrc", (4, 1, 1, 0.8))


def analysis(facts: SurveyFacts) -> Iterator[Block]:
    """Chapter IV."""
    order = ranked(facts)
    yield Heading(1, "BAB IV ANALISIS HASIL SKM")
    yield Heading(2, "4.1 Analisis Kelemahan dan Kelebihan Unsur Layanan")
    yield Paragraph(f"Unsur dengan nilai terendah: {with_means(facts, order[:TOLD])}.")
    for key in order[:TOLD]:
        yield from _told(facts, key)
    strongest = order[::-1][:TOLD]
    yield Paragraph(f"Unsur dengan nilai tertinggi: {with_means(facts, strongest)}.")
    for key in strongest:
        yield from _told(facts, key)
    if facts.comments is None:
        yield Paragraph(
            "Saran masyarakat belum ditampilkan: diperlukan paling sedikit lima saran, dan tujuh "
            "hari sesudah periode survei berakhir.",
            "note",
        )
    else:
        yield Paragraph(
            "Saran dipilih menurut kata yang dipakai penulisnya, bukan menurut jawabannya. Nama, "
            "NIK, dan nomor telepon disamarkan.",
            "note",
        )
    yield Heading(2, "4.2 Rencana Tindak Lanjut")
    if facts.plans:
        yield _plan_table("Rencana tindak lanjut hasil SKM", facts.plans)
    else:
        yield Paragraph("Rencana tindak lanjut belum disusun.")
    yield Heading(2, "4.3 Tren Nilai SKM")
    yield from _trend(facts)


def _told(facts: SurveyFacts, key: str) -> Iterator[Block]:
    said = about(key, facts.comments or (), most=COMMENTS_SHOWN)
    if said:
        yield Paragraph(f"Tentang {element(key).unsur} masyarakat menulis antara lain:")
        yield Bullets(tuple(f"“{text}”" for text in said))


def _trend(facts: SurveyFacts) -> Iterator[Block]:
    points = facts.trend
    if len(points) < 2:
        yield Paragraph("Ini survei pertama yang tercatat; tren belum dapat ditunjukkan.")
        return
    change = points[-1].ikm - points[-2].ikm
    word = "naik" if change > 0 else "turun" if change < 0 else "tetap"
    by = f" {number(abs(change), 2)}" if change else ""
    yield Paragraph(
        f"Dibandingkan {points[-2].title}, nilai IKM {word}{by}, dari "
        f"{number(points[-2].ikm, 2)} menjadi {number(points[-1].ikm, 2)}. Perubahan yang lebih "
        "kecil daripada rentang kepercayaannya dapat terjadi karena kebetulan."
    )
    span = TREND_HIGH - TREND_LOW
    shown = points[-12:]
    drawn = [
        {
            "x": place / max(len(shown) - 1, 1),
            "y": min(max((float(point.ikm) - TREND_LOW) / span, 0), 1),
            "label": point.short,
            "value": number(point.ikm, 2),
            "past": point.is_past,
            "changed": bool(point.new_form),
        }
        for place, point in enumerate(shown)
    ]
    bands = [
        {"y": (float(lowest) - TREND_LOW) / span, "letter": letter}
        for lowest, letter, _word in BANDS
        if lowest > TREND_LOW
    ]
    told = "; ".join(f"{point.title} {number(point.ikm, 2)}" for point in shown)
    yield Picture(
        "trend",
        {"points": drawn, "bands": bands},
        "Perkembangan nilai IKM; garis mendatar ialah batas mutu. Titik putih: hasil sebelum "
        "aplikasi ini dipakai.",
        told,
    )
    changed = [day for point in shown for day in point.new_form]
    if changed:
        days = ", ".join(long_date(day) for day in changed)
        yield Paragraph(
            f"Pertanyaan formulir berubah pada {days} (garis tegak putus-putus pada grafik). Nilai "
            "sebelum dan sesudahnya tidak berasal dari alat ukur yang persis sama."
        )
    yield Table(
        "Perkembangan nilai IKM",
        ("Periode survei", "Responden", "IKM", "Mutu"),
        tuple((p.title, number(p.n), number(p.ikm, 2), p.mutu) for p in points),
        "lrrc",
        (4, 1, 1, 0.8),
    )


def _plan_table(caption: str, plans: Sequence[PlanRow]) -> Table:
    return Table(
        caption,
        (
            "Unsur",
            "Faktor yang memengaruhi",
            "Rencana tindak lanjut",
            "Waktu",
            "Penanggung jawab",
        ),
        tuple(
            (plan.element, plan.cause, plan.action, long_date(plan.due), plan.responsible)
            for plan in plans
        ),
        "lllll",
        (1.4, 2, 2.2, 1.1, 1.3),
    )


def with_means(facts: SurveyFacts, keys: Sequence[str]) -> str:
    """Elements with their means, as a list in a sentence."""
    return listed([f"{element(key).unsur} ({number(facts.index.nrr[key], 2)})" for key in keys])


def listed(items: Sequence[str]) -> str:
    """One, two, dan tiga."""
    if len(items) < 3:
        return " dan ".join(items)
    return ", ".join(items[:-1]) + ", dan " + items[-1]
