"""The yardstick: a rating form as a Flask tutorial would write it, served like the product.

Flask-WTF draws and checks twelve radios and a comment, SQLAlchemy's ORM inserts one row, SQLite
commits with synchronous=FULL in its default journal. PLAIN_DATABASE names the file. Nothing here is
made slow on purpose, and of the product it has only the server in front and the keys' names.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask, redirect, render_template_string, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Integer, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.front.body_first import BodyFirst
from feedback_app.front.collecting import Patience

PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Penilaian</title></head><body>
<h1>Penilaian loket {{ counter }}</h1>
<form method="post">{{ form.hidden_tag() }}
{% for key in keys %}
<fieldset><legend>{{ form[key].label.text }}</legend>
{% for choice in form[key] %}{{ choice() }} {{ choice.label }}{% endfor %}
{% for error in form[key].errors %}<p>{{ error }}</p>{% endfor %}
</fieldset>
{% endfor %}
{{ form.comment.label }} {{ form.comment() }}
<button>Kirim</button></form></body></html>"""
CHOICES = [("1", "Tidak baik"), ("2", "Kurang baik"), ("3", "Baik"), ("4", "Sangat baik")]
FORM_BYTES = 256 * 1024


class Base(DeclarativeBase):
    """The one table."""


class Rating(Base):
    """One answer."""

    __tablename__ = "rating"

    id: Mapped[int] = mapped_column(primary_key=True)
    counter: Mapped[int]
    made_at: Mapped[datetime]
    comment: Mapped[str]


class RatingForm(FlaskForm):  # type: ignore[misc]
    """Twelve radios and a comment."""

    comment = TextAreaField("Saran", validators=[Length(max=1000)])


for _key in ALL_KEYS:
    setattr(Rating, _key, mapped_column(_key, Integer))
    setattr(RatingForm, _key, RadioField(_key, choices=CHOICES, validators=[InputRequired()]))

engine = create_engine(f"sqlite:///{os.environ['PLAIN_DATABASE']}")


@event.listens_for(engine, "connect")
def _durable(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")


Base.metadata.create_all(engine)
program = Flask(__name__)
program.config["SECRET_KEY"] = os.urandom(16)


@program.get("/healthz")
def healthz() -> str:
    """Ready."""
    return "ok"


@program.route("/q/<int:counter>", methods=["GET", "POST"])
def rate(counter: int) -> Response | str:
    """The form; save it and say thanks."""
    form = RatingForm()
    if form.validate_on_submit():
        with Session(engine) as session:
            answers = {key: int(form[key].data) for key in ALL_KEYS}
            session.add(
                Rating(
                    counter=counter,
                    made_at=datetime.now(UTC),
                    comment=form.comment.data or "",
                    **answers,
                )
            )
            session.commit()
        return redirect(url_for("thanks"), 303)
    return render_template_string(PAGE, form=form, keys=ALL_KEYS, counter=counter)


@program.get("/thanks")
def thanks() -> str:
    """Received."""
    return "Terima kasih."


app = BodyFirst(
    program, most_bytes=FORM_BYTES, most_bytes_at=lambda _path: FORM_BYTES, patience=Patience()
)
