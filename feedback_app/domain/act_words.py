"""What stands beside an act in the audit log, in words; files keep the raw keys and values."""

from __future__ import annotations

from feedback_app.domain.cases import ALL_OUTCOMES
from feedback_app.domain.cases import KINDS as CASE_KINDS
from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.follow_up import STATUSES
from feedback_app.domain.need_words import DECISIONS, LEVELS
from feedback_app.domain.paper import VOID_REASONS
from feedback_app.domain.roster_plans import KINDS as CHANGES
from feedback_app.domain.texts import Words
from feedback_app.domain.tiers import TIERS
from feedback_app.domain.training import REASONS
from feedback_app.domain.working_days import ENTRY_KINDS

# key of a detail -> its label
LABELS: dict[str, Words] = {
    "action": ("rencana", "plan"),
    "added": ("baru", "new"),
    "answers": ("penilaian yang berubah", "ratings changed"),
    "browser": ("peramban", "browser"),
    "came": ("yang hadir", "who came"),
    "cause": ("faktor", "cause"),
    "change": ("perubahan", "change"),
    "changed": ("berubah", "changed"),
    "codes": ("kode", "codes"),
    "counter": ("loket", "counter"),
    "day": ("hari", "day"),
    "dates": ("tanggal", "dates"),
    "decision": ("keputusan", "decision"),
    "dice": ("mata dadu", "dice"),
    "floor": ("harus tinggal", "must stay"),
    "hash": ("sidik jari daftar", "hash of the list"),
    "draws": ("undian", "draws"),
    "drawn": ("terambil", "drawn"),
    "due": ("tenggat", "due"),
    "element": ("unsur", "element"),
    "ended": ("sesi yang berakhir", "sessions ended"),
    "from": ("dari", "from"),
    "officers": ("petugas", "officers"),
    "greeting": ("sapaan", "greeting"),
    "employment": ("status ASN", "employment"),
    "unit": ("unit", "unit"),
    "name": ("nama", "name"),
    "name_en": ("nama Inggris", "English name"),
    "nip": ("NIP", "NIP"),
    "code": ("kode", "code"),
    "is_free": ("gratis", "free"),
    "minutes": ("menit", "minutes"),
    "services": ("layanan", "services"),
    "horizon": ("bulan sesudah pelatihan", "months after the training"),
    "keyed": ("terketik", "keyed"),
    "kind": ("jenis", "kind"),
    "last_day": ("hari terakhir yang diketahui", "last known day"),
    "level": ("tingkat", "level"),
    "method": ("cara hitung", "method"),
    "n": ("formulir lengkap", "complete forms"),
    "note": ("keterangan", "note"),
    "number": ("revisi", "revision"),
    "outcome": ("putusan", "decision"),
    "place": ("tempat", "place"),
    "proof": ("bukti", "proof"),
    "purpose": ("tujuan", "purpose"),
    "reason": ("sebab", "reason"),
    "responsible": ("penanggung jawab", "responsible"),
    "role": ("peran", "role"),
    "rows": ("baris", "rows"),
    "same": ("sama", "same"),
    "seats": ("kursi", "seats"),
    "seed": ("benih", "seed"),
    "serial": ("seri kartu", "card serial"),
    "size": ("lembar", "sheets"),
    "sso_name": ("nama masuk tunggal", "single sign-on name"),
    "status": ("status", "status"),
    "taken_at": ("saat cadangan", "time of the backup"),
    "target": ("sampel minimum", "minimum sample"),
    "tiers": ("cara masuk", "ways in"),
    "to": ("sampai", "to"),
    "way": ("bentuk", "form"),
    "withdrawn": ("ditarik", "withdrawn"),
    "wrong": ("isian yang berbeda", "fields that differed"),
}

# key -> value -> its words; a value that is not here (a name, a text) is shown as it is
_ELEMENTS: dict[str, Words] = {e.key: (e.unsur, e.unsur_en) for e in ELEMENTS}
VALUES: dict[str, dict[str, Words]] = {
    "change": CHANGES,
    "element": _ELEMENTS,
    "kind": CASE_KINDS
    | {
        "display": ("layar", "display"),
        "kiosk": ("kios", "kiosk"),
        "invitation": ("undangan", "invitation"),
        "reset": ("kata sandi baru", "new password"),
        "closed": ENTRY_KINDS["closed"],
        "open": ENTRY_KINDS["open"],
    },
    "method": {"auto": ("otomatis", "automatic")},
    "outcome": ALL_OUTCOMES,
    "proof": {
        "password": ("kata sandi", "password"),
        "code": ("kata sandi dan kode", "password and code"),
        "sso": ("masuk tunggal", "single sign-on"),
    },
    "place": {
        "unit": ("unit", "unit"),
        "counter": ("loket", "counter"),
        "service": ("layanan", "service"),
    },
    "decision": DECISIONS,
    "level": LEVELS,
    "reason": VOID_REASONS | REASONS,
    "is_free": {"True": ("ya", "yes"), "False": ("tidak", "no")},
    "nip": {"diganti": ("diganti", "replaced")},
    "status": STATUSES,
    "tiers": TIERS,
    "way": {"sheet": ("lembar cetak", "sheet to print"), "csv": ("CSV", "CSV")},
    "wrong": _ELEMENTS,
}

# act -> what its subject counts or numbers; other subjects are names and codes already
SUBJECTS: dict[str, Words] = {
    "give_opinion": ("kasus", "case"),
    "decide_case": ("kasus", "case"),
    "open_survey": ("survei", "survey"),
    "change_survey": ("survei", "survey"),
    "call_off_survey": ("survei", "survey"),
    "close_survey": ("survei", "survey"),
    "revise_survey": ("survei", "survey"),
    "sign_survey": ("survei", "survey"),
    "download_workbook": ("survei", "survey"),
    **dict.fromkeys(
        (
            "make_lot",
            "drop_lot",
            "freeze_lot",
            "call_off_lot",
            "draw_lot",
            "leave_lot",
            "cut_lot",
            "record_lot_attendance",
        ),
        ("undian", "draw"),
    ),
    "add_follow_up": ("rencana", "plan"),
    "change_follow_up": ("rencana", "plan"),
    "remove_follow_up": ("rencana", "plan"),
    "change_roster": ("perubahan nomor", "change number"),
    "propose_roster": ("usulan nomor", "proposal number"),
    "confirm_roster": ("usulan nomor", "proposal number"),
    "refuse_roster": ("usulan nomor", "proposal number"),
    **dict.fromkeys(
        ("decide_need", "propose_need", "withdraw_proposal", "answer_need", "contradict_need"),
        ("kebutuhan nomor", "need number"),
    ),
    "look_for_needs": ("penghitungan", "run"),
    "set_reasons": ("jadwal nomor", "run number"),
    "start_impact_study": ("pengukuran", "study"),
    "view_training_history": ("petugas nomor", "officer number"),
    "reply_to_batch": ("petugas nomor", "officer number"),
    **dict.fromkeys(
        (
            "add_officer",
            "change_officer",
            "wish_for_greeting",
            "retire_officer",
            "end_of_officer",
            "rejoin_officer",
            "join_officers",
            "part_officers",
        ),
        ("petugas nomor", "officer number"),
    ),
    "print_invitations": ("undangan:", "invitations:"),
    "export_audit": ("baris:", "lines:"),
}
