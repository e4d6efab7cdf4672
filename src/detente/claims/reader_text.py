"""The reader's text of a claim: a headline that says no more than its verdict, and two or three plain sentences.

Each sentence carries a mark: the verdict on the part that it tells, or `on record` for a count that tests nothing. The
evidence line beside it (`evidence.py`) holds estimates, intervals and checks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import TYPE_CHECKING, Literal

from detente.cases.channel_names import channel_name
from detente.claims.context import ClaimContext
from detente.claims.examples import best_documented
from detente.claims.verdict import DECIDING, VERDICT_SYMBOLS, VerdictLabel, decide_part_verdict
from detente.events.event import Event
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.stated_quantity import stated_quantity
from detente.measures.stated_responses import measure_stated_response
from detente.text.numbers import count_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence

if TYPE_CHECKING:
    from detente.claims.finding import Finding

OnRecord = Literal["on record"]
Mark = VerdictLabel | OnRecord
ON_RECORD: OnRecord = "on record"
MARK_SYMBOLS: dict[Mark, str] = {ON_RECORD: "▪"}
MARK_SYMBOLS.update(VERDICT_SYMBOLS.items())
MARK_WORDS: dict[Mark, str] = {
    "supported": "supported",
    "leaning": "leaning: probable, not settled",
    "not supported": "not shown",
    "contradicted": "the evidence is against it",
    "too little data": "too little data",
    "not applicable": "not recorded by these sources",
    ON_RECORD: "on record: counted, not tested",
}
"""What each mark means, in the words of the key."""


MOST_EXAMPLES = 24


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A plain sentence and its mark."""

    mark: Mark
    sentence: Sentence

    @property
    def symbol(self) -> str:
        """The sign of the mark; the shapes differ in black and white."""
        return MARK_SYMBOLS[self.mark]


@dataclass(frozen=True, slots=True)
class ReaderText:
    """What a reader reads about one claim.

    Fields:
        headline: one line, without a number. sentences: two or three, in the order of reading.
        answer: the one that stands alone, for the first page and the short answer. examples: ids of events that show
            what `answer` says, the best documented first; may be empty.
    """

    headline: str
    sentences: tuple[MarkedSentence, ...]
    answer: MarkedSentence
    examples: tuple[str, ...] = ()


def pool_examples(events: Iterable[Event]) -> tuple[str, ...]:
    """Events to choose an example from, the best documented first; see `best_documented`."""
    return best_documented(events, MOST_EXAMPLES)


def part_verdicts(f: "Finding") -> dict[str, VerdictLabel]:
    """The verdict on each necessary part. Additional parts are not checked and have none."""
    return {e.key: decide_part_verdict(e, f.outcomes) for e in f.estimates if e.necessary}


def choose_headline(f: "Finding", view: ClaimContext, *, stated: bool = False, recorded: str = "") -> str:
    """Choose the headline by the verdict and the parts that hold.

    Args:
        stated: reports present some of these acts as reactions, which counts of days do not show.
        recorded: where the claim is not applicable, key of the line that says what the sources do record.

    The table `headlines.toml` has a line for each verdict. A claim that fails as a whole has lines for what does hold:
    `part.KEY` where that necessary part is supported, and `stated`.
    """
    table = load_headlines()[f.claim]
    word = f.verdict.word if f.verdict else "too little data"
    line = table.get(f"{word}.{recorded}", table[word])
    if word in ("not supported", "too little data"):
        if stated and "stated" in table:
            line = table["stated"]
        for key, verdict in part_verdicts(f).items():
            if verdict == "supported" and f"part.{key}" in table:
                line = table[f"part.{key}"]
    return fill_names(line, view)


@cache
def load_headlines() -> Mapping[str, Mapping[str, str]]:
    """Read the table of headlines: claim, then verdict or case, then text."""
    return loads(files(__package__).joinpath("headlines.toml").read_text(encoding="utf-8"))


def fill_names(text: str, view: ClaimContext) -> str:
    """Fill in the names of the parties, and begin with a capital letter.

    Raises:
        KeyError: the text names another field.
    """
    filled = text.format(**view.g.case.names.model_dump())
    return filled[0].upper() + filled[1:]


def name_kind(view: ClaimContext, channel: str) -> str:
    """The reader's name of a kind of event."""
    return channel_name(view.g.case, channel)


def say(mark: Mark, *pieces: SentencePiece) -> MarkedSentence:
    """Build a marked sentence, with a capital letter at its start."""
    return MarkedSentence(mark, say_plain(*pieces))


def say_plain(*pieces: SentencePiece) -> Sentence:
    """Build a sentence with a capital letter at its start."""
    first, *rest = pieces
    return make_sentence(first[0].upper() + first[1:] if isinstance(first, str) and first else first, *rest)


def say_response(view: ClaimContext, f: "Finding", key: str, cause: str, effect: str) -> MarkedSentence:
    """Say what counts of days show of a response, by the verdict on its part and the checks that failed."""
    word = part_verdicts(f).get(key, "too little data")
    estimate = next(e for e in f.estimates if e.key == key)
    failed = {o.check for o in f.outcomes if o.part == key and o.result == "failed"} & set(DECIDING)
    c, e = name_kind(view, cause), name_kind(view, effect)
    if word == "supported":
        text = f"more {e} follow {c} than other days, and every check held."
    elif word == "leaning":
        text = f"more {e} probably follow {c}, but this is not settled."
    elif word == "contradicted":
        text = f"fewer {e} are counted after {c} than at other times."
    elif word == "too little data":
        text = f"there are too few events to compare days after {c} with other days."
    elif (estimate.probability or 0.0) >= 0.9 and "lead_check" in failed:
        text = f"more {e} are counted after {c}, but a crisis that drives both would look the same."
    elif (estimate.probability or 0.0) >= 0.9 and failed:
        text = f"more {e} are counted after {c}, but chance gives as much."
    else:
        text = f"counts of days show no clear rise of {e} after {c}."
    return say(word, text)


@dataclass(frozen=True, slots=True)
class StatedShare:
    """Events that their reports present as reactions: `reacting` of `whole`, both with their events."""

    reacting: Quantity
    whole: Quantity


def count_stated(view: ClaimContext, of: EventFilter, causes: tuple[str, ...], key: str) -> StatedShare | None:
    """Count the events that their reports present, in so many words, as a reaction to an event of some kinds.

    Args:
        of: the events asked about. causes: kinds of the triggers, in the record or named outside it.
        key: name of the quantity.

    Returns:
        None where the source has no stated links or there are no such events. A missing link is no evidence that an act
        was unprompted, so the count is a lower limit.
    """
    effects = of.of(view.g)
    try:
        r = measure_stated_response(view.g, causes, effects, key)
    except NotObserved:
        return None
    recipe = {"kind": "count", "of": of.as_data()}
    whole = tally_quantity(f"{key}_of", r.total, "events", "events asked about", recipe, tuple(e.id for e in effects))
    return StatedShare(stated_quantity(key, r, of), whole)


def say_stated(stated: StatedShare, effects: str, causes: str) -> MarkedSentence:
    """Say how many acts their reports present as reactions."""
    k, n = count_text(stated.reacting), count_text(stated.whole)
    if not stated.reacting.value:
        return say(ON_RECORD, "Reports present none of ", n, f" {effects} as a reaction to {causes}.")
    return say(ON_RECORD, "Reports present ", k, " of ", n, f" {effects} as reactions to {causes}.")
