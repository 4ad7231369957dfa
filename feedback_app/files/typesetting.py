"""Typeset with Typst: a template, data as JSON, files beside it; fonts are the project's own."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "fonts"


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    ending: Literal["pdf", "png"] = "pdf",
    ppi: float = 200,
    beside: Mapping[str, bytes] | None = None,
    is_accessible: bool = False,
) -> bytes:
    """Typeset one template; `data` maps names of JSON files to what they hold.

    A picture is the document's only page. Texts go to the typesetter as data, never as markup.
    """
    import typst  # noqa: PLC0415 (30 MB that only a process that makes documents needs)

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for source in TEMPLATES.glob("*.typ"):
            (root / source.name).write_bytes(source.read_bytes())
        for name, content in (beside or {}).items():
            (root / name).write_bytes(content)
        for name, value in data.items():
            text = json.dumps(_drawable(value), ensure_ascii=False)
            (root / name).write_text(text, encoding="utf-8")
        options: dict[str, Any] = {"format": ending}
        if ending == "png":
            options["ppi"] = ppi
        elif is_accessible:
            options["pdf_standards"] = ["ua-1"]
        made = typst.compile(
            root / template, root=root, font_paths=[FONTS], ignore_system_fonts=True, **options
        )
    return bytes(made[0] if isinstance(made, list) else made)


def _drawable(value: Any) -> Any:
    """Without pictographs and other signs that the project's fonts cannot draw."""
    if isinstance(value, str):
        return "".join(letter for letter in value if _can_be_drawn(letter))
    if isinstance(value, Mapping):
        return {key: _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    return value


def _can_be_drawn(letter: str) -> bool:
    if letter in "\n\t":
        return True
    kind = unicodedata.category(letter)
    return ord(letter) <= 0xFFFF and kind not in ("So", "Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me")
