"""How a question is understood: for each part its kind, actors, kinds of event, places, period, numbers, and the words not used.

A part is one clause that asks; clauses answered by the claims are one part together. What an earlier clause names holds for a
later one that names nothing of its own ("How many strikes in 2024, and where?").
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from detente.cases.case_file import CaseFile
from detente.questions.case_match import CaseMatch
from detente.questions.catalogue import load_catalogue
from detente.questions.comparison import Comparison, find_change, find_comparison
from detente.questions.event_kind import EventKind, find_kinds, get_event_kind
from detente.questions.intent import Intent, find_intent
from detente.questions.mentions import (
    ActorMention,
    BackgroundLike,
    DefinitionLike,
    PlaceMention,
    UnknownName,
    find_names,
)
from detente.questions.parse import Clause, Question
from detente.questions.period import Period, find_periods, split_period
from detente.questions.tokenize import Token, fold_text, tokenize

ANY_ATTACK = EventKind(key="attack", words="", types=("ASSAULT",), one="attack", many="attacks")
"""Force by whoever is named, outside the channels of the case."""


@dataclass(frozen=True, slots=True)
class UnusedWords:
    """Words of a question that its answer does not use, and why."""

    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """One part of a question as understood.

    Fields:
        asked: its words. start, end: their position. clauses: the clauses that it answers.
        intent: the kind of answer. actors, kinds, places, periods, unknown: what it names.
        least_deaths: deaths that an event must have at least. top: how many events are asked for. by: `year` or `month` if
            counts are asked for by it. unused: words that the answer does not use. comparison: what it compares.
    """

    asked: str
    start: int
    end: int
    clauses: tuple[Clause, ...]
    intent: Intent
    actors: tuple[ActorMention, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    periods: tuple[Period, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    least_deaths: int | None = None
    top: int | None = None
    by: str = ""
    unused: tuple[UnusedWords, ...] = ()
    comparison: Comparison | None = None

    @property
    def first(self) -> date | None:
        """The first day of all its periods; None without a limit."""
        days = [p.first for p in self.periods]
        return None if not days or None in days else min(d for d in days if d)

    @property
    def last(self) -> date | None:
        """The last day of all its periods; None without a limit."""
        days = [p.last for p in self.periods]
        return None if not days or None in days else max(d for d in days if d)


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a question is read with.

    Fields:
        case: the case. background: its background, or None. definitions: what can be defined, background and glossary.
        provinces: country code by name of each province in the record. today: the day from which relative words count.
    """

    case: CaseFile
    background: BackgroundLike | None
    definitions: tuple[DefinitionLike, ...]
    provinces: Mapping[str, str]
    today: date


def understand_question(question: Question, about: CaseMatch, context: ReadingContext) -> tuple[Understanding, ...]:
    """Understand each part of a question, in order."""
    out: list[Understanding] = []
    for i, clause in enumerate(question.clauses):
        if not clause.asks:
            continue
        scene = [c for c in question.clauses[:i] if not c.asks and c.sentence == clause.sentence]
        part = _understand_clause(clause, scene, about.words, context)
        if clause.bare or (out and out[-1].intent.kind == "analysis" and _continues(part, out[-1])):
            part = replace(part, intent=Intent("analysis"))
        previous = out[-1] if out else None
        if previous and part.intent.kind == "analysis":
            part = _follow_up(part, previous, clause)
        elif previous and part.intent.kind in ("record", "status", "forecast"):
            part = _inherit(part, previous)
        if previous and part.intent.kind == previous.intent.kind == "analysis":
            out[-1] = _join(previous, part, question.text)
        else:
            out.append(part)
    return _add_scene(question, out, about.words, context)


def _continues(part: Understanding, previous: Understanding) -> bool:
    """Return whether a part asks on after an analysis: "who fights the group, and who merely talks?"."""
    named = part.actors or part.places or part.periods
    same = part.clauses[0].sentence == previous.clauses[-1].sentence
    return part.intent.kind == "record" and part.intent.asks == "who" and same and not named


def _add_scene(
    question: Question, parts: Sequence[Understanding], words: Sequence[Token], context: ReadingContext
) -> tuple[Understanding, ...]:
    """Add the names and periods of sentences that ask nothing: to the first part that the claims answer, else as not used."""
    asking = {c.sentence for p in parts for c in p.clauses if not c.bare}
    scene = [c for c in question.clauses if (not c.asks or c.bare) and c.sentence not in asking]
    if not parts or not scene:
        return tuple(parts)
    read = [_understand_clause(c, (), words, context) for c in scene]
    at = next((i for i, p in enumerate(parts) if p.intent.kind == "analysis"), None)
    out = list(parts)
    for x in read:
        if at is not None:
            joined = _join(out[at], x, question.text)
            out[at] = replace(
                joined, asked=out[at].asked, end=out[at].end, clauses=out[at].clauses, unused=out[at].unused
            )
        else:
            held = {a.key for a in out[0].actors}, {p.name for p in out[0].places}
            names = [a.words for a in x.actors if a.key not in held[0]] + [
                p.words for p in x.places if p.name not in held[1]
            ]
            names += [p.words for p in x.periods if p not in out[0].periods] + [n.words for n in x.unknown]
            more = tuple(UnusedWords(n, "it stands in a sentence that asks nothing") for n in dict.fromkeys(names))
            out[0] = replace(out[0], unused=(*out[0].unused, *more))
    return tuple(out)


def _follow_up(part: Understanding, previous: Understanding, clause: Clause) -> Understanding:
    """Read "and where?", "and when?", "who did it?" after a part about the record."""
    m = re.match(r"^\W*(where|when|who|which)\b", clause.text.lower())
    if m and previous.intent.kind == "record" and not part.kinds:
        return _inherit(replace(part, intent=Intent("record", "list" if m[1] == "which" else m[1])), previous)
    return part


def _inherit(part: Understanding, previous: Understanding) -> Understanding:
    """Take from the part before what this one does not name, unless it names kinds and actors of its own."""
    if part.kinds and (part.actors or part.places) and part.periods:
        return part
    periods = part.periods or previous.periods if part.intent.kind == "record" else part.periods
    if part.kinds or part.actors or part.places or previous.intent.kind != "record":
        return replace(part, periods=periods)
    return replace(part, periods=periods, kinds=previous.kinds, actors=previous.actors, places=previous.places)


def _join(a: Understanding, b: Understanding, text: str) -> Understanding:
    def both(x: Sequence[object], y: Sequence[object]) -> tuple[object, ...]:
        return tuple(dict.fromkeys((*x, *y)))

    names = ("actors", "kinds", "places", "periods", "unknown", "unused")
    joined = {n: both(getattr(a, n), getattr(b, n)) for n in names}
    return replace(a, asked=text[a.start : b.end], end=b.end, clauses=(*a.clauses, *b.clauses), **joined)  # type: ignore[arg-type]


def _understand_clause(
    clause: Clause, scene: Sequence[Clause], words: Sequence[Token], context: ReadingContext
) -> Understanding:
    text = clause.text
    case = context.case
    lead = " ".join(c.text for c in scene)
    whole = f"{lead} {text}" if lead else text
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in whole.replace("’", "'"))
    periods = find_periods(whole, context.today, _name_periods(case))
    mentions = tuple(k for k in find_kinds(low) if all(k.end <= p.start or k.start >= p.end for p in periods))
    names = find_names(whole, case, context.background, context.provinces, mentions)
    unknown = tuple(n for n in names.unknown if all(n.end <= p.start or n.start >= p.end for p in periods))
    names = replace(names, unknown=unknown)
    own = [t for t in words if clause.start <= t.start < clause.end]
    intent = find_intent(text, own, case, names, mentions, bool(periods), context.definitions)
    compared = None
    if intent.kind in ("record", "analysis"):
        named = _name_periods(case)
        compared = find_comparison(low, mentions, names, periods, lambda p: split_period(p, context.today, named))
    if compared:
        intent = Intent("record", "comparison")
    elif intent.kind == "analysis" and find_change(low) and any(p.first and p.first > case.first for p in periods):
        intent = Intent("record", "whether")
    if intent.kind == "status":  # "today" asks for the last state known, as "now" does
        today = context.today
        periods = tuple(p for p in periods if (p.first, p.last) != (today, today))
    if intent.kind == "definition":
        d = intent.definition
        actors = tuple(a for a in names.actors if d and a.key == d.key)
        places = tuple(p for p in names.places if d and fold_text(p.name) in fold_text(d.name))
        return Understanding(text, clause.start, clause.end, (clause,), intent, actors, (), places)
    least, spent = _least_deaths(low) if not compared else (None, [])
    top, spent_top = _top(low, intent)
    by, spent_by = _grouping(low)
    kinds = refine_kinds([m.kind for m in mentions], names.actors, names.places, case)
    used = [*spent, *spent_top, *spent_by]
    for found in (mentions, names.actors, names.places, periods, unknown):
        used += [(m.start, m.end) for m in found]
    unused = _find_unused(whole, used) if intent.kind in ("record", "status", "forecast") else ()
    if compared:
        sides = (replace(s, kinds=refine_kinds(s.kinds, s.actors, s.places, case)) for s in compared.sides)
        compared, unused = replace(compared, sides=tuple(sides)), ()
    return Understanding(
        text, clause.start, clause.end, (clause,), intent, names.actors, kinds, names.places, periods, unknown, least, top, by, unused, compared
    )  # fmt: skip


@cache
def _takeover_pattern(hosts: tuple[str, ...]) -> str:
    who = "|".join(map(re.escape, hosts))
    power = r"(?:power|control|over|kabul|the capital|the country|government)"
    return (
        rf"(?:the )?(?:(?:{who})(?:'s)? )?(?:take-?over|return to power)(?: of (?:kabul|afghanistan|power))?|(?:the )?fall of kabul"
        rf"|(?:the )?(?:{who}) (?:took|take|seized|captured|came|returned|regained|got|come|came back)(?: back)?(?: to| into| in)? {power}"
    )


def _name_periods(case: CaseFile) -> Mapping[str, tuple[date, date]]:
    out: dict[str, tuple[date, date]] = {}
    host = next((a for a in case.cast if a.role == "host"), None)
    for r in case.regimes:
        days = (r.first, r.last or r.first)
        if r.kind == "takeover" and host:
            names = [
                host.name,
                host.short,
                case.names.host_government,
                *(a.name for a in host.aliases.get("question", ())),
            ]
            plain = tuple(sorted({fold_text(n).removeprefix("the ") for n in names if n}, key=len, reverse=True))
            out[_takeover_pattern(plain)] = days
        out[rf"\b(?:the )?{re.escape(fold_text(r.name))}\b"] = days
    return out


def refine_kinds(
    named: Sequence[EventKind], actors: Sequence[ActorMention], places: Sequence[PlaceMention], case: CaseFile
) -> tuple[EventKind, ...]:
    """Choose between attacks, strikes, operations and clashes by who acts and where."""
    role = {a.key: case.actor(a.key).role for a in actors}
    acting = [role[a.key] for a in actors if a.side == "initiator"] or [role[a.key] for a in actors if a.side == "any"]
    got = [role[a.key] for a in actors if a.side == "recipient"]
    both = {role[a.key] for a in actors if a.side == "both"}
    countries = {p.country for p in places if p.country}
    at_home = case.countries["target"] in countries
    abroad = case.countries["host"] in countries
    out: list[EventKind] = []
    for kind in named:
        if kind.key in ("attack", "strike"):
            if {"target", "host"} <= both:
                kind = get_event_kind("clash")
            elif "target" in acting:
                kind = (
                    get_event_kind("operation")
                    if kind.key == "attack" and at_home and not abroad
                    else get_event_kind("strike")
                )
            elif "host" in acting:
                kind = get_event_kind("clash") if "target" in got or not got else ANY_ATTACK
            elif "group" in acting:
                kind = get_event_kind("attack")
            elif acting or (
                kind.key == "attack" and (set(got) & {"host", "group", "rival"} or (abroad and not at_home))
            ):
                kind = ANY_ATTACK
            elif kind.key == "strike" and at_home and not abroad:
                kind = get_event_kind("attack")
        elif (kind.key == "clash" and both and not both <= {"target", "host"}) or (
            kind.key == "operation" and "host" in acting
        ):
            kind = ANY_ATTACK
        if kind.key not in {k.key for k in out}:
            out.append(kind)
    # "air strikes" is narrower than "strikes" in the same sentence; "protest against strikes" is about protests.
    speech = [k for k in out if k.types and not k.channels and k is not ANY_ATTACK]
    return tuple(speech) if speech else tuple(out)


_WORDS_TO_NUMBER = {w: i for i, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_N = r"(\d{1,4}|" + "|".join(_WORDS_TO_NUMBER) + ")"


def _as_number(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS_TO_NUMBER[word]


def _least_deaths(low: str) -> tuple[int | None, list[tuple[int, int]]]:
    who = r"(?:people|persons|civilians|deaths?|dead|killed|fatalit\w+|soldiers|lives|victims|casualties|troops)"
    for pattern, more in (
        (rf"\b(?:more than|over|above|exceeding)\s+{_N}\s+{who}?", 1),
        (rf"\b(?:at least|no fewer than|not less than|minimum of)\s+{_N}\s+{who}?", 0),
        (rf"\b{_N}(?:\+| or more)\s+{who}?", 0),
        (rf"\bkilled (?:more than|over)\s+{_N}\b", 1),
        (rf"\bkilled (?:at least )?{_N}\b", 0),
    ):
        if m := re.search(pattern, low):
            rest = low[m.end(1) :].lstrip()
            if re.match(r"days|weeks|months|years|%|events|incidents", rest) or any(
                not k.start for k in find_kinds(rest)
            ):
                continue
            return _as_number(m[1]) + more, [m.span()]
    return None, []


def _top(low: str, intent: Intent) -> tuple[int | None, list[tuple[int, int]]]:
    if intent.kind not in ("record", "status"):
        return None, []
    m = re.search(
        rf"\btop\s+{_N}\b|\b{_N}\s+(?:deadliest|worst|biggest|bloodiest|latest|most recent|most deadly)\b|\b(?:last|first|latest)\s+{_N}\s+(?!days|weeks|months|years)",
        low,
    )
    return (_as_number(next(g for g in m.groups() if g)), [m.span()]) if m else (None, [])


def _grouping(low: str) -> tuple[str, list[tuple[int, int]]]:
    m = re.search(
        r"\b(?:each|every|per|by|a) (year|month)\b|\b(annual|monthly|yearly)(?:ly)?\b|\byear by year\b|\bmonth by month\b",
        low,
    )
    return (("month" if "month" in m.group() else "year"), [m.span()]) if m else ("", [])


# Words by which questions are put, beside the catalogue's lists.
_FORM = frozenset(
    """many much number often frequent frequently times time total count counts there people persons carry carried carries out take took place
    happen happened happens occur occurred occurring list show name give all every each any ever first last latest recent newest deadliest worst
    biggest largest deadly most bloodiest highest toll death deaths die died dies dead kill kills killed killing killings casualty casualties
    fatality fatalities civilian civilians lives victims event events incident incidents record recorded reported according data forces force
    troops army military militants militant terrorists terrorist insurgents fighters gunmen government governments authorities regime soldiers
    happening going right moment today present currently open opened closed shut close state status situation trade relations relation
    relationship ties border crossing crossings side sides country countries states province district districts provinces area areas city town place
    places will would likely probability chance chances odds expect expected next again more further day days week weeks month months year
    years long hold holds holding force place latest last since until before after during between against by from inside within across over around near
    launch launched conduct conducted make made claim claimed commit committed stage staged involve involving involved ask asked did does was were
    group groups actor actors which what who whom whose where when why how if then not no yes please thanks hi hello ok can could you me i we
    know want find get got responsible behind date dates see seen hit hits hitting go one some exactly really so far up least than fewer
    cross pass passable goods trucks use used using support supports fund funds supported funding back backs backing arm arms arming train trains
    sponsor sponsors help helps shelter shelters harbour harbours into onto said say says tell us""".split()
)


def _find_unused(text: str, used: Sequence[tuple[int, int]]) -> tuple[UnusedWords, ...]:
    """Find the words that carry a meaning and were not used, in runs."""
    words = load_catalogue().words
    form = (
        _FORM | set(words.empty) | {w for p in (*words.asking, *words.asking_first, *words.polite) for w in p.split()}
    )
    runs: list[list[Token]] = []
    last = -1
    for i, t in enumerate(tokenize(text)):
        free = all(t.start >= b or t.end <= a for a, b in used)
        if free and t.text not in form and t.text.removesuffix("s") not in form and not (len(t.text) < 2):
            if last == i - 1 and runs:
                runs[-1].append(t)
            else:
                runs.append([t])
            last = i
    return tuple(UnusedWords(text[r[0].start : r[-1].end], "the answer does not depend on it") for r in runs)
