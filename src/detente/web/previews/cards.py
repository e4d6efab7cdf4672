"""The cards of a case's pages: they say what the pages hold, and no more. Each is rendered once and kept in memory."""

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.digest.build import build_digest
from detente.api.results.digest import WORD_TEXT
from detente.charts.relation_index import PAGE_WIDTH, draw_relation_index
from detente.core.date_range import format_date
from detente.core.month import CalendarMonth
from detente.text.probability_words import format_percent
from detente.web.previews.card import Card, render_card
from detente.web.rendering.link_preview import HOUSE_LINE
from detente.web.rendering.verdict_text import VERDICT_TEXT

MAIN_KINDS, MAIN_DAYS = ("strike", "attack"), 90
"""The forecast's main number: the probability of the first of these kinds that has one, within 90 days."""


@cached_per_case()
def render_case_card(prepared: Case) -> bytes:
    """Render the card of a case: its question, the relations over time, and the age of the record."""
    picture = draw_relation_index(prepared.view, PAGE_WIDTH)
    return render_card(
        Card(
            prepared.case.title,
            "",
            prepared.case.question,
            _foot(prepared),
            picture=picture.svg if picture else "",
        )
    )


@cached_per_case()
def render_forecast_card(prepared: Case) -> bytes:
    """Render the card of a forecast: its main number.

    Raises:
        BeingComputed: the forecast is not ready.
    """
    f, title, age = prepared.forecast_summary, prepared.case.title, _foot(prepared)
    if isinstance(f, str):
        return render_card(Card(title, "Forecast", "There is no forecast of this case.", age))
    chances = {c.key: c for c in f.chances if c.days == MAIN_DAYS}
    c = next((chances[k] for k in MAIN_KINDS if k in chances), None)
    if c is None:
        return render_card(Card(title, "Forecast", "What may come", age))
    when = f"within {MAIN_DAYS} days of {format_date(f.as_of)}, if present patterns continue."
    return render_card(Card(title, "Forecast", f"{c.what} {when}", age, number=format_percent(c.number.value or 0.0)))


@cached_per_case(128)
def render_digest_card(prepared: Case, month: CalendarMonth) -> bytes:
    """Render the card of a month's digest: its verdict and headline.

    Raises:
        NoDigest: the record does not reach the month.
    """
    d = build_digest(prepared, month)
    return render_card(
        Card(
            prepared.case.title, f"Monthly digest · {d.title}", d.headline.text, _foot(prepared),
            number=WORD_TEXT[d.word], detail=" ".join(s.text for s in d.summary), tone=d.word,
        )
    )  # fmt: skip


def _foot(prepared: Case) -> str:
    # Other sites keep a picture for long: it may not say how many days ago something was.
    return (
        f"Collected systematically up to {format_date(prepared.g.watched_to)}. Known on {format_date(prepared.as_of)}."
    )


@cached_per_case()
def render_claim_card(prepared: Case, claim: str) -> bytes | None:
    """Render the card of a claim: its finding and verdict; None if the case has no such claim.

    Raises:
        BeingComputed: the claims are being tested.
    """
    found = next((f for s in prepared.document.sections for f in s.points if f.claim == claim), None)
    if found is None:
        return None
    word = found.verdict.word if found.verdict else ""
    verdict = f"Verdict: {VERDICT_TEXT.get(word, word)}." if word else ""
    return render_card(Card(prepared.case.title, "Claim, tested", found.headline, _foot(prepared), detail=verdict))


def render_house_card(titles: tuple[str, ...]) -> bytes:
    """Render the card of pages that belong to no case: the titles of the served cases."""
    return render_card(Card("Workbench", "", HOUSE_LINE, "Measured from sourced events", detail="; ".join(titles)))
