"""The latest digest in a few words, for the overview and the home page."""

from dataclasses import dataclass

from detente.api.case import Case
from detente.api.digest.build import build_digest
from detente.api.digest.months import latest_month, list_digests
from detente.api.results.digest import WORD_TEXT
from detente.text.sentence import Sentence


@dataclass(frozen=True, slots=True)
class DigestBox:
    """The latest month that can be judged: its verdict and headline. `newer` names later months, known from single reports only."""

    month: str
    title: str
    word: str
    verdict: str
    headline: Sentence
    newer: tuple[str, ...]


def build_digest_box(prepared: Case) -> DigestBox | None:
    """Build the box; None for a case without events."""
    month = latest_month(prepared)
    if month is None:
        return None
    d = build_digest(prepared, month)
    newer = tuple(r.title for r in list_digests(prepared) if r.month > d.month)
    return DigestBox(d.month, d.title, d.word, WORD_TEXT[d.word], d.headline, newer[::-1])
