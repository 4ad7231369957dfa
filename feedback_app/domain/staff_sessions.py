"""How long a staff session lives unused, and how its browser is called. Pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(minutes=60)  # of every role: PCs of an office are shared (ADR 1)
SEEN_EVERY = timedelta(minutes=5)  # writing it down at each request would be a write a click
CODE_WITHIN = timedelta(minutes=10)  # between the password and the code
ENROL_WITHIN = timedelta(minutes=30)  # an app may have to be installed first


class Stage(StrEnum):
    """What a session opens: everything, the second step, or the setting-up of one."""

    FULL = "full"
    CODE = "code"
    ENROL = "enrol"


def is_idle(*, last_seen: datetime, now: datetime) -> bool:
    """Whether a session lay unused for too long."""
    return now - last_seen >= IDLE


# The first that is found in the user agent; Chrome's name stands in many others' too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> tuple[str, str]:
    """The families of browser and system, such as ('Firefox', 'Windows'); '' where unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return browser, system
