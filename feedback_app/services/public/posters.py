"""The poster of a published result: for the wall with its signature block, in public without."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten

from feedback_app.domain.elements import element
from feedback_app.domain.follow_up import UNFINISHED
from feedback_app.domain.published import Published, PublishedElement, lowest_of
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.skm import CONVERSION, TooFew
from feedback_app.domain.survey import MONTHS, slug
from feedback_app.files.indonesian import number as in_words
from feedback_app.files.poster import ENDINGS, SHAPES, Poster, poster_file
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NothingToShowError, NotThereError
from feedback_app.services.public.results import PublicPlan, UnitResults, result_url, unit_results
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import owned, span_of_survey
from feedback_app.storage.queries import surveys as queries


def shapes() -> tuple[str, ...]:
    """What posters come in: paper sizes, and a square for the web."""
    return tuple(SHAPES)


def is_offered(shape: str, ending: str) -> bool:
    """Whether a poster comes in this shape as this kind of file."""
    return shape in SHAPES and ending in ENDINGS


POSTER_PLANS = 3
POSTER_LETTERS = 130  # of a plan: two lines on A4
POSTER_BANDS = ("sex", "education")  # what the law's poster tells of the respondents


def wall_poster(site: Site, viewer: Viewer, survey_id: int, *, shape: str, ending: str) -> bytes:
    """The poster of a survey of the viewer's units: what the public page shows, and who signs."""
    poster = _with_signer(site, viewer, survey_id)
    return site.documents.run(poster_file, poster, shape=shape, ending=ending)


def public_poster(site: Site, found: UnitResults, *, shape: str, ending: str) -> bytes:
    """The poster of a unit's page, without a signature block."""
    poster = poster_of(site, found, signer=None)
    return site.documents.run(poster_file, poster, shape=shape, ending=ending)


def _with_signer(site: Site, viewer: Viewer, survey_id: int) -> Poster:
    with site.db.read() as session:
        survey = owned(session, viewer, survey_id)
        unit, agency = queries.units_named(session, [survey.unit_id])[survey.unit_id]
        signer = dict(survey.signer)
        is_closed = survey.closed_at is not None
    if not is_closed:
        raise NothingToShowError(0)
    found = unit_results(site, agency.code, unit.code, slug(span_of_survey(survey)))
    return poster_of(site, found, signer=signer)


def poster_of(site: Site, found: UnitResults, *, signer: Mapping[str, str] | None) -> Poster:
    """A poster of what a unit's page shows; in public without a signer: a NIP tells too much."""
    result = found.result
    if result is None:
        raise NotThereError
    if isinstance(result.what, TooFew):
        raise NothingToShowError(result.what.n)
    site.printed_address(is_demo=found.agency.is_demo)
    what = result.what
    month = f"{MONTHS[result.closed_on.month - 1][0]} {result.closed_on.year}"
    signature: tuple[str, ...] = ()
    if signer is not None:
        signature = (
            f"{signer.get('place') or '………………'}, …… {month}",
            signer.get("position") or f"Kepala {result.unit_name or found.unit.name}",
            signer.get("name") or "………………………………",
            signer.get("rank", ""),
            f"NIP {signer['nip']}" if signer.get("nip") else "",
        )
    interval = ""
    if what.low is not None and what.high is not None:
        interval = f"rentang 95%: {in_words(what.low, 1)} – {in_words(what.high, 1)}"
    return Poster(
        agency=found.agency.name,
        unit=result.unit_name or found.unit.name,
        title=result.title[0],
        days=result.days[0],
        ikm=in_words(what.ikm, 2) if what.ikm is not None else f"Mutu {what.mutu}",
        mutu=what.mutu,
        kinerja=what.kinerja,
        interval=interval,
        respondents=f"{in_words(what.n)} orang",
        profile=_profile(what),
        elements=tuple(_element(line) for line in what.elements),
        services="Semua layanan",
        plans=tuple(_plan(plan) for plan in found.plans if plan.status in UNFINISHED)[
            :POSTER_PLANS
        ],
        signer=signature,
        url=result_url(site, found.agency, found.unit, result),
        is_demo=found.agency.is_demo,
    )


def _plan(plan: PublicPlan) -> str:
    return shorten(f"{plan.element[0]}: {plan.action}", POSTER_LETTERS, placeholder=" …")


def _element(line: PublishedElement) -> tuple[str, str, float, str]:
    """A bar of the mean; of the letter's lowest mean when everybody answered alike."""
    name = element(line.key).unsur
    if line.mean is None:
        lowest = float(lowest_of(line.mutu)) / CONVERSION
        return name, "", (lowest - 1) / 3, line.mutu
    return name, in_words(line.mean, 1), (float(line.mean) - 1) / 3, line.mutu


def _profile(what: Published) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    lines = []
    for band in BANDS:
        shares = what.profile.get(band.key, ())
        if band.key in POSTER_BANDS and shares:
            names = {key: words for key, words, _english in band.choices}
            told = tuple(
                (", ".join(names[key] for key in share.choices), in_words(share.n))
                for share in shares
            )
            lines.append((band.question, told))
    return tuple(lines)
