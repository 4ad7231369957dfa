"""Every route: who may open it, and from which menu. `access.py` holds requests against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.roles import Role

Roles = frozenset[Role] | None
EVERYBODY = None  # no set of roles: one that came out empty would close a page, never open it
STAFF = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
HR = frozenset({Role.HR})
INSPECTORATE = frozenset({Role.INSPECTORATE})
SUPERVISOR = frozenset({Role.SUPERVISOR})
OFFICER = frozenset({Role.OFFICER})
PROOF = "Bukti kunjungan"  # how an answer shows that somebody was served


@dataclass(frozen=True, slots=True)
class InMenu:
    """A page in the menu of those who may open it.

    `room` is the entry under which it is a tab; without one it is an entry of its own, and the
    first tab of its room. `needs` is what must be in use before it is offered; '' for always.
    """

    text: str
    roles: frozenset[Role]
    room: str = ""
    needs: Literal["", "codes", "paper", "devices", "tiers"] = ""


# endpoint -> who may open it; EVERYBODY needs no log-in. `InMenu` adds an entry to their menu, in
# the order of this table; two of them where roles find the page in different rooms. A route that
# is missing here stops the program at start-up (`protect`).
_TABLE: dict[str, Roles | InMenu | tuple[InMenu, ...]] = {
    "static": EVERYBODY,
    "public.home": EVERYBODY,
    "public.privacy": EVERYBODY,
    "public.health": EVERYBODY,
    "public.favicon": EVERYBODY,
    "public.robots": EVERYBODY,
    "results.regency": EVERYBODY,
    "results.unit": EVERYBODY,
    "results.period": EVERYBODY,
    "results.poster": EVERYBODY,
    "results.all_data": EVERYBODY,
    "results.unit_data": EVERYBODY,
    "results.period_data": EVERYBODY,
    "results.codebook": EVERYBODY,
    "results.codebook_file": EVERYBODY,
    "results.trust": EVERYBODY,
    "results.trust_data": EVERYBODY,
    "results.screen": EVERYBODY,
    "results.sitemap": EVERYBODY,
    "citizen.form": EVERYBODY,
    "citizen.submit": EVERYBODY,
    "citizen.receipt": EVERYBODY,
    "citizen.forget": EVERYBODY,
    "citizen.wrong_place": EVERYBODY,
    "citizen.typed_code": EVERYBODY,
    "pairing.ask": EVERYBODY,
    "pairing.take": EVERYBODY,
    "display.face": EVERYBODY,  # the device's cookie opens it
    "display.scan": EVERYBODY,
    "kiosk.form": EVERYBODY,  # the device's cookie opens it
    "kiosk.thanks": EVERYBODY,
    "tickets.scanned": EVERYBODY,
    "tickets.ask": EVERYBODY,
    "tickets.choose": EVERYBODY,
    "tickets.typed": EVERYBODY,
    # machines: the unit's key in the Authorization header is checked by the room itself
    "queue_api.issue": EVERYBODY,
    "queue_api.call": EVERYBODY,
    "staff.login": EVERYBODY,
    "staff.enter": EVERYBODY,
    "staff.logout": STAFF,
    "staff.start": STAFF,
    "staff.password": STAFF,
    "staff.change_password": STAFF,
    "sso.begin": EVERYBODY,
    "sso.come_back": EVERYBODY,
    "links.show": EVERYBODY,  # whoever holds the link
    "links.use": EVERYBODY,
    "second_step.ask": STAFF,
    "second_step.check": STAFF,
    "second_step.enrol": STAFF,
    "second_step.confirm": STAFF,
    "own.wish": OFFICER,
    "own.overview": STAFF,
    "own.second_factor": STAFF,
    "own.begin_second_factor": STAFF,
    "own.sessions": STAFF,
    "own.end_session": STAFF,
    "own.end_other_sessions": STAFF,
    "supervisor.counters": InMenu("Loket", SUPERVISOR),
    "supervisor.counters_file": SUPERVISOR,
    "supervisor.counter": SUPERVISOR,
    "supervisor.counter_file": SUPERVISOR,
    "masking.confirm": SUPERVISOR,
    "masking.ask": SUPERVISOR,
    "officer.home": InMenu("Penilaian saya", OFFICER),
    "officer.seen": OFFICER,
    "officer.batch": OFFICER,
    "officer.reply": OFFICER,
    "officer.appeal_form": OFFICER,
    "officer.open_appeal": OFFICER,
    "officer.appeal": OFFICER,
    "officer.ask_review": OFFICER,
    "own_needs.new": OFFICER,
    "own_needs.propose": OFFICER,
    "own_needs.show": OFFICER,
    "own_needs.contradict": OFFICER,
    "own_needs.answer": OFFICER,
    "own_needs.withdraw": OFFICER,
    "surveys.overview": InMenu("Survei", SUPERVISOR, room="Survei & tindak lanjut"),
    "surveys.new": SUPERVISOR,
    "surveys.add": SUPERVISOR,
    "surveys.show": SUPERVISOR,
    "surveys.edit": SUPERVISOR,
    "surveys.change": SUPERVISOR,
    "surveys.confirm_close": SUPERVISOR,
    "surveys.close": SUPERVISOR,
    "surveys.confirm_call_off": SUPERVISOR,
    "surveys.call_off": SUPERVISOR,
    "surveys.revise": SUPERVISOR,
    "surveys.signer": SUPERVISOR,
    "surveys.sign": SUPERVISOR,
    "surveys.workbook": SUPERVISOR,
    "surveys.report": SUPERVISOR,
    "surveys.poster": SUPERVISOR,
    "follow_ups.overview": InMenu("Tindak lanjut", SUPERVISOR, room="Survei & tindak lanjut"),
    "follow_ups.new_free": SUPERVISOR,
    "follow_ups.add_free": SUPERVISOR,
    "follow_ups.new": SUPERVISOR,
    "follow_ups.add": SUPERVISOR,
    "follow_ups.edit": SUPERVISOR,
    "follow_ups.change": SUPERVISOR,
    "follow_ups.confirm_removal": SUPERVISOR,
    "follow_ups.remove": SUPERVISOR,
    "unit_needs.overview": InMenu("Kebutuhan", SUPERVISOR, room="Survei & tindak lanjut"),
    "unit_needs.new": SUPERVISOR,
    "unit_needs.propose": SUPERVISOR,
    "unit_needs.show": SUPERVISOR,
    "unit_needs.answer": SUPERVISOR,
    "unit_needs.withdraw": SUPERVISOR,
    "needs.overview": InMenu("Kebutuhan", HR),
    "needs.look": HR,
    "needs.file": HR,
    "needs.show": HR,
    "needs.decide": HR,
    "needs.blocks": HR,
    "competences.overview": InMenu("Kompetensi jabatan", HR, room="Kebutuhan"),
    "impact.matrix": InMenu("Dampak", HR),
    "impact.start": HR,
    "impact.training": HR,
    "impact.calculator": InMenu("Yang dapat diukur", HR, room="Dampak"),
    "impact.report": HR,
    "impact.matrix_file": HR,
    "trainings.catalogue": InMenu("Katalog", HR, room="Katalog & petugas"),
    "trainings.new": HR,
    "trainings.add": HR,
    "trainings.show": HR,
    "trainings.edit": HR,
    "trainings.change": HR,
    "trainings.add_run": HR,
    "trainings.attendance": HR,
    "trainings.change_attendance": HR,
    "trainings.confirm_removal": HR,
    "trainings.remove_attendance": HR,
    "training_merge.choose": HR,
    "training_merge.do_merge": HR,
    "run_reasons.choose": HR,
    "run_reasons.set_all": HR,
    "partners.overview": InMenu("Mitra pelatihan", HR, room="Katalog & petugas"),
    "partners.add": HR,
    "partners.show": HR,
    "partners.change": HR,
    "trainings.hours": InMenu("JP petugas", HR, room="Katalog & petugas"),
    "trainings.hours_file": HR,
    "trainings.officer": HR,
    "admin.checklist": InMenu("Kesehatan", ADMIN),
    "admin.confirm_date": ADMIN,
    "roster.week": (InMenu("Jadwal", ADMIN), InMenu("Jadwal", SUPERVISOR, room="Loket")),
    "roster.file": SUPERVISOR | ADMIN,
    "roster.day": SUPERVISOR | ADMIN,
    "roster.act": SUPERVISOR | ADMIN,
    "roster.do_act": SUPERVISOR | ADMIN,
    "roster.take_back": SUPERVISOR | ADMIN,
    "roster.proposal": SUPERVISOR | ADMIN,
    "roster.decide": SUPERVISOR | ADMIN,
    "happenings.overview": (
        InMenu("Kejadian", ADMIN, room="Jadwal"),
        InMenu("Kejadian", SUPERVISOR, room="Loket"),
    ),
    "happenings.add": SUPERVISOR | ADMIN,
    "happenings.change": SUPERVISOR | ADMIN,
    "happenings.correct": SUPERVISOR | ADMIN,
    "happenings.end": SUPERVISOR | ADMIN,
    "happenings.withdraw": SUPERVISOR | ADMIN,
    "roster_plans.leave": SUPERVISOR | ADMIN,
    "roster_plans.record_leave": SUPERVISOR | ADMIN,
    "roster_plans.copy": SUPERVISOR | ADMIN,
    "roster_plans.save_copy": SUPERVISOR | ADMIN,
    "roster_plans.days": SUPERVISOR | ADMIN,
    "roster_plans.add_days": SUPERVISOR | ADMIN,
    "roster_plans.end_days": SUPERVISOR | ADMIN,
    "roster_grid.choose": SUPERVISOR | ADMIN,
    "roster_grid.check": SUPERVISOR | ADMIN,
    "officer.unit_replies": InMenu("Tanggapan petugas", SUPERVISOR, room="Loket"),
    "people.overview": InMenu("Orang", ADMIN),
    "people.file": ADMIN,
    "people.check_invitations": ADMIN,
    "people.invite": ADMIN,
    "people.new": ADMIN,
    "people.add": ADMIN,
    "people.show": ADMIN,
    "people.edit": ADMIN,
    "people.change": ADMIN,
    "people_acts.leave": ADMIN,
    "people_acts.record_leaving": ADMIN,
    "people_acts.come_back": ADMIN,
    "people_acts.join": ADMIN,
    "people_acts.join_two": ADMIN,
    "people_acts.confirm_parting": ADMIN,
    "people_acts.part": ADMIN,
    "accounts.new": ADMIN,
    "accounts.add": ADMIN,
    "accounts.show": ADMIN,
    "accounts.edit_role": ADMIN,
    "accounts.change_role": ADMIN,
    "accounts.confirm_closing": ADMIN,
    "accounts.close": ADMIN,
    "accounts.issue_link": ADMIN,
    "accounts.revoke_link": ADMIN,
    "accounts.end_sessions": ADMIN,
    "accounts.remove_second_factor": ADMIN,
    "accounts.name_for_single_sign_on": ADMIN,
    "places.overview": InMenu("Unit, loket, layanan", ADMIN, room="Tempat"),
    "places.new": ADMIN,
    "places.add": ADMIN,
    "places.show": ADMIN,
    "places.change": ADMIN,
    "places.end": ADMIN,
    "places.keep": ADMIN,
    "admin.cards": InMenu("Kartu QR", ADMIN, room="Tempat"),
    "admin.cards_file": ADMIN,
    "admin.confirm_new_card": ADMIN,
    "admin.new_card": ADMIN,
    "proof.overview": InMenu(PROOF, ADMIN),
    "codes.batches": InMenu("Kode kunjungan", ADMIN, room=PROOF, needs="codes"),
    "codes.new": ADMIN,
    "codes.check": ADMIN,
    "codes.make": ADMIN,
    "codes.confirm_revoking": ADMIN,
    "codes.revoke": ADMIN,
    "codes.keys": ADMIN,
    "codes.add_key": ADMIN,
    "codes.confirm_revoking_key": ADMIN,
    "codes.revoke_key": ADMIN,
    "code_use.days": (
        InMenu("Pemakaian kode", ADMIN, room=PROOF, needs="codes"),
        InMenu("Pemakaian kode", SUPERVISOR, room="Loket", needs="codes"),
    ),
    "code_use.file": ADMIN | SUPERVISOR,
    "devices.overview": InMenu("Layar dan kios", ADMIN, room=PROOF, needs="devices"),
    "devices.register": ADMIN,
    "devices.show": ADMIN,
    "devices.new_code": ADMIN,
    "devices.confirm_revoking": ADMIN,
    "devices.revoke": ADMIN,
    "paper.overview": (
        InMenu("Kertas", ADMIN, room=PROOF, needs="paper"),
        InMenu("Kertas", SUPERVISOR, needs="paper"),
    ),
    "paper.new": SUPERVISOR | ADMIN,
    "paper.add": SUPERVISOR | ADMIN,
    "paper.show": SUPERVISOR | ADMIN,
    "paper.forms_file": SUPERVISOR | ADMIN,
    "paper.void": SUPERVISOR | ADMIN,
    "paper.restore": SUPERVISOR | ADMIN,
    "paper.key": SUPERVISOR | ADMIN,
    "paper.key_one": SUPERVISOR | ADMIN,
    "paper.edit": SUPERVISOR | ADMIN,
    "paper.correct": SUPERVISOR | ADMIN,
    "paper_checks.confirm_draw": SUPERVISOR | ADMIN,
    "paper_checks.draw": SUPERVISOR | ADMIN,
    "paper_checks.check": SUPERVISOR | ADMIN,
    "paper_checks.check_one": SUPERVISOR | ADMIN,
    "paper_checks.result": SUPERVISOR | ADMIN,
    "paper_checks.differ": SUPERVISOR | ADMIN,
    "paper_checks.settle": SUPERVISOR | ADMIN,
    "tiers.choices": InMenu("Cara masuk", ADMIN, room=PROOF, needs="tiers"),
    "tiers.check": ADMIN,
    "tiers.save": ADMIN,
    "uploads.upload": ADMIN | HR,  # HR: files about trainings only, see uploads.py
    "uploads.take_upload": ADMIN | HR,
    "uploads.example": ADMIN | HR,
    "inspectorate.cases": InMenu("Kasus", INSPECTORATE),
    "inspectorate.case": INSPECTORATE,
    "inspectorate.give_opinion": INSPECTORATE,
    "inspectorate.rules": InMenu("Penyaringan", INSPECTORATE, room="Kasus"),
    "audit.log": (
        InMenu("Catatan tindakan", ADMIN, room="Kesehatan"),
        InMenu("Catatan tindakan", INSPECTORATE),
    ),
    "audit.file": ADMIN | INSPECTORATE,
}


def _places(line: Roles | InMenu | tuple[InMenu, ...]) -> tuple[InMenu, ...]:
    if isinstance(line, InMenu):
        return (line,)
    return line if isinstance(line, tuple) else ()


def _roles(line: Roles | InMenu | tuple[InMenu, ...]) -> Roles:
    if isinstance(line, InMenu | tuple):
        return frozenset().union(*(place.roles for place in _places(line)))
    return line


ROUTES: dict[str, Roles] = {endpoint: _roles(line) for endpoint, line in _TABLE.items()}
MENU: dict[str, tuple[InMenu, ...]] = {
    endpoint: places for endpoint, line in _TABLE.items() if (places := _places(line))
}
