"""Certificates of service: criteria, whether an officer meets them, the paper, its check."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain import certificates as rules
from feedback_app.domain.appeals import is_corrected, published_on
from feedback_app.domain.certificates import LEAST_RELIABILITY, Half, Judged
from feedback_app.domain.interval import Mean
from feedback_app.domain.survey import Span
from feedback_app.files.certificate import CertificateTexts, certificate_pdf
from feedback_app.files.indonesian import long_date, number
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.officer.figures import OfficerBatch, own_batches
from feedback_app.services.officer.signed_in import (
    appeals_made,
    batches_of_viewer,
    own_officer,
    span_of_batch,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Certificate, CertificateRule, Officer
from feedback_app.storage.queries import certificates as queries
from feedback_app.storage.queries import joins, officer_room

LEAST_LEVEL, MOST_LEVEL = 3.0, 4.0
_LETTERS = "BCDFGHJKMNPQRTVWXYZ2346789"
_CODE_LENGTH = 18  # 26 letters: 84 bits


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """What the officer sees: criteria, the newest half-year held against them, and own papers.

    `why` is "" where a certificate can be issued now; else what is missing: no_rule, not_out,
    no_figures, corrected, unverified, too_few, not_met, or issued.
    """

    rule: CertificateRule | None
    half: Span
    out_on: date
    judged: Judged | None
    why: str
    own: tuple[Certificate, ...]


def certificate_page(site: Site, viewer: Viewer) -> CertificatePage:
    """The officer's certificates; NotThereError when the account has no officer."""
    half = rules.half_of(site.today())
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        rule = _rule_for(queries.rules_of(session, officer.agency_id), half)
        own = tuple(queries.certificates_of(session, joins.rows_of(session, officer.id)))
        made = appeals_made(session, officer_room.appeals_of(session, officer.id))
    judged, why = None, "no_rule"
    if any(one.first_day == half.first and one.withdrawn_at is None for one in own):
        why = "issued"
    elif rule is not None:
        batches = batches_of_viewer(site, viewer)
        corrected = [one for one in batches if is_corrected(span_of_batch(one), made)]
        judged, why = _judged(site, officer, batches, corrected, half=half, rule=rule)
    return CertificatePage(rule, half, published_on(half), judged, why, own)


def issue(site: Site, viewer: Viewer) -> str:
    """Issue the certificate of the newest half-year; return its number.

    FieldFaultError when the criteria are not met, or it was issued meanwhile.
    """
    page = certificate_page(site, viewer)
    judged, rule = page.judged, page.rule
    if page.why or judged is None or judged.ground is None or rule is None:
        raise FieldFaultError("why", "Sertifikat belum dapat diterbitkan. Sebabnya di bawah ini.")
    with site.db.transaction() as tx:
        officer = own_officer(tx, viewer)
        officer_room.lock_officer(tx, officer.id)
        others = queries.certificates_of(tx, joins.rows_of(tx, officer.id))
        if any(x.first_day == page.half.first and x.withdrawn_at is None for x in others):
            raise FieldFaultError("why", "Sertifikat semester ini sudah terbit.")
        given = queries.next_number(tx, officer.agency_id, site.today().year)
        tx.add(_row(site, officer, page.half, judged, rule, given))
        log_act(tx, site, viewer, "issue_certificate", given)
        return given


def _row(
    site: Site, officer: Officer, half: Span, judged: Judged, rule: CertificateRule, given: str
) -> Certificate:
    mean = judged.mean
    return Certificate(
        agency_id=officer.agency_id,
        officer_id=officer.id,
        rule_id=rule.id,
        number=given,
        check_code="".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)),
        name=officer.name,
        first_day=half.first,
        last_day=half.last,
        issued_on=site.today(),
        ground=judged.ground,
        n=mean.n,
        mean=mean.mean,
        low=mean.low,
        high=mean.high,
        reliability=judged.reliability,
    )


def certificate_file(site: Site, viewer: Viewer, certificate_id: int) -> bytes:
    """An own certificate as PDF; NotThereError for another's, and for a withdrawn one."""
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        own = queries.certificates_of(session, joins.rows_of(session, officer.id))
        row = next((one for one in own if one.id == certificate_id), None)
        if row is None or row.withdrawn_at is not None:
            raise NotThereError
        agency = session.get_one(Agency, row.agency_id)
        rule = session.get_one(CertificateRule, row.rule_id)
    address = site.printed_address(is_demo=agency.is_demo)
    texts = CertificateTexts(
        agency=agency.name,
        name=row.name,
        number=row.number,
        period=f"{long_date(row.first_day)} sampai {long_date(row.last_day)}",
        ground=_GROUNDS[row.ground],
        n=number(row.n),
        mean=number(row.mean, 2),
        interval=f"{number(row.low, 2)}–{number(row.high, 2)}",
        published=long_date(rule.published_on),
        level=number(rule.level, 2),
        reliability=number(rule.reliability, 1),
        issued=long_date(row.issued_on),
        address=f"{address}/sertifikat/{row.check_code}",
        is_demo=agency.is_demo,
    )
    return site.documents.run(certificate_pdf, texts)


_GROUNDS = {
    "level": "dinilai baik oleh pengunjung, di atas batas yang ditetapkan sebelumnya",
    "improved": "dinilai lebih baik daripada semester sebelumnya",
}


def check(site: Site, code: str) -> bool:
    """Whether the certificate of this code stands; False once withdrawn, NotThereError for none."""
    with site.db.read() as session:
        row = queries.certificate_coded(session, code.strip().upper())
        if row is None:
            raise NotThereError
        return row.withdrawn_at is None


def withdraw_changed(tx: Session, site: Site, changed: Iterable[tuple[int | None, date]]) -> int:
    """Withdraw certificates of officers whose answers of these days do not stand as they did."""
    days: dict[int, set[date]] = {}
    owners = joins.owners_now(tx)
    for officer_id, day in changed:
        if officer_id is not None:
            days.setdefault(owners.get(officer_id, officer_id), set()).add(day)
    return sum(
        queries.withdraw_of_days(tx, joins.rows_of(tx, owner), touched, at=site.now())
        for owner, touched in days.items()
    )


def rules_page(site: Site, viewer: Viewer) -> Sequence[CertificateRule]:
    """Criteria of the agency, newest first."""
    with site.db.read() as session:
        return queries.rules_of(session, viewer.agency_id)


def publish_rule(site: Site, viewer: Viewer, *, level: float) -> None:
    """Publish criteria for half-years that begin from today on."""
    if not LEAST_LEVEL <= level <= MOST_LEVEL:
        raise FieldFaultError("level", "Isi batas antara 3,00 dan 4,00.")
    with site.db.transaction() as tx:
        tx.add(
            CertificateRule(
                agency_id=viewer.agency_id,
                level=round(level, 2),
                reliability=LEAST_RELIABILITY,
                published_on=site.today(),
                published_by=viewer.account_id,
            )
        )
        log_act(tx, site, viewer, "publish_certificate_rule", f"{level:.2f}")


def _rule_for(found: Sequence[CertificateRule], half: Span) -> CertificateRule | None:
    """The newest that was published before the half-year began."""
    return next((rule for rule in found if rule.published_on <= half.first), None)


def _judged(
    site: Site,
    officer: Officer,
    batches: Sequence[OfficerBatch],
    corrected: Sequence[OfficerBatch],
    *,
    half: Span,
    rule: CertificateRule,
) -> tuple[Judged | None, str]:
    if site.today() < published_on(half):
        return None, "not_out"
    if any(half.first <= one.last and one.first <= half.last for one in corrected):
        return None, "corrected"
    own = _half_of(batches, half)
    if own is None:
        return None, "no_figures"
    before = _half_of(batches, rules.half_of(half.first))
    others = _colleagues(site, officer, half)
    found = rules.judge(own, before, others, level=rule.level, least=rule.reliability)
    if own.unverified > rules.MOST_UNVERIFIED:
        return found, "unverified"
    if found.reliability is None:
        return found, "too_few"
    return found, "" if found.ground else "not_met"


def _half_of(batches: Sequence[OfficerBatch], half: Span) -> Half | None:
    figures = {span_of_batch(one).first: one for one in batches}
    means = {day: one.mean for day, one in figures.items() if isinstance(one.mean, Mean)}
    quarters = rules.both_quarters(means, half)
    if quarters is None:
        return None
    shares = [one.unverified for day, one in figures.items() if half.first <= day <= half.last]
    return Half(quarters, max(shares))


def _colleagues(site: Site, officer: Officer, half: Span) -> list[rules.Quarters]:
    """Both quarters of the unit's other officers, as far as each is shown them."""
    with site.db.read() as session:
        ids = queries.colleagues_of(session, officer)
    found = []
    for one in ids:
        own = _half_of(own_batches(site, one), half)
        if own is not None:
            found.append(own.quarters)
    return found
