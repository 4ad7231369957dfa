"""Idle limits by role, and browsers in plain words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback_app.domain.staff_sessions import browser_words, is_idle

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
AGENTS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
        ("Edge", "Windows"),
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Mobile Safari/537.36",
        ("Chrome", "Android"),
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        ("Safari", "iPhone"),
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0",
        ("Firefox", "Mac"),
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        ("Firefox", "Linux"),
    ),
    ("curl/8.0 (kenari-ajaib)", ("", "")),
    ("", ("", "")),
)


@pytest.mark.parametrize(("agent", "words"), AGENTS)
def test_browsers_have_plain_names(agent: str, words: tuple[str, str]) -> None:
    assert browser_words(agent) == words


def test_whoever_it_is_an_unused_session_ends_after_an_hour() -> None:
    limit = timedelta(hours=1)
    assert not is_idle(last_seen=NOW - limit + timedelta(seconds=1), now=NOW)
    assert is_idle(last_seen=NOW - limit, now=NOW)
