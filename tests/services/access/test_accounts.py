"""Accounts and sessions as services keep them: who may be one, what ends with one, what is logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update

from feedback_app.domain.roles import Role
from feedback_app.services.access import accounts, links, log_in, sessions
from feedback_app.services.access.guessing import GUESSES
from feedback_app.services.access.people import (
    AccountFaultError,
    HalfWay,
    LoginRefusedError,
    TooManyTriesError,
    Viewer,
    WrongSecondStepError,
)
from feedback_app.services.access.second_step import (
    begin_enrolment,
    confirm_enrolment,
    enrolment,
    factor_state,
    pass_second_step,
    remove_second_factor,
)
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Agency, AuditEntry, RecoveryCode, StaffSession
from tests.conftest import SteppedClock
from tests.ground.office import PASSWORD, Office, app_code, as_if_unused

# The rules are the same on both engines; tests/web runs the pages on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "kuda biru lari pagi"


def came_in(site: Site, username: str, *, password: str = PASSWORD) -> Viewer:
    """Log in by all steps that are due."""
    secret = log_in.log_in(site, username=username, password=password)
    found = sessions.visitor_of_session(site, secret)
    if isinstance(found, HalfWay):
        as_if_unused(site, username)
        secret = pass_second_step(site, found, typed=app_code(site, username), user_agent="")
        found = sessions.visitor_of_session(site, secret)
    assert isinstance(found, Viewer)
    return found


def half_way(site: Site, username: str, *, password: str = PASSWORD) -> HalfWay:
    """Only the first step."""
    found = sessions.visitor_of_session(
        site, log_in.log_in(site, username=username, password=password)
    )
    assert isinstance(found, HalfWay)
    return found


def made(site: Site, office: Office, **changes: object) -> int:
    """A new account, without a fault unless changed."""
    told: dict[str, object] = {"agency_id": office.agency_id, "username": "eka", "name": "Eka"}
    told |= {"role": Role.SUPERVISOR, "unit_ids": frozenset({office.unit["A"]}), "password": NEW}
    return accounts.create_account(site, **(told | changes))  # type: ignore[arg-type]


def number_of(site: Site, username: str) -> int:
    with site.db.read() as session:
        return session.scalars(select(Account.id).where(Account.username == username)).one()


def acts(site: Site, action: str) -> list[tuple[str, dict[str, object]]]:
    """What the log tells of one kind of act, in order."""
    with site.db.read() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        )
        return [(row.subject, row.detail) for row in rows]


@pytest.mark.parametrize("username", ["abc", "a" * 80, "a.b-c", " Eka.Baru "])
def test_a_good_user_name_is_taken_as_it_is_compared(
    site: Site, office: Office, username: str
) -> None:
    account_id = made(site, office, username=username, name="  Eka Baru ")
    with site.db.read() as session:
        account = session.get_one(Account, account_id)
    assert account.username == username.strip().lower()
    assert account.name == "Eka Baru"
    assert came_in(site, username, password=NEW).account_id == account_id


@pytest.mark.parametrize("username", ["", "ab", "a" * 81, "a b", "eka@x", "...", "a_b", "a\x00b"])
def test_a_bad_user_name_is_refused(site: Site, office: Office, username: str) -> None:
    with pytest.raises(AccountFaultError, match="Nama pengguna"):
        made(site, office, username=username, password="ganti saja nanti")


def test_what_else_an_account_must_have(site: Site, office: Office) -> None:
    faults = (
        ({"name": " "}, "nama lengkap"),
        ({"name": "x" * 201}, "nama lengkap"),
        ({"unit_ids": frozenset()}, "satu unit"),
        ({"password": "short"}, "Kata sandi"),
        ({"password": "eka dan kawan-kawan"}, "nama pengguna"),
        ({"username": "ALICE"}, "sudah dipakai"),
    )
    for changes, why in faults:
        with pytest.raises(AccountFaultError, match=why):
            made(site, office, **changes)
    assert made(site, office, name="x" * 200)
    assert made(site, office, username="fani", role=Role.HR, unit_ids=frozenset())
    new = acts(site, "create_account")[-2:]
    assert new == [("eka", {"role": "supervisor"}), ("fani", {"role": "hr"})]


def test_an_account_sees_the_units_it_was_given(site: Site, office: Office) -> None:
    both = frozenset(office.unit.values())
    made(site, office, unit_ids=both)
    assert came_in(site, "eka", password=NEW).unit_ids == both
    assert came_in(site, "dina").unit_ids == frozenset()


def test_the_list_tells_how_each_account_stands(site: Site, office: Office) -> None:
    dina = came_in(site, "dina")
    told = {"agency_id": office.agency_id, "name": "Eka", "role": Role.INSPECTORATE}
    accounts.invite_account(site, username="eka", unit_ids=frozenset(), **told)  # type: ignore[arg-type]
    accounts.close_account(site, dina, number_of(site, "bob"))
    lines = {line.username: line for line in accounts.account_lines(site, dina)}
    stands = {
        name: (line.is_closed, line.is_invited, line.has_second_factor, line.lacks_second_factor)
        for name, line in lines.items()
    }
    assert stands["dina"] == (False, False, True, False)
    assert stands["alice"] == (False, False, False, False)
    assert stands["bob"] == (True, False, False, False)
    assert stands["eka"] == (False, True, False, True)
    assert lines["alice"].units == ("Unit A",)
    with site.db.transaction() as tx:
        tx.execute(update(Agency).values(is_demo=True))
    again = {line.username: line for line in accounts.account_lines(site, dina)}
    assert not again["eka"].lacks_second_factor  # the demo's log-ins are public


def test_the_page_of_an_account_tells_its_living_sessions_its_link_and_its_tie(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    dina, hana = came_in(site, "dina"), came_in(site, "hana")
    own, other = (accounts.account_page(site, dina, v.account_id) for v in (dina, hana))
    assert (own.is_own, own.sessions, own.link_expires_at) == (True, 1, None)
    assert (other.is_own, other.sessions, other.sso_name) == (False, 1, "")
    assert not other.sso_is_bound
    issued = links.issue_link(site, dina, hana.account_id)
    accounts.name_for_single_sign_on(site, dina, hana.account_id, "hana@kab")
    with site.db.transaction() as tx:
        tx.execute(update(Account).where(Account.username == "hana").values(sso_subject="x"))
    clock.at += timedelta(minutes=61)  # idle for a role that sees much
    later = accounts.account_page(site, dina, hana.account_id)
    assert (later.sessions, later.link_expires_at) == (0, issued.expires_at)
    assert (later.sso_name, later.sso_is_bound) == ("hana@kab", True)
    with pytest.raises(NotThereError):
        accounts.account_page(site, dina, 999)
    with site.db.transaction() as tx:
        other_agency = bulk.add_rows(
            tx, "agency", [{"code": "x", "name": "Dinas Lain", "is_demo": False}]
        )[0]
    with pytest.raises(NotThereError):
        accounts.account_page(site, replace(dina, agency_id=other_agency), hana.account_id)


def test_closing_an_account_ends_everything_that_opens_it(site: Site, office: Office) -> None:
    dina, alice = came_in(site, "dina"), came_in(site, "alice")
    accounts.name_for_single_sign_on(site, dina, alice.account_id, "alice@kab")
    with site.db.transaction() as tx:
        tx.execute(update(Account).where(Account.username == "alice").values(sso_subject="x"))
    token = links.issue_link(site, dina, alice.account_id).url.rsplit("/", 1)[1]
    with pytest.raises(AccountFaultError, match="Akun sendiri"):
        accounts.close_account(site, dina, dina.account_id)
    accounts.close_account(site, dina, alice.account_id)
    with pytest.raises(links.DeadLinkError):
        links.open_link(site, token)
    with pytest.raises(LoginRefusedError):
        log_in.log_in(site, username="alice", password=PASSWORD)
    with site.db.read() as session:
        account = session.get_one(Account, alice.account_id)
        assert (account.sso_name, account.sso_subject) == (None, None)
        ended = session.scalars(
            select(StaffSession.revoked_at).where(StaffSession.account_id == alice.account_id)
        ).all()
    assert ended == [site.now()]
    assert acts(site, "close_account") == [("alice", {})]
    with pytest.raises(NotThereError):
        accounts.close_account(site, dina, alice.account_id)
    with pytest.raises(AccountFaultError, match="sudah dipakai"):  # the name stays taken
        made(site, office, username="alice")


def test_ending_all_sessions_says_how_many_lived(site: Site, office: Office) -> None:
    dina, alice = came_in(site, "dina"), came_in(site, "alice")
    came_in(site, "alice")
    assert accounts.end_sessions_of_account(site, dina, alice.account_id) == 2
    assert accounts.end_sessions_of_account(site, dina, alice.account_id) == 0
    assert acts(site, "end_sessions_of_account") == [("alice", {})] * 2


def test_a_name_for_single_sign_on_is_one_persons_and_unbinds(site: Site, office: Office) -> None:
    dina = came_in(site, "dina")
    alice, bob = number_of(site, "alice"), number_of(site, "bob")

    def kept(account_id: int) -> tuple[str | None, str | None]:
        with site.db.read() as session:
            account = session.get_one(Account, account_id)
            return account.sso_name, account.sso_subject

    accounts.name_for_single_sign_on(site, dina, alice, " Alice@Kab ")
    with site.db.transaction() as tx:
        tx.execute(update(Account).where(Account.id == alice).values(sso_subject="x"))
    assert kept(alice) == ("alice@kab", "x")
    with pytest.raises(AccountFaultError, match="sudah dipakai"):
        accounts.name_for_single_sign_on(site, dina, bob, "alice@kab")
    accounts.name_for_single_sign_on(site, dina, alice, "alice@kab")  # the own one again
    assert kept(alice) == ("alice@kab", None)
    for name in ("x" * 201, "a\x00b"):
        with pytest.raises(AccountFaultError, match="200"):
            accounts.name_for_single_sign_on(site, dina, bob, name)
    accounts.name_for_single_sign_on(site, dina, bob, "x" * 200)
    assert kept(bob) == ("x" * 200, None)
    for account_id in (alice, bob):  # '' is no name, so several may have it
        accounts.name_for_single_sign_on(site, dina, account_id, " ")
        assert kept(account_id) == (None, None)
    told = [detail["sso_name"] for _who, detail in acts(site, "set_sso_name")]
    assert told == ["alice@kab", "alice@kab", "x" * 200, "", ""]


@pytest.mark.parametrize("name", ["siti@kab", "", "budi@kab"])
def test_another_or_no_name_for_single_sign_on_ends_the_sessions_of_who_had_it(
    site: Site, office: Office, name: str
) -> None:
    """Entering the same name again cuts the tie as well: whoever was bound must come in anew."""
    dina, alice, bob = (came_in(site, who) for who in ("dina", "alice", "bob"))
    accounts.name_for_single_sign_on(site, dina, alice.account_id, "budi@kab")
    assert sessions_of(site, dina, alice) == 1  # nobody came in by a name before
    with site.db.transaction() as tx:
        tx.execute(update(Account).where(Account.id == alice.account_id).values(sso_subject="x"))
    accounts.name_for_single_sign_on(site, dina, alice.account_id, name)
    assert sessions_of(site, dina, alice) == 0
    assert sessions_of(site, dina, bob) == 1


def sessions_of(site: Site, dina: Viewer, viewer: Viewer) -> int:
    return accounts.account_page(site, dina, viewer.account_id).sessions


def test_an_own_password_is_changed_with_the_old_one_and_ends_every_session(
    site: Site, office: Office
) -> None:
    alice = came_in(site, "alice")
    with pytest.raises(AccountFaultError, match="paling sedikit"):
        log_in.change_password(site, alice, old=PASSWORD, new="short")
    with pytest.raises(LoginRefusedError):
        log_in.change_password(site, alice, old="wrong password", new=NEW)
    log_in.change_password(site, alice, old=PASSWORD, new=NEW)
    with site.db.read() as session:
        assert session.scalars(select(StaffSession.revoked_at)).all() == [site.now()]
    with pytest.raises(LoginRefusedError):
        log_in.log_in(site, username="alice", password=PASSWORD)
    assert came_in(site, "alice", password=NEW)
    assert acts(site, "change_password") == [("alice", {})]


def test_asking_for_the_password_again_is_slowed_like_the_log_in(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    alice = came_in(site, "alice")
    for _ in range(2):  # a right answer begins anew
        for _guess in range(GUESSES - 1):
            with pytest.raises(LoginRefusedError):
                log_in.confirm_password(site, alice, "wrong password")
        log_in.confirm_password(site, alice, PASSWORD)
    for _guess in range(GUESSES):
        with pytest.raises(LoginRefusedError):
            log_in.confirm_password(site, alice, "wrong password")
    with pytest.raises(TooManyTriesError):
        log_in.confirm_password(site, alice, PASSWORD)
    assert came_in(site, "alice")  # the door has a brake of its own, and strangers none at this one
    clock.at += timedelta(minutes=10)
    log_in.confirm_password(site, alice, PASSWORD)
    with pytest.raises(LoginRefusedError):  # an account that is gone
        log_in.confirm_password(site, replace(alice, account_id=999), PASSWORD)


def test_the_brake_lets_eight_guesses_through_in_ten_minutes(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    for _ in range(8):
        with pytest.raises(LoginRefusedError):
            log_in.log_in(site, username="alice", password="wrong password")
    for minutes in (0, 9.9):
        clock.at += timedelta(minutes=minutes)
        with pytest.raises(TooManyTriesError):
            log_in.log_in(site, username="alice", password=PASSWORD)
    clock.at += timedelta(minutes=0.1)
    assert came_in(site, "alice")


def test_a_log_in_is_written_down_once_it_is_whole(site: Site, office: Office) -> None:
    came_in(site, "alice")
    half_way(site, "dina")
    assert acts(site, "log_in") == [("alice", {"proof": "password"})]
    came_in(site, "dina")
    assert acts(site, "log_in")[1:] == [("dina", {"proof": "code"})]


def test_sessions_are_listed_the_own_one_first_and_without_those_that_lay_idle(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    came_in(site, "dina")
    clock.at += timedelta(minutes=61)
    old, here = came_in(site, "dina"), came_in(site, "dina")
    for viewer, other in ((here, old), (old, here)):
        lines = sessions.own_sessions(site, viewer)
        assert [line.session_id for line in lines] == [viewer.session_id, other.session_id]
        assert [line.is_this for line in lines] == [True, False]


def test_ending_sessions_is_written_down(site: Site, office: Office) -> None:
    other, third, here = (came_in(site, "alice") for _ in range(3))
    bob = came_in(site, "bob")
    sessions.end_own_session(site, here, other.session_id)
    for session_id in (other.session_id, bob.session_id, 999):
        with pytest.raises(NotThereError):
            sessions.end_own_session(site, here, session_id)
    assert acts(site, "end_session") == [("alice", {})]
    assert sessions.end_other_sessions(site, here) == 1
    assert third.session_id not in {line.session_id for line in sessions.own_sessions(site, here)}
    assert acts(site, "end_other_sessions") == [("alice", {"ended": 1})]


def test_the_second_step_of_each_role_is_told_as_it_stands(site: Site, office: Office) -> None:
    dina, alice = came_in(site, "dina"), came_in(site, "alice")
    with site.db.transaction() as tx:
        own = {"account_id": dina.account_id, "agency_id": office.agency_id}
        for number, used_at in enumerate((None, None, site.now())):
            tx.add(RecoveryCode(**own, code_hash=f"{number}", used_at=used_at))
    state = factor_state(site, dina)
    assert (state.since is not None, state.codes_left) == (True, 2)
    assert (state.is_required, state.is_waived_by_demo) == (True, False)
    state = factor_state(site, alice)
    assert (state.since, state.codes_left) == (None, 0)
    assert (state.is_required, state.is_waived_by_demo) == (False, False)
    with site.db.transaction() as tx:
        tx.execute(update(Agency).values(is_demo=True))
    assert [factor_state(site, viewer).is_waived_by_demo for viewer in (dina, alice)] == [
        True,
        False,
    ]
    assert not factor_state(site, dina).is_required


def test_replacing_an_app_is_slowed_begins_anew_and_is_written_down(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    dina = came_in(site, "dina")
    assert enrolment(site, dina) is None
    for _guess in range(GUESSES):
        with pytest.raises(WrongSecondStepError):
            begin_enrolment(site, dina, password=PASSWORD, code="abcdef")
    as_if_unused(site, "dina")
    with pytest.raises(TooManyTriesError):
        begin_enrolment(site, dina, password=PASSWORD, code=app_code(site, "dina"))
    clock.at += timedelta(minutes=10)
    with pytest.raises(LoginRefusedError):
        begin_enrolment(site, dina, password="wrong password", code=app_code(site, "dina"))
    begin_enrolment(site, dina, password=PASSWORD, code=app_code(site, "dina"))
    offered = enrolment(site, dina)
    assert offered is not None
    assert offered.username == "dina"
    for _guess in range(GUESSES):  # all of them: a right code has begun the count anew
        with pytest.raises(WrongSecondStepError):
            confirm_enrolment(site, dina, code="abcdef", user_agent="")
    with pytest.raises(TooManyTriesError):
        confirm_enrolment(site, dina, code="abcdef", user_agent="")
    assert acts(site, "set_second_factor") == []


def test_an_app_that_was_set_up_after_some_wrong_codes_begins_the_count_anew(
    site: Site, office: Office
) -> None:
    alice = came_in(site, "alice")
    begin_enrolment(site, alice, password=PASSWORD, code="")
    offered = enrolment(site, alice)
    assert offered is not None
    app = pyotp.TOTP(offered.secret.replace(" ", ""))

    def wrong(act: Callable[[], object]) -> None:
        for _guess in range(GUESSES - 1):
            with pytest.raises(WrongSecondStepError):
                act()

    wrong(lambda: confirm_enrolment(site, alice, code="abcdef", user_agent=""))
    confirm_enrolment(site, alice, code=app.at(site.now()), user_agent="")
    half = half_way(site, "alice")
    wrong(lambda: pass_second_step(site, half, typed="abcdef", user_agent=""))
    as_if_unused(site, "alice")
    assert pass_second_step(site, half, typed=app.at(site.now()), user_agent="")
    assert acts(site, "set_second_factor") == [("alice", {})]


def test_a_code_is_confirmed_only_where_one_was_offered(site: Site, office: Office) -> None:
    alice = came_in(site, "alice")
    with pytest.raises(NotThereError):
        confirm_enrolment(site, alice, code="123456", user_agent="")


def test_a_second_step_is_passed_once_and_by_those_who_have_one(site: Site, office: Office) -> None:
    half = half_way(site, "dina")
    pass_second_step(site, half, typed=app_code(site, "dina"), user_agent="")
    as_if_unused(site, "dina")
    with pytest.raises(NotThereError):  # that half of a log-in is spent
        pass_second_step(site, half, typed=app_code(site, "dina"), user_agent="")
    dina = came_in(site, "dina")
    remove_second_factor(site, dina, number_of(site, "hana"))
    enrolling = half_way(site, "hana")
    with pytest.raises(NotThereError):
        pass_second_step(site, enrolling, typed=app_code(site, "hana"), user_agent="")


def test_a_right_code_begins_the_count_of_guesses_anew(site: Site, office: Office) -> None:
    for _ in range(2):
        half = half_way(site, "dina")
        for _guess in range(GUESSES - 1):
            with pytest.raises(WrongSecondStepError):
                pass_second_step(site, half, typed="abcdef", user_agent="")
        as_if_unused(site, "dina")
        assert pass_second_step(site, half, typed=app_code(site, "dina"), user_agent="")


def test_a_step_taken_away_while_somebody_types_its_code_lets_nobody_in(
    site: Site, office: Office
) -> None:
    half, dina = half_way(site, "hana"), came_in(site, "dina")
    remove_second_factor(site, dina, half.account_id)
    with pytest.raises(WrongSecondStepError):
        pass_second_step(site, half, typed=app_code(site, "hana"), user_agent="")
    with pytest.raises(AccountFaultError, match="tidak mempunyai"):
        remove_second_factor(site, dina, half.account_id)
    with pytest.raises(NotThereError):
        remove_second_factor(site, replace(dina, agency_id=999), number_of(site, "ina"))
    assert acts(site, "remove_second_factor") == [("hana", {})]


def test_a_session_lives_as_long_as_the_settings_say(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    secret = log_in.log_in(site, username="alice", password=PASSWORD)
    lives = timedelta(hours=site.settings.session_hours)
    ends_at = clock.at + lives
    while clock.at < ends_at - timedelta(minutes=30):  # in use, so that it does not end before
        clock.at += timedelta(minutes=30)
        assert sessions.viewer_of_session(site, secret)
    clock.at = ends_at - timedelta(seconds=1)
    assert sessions.viewer_of_session(site, secret)
    clock.at += timedelta(seconds=1)
    assert sessions.viewer_of_session(site, secret) is None


def test_half_a_log_in_is_no_viewer(site: Site, office: Office) -> None:
    secret = log_in.log_in(site, username="dina", password=PASSWORD)
    assert isinstance(sessions.visitor_of_session(site, secret), HalfWay)
    assert sessions.viewer_of_session(site, secret) is None
    sessions.log_out(site, secret)
    assert sessions.visitor_of_session(site, secret) is None
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 1
