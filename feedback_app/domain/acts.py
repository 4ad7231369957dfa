"""What staff can do that is written down: the audit log's actions in words."""

from __future__ import annotations

# action -> (Indonesian, English)
ACTS = {
    "log_in": ("masuk", "logged in"),
    "change_password": ("mengganti kata sandi sendiri", "changed the own password"),
    "create_account": ("membuat akun", "created an account"),
    "close_account": ("menutup akun", "closed an account"),
    "give_new_password": ("memberi kata sandi baru", "gave a new password"),
    "add_unit": ("menambah unit", "added a unit"),
    "import": ("mengimpor berkas", "imported a file"),
    "replace_card": ("mengganti kartu QR", "replaced a QR card"),
    "register_device": ("mendaftarkan layar atau kios", "registered a display or kiosk"),
    "new_pairing_code": ("memberi kode pasang baru", "gave a new pairing code"),
    "pair_device": ("memasang layar atau kios", "paired a display or kiosk"),
    "revoke_device": ("mencabut layar atau kios", "revoked a display or kiosk"),
    "open_survey": ("membuka masa survei", "opened a survey period"),
    "change_survey": ("mengubah masa survei", "changed a survey period"),
    "call_off_survey": ("membatalkan masa survei", "called a survey period off"),
    "close_survey": ("menutup masa survei", "closed a survey period"),
    "revise_survey": ("menyimpan revisi survei", "saved a revision of a survey"),
    "sign_survey": ("mengisi penanda tangan", "wrote down who signs"),
    "download_workbook": ("mengunduh olah data", "downloaded a data workbook"),
    "add_follow_up": ("menambah rencana tindak lanjut", "added a follow-up plan"),
    "change_follow_up": ("mengubah rencana tindak lanjut", "changed a follow-up plan"),
    "remove_follow_up": ("menghapus rencana tindak lanjut", "removed a follow-up plan"),
    "add_training": ("menambah pelatihan", "added a training"),
    "change_training": ("mengubah pelatihan", "changed a training"),
    "add_run": ("menambah jadwal pelatihan", "added a run of a training"),
    "change_attendance": ("mengubah catatan peserta", "changed an attendance"),
    "remove_attendance": ("menghapus catatan peserta", "removed an attendance"),
    "view_training_history": ("melihat riwayat pelatihan", "viewed a training history"),
    "start_impact_study": ("memulai pengukuran dampak", "started an impact study"),
    "export_linked": ("mengekspor nilai bersandi", "exported scores under pseudonyms"),
    "export_linked_named": ("mengekspor nilai bernama", "exported scores with names"),
    "export_audit": ("mengunduh catatan tindakan", "downloaded the audit log"),
}
