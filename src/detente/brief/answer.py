"""The short form: the same evidence in no more words than were asked for.

Required parts are an introduction, one point for each demand and a conclusion. What room is left is
filled with further points, one demand after the other. Every point keeps its number, its limits and
its dated example; none is cut in the middle. Words are what white space separates.
"""

from dataclasses import dataclass

from detente.brief.document import Brief, Section
from detente.claims.finding import Finding
from detente.claims.sentence import Sentence, say
from detente.events.event import Event
from detente.ground.errors import TooFewWords
from detente.ground.span import span_in_words

# What an act is called in a few words: by its mode where the type's name would say less.
ACTS = {
    "AGREE": "agreement", "CONSULT": "talks", "SUPPORT": "support", "CONCEDE": "concession",
    "COOPERATE": "cooperation", "AID": "aid", "RETREAT": "withdrawal", "REQUEST": "demand",
    "ACCUSE": "accusation", "REJECT": "refusal", "THREATEN": "threat", "PROTEST": "protest",
    "SANCTION": "sanction", "MOBILIZE": "mobilisation", "COERCE": "coercion", "ASSAULT": "use of force",
    "arrest-militants": "arrests of fighters", "relocate-militants": "fighters moved",
    "close-crossing": "crossing shut", "reopen-crossing": "crossing reopened", "ceasefire": "ceasefire",
    "suspend-trade": "trade suspended", "terminate-ceasefire": "truce ended", "terminate-talks": "talks broken off",
    "airstrike": "air strike", "drone-strike": "drone strike", "suicide-attack": "suicide attack",
    "third-party-talks": "mediated talks", "joint-committee": "joint committee", "deport": "deportations",
    "clash": "clash", "raid": "raid", "artillery": "shelling", "firearms": "shooting", "explosives": "bombing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in parts. `points` holds, for each demand in order, the points that found room."""

    brief: Brief
    limit: int
    introduction: Sentence
    points: tuple[tuple[Section, tuple[Finding, ...]], ...]
    conclusion: Sentence

    @property
    def words(self) -> int:
        """How many words `as_text` has."""
        return count(as_text(self))


def count(text: str) -> int:
    """Words of a text: what white space separates.

    Example:
        >>> count("66 % (95 % limits)")
        5
    """
    return len(text.split())


def answer(brief: Brief, words: int) -> Answer:
    """The longest answer within a number of words.

    Raises:
        TooFewWords: the required parts do not fit; the error says how many words they take.
    """
    chosen: dict[str, list[Finding]] = {}
    for section in brief.sections:
        told = [p for p in section.points if p.enough] or list(section.points)
        chosen[section.key] = told[:1]
    least = _compose(brief, words, chosen)
    if least.words > words:
        raise TooFewWords(words, least.words)
    best, rank, more = least, 1, True
    while more:
        more = False
        for section in brief.sections:
            told = [p for p in section.points if p.enough]
            if rank >= len(told):
                continue
            more = True
            trial = {k: [*v] for k, v in chosen.items()}
            trial[section.key].append(told[rank])
            longer = _compose(brief, words, trial)
            if longer.words <= words:
                best, chosen = longer, trial
        rank += 1
    return best


def _compose(brief: Brief, limit: int, chosen: dict[str, list[Finding]]) -> Answer:
    ways = "; ".join(w.title[0].lower() + w.title[1:] for w in brief.levers)
    return Answer(
        brief=brief,
        limit=limit,
        introduction=brief.introduction[0],
        points=tuple((s, tuple(chosen[s.key])) for s in brief.sections),
        conclusion=say(f"Ways forward: {ways}. Verdicts stand in the whole brief."),
    )


def short_example(event: Event, brief: Brief) -> str:
    """An event in a few words: what, when, where, and its id."""
    what = ACTS.get(event.mode) or ACTS.get(event.type) or event.mode.replace("-", " ")
    disputed = "disputed; " if event.disputed else ""
    return f"e.g. {what}, {span_in_words(event.span)}, {brief.where(event)} ({disputed}{event.id})"


def as_text(answer: Answer) -> str:
    """The answer as Markdown, without a title: all of it counts against the limit."""
    by_id = {e.id: e for e in answer.brief.cited}
    out = [answer.introduction.text]
    for section, points in answer.points:
        out.append(f"**{section.title}**")
        for p in points:
            shown = "".join(f" {short_example(by_id[i], answer.brief)}." for i in p.examples[:1])
            text = p.short.text.removesuffix(".")
            out.append(f"- **{p.headline}.** {text};{shown}" if shown else f"- **{p.headline}.** {text}.")
    out.append(answer.conclusion.text)
    return "\n\n".join(out) + "\n"
