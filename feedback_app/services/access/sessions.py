"""Sessions of staff: opened, seen, listed and ended on the server."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.roles import Role
from feedback_app.domain.second_factor import must_enrol
from feedback_app.domain.staff_sessions import (
    CODE_WITHIN,
    ENROL_WITHIN,
    SEEN_EVERY,
    Stage,
    browser_words,
    is_idle,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import DemoIsLocalError, HalfWay, Viewer
from feedback_app.services.access.secrets import hash_of, new_token
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Agency, StaffSession
from feedback_app.storage.queries import accounts as account_queries
from feedback_app.storage.queries import audit, second_factors
from feedback_app.storage.queries import staff_sessions as queries

Proof = Literal["password", "sso", "sso with second factor", "code", "recovery code"]


def stage_after(tx: Session, account: Account, proof: Proof) -> Stage:
    """What a session opens once this much was proved."""
    if proof in ("sso with second factor", "code", "recovery code"):
        return Stage.FULL
    if second_factors.factor_of(tx, account.id) is not None:
        return Stage.CODE
    agency = tx.get_one(Agency, account.agency_id)
    if must_enrol(Role(account.role), agency_is_demo=agency.is_demo):
        return Stage.ENROL
    return Stage.FULL


def open_session(
    tx: Session, site: Site, account: Account, *, proof: Proof, user_agent: str
) -> str:
    """Add a session as far as `proof` reaches; return its secret for the cookie.

    DemoIsLocalError for a made-up account where others than this machine's people can come.
    """
    if tx.get_one(Agency, account.agency_id).is_demo and not site.settings.is_this_machine_only:
        raise DemoIsLocalError
    secret, now = new_token(), site.now()
    stage = stage_after(tx, account, proof)
    browser, system = browser_words(user_agent)
    tx.add(
        StaffSession(
            secret_hash=hash_of(secret),
            account_id=account.id,
            agency_id=account.agency_id,
            stage=stage.value,
            browser=browser,
            system=system,
            created_at=now,
            last_seen_at=now,
            expires_at=now + _life_of(site, stage),
            revoked_at=None,
            candidate=None,
        )
    )
    if stage is Stage.FULL:
        audit.append(
            tx,
            agency_id=account.agency_id,
            at=now,
            account_id=account.id,
            action="log_in",
            subject=account.username,
            detail={"proof": proof},
        )
    return secret


def _life_of(site: Site, stage: Stage) -> timedelta:
    if stage is Stage.FULL:
        return timedelta(hours=site.settings.session_hours)
    return CODE_WITHIN if stage is Stage.CODE else ENROL_WITHIN


def visitor_of_session(site: Site, secret: str) -> Viewer | HalfWay | None:
    """Who this session belongs to; None once it expired, lay idle or was ended."""
    now = site.now()
    with site.db.read() as session:
        found = queries.living_session(session, hash_of(secret), now=now)
        if found is None:
            return None
        row, account, is_demo = found
        if is_demo and not site.settings.is_this_machine_only:
            return None  # opened when the server was this machine's only
        units = frozenset(account_queries.unit_ids_of(session, account.id))
    if is_idle(last_seen=row.last_seen_at, now=now):
        return None
    if row.stage != Stage.FULL:
        return HalfWay(
            account_id=account.id,
            agency_id=account.agency_id,
            username=account.username,
            name=account.name,
            session_id=row.id,
            stage=Stage(row.stage),
        )
    if now - row.last_seen_at >= SEEN_EVERY:
        _note_seen(site, row.id, now)
    return viewer_of(account, units, session_id=row.id)


def _note_seen(site: Site, session_id: int, now: datetime) -> None:
    # A full disk must not hide what can be read.
    with contextlib.suppress(NotSavedError), site.db.transaction() as tx:
        queries.note_seen(tx, session_id, now=now)


def viewer_of(account: Account, units: frozenset[int], *, session_id: int = 0) -> Viewer:
    """An account as services know who looks; 0 for no session."""
    return Viewer(
        account_id=account.id,
        agency_id=account.agency_id,
        username=account.username,
        name=account.name,
        role=Role(account.role),
        unit_ids=units,
        officer_id=account.officer_id,
        session_id=session_id,
    )


def viewer_of_session(site: Site, secret: str) -> Viewer | None:
    """Who is logged in with this session; None for half a log-in too."""
    found = visitor_of_session(site, secret)
    return found if isinstance(found, Viewer) else None


def log_out(site: Site, secret: str) -> None:
    """End this session on the server."""
    with site.db.transaction() as tx:
        queries.end_session(tx, hash_of(secret), now=site.now())


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it; `browser` and `system` are '' where unknown."""

    session_id: int
    browser: str
    system: str
    started_at: datetime
    last_seen_at: datetime
    is_this: bool

    @property
    def is_seen_in_a_later_hour(self) -> bool:
        """Whether the hour that is told of the last use is not before the log-in itself."""
        return self.last_seen_at.replace(minute=0, second=0, microsecond=0) >= self.started_at


def own_sessions(site: Site, viewer: Viewer) -> list[SessionLine]:
    """The viewer's sessions, the one in use first."""
    now = site.now()
    with site.db.read() as session:
        rows = queries.living_sessions_of(session, viewer.account_id, stage=Stage.FULL, now=now)
    lines = [
        SessionLine(
            session_id=row.id,
            browser=row.browser,
            system=row.system,
            started_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=row.id == viewer.session_id,
        )
        for row in rows
        if not is_idle(last_seen=row.last_seen_at, now=now)
    ]
    return sorted(lines, key=lambda line: not line.is_this)


def end_own_session(site: Site, viewer: Viewer, session_id: int) -> None:
    """End one of the viewer's sessions; NotThereError for anybody else's."""
    with site.db.transaction() as tx:
        if not queries.end_session_of(tx, viewer.account_id, session_id, now=site.now()):
            raise NotThereError
        log_act(tx, site, viewer, "end_session", viewer.username)


def end_other_sessions(site: Site, viewer: Viewer) -> int:
    """End all of the viewer's sessions but the one in use; return how many."""
    with site.db.transaction() as tx:
        ended = queries.end_other_sessions_of(
            tx, viewer.account_id, kept=viewer.session_id, now=site.now()
        )
        log_act(tx, site, viewer, "end_other_sessions", viewer.username, {"ended": ended})
    return ended
