"""A real OpenID Connect provider on this machine: Authlib's server side behind a socket.

Discovery, published keys, code flow with PKCE, RS256. A test can tell it to lie in one way.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, list_to_scope, scope_to_list
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

from tests.ground.browser import free_port

CLIENT_ID, CLIENT_SECRET = "suara-loket", "a secret of the two servers"
Claims = dict[str, Any]


@dataclass
class Person:
    """Who is logged in at the provider."""

    sub: str
    claims: Claims

    def get_user_id(self) -> str:
        """What Authlib asks for."""
        return self.sub


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """The one client that is registered."""

    redirect_uri: str

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        allowed = {"openid", "email", "profile"}
        return str(list_to_scope([s for s in scope_to_list(scope) if s in allowed]))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    person: Person
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Provider:
    """One running provider; `person` is who sits at the browser, `lie` changes a token's claims."""

    issuer: str
    client: Client
    person: Person = field(default_factory=lambda: Person("s-1", {}))
    keys: KeySet = field(default_factory=lambda: KeySet([new_key("k1")]))
    codes: dict[str, Code] = field(default_factory=dict)
    lie: Callable[[Claims], Claims] = dict
    sign: Callable[[Claims], str] | None = None
    named_issuer: str = ""  # what the description says, when it lies
    other_keys: list[dict[str, str]] = field(default_factory=list)  # published before the good one
    token_requests: int = 0

    def encode(self, claims: Claims) -> str:
        """A token as this provider signs it, honestly or not."""
        claims = self.lie(claims)
        return self.sign(claims) if self.sign else self.sign_with(claims, self.keys.keys[0])

    def sign_with(self, claims: Claims, key: Any) -> str:
        """Signed by this key under the published key's name."""
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key, ["RS256"])

    def sign_with_published_key_as_secret(self, claims: Claims) -> str:
        """The old confusion: an HMAC whose secret is the public key everybody has."""
        key = self.keys.keys[0]
        assert isinstance(key, RSAKey)
        public = key.as_pem(private=False)
        secret = OctKey.import_key(public.replace(b"-----BEGIN", b"----BEGIN"))
        return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, secret, ["HS256"])


def new_key(kid: str) -> RSAKey:
    """A fresh signing key."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)


def _grants(provider: Provider) -> tuple[type[AuthorizationCodeGrant], OpenIDCode]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, asked: Any) -> Code:
            payload = asked.payload
            provider.codes[code] = Code(
                code=code,
                redirect_uri=payload.redirect_uri,
                scope=payload.scope,
                nonce=payload.data.get("nonce"),
                person=asked.user,
                code_challenge=payload.data.get("code_challenge"),
                code_challenge_method=payload.data.get("code_challenge_method"),
            )
            return provider.codes[code]

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            del provider.codes[code.code]

        def authenticate_user(self, code: Code) -> Person:
            return code.person

    class Openid(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, _client: Client) -> KeySet:
            return provider.keys

        def get_client_claims(self, client: Client) -> Claims:
            return {"iss": provider.issuer, "aud": [client.get_client_id()]}

        def generate_user_info(self, user: Person, scope: str) -> UserInfo:
            return UserInfo(sub=user.sub, **user.claims)

        def encode_id_token(self, token: Claims, asked: Any) -> str:
            honest = super().encode_id_token(token, asked)
            return provider.encode(jwt.decode(honest, provider.keys, algorithms=["RS256"]).claims)

    return Grant, Openid(require_nonce=True)


def _application(provider: Provider) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(
        app, query_client=lambda _name: provider.client, save_token=lambda _token, _asked: None
    )
    grant, openid = _grants(provider)
    server.register_grant(grant, [openid, CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def describe() -> Response:
        base = provider.issuer
        return jsonify(
            issuer=provider.named_issuer or base,
            authorization_endpoint=f"{base}/authorize",
            token_endpoint=f"{base}/token",
            jwks_uri=f"{base}/keys",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Response:
        published = provider.keys.as_dict(private=False)["keys"]
        text = json.dumps({"keys": [*provider.other_keys, *published]})
        return Response(text, mimetype="application/json")

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider.person)
        if request.args.get("agree"):
            return server.create_authorization_response(grant=grant, grant_user=provider.person)
        more = f"{request.full_path}&agree=1"  # a person would press a button here
        return redirect(more)

    @app.post("/token")
    def token() -> Any:
        provider.token_requests += 1
        return server.create_token_response()

    return app


@contextmanager
def running_provider(redirect_uri: str) -> Iterator[Provider]:
    """The provider in a thread of its own, on a socket of this machine."""
    port = free_port()
    provider = Provider(f"http://localhost:{port}", Client(redirect_uri))
    server = make_server("localhost", port, _application(provider), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
