"""What is remembered is worked out once, and the oldest is let go."""

from __future__ import annotations

from collections.abc import Callable

from feedback_app.services.cache import Memory


def test_an_answer_is_worked_out_once_and_the_oldest_goes_first() -> None:
    memory, asked = Memory(most=2), []

    def work_out(name: str) -> Callable[[], str]:
        def work() -> str:
            asked.append(name)
            return name.upper()

        return work

    for name in ("a", "b", "a", "c", "b", "a"):
        assert memory.get(name, work_out(name)) == name.upper()
    assert asked == ["a", "b", "c", "a"]
