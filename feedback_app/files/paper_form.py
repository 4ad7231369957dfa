"""Paper forms to print: one A4 page a sheet, in the layout of the official survey form."""

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
    is_demo: bool


def paper_forms_pdf(forms: PaperForms) -> bytes:
    """A page a sheet; the form is set once and lies under every number (500 sheets in seconds).

    Texts go to the typesetter as data, never as markup.
    """
    form = typeset("paper_form.typ", {"form.json": asdict(forms)})
    return typeset("paper_sheets.typ", {"numbers.json": forms.numbers}, beside={"form.pdf": form})
