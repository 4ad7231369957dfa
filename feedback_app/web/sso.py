"""Single sign-on: to the issuer and back. Its libraries load at the first use."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, abort, redirect, request, session
from werkzeug.wrappers import Response

from feedback_app.services.access.sso_attempt import Attempt, SsoRefusedError
from feedback_app.web.access import site
from feedback_app.web.after_log_in import let_in
from feedback_app.web.errors import error_page
from feedback_app.web.language import gettext as _

sso = Blueprint("sso", __name__)

KEPT = "sso"  # where the browser's own session keeps a sign-on that was begun


@sso.get("/masuk/sso")
def begin() -> Response:
    """Send the browser to the single sign-on."""
    from feedback_app.services.access import sso as service

    if site().settings.sso is None:
        abort(404)
    try:
        url, attempt = service.begin(site())
    except SsoRefusedError:
        return _refused()
    session[KEPT] = asdict(attempt) | {"next": request.args.get("next", "")[:2000]}
    return redirect(url)


@sso.get("/masuk/sso/kembali")
def come_back() -> Response:
    """Check the answer of the single sign-on, once, and let the person in."""
    from feedback_app.services.access import sso as service

    if site().settings.sso is None:
        abort(404)
    kept = session.pop(KEPT, None)
    try:
        attempt, next_page = _begun(kept)
        secret = service.finish(
            site(), attempt, request.args.to_dict(), user_agent=request.user_agent.string
        )
    except SsoRefusedError:
        return _refused()
    return let_in(secret, next_page)


def _begun(kept: object) -> tuple[Attempt, str]:
    if not isinstance(kept, dict):
        raise SsoRefusedError("this browser began no sign-on")
    return Attempt(
        state=kept["state"],
        nonce=kept["nonce"],
        verifier=kept["verifier"],
        begun_at=kept["begun_at"],
    ), str(kept["next"])


def _refused() -> Response:
    return error_page(
        403,
        _("Masuk tunggal tidak berhasil"),
        _(
            "Kembali ke halaman masuk, lalu coba lagi. Bila tetap tidak berhasil, mintalah admin "
            "kantor Anda memeriksa nama masuk tunggal akun Anda."
        ),
    )
