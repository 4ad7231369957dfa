"""Single sign-on: OpenID Connect, code flow with PKCE. Accounts are never made by it.

The answer of the issuer is checked in full before any of it is believed: state, issuer, signature
by a published key, audience, nonce, times (OpenID Connect Core 1.0 §3.1.3.7, RFC 9207).
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from feedback_app.config import LOOPBACK_HOSTS, SsoSettings
from feedback_app.domain.sso_claims import asserts_second_factor, subject_of, vouched_names
from feedback_app.services.access.sessions import Proof, open_session
from feedback_app.services.access.sso_attempt import Attempt, SsoRefusedError
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account
from feedback_app.storage.queries import accounts as queries

log = logging.getLogger(__name__)

SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA")  # never "none", never a shared secret
ANSWER_WITHIN = timedelta(minutes=10)
LEEWAY_SECONDS = 60  # between the issuer's clock and ours
TIMEOUT_SECONDS = 5
RETURN_PATH = "/masuk/sso/kembali"  # the route is web/sso.py


def begin(site: Site) -> tuple[str, Attempt]:
    """Where to send the browser, and what to remember until it comes back."""
    sso = _settings(site)
    attempt = Attempt.new(site.now())
    with _client(site, sso) as client:
        found = _discover(client, sso)
        url, _state = client.create_authorization_url(
            found["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    return str(url), attempt


def finish(site: Site, attempt: Attempt, answer: Mapping[str, str], *, user_agent: str) -> str:
    """Check the issuer's answer; return the new session's secret, or raise SsoRefusedError."""
    sso = _settings(site)
    _check_answer(site, sso, attempt, answer)
    try:
        claims = _verified_claims(site, sso, attempt, answer["code"])
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError) as error:
        log.warning("single sign-on refused: %s: %s", type(error).__name__, error)
        raise SsoRefusedError from error
    proof: Proof = "sso with second factor" if asserts_second_factor(claims) else "sso"
    with site.db.transaction() as tx:
        account = _account_of(tx, claims)
        return open_session(tx, site, account, proof=proof, user_agent=user_agent)


def _settings(site: Site) -> SsoSettings:
    if site.settings.sso is None:
        raise NotThereError
    return site.settings.sso


def _check_answer(
    site: Site, sso: SsoSettings, attempt: Attempt, answer: Mapping[str, str]
) -> None:
    age = site.now().timestamp() - attempt.begun_at
    is_ours = hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode())
    if not is_ours or not 0 <= age + LEEWAY_SECONDS <= ANSWER_WITHIN.total_seconds():
        raise _refusal("state is not this browser's, or too old")
    if answer.get("iss", sso.issuer) != sso.issuer:
        raise _refusal("answer of another issuer")
    if "error" in answer or not answer.get("code"):
        raise _refusal("the issuer sent no code")


def _refusal(reason: str) -> SsoRefusedError:
    log.warning("single sign-on refused: %s", reason)
    return SsoRefusedError(reason)


def _client(site: Site, sso: SsoSettings) -> OAuth2Session:
    client = OAuth2Session(
        sso.client_id,
        sso.client_secret,
        scope="openid email profile",
        redirect_uri=site.settings.base_url + RETURN_PATH,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 (a method's name)
        default_timeout=TIMEOUT_SECONDS,
    )
    client.max_redirects = 0
    return client


def _discover(client: OAuth2Session, sso: SsoSettings) -> dict[str, Any]:
    """The issuer's own description; its endpoints must be encrypted unless on this machine."""
    try:
        found = _json(client, sso.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found["issuer"] != sso.issuer:
            raise _refusal("the description names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _refuse_plain(str(found[name]))
    except (requests.RequestException, ValueError, KeyError) as error:
        raise _refusal(f"no usable description: {error}") from error
    return found


def _refuse_plain(url: str) -> None:
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in (*LOOPBACK_HOSTS, "::1")
    if parts.scheme != "https" and not is_local:
        raise _refusal(f"{url} is not encrypted")


def _json(client: OAuth2Session, url: str) -> dict[str, Any]:
    response = client.get(url, withhold_token=True)
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError(f"{url} holds no object")
    return found


def _verified_claims(site: Site, sso: SsoSettings, attempt: Attempt, code: str) -> dict[str, Any]:
    with _client(site, sso) as client:
        found = _discover(client, sso)
        token = client.fetch_token(
            found["token_endpoint"], code=code, code_verifier=attempt.verifier
        )
        keys = _usable_keys(_json(client, found["jwks_uri"]))
    claims = jwt.decode(str(token["id_token"]), keys, algorithms=list(SIGNATURES)).claims
    jwt.JWTClaimsRegistry(
        now=int(site.now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": sso.issuer},
        aud={"essential": True, "value": sso.client_id},
        nonce={"essential": True, "value": attempt.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    ).validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else sso.client_id) != sso.client_id:
        raise ValueError("the token was made for another client")
    return dict(claims)


def _usable_keys(published: Mapping[str, Any]) -> KeySet:
    """The published keys that we can read: one of an unknown kind or curve is passed over.

    RFC 7517 §5 asks for that; issuers publish new kinds long before they sign with them.
    """
    keys: list[Key] = []
    for entry in published["keys"]:
        try:
            keys += KeySet.import_key_set({"keys": [entry]}).keys
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.info("single sign-on: a published key is passed over: %s", type(error).__name__)
    if not keys:
        raise ValueError("the issuer publishes no key that can be read")
    return KeySet(keys)


def _account_of(tx: Session, claims: Mapping[str, Any]) -> Account:
    """The account bound to this identity, or the one an admin meant for it, bound now."""
    subject = subject_of(claims)
    if len(subject) > 600 or not subject.isprintable():
        raise _refusal("a subject that cannot be kept")
    bound = queries.open_account_of_subject(tx, subject)
    if bound is not None:
        return bound
    for name in vouched_names(claims):
        meant = queries.unbound_account_of_sso_name(tx, name)
        if meant is not None and queries.bind_subject(tx, meant.id, subject):
            return meant
    raise _refusal("no account is meant for this person")
