"""Second steps outlive the keys that sealed them, once they are sealed again."""

from __future__ import annotations

from dataclasses import replace

from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import HalfWay, WrongSecondStepError
from feedback_app.services.access.second_step import pass_second_step, seal_all_again
from feedback_app.services.access.sessions import viewer_of_session, visitor_of_session
from feedback_app.services.site import Site
from tests.ground.office import PASSWORD, Office, app_code, as_if_unused

OLD, NEW = b"s" * 32, b"n" * 32


def with_keys(site: Site, *keys: bytes) -> Site:
    return replace(site, settings=replace(site.settings, secret_keys=keys))


def gets_in(site: Site) -> bool:
    half = visitor_of_session(site, log_in(site, username="dina", password=PASSWORD))
    assert isinstance(half, HalfWay)
    as_if_unused(site, "dina")
    try:
        secret = pass_second_step(site, half, typed=app_code(site, "dina"), user_agent="")
    except WrongSecondStepError:
        return False
    return viewer_of_session(site, secret) is not None


def test_a_rotated_key_still_opens_and_may_go_after_sealing_again(
    site: Site, office: Office
) -> None:
    assert gets_in(with_keys(site, OLD))
    assert gets_in(with_keys(site, NEW, OLD))
    assert not gets_in(with_keys(site, NEW))  # too early
    done, lost = seal_all_again(with_keys(site, NEW))
    assert (done, len(lost)) == (0, 3)
    assert seal_all_again(with_keys(site, NEW, OLD)) == (3, ())
    assert seal_all_again(with_keys(site, NEW, OLD)) == (0, ())
    assert gets_in(with_keys(site, NEW))
    assert not gets_in(with_keys(site, OLD))
