"""The catalogue of phrases by which people ask about each claim, and about topics that no claim measures.

The file is `catalogue.toml`; its head explains the syntax of phrases. `phrase_match.py` finds and scores them.
"""

import tomllib
from functools import cache
from importlib.resources import files

from detente.cases.base_model import CaseFileModel


class ClaimEntry(CaseFileModel):
    """A claim: its heading, what it measures, how people ask for it, and an example, a question without its mark."""

    id: str
    title: str
    says: str
    example: str
    phrases: tuple[str, ...]
    like: tuple[str, ...]


class Topic(CaseFileModel):
    """A broad demand, with its claims for cases that name no demand of that key. `scene`: words that mean it only alone."""

    id: str
    title: str
    claims: tuple[str, ...]
    phrases: tuple[str, ...]
    scene: tuple[str, ...] = ()
    like: tuple[str, ...]


class RecommendationEntry(CaseFileModel):
    """How people ask for recommendations. `levers` gives the claim related to each policy option."""

    title: str
    says: str
    phrases: tuple[str, ...]
    levers: dict[str, str]


class UnmeasuredTopic(CaseFileModel):
    """A topic that people ask for and no claim measures."""

    says: str
    phrases: tuple[str, ...]
    like: tuple[str, ...]


class UnanswerableQuestion(CaseFileModel):
    """A kind of question that no count can answer."""

    id: str
    says: str
    phrases: tuple[str, ...]


class QuestionWords(CaseFileModel):
    """The word lists used to parse a question; the file explains each list."""

    asking: tuple[str, ...]
    asking_first: tuple[str, ...]
    asking_nouns: tuple[str, ...]
    polite: tuple[str, ...]
    about_statement: tuple[str, ...]
    setting: tuple[str, ...]
    pivots: tuple[str, ...]
    pivot_nouns: tuple[str, ...]
    pointing: tuple[str, ...]
    empty: tuple[str, ...]


class Catalogue(CaseFileModel):
    """The whole file."""

    claims: tuple[ClaimEntry, ...]
    topics: tuple[Topic, ...]
    way_forward: RecommendationEntry
    unmeasured: tuple[UnmeasuredTopic, ...]
    refusals: tuple[UnanswerableQuestion, ...]
    words: QuestionWords
    roles: dict[str, str]
    alike: dict[str, tuple[str, ...]]
    spellings: dict[str, str]

    def claim(self, key: str) -> ClaimEntry:
        """Return the entry of a claim. A test checks that every claim has one."""
        return next(c for c in self.claims if c.id == key)


@cache
def load_catalogue() -> Catalogue:
    """Load the shipped catalogue.

    Example:
        >>> load_catalogue().claim("coordination").title
        'Contacts against terrorism'
    """
    text = files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return Catalogue.model_validate(tomllib.loads(text))
