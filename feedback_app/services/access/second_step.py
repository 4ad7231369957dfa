"""The second step: setting an app up, proving it at log-in, recovery codes, taking it away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

from feedback_app.domain.second_factor import (
    RECOVERY_COUNT,
    accepted_step,
    must_enrol,
    plain_recovery_code,
    recovery_code,
    secret_in_groups,
)
from feedback_app.domain.staff_sessions import Stage
from feedback_app.files.qr_symbols import QrOutline, qr_outline
from feedback_app.services.access import guessing
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.agency_accounts import account_of_agency
from feedback_app.services.access.log_in import confirm_password
from feedback_app.services.access.people import (
    AccountFaultError,
    HalfWay,
    Viewer,
    WrongSecondStepError,
)
from feedback_app.services.access.secrets import (
    UnsealedError,
    hash_of,
    is_sealed_by_newest,
    seal,
    seal_again,
    unseal,
)
from feedback_app.services.access.sessions import Proof, open_session
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Agency, RecoveryCode, SecondFactor
from feedback_app.storage.queries import audit, staff_sessions
from feedback_app.storage.queries import second_factors as queries

ISSUER = "Suara Loket"  # how the app names the entry


@dataclass(frozen=True, slots=True)
class FactorState:
    """The viewer's own second step: since when (None: not set up), what is left, what is due."""

    since: datetime | None
    codes_left: int
    is_required: bool
    is_waived_by_demo: bool


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs: a picture to scan, or the secret to type."""

    outline: QrOutline
    secret: str
    username: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second step that was just set up: codes to keep (shown once), the new session's secret."""

    codes: tuple[str, ...]
    session_secret: str


def factor_state(site: Site, viewer: Viewer) -> FactorState:
    """How the viewer's second step stands."""
    with site.db.read() as session:
        factor = queries.factor_of(session, viewer.account_id)
        left = queries.unused_recovery_codes(session, viewer.account_id)
        agency = session.get_one(Agency, viewer.agency_id)
    required = must_enrol(viewer.role, agency_is_demo=agency.is_demo)
    return FactorState(
        since=factor.created_at if factor else None,
        codes_left=left,
        is_required=required,
        is_waived_by_demo=not required and must_enrol(viewer.role, agency_is_demo=False),
    )


def begin_enrolment(site: Site, viewer: Viewer, *, password: str, code: str) -> None:
    """Offer a logged-in person a new secret; the old one stays until the new one is proved."""
    confirm_password(site, viewer, password)
    with site.db.read() as session:
        has_factor = queries.factor_of(session, viewer.account_id) is not None
    if has_factor:
        guessing.brake(site, guessing.key_of_second_step(viewer.account_id))
    with site.db.transaction() as tx:
        if has_factor:
            _prove(tx, site, viewer.account_id, code)
            guessing.release(tx, guessing.key_of_second_step(viewer.account_id))
        staff_sessions.set_candidate(tx, viewer.session_id, seal(site, pyotp.random_base32()))


def enrolment(site: Site, person: Viewer | HalfWay) -> Enrolment | None:
    """What to scan; None when nothing is being set up in this session."""
    with site.db.read() as session:
        sealed = staff_sessions.candidate_of(session, person.session_id)
    if sealed is None:
        if not isinstance(person, HalfWay) or person.stage is not Stage.ENROL:
            return None
        sealed = seal(site, pyotp.random_base32())
        with site.db.transaction() as tx:
            staff_sessions.set_candidate(tx, person.session_id, sealed)
    secret = unseal(site, sealed)
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=ISSUER)
    return Enrolment(qr_outline(uri), secret_in_groups(secret), person.username)


def confirm_enrolment(
    site: Site, person: Viewer | HalfWay, *, code: str, user_agent: str
) -> Enrolled:
    """Take the new secret into use once its app has shown a right code."""
    if isinstance(person, HalfWay) and person.stage is not Stage.ENROL:
        raise NotThereError
    key = guessing.key_of_second_step(person.account_id)
    guessing.brake(site, key)
    codes = tuple(recovery_code(secrets.choice) for _ in range(RECOVERY_COUNT))
    with site.db.transaction() as tx:
        sealed = staff_sessions.candidate_of(tx, person.session_id)
        if sealed is None:
            raise NotThereError
        step = _step_of(site, unseal(site, sealed), code, last_step=0)
        if step is None:
            raise WrongSecondStepError
        guessing.release(tx, key)
        account = tx.get_one(Account, person.account_id)
        _replace_factor(tx, site, account, sealed=sealed, step=step, codes=codes)
        staff_sessions.end_sessions_of(tx, account.id, now=site.now())
        secret = open_session(tx, site, account, proof="code", user_agent=user_agent)
    return Enrolled(codes, secret)


def _replace_factor(
    tx: Session,
    site: Site,
    account: Account,
    *,
    sealed: str,
    step: int,
    codes: tuple[str, ...],
) -> None:
    queries.remove_factor(tx, account.id)
    own = {"account_id": account.id, "agency_id": account.agency_id}
    tx.add(SecondFactor(**own, sealed_secret=sealed, last_step=step, created_at=site.now()))
    tx.add_all(RecoveryCode(**own, code_hash=_hash_of_code(code), used_at=None) for code in codes)
    audit.append(
        tx,
        agency_id=account.agency_id,
        at=site.now(),
        account_id=account.id,
        action="set_second_factor",
        subject=account.username,
    )


def pass_second_step(site: Site, half: HalfWay, *, typed: str, user_agent: str) -> str:
    """Check a code from the app or a recovery code; return the full session's secret."""
    if half.stage is not Stage.CODE:
        raise NotThereError
    key = guessing.key_of_second_step(half.account_id)
    guessing.brake(site, key)
    with site.db.transaction() as tx:
        proof = _prove(tx, site, half.account_id, typed)
        if not staff_sessions.end_session_of(tx, half.account_id, half.session_id, now=site.now()):
            raise NotThereError
        guessing.release(tx, key)
        account = tx.get_one(Account, half.account_id)
        return open_session(tx, site, account, proof=proof, user_agent=user_agent)


def _prove(tx: Session, site: Site, account_id: int, typed: str) -> Proof:
    """Spend a code of the app or a recovery code; WrongSecondStepError when it is neither."""
    factor = queries.factor_of(tx, account_id)
    if factor is None:
        raise WrongSecondStepError
    plain = plain_recovery_code(typed)
    if plain is not None:
        if queries.use_recovery_code(tx, account_id, _hash_of_code(plain), now=site.now()):
            return "recovery code"
        raise WrongSecondStepError
    try:
        secret = unseal(site, factor.sealed_secret)
    except UnsealedError:
        raise WrongSecondStepError from None
    step = _step_of(site, secret, typed, last_step=factor.last_step)
    if step is None or not queries.use_step(tx, account_id, step):
        raise WrongSecondStepError
    return "code"


def _step_of(site: Site, secret: str, typed: str, *, last_step: int) -> int | None:
    code_of = pyotp.TOTP(secret).generate_otp
    return accepted_step(typed, now=site.now(), last_step=last_step, code_of=code_of)


def _hash_of_code(code: str) -> str:
    return hash_of(code.replace("-", ""))


def remove_second_factor(site: Site, viewer: Viewer, account_id: int) -> None:
    """Take another account's second step away (a lost phone) and end its sessions."""
    if account_id == viewer.account_id:
        raise AccountFaultError("Ganti langkah kedua Anda sendiri di halaman Akun saya.")
    with site.db.transaction() as tx:
        account = account_of_agency(tx, viewer, account_id)
        if not queries.remove_factor(tx, account_id):
            raise AccountFaultError("Akun ini tidak mempunyai langkah kedua.")
        staff_sessions.end_sessions_of(tx, account_id, now=site.now())
        log_act(tx, site, viewer, "remove_second_factor", account.username)


def seal_all_again(site: Site) -> tuple[int, tuple[int, ...]]:
    """Seal every secret with the newest key; return how many, and accounts no key opens."""
    done, lost = 0, []
    with site.db.transaction() as tx:
        for factor in queries.all_factors(tx):
            if is_sealed_by_newest(site, factor.sealed_secret):
                continue
            try:
                factor.sealed_secret = seal_again(site, factor.sealed_secret)
                done += 1
            except UnsealedError:
                lost.append(factor.account_id)
    return done, tuple(lost)
