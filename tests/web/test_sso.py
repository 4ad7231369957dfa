"""Single sign-on against a real provider: who gets in, and every answer that must not be believed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from feedback_app import create_app
from feedback_app.config import Settings, SettingsError, SsoSettings
from feedback_app.domain.sso_claims import asserts_second_factor, vouched_names
from feedback_app.services.site import Site
from feedback_app.storage.models import Account, StaffSession
from tests.conftest import Browser, SteppedClock
from tests.ground.office import Office, app_code
from tests.ground.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Person,
    Provider,
    new_key,
    running_provider,
)
from tests.ground.staff import second_step

BACK = "http://127.0.0.1:8000/masuk/sso/kembali"
VERIFIED = {"email": "Alice@office.example", "email_verified": True}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """One provider for all tests."""
    with running_provider(BACK) as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, honest again, with Alice at the browser."""
    running.person = Person("s-alice", dict(VERIFIED))
    running.lie, running.sign, running.named_issuer = dict, None, ""
    running.other_keys = []
    return running


@pytest.fixture
def clock() -> SteppedClock:
    """The provider's tokens carry the machine's own time."""
    return SteppedClock(datetime.now(UTC))


@pytest.fixture
def app(
    settings: Settings, clock: SteppedClock, office: Office, site: Site, provider: Provider
) -> Iterator[Flask]:
    """The application with single sign-on, and names entered for Alice, Dina and Hana."""
    sso = SsoSettings(provider.issuer, CLIENT_ID, CLIENT_SECRET, "SSO Pemda")
    with site.db.transaction() as tx:
        for username in ("alice", "dina", "hana"):
            named = update(Account).where(Account.username == username)
            tx.execute(named.values(sso_name=f"{username}@office.example"))
    app = create_app(replace(settings, sso=sso), clock=clock)
    yield app
    app.extensions["site"].db.close()


def to_provider(browser: Browser, next_page: str = "") -> str:
    """Begin; follow the provider's redirects; return the address it sends the browser back to."""
    begun = browser.get("/masuk/sso", query_string={"next": next_page} if next_page else {})
    assert begun.status_code == 302
    session = requests.Session()
    answer = session.get(begun.location, allow_redirects=False, timeout=10)
    while not answer.headers["Location"].startswith(BACK):
        url = requests.compat.urljoin(answer.url, answer.headers["Location"])
        answer = session.get(url, allow_redirects=False, timeout=10)
    return answer.headers["Location"]


def come_back(browser: Browser, url: str, **changes: str) -> TestResponse:
    """Hand the provider's answer to the site, some of it changed."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return browser.get(f"{parts.path}?{urlencode(query)}")


def sessions(site: Site) -> int:
    with site.db.read() as session:
        return int(session.scalar(select(func.count()).select_from(StaffSession)) or 0)


def assert_refused(answer: TestResponse, browser: Browser, site: Site) -> None:
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "Masuk tunggal tidak berhasil" in page
    assert "Traceback" not in page
    assert sessions(site) == 0
    assert browser.get("/staf/").location.startswith("/masuk?")


def test_the_button_leads_in_and_binds_the_identity(
    browse: Callable[[], Browser], site: Site, provider: Provider
) -> None:
    alice = browse()
    assert "Masuk dengan SSO Pemda" in alice.get("/masuk").get_data(as_text=True)
    back = come_back(alice, to_provider(alice, "/staf/loket/A1"))
    assert back.location == "/staf/loket/A1"
    assert alice.get("/staf/loket/A1").status_code == 200
    with site.db.read() as session:
        bound = session.scalar(select(Account.sso_subject).where(Account.username == "alice"))
    assert bound == f"{provider.issuer} s-alice"
    provider.person = Person("s-alice", {"email": "new@office.example", "email_verified": True})
    again = browse()
    assert come_back(again, to_provider(again)).location == "/staf/"  # known by its subject now
    provider.person = Person("s-mallory", dict(VERIFIED))  # the same address, another person
    mallory = browse()
    assert come_back(mallory, to_provider(mallory)).status_code == 403


def test_published_keys_of_an_unknown_kind_are_passed_over(
    browse: Callable[[], Browser], provider: Provider
) -> None:
    provider.other_keys = [
        {"kty": "EC", "crv": "P-0000", "x": "AA", "y": "AA", "kid": "new curve"},
        {"kty": "ML-DSA", "kid": "new kind"},
        {"kty": "RSA", "kid": "broken"},
        {},
    ]
    alice = browse()
    assert come_back(alice, to_provider(alice)).location == "/staf/"


def test_without_an_asserted_second_factor_our_own_follows(
    browse: Callable[[], Browser], site: Site, provider: Provider, clock: SteppedClock
) -> None:
    provider.person = Person("s-dina", VERIFIED | {"email": "dina@office.example"})
    dina = browse()
    back = come_back(dina, to_provider(dina, "/staf/admin/tempat/unit/baru"))
    assert back.location == "/masuk/kode?next=/staf/admin/tempat/unit/baru"
    assert dina.get("/staf/admin/tempat/unit/baru").status_code == 302
    assert (
        second_step(dina, app_code(site, "dina"), "/staf/admin/tempat/unit/baru").status_code == 302
    )
    assert dina.get("/staf/admin/tempat/unit/baru").status_code == 200
    provider.person.claims["amr"] = ["pwd", "otp"]
    other = browse()
    assert come_back(other, to_provider(other)).location == "/staf/"
    assert other.get("/staf/admin/tempat/unit/baru").status_code == 200


def changed(**changes: object) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changes


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


LIES: dict[str, Callable[[Claims], Claims]] = {
    "wrong nonce": changed(nonce="another"),
    "no nonce": without("nonce"),
    "wrong issuer": changed(iss="https://evil.example"),
    "no issuer": without("iss"),
    "wrong audience": changed(aud=["another-client"]),
    "no audience": without("aud"),
    "made for another client": changed(aud=[CLIENT_ID, "another"], azp="another"),
    "several audiences and no azp": lambda claims: without("azp")(
        claims | {"aud": [CLIENT_ID, "another"]}
    ),
    "expired": lambda claims: claims | {"exp": claims["iat"] - 600},
    "no end": without("exp"),
    "from tomorrow": lambda claims: claims | {"iat": claims["iat"] + 86400},
    "not yet": lambda claims: claims | {"nbf": claims["iat"] + 3600},
    "no subject": without("sub"),
    "a subject that is no text": changed(sub=["s-alice"]),
    "an address nobody verified": changed(email_verified=False),
    "verified, as a text": changed(email_verified="true"),
    "an unknown person": changed(email="nobody@office.example"),
    "a name that looks like an address": lambda claims: (
        without("email")(claims) | {"preferred_username": "alice@office.example"}
    ),
    "a subject with a NUL": changed(sub="s\x00alice"),
    "a very long subject": changed(sub="s" * 700),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_lies_opens_nothing(
    browse: Callable[[], Browser],
    site: Site,
    provider: Provider,
    lie: Callable[[Claims], Claims],
) -> None:
    provider.lie = lie
    browser = browse()
    assert_refused(come_back(browser, to_provider(browser)), browser, site)


def unsigned(claims: Claims) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def tampered(provider: Provider) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        header, _body, signature = provider.sign_with(claims, provider.keys.keys[0]).split(".")
        body = unsigned(claims | {"sub": "s-other"}).split(".")[1]
        return f"{header}.{body}.{signature}"

    return sign


SIGNATURES: dict[str, Callable[[Provider], Callable[[Claims], str]]] = {
    "alg none": lambda _provider: unsigned,
    "tampered": tampered,
    "another key": lambda provider: lambda claims: provider.sign_with(claims, new_key("k1")),
    "the public key as a secret": lambda provider: provider.sign_with_published_key_as_secret,
    "no token at all": lambda _provider: lambda _claims: "",
    "no token but text": lambda _provider: lambda _claims: "a.b.c",
}


@pytest.mark.parametrize("sign", SIGNATURES.values(), ids=SIGNATURES)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    browse: Callable[[], Browser],
    site: Site,
    provider: Provider,
    sign: Callable[[Provider], Callable[[Claims], str]],
) -> None:
    provider.sign = sign(provider)
    browser = browse()
    assert_refused(come_back(browser, to_provider(browser)), browser, site)


def test_answers_that_do_not_belong_here_are_refused_before_a_code_is_used(
    browse: Callable[[], Browser], site: Site, provider: Provider, clock: SteppedClock
) -> None:
    asked = provider.token_requests
    for changes in ({"state": "another"}, {"state": ""}, {"state": "é"}, {"code": ""}):
        browser = browse()
        assert_refused(come_back(browser, to_provider(browser), **changes), browser, site)
    for changes in ({"iss": "https://evil.example"}, {"error": "access_denied"}):
        browser = browse()
        assert_refused(come_back(browser, to_provider(browser), **changes), browser, site)
    stranger = browse()  # an answer made for another browser
    assert_refused(come_back(stranger, to_provider(browse())), stranger, site)
    late = browse()
    url = to_provider(late)
    began = clock.at
    clock.at = began.replace(year=began.year + 1)
    assert_refused(come_back(late, url), late, site)
    assert provider.token_requests == asked


def test_an_answer_works_once(
    browse: Callable[[], Browser], site: Site, provider: Provider
) -> None:
    alice = browse()
    url = to_provider(alice)
    cookie = alice.client.get_cookie("sl")
    assert cookie
    assert come_back(alice, url).status_code == 302
    again = come_back(alice, url)
    assert again.status_code == 403
    thief = browse()  # with the cookie of before and the same answer
    thief.client.set_cookie("sl", cookie.value)
    asked = provider.token_requests
    assert come_back(thief, url).status_code == 403
    assert provider.token_requests == asked + 1  # the provider itself refused the code
    assert thief.get("/staf/").location.startswith("/masuk?")
    assert sessions(site) == 1


def test_a_code_without_its_proof_key_is_worth_nothing(
    browse: Callable[[], Browser], provider: Provider
) -> None:
    code = parse_qs(urlsplit(to_provider(browse())).query)["code"][0]
    data = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    for verifier in ({}, {"code_verifier": "x" * 43}):
        answer = requests.post(
            f"{provider.issuer}/token",
            data=data | verifier,
            auth=(CLIENT_ID, CLIENT_SECRET),
            timeout=10,
        )
        assert answer.status_code == 400


def test_a_description_of_another_issuer_is_refused(
    browse: Callable[[], Browser], site: Site, provider: Provider
) -> None:
    browser = browse()
    url = to_provider(browser)
    provider.named_issuer = "https://evil.example"
    assert_refused(come_back(browser, url), browser, site)
    assert browse().get("/masuk/sso").status_code == 403


def test_a_provider_that_is_not_there_is_a_clear_page(
    settings: Settings, clock: SteppedClock, office: Office
) -> None:
    sso = SsoSettings("http://localhost:9", CLIENT_ID, CLIENT_SECRET, "x")
    app = create_app(replace(settings, sso=sso), clock=clock)
    assert Browser(app.test_client()).get("/masuk/sso").status_code == 403
    app.extensions["site"].db.close()


def test_without_the_setting_there_is_no_single_sign_on(
    settings: Settings, clock: SteppedClock, office: Office
) -> None:
    app = create_app(settings, clock=clock)
    browser = Browser(app.test_client())
    assert browser.get("/masuk/sso").status_code == 404
    assert browser.get("/masuk/sso/kembali?code=x&state=y").status_code == 404
    assert "/masuk/sso" not in browser.get("/masuk").get_data(as_text=True)
    app.extensions["site"].db.close()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_single_sign_on_never_leads_to_another_site(
    browse: Callable[[], Browser], target: str
) -> None:
    alice = browse()
    assert come_back(alice, to_provider(alice, target)).location == "/staf/"


def test_an_admin_enters_the_name_and_cuts_the_tie(
    browse: Callable[[], Browser], site: Site, provider: Provider
) -> None:
    from tests.ground.staff import account_number  # noqa: PLC0415

    dina = browse().log_in("dina")
    bob, charlie = (account_number(dina, name) for name in ("bob", "charlie"))

    def enter(number: int, name: str) -> str:
        page = f"/staf/admin/orang/akun/{number}"
        data = {"sso_name": name, "csrf_token": dina.csrf(page)}
        answer = dina.post(f"{page}/masuk-tunggal", data=data)
        return dina.get(answer.location).get_data(as_text=True)

    assert "disimpan" in enter(bob, " Bob.NIP ")
    assert "sudah dipakai akun lain" in enter(charlie, "bob.nip")
    assert "paling banyak" in enter(charlie, "x" * 201)
    provider.person = Person("s-bob", {"preferred_username": "bob.nip"})
    first = browse()
    assert come_back(first, to_provider(first)).location == "/staf/"
    assert "Sudah dipakai" in dina.get(f"/staf/admin/orang/akun/{bob}").get_data(as_text=True)
    provider.person = Person("s-bob-2", {"preferred_username": "bob.nip"})
    second = browse()
    assert come_back(second, to_provider(second)).status_code == 403
    enter(bob, "bob.nip")
    third = browse()
    assert come_back(third, to_provider(third)).location == "/staf/"


def test_what_counts_as_a_second_factor() -> None:
    for claims, is_strong in (
        ({"amr": ["mfa"]}, True),
        ({"amr": ["pwd", "hwk"]}, True),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"amr": ["otp"]}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"]]}, False),
        ({"acr": "1"}, False),
        ({}, False),
    ):
        assert asserts_second_factor(claims) is is_strong, claims
    assert vouched_names({"email": 3, "preferred_username": None}) == ()


def test_settings_come_whole_and_safe_or_stop_the_program(tmp_path: Path) -> None:
    secret = tmp_path / "oidc"
    secret.write_text("the secret\n")
    secret.chmod(0o600)
    good = {
        "INSTANCE_DIR": str(tmp_path / "i"),
        "OIDC_ISSUER": "https://sso.example.go.id/realms/x",
        "OIDC_CLIENT_ID": "loket",
        "OIDC_CLIENT_SECRET_FILE": str(secret),
    }
    found = Settings.from_environment(good).sso
    assert found
    assert (found.client_secret, found.name) == ("the secret", "sso.example.go.id")
    for fault, why in (
        ({"OIDC_CLIENT_ID": ""}, "belong together"),
        ({"OIDC_ISSUER": "http://sso.example.go.id"}, "not encrypted"),
        ({"OIDC_ISSUER": "sso"}, "must look like"),
        ({"OIDC_CLIENT_SECRET_FILE": str(tmp_path / "none")}, "cannot be read"),
    ):
        with pytest.raises(SettingsError, match=why):
            Settings.from_environment(good | fault)
    if os.name == "posix":
        secret.chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            Settings.from_environment(good)
