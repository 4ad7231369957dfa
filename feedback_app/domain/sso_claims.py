"""What a single sign-on's answer says about a person. Pure rules; the token is verified before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# RFC 8176; "otp" and the like alone are one factor, whichever.
_SECOND_KINDS = frozenset({"otp", "hwk", "swk", "sms", "tel", "fpt", "face", "iris", "vbm", "sc"})
_STRONG_CONTEXTS = frozenset(
    {
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "https://refeds.org/profile/mfa",
    }
)


def subject_of(claims: Mapping[str, Any]) -> str:
    """Issuer and subject together: a subject alone is unique at its issuer only."""
    return f"{claims['iss']} {claims['sub']}"


def vouched_names(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that an admin's entry may match: a verified e-mail address, then the user name.

    A user name that looks like an address is not taken: nobody has verified it.
    """
    email, name = claims.get("email"), claims.get("preferred_username")
    names = []
    if isinstance(email, str) and claims.get("email_verified") is True:
        names.append(email)
    if isinstance(name, str) and "@" not in name:
        names.append(name)
    plain = (text.strip().casefold() for text in names)
    return tuple(text for text in plain if text and text.isprintable())


def asserts_second_factor(claims: Mapping[str, Any]) -> bool:
    """Whether the issuer says that it has asked for two factors."""
    methods = claims.get("amr")
    found = {m for m in methods if isinstance(m, str)} if isinstance(methods, list) else set()
    if "mfa" in found or ("pwd" in found and found & _SECOND_KINDS):
        return True
    return claims.get("acr") in _STRONG_CONTEXTS
