"""A body is awaited piece by piece, under a deadline and a largest size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from feedback_app.front.rsgi import HTTPProtocol

SMALL_BYTES = 64 * 1024  # a citizen's form with the longest comment is a tenth of it


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a body may take: never `idle_s` without a byte, never slower than a slow phone."""

    idle_s: float = 15
    first_s: float = 20
    bytes_a_second: int = 8 * 1024

    def until(self, *, began: float, now: float, received: int) -> float:
        """When a body that began then and has so many bytes now is given up (all in seconds)."""
        return min(now + self.idle_s, began + self.first_s + received / self.bytes_a_second)


class RefusedError(Exception):
    """No thread will see this request; the status says why."""

    def __init__(self, status: int) -> None:
        """Keep the status: 400, 408, 413 or 503."""
        super().__init__(status)
        self.status = status


async def collect(
    protocol: HTTPProtocol,
    *,
    length: int | None,
    most: int,
    patience: Patience,
    on_large: Callable[[], None],
) -> bytes:
    """The whole body; `length` is None where it comes in pieces of unknown number.

    `on_large` is called before more than SMALL_BYTES are kept, and may refuse. Raises RefusedError:
    400 where the sender broke off, 408 where it was too slow, 413 where it sends more than `most`.
    """
    now = asyncio.get_running_loop().time
    began = now()
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout_at(patience.until(began=began, now=began, received=0)) as limit:
            async for piece in protocol:
                if not piece:  # the end, or the sender is gone
                    break
                if size <= SMALL_BYTES < size + len(piece):
                    on_large()
                size += len(piece)
                if size > most:
                    raise RefusedError(413)
                pieces.append(piece)
                if size == length:
                    break
                limit.reschedule(patience.until(began=began, now=now(), received=size))
            if size == length or (length is None and await _is_at_end(protocol)):
                return b"".join(pieces)
    except TimeoutError:
        raise RefusedError(408) from None
    raise RefusedError(400)


async def _is_at_end(protocol: HTTPProtocol) -> bool:
    """After an empty piece: granian gives one at the end, and one more where the sender is gone."""
    try:
        await anext(protocol)
    except StopAsyncIteration:
        return True
    return False
