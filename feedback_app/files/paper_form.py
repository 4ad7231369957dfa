"""Paper forms to print: an A4 page as the official survey form is laid out, causes on its back."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from feedback_app.files.typesetting import typeset

Question = tuple[str, tuple[str, ...]]  # the wording, and the labels of its boxes


@dataclass(frozen=True, slots=True)
class PaperForms:
    """What the sheets of a batch say; only their numbers differ. '' for no counter: a line."""

    agency: str
    unit: str
    service: str
    counter: str
    numbers: tuple[str, ...]
    bands: tuple[Question, ...]
    official: tuple[Question, ...]
    own: tuple[Question, ...]
    facts: tuple[Question, ...]
    causes: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]  # element, numbers and words
    is_demo: bool


def paper_forms_pdf(forms: PaperForms) -> bytes:
    """Front and back of each sheet, to be printed on both sides.

    Both are set once and lie under every number (500 sheets in seconds).

    Texts go to the typesetter as data, never as markup.
    """
    form = typeset("paper_form.typ", {"form.json": asdict(forms)})
    return typeset("paper_sheets.typ", {"numbers.json": forms.numbers}, beside={"form.pdf": form})
