"""What each route answered to somebody of the cast: walked once a run on each engine, asked by many."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers

from tests.ground.once import made_once


@dataclass(frozen=True)
class Answered:
    """The answer to one request, without its body."""

    endpoint: str
    method: str
    asked: str  # the path
    status: int
    headers: list[tuple[str, str]]

    @property
    def header(self) -> Headers:
        """The headers by their names."""
        return Headers(self.headers)


def walked(
    shared: Path, app: Flask, username: str, walk: Callable[[], list[Answered]]
) -> list[Answered]:
    """The walk of this person ("" is a citizen) over an untouched office of this app's engine."""
    engine = app.extensions["site"].settings.database_url.partition(":")[0]

    def make(folder: Path) -> None:
        (folder / "answers.json").write_text(json.dumps([asdict(one) for one in walk()]))

    made = made_once(shared / f"walk-{engine}-{username or 'citizen'}", make)
    rows: list[dict[str, Any]] = json.loads((made / "answers.json").read_text())
    return [Answered(**row | {"headers": [tuple(pair) for pair in row["headers"]]}) for row in rows]
