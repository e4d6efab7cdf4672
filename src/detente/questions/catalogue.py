"""The catalogue: in which words people ask for what a claim is about, and for what no claim is about.

The file is `catalogue.toml`; its head says how a phrase is read. It holds no rule: how phrases are looked
for and weighed is the business of `questions/demands.py`.
"""

import tomllib
from functools import cache
from importlib.resources import files

from detente.cases.base_model import CaseFileModel


class ClaimEntry(CaseFileModel):
    """What a claim is called in a heading, what it measures, and how people ask for it."""

    id: str
    title: str
    says: str
    phrases: tuple[str, ...]
    like: tuple[str, ...]


class Topic(CaseFileModel):
    """A broad demand, with the claims that answer it where the case names no demand of that key. `scene` are words that
    mean it only where nothing else is said."""

    id: str
    title: str
    claims: tuple[str, ...]
    phrases: tuple[str, ...]
    scene: tuple[str, ...] = ()
    like: tuple[str, ...]


class RecommendationEntry(CaseFileModel):
    """How people ask what should be done; `levers` gives the claim that each lever touches on."""

    title: str
    says: str
    phrases: tuple[str, ...]
    levers: dict[str, str]


class UnmeasuredTopic(CaseFileModel):
    """Something that people ask for and no claim measures."""

    says: str
    phrases: tuple[str, ...]
    like: tuple[str, ...]


class UnanswerableQuestion(CaseFileModel):
    """A way of asking that no count can answer."""

    id: str
    says: str
    phrases: tuple[str, ...]


class QuestionWords(CaseFileModel):
    """The words by which a question is taken apart; the file says of each list what it is for."""

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
        """The entry of a claim; a test holds the catalogue to the claims that exist."""
        return next(c for c in self.claims if c.id == key)


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue.

    Example:
        >>> load_catalogue().claim("coordination").title
        'Contacts against terrorism'
    """
    text = files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return Catalogue.model_validate(tomllib.loads(text))
