"""Names in a question: actors with the side on which they stand, and places.

The names are those of the case file, of its chronology and of its background. "Kabul" is the government where it acts and
the city where something happens in it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, Protocol

from detente.cases.case_file import CaseFile, find_shipped_cases
from detente.questions.case_match import (
    NamePattern,
    build_case_names,
    build_foreign_names,
    build_name_pattern,
    load_country_words,
    mark_names,
)
from detente.questions.event_kind import KindMention
from detente.questions.tokenize import Token, fold_text, tokenize

Side = Literal["initiator", "recipient", "both", "any"]


class DefinitionLike(Protocol):
    """A definition of the background: key, name, other names, text."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def definition(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...


class BackgroundLike(Protocol):
    """The parts of a case's background that questions are read with."""

    @property
    def actors(self) -> Sequence[DefinitionLike]: ...
    @property
    def places(self) -> Sequence[DefinitionLike]: ...
    @property
    def terms(self) -> Sequence[DefinitionLike]: ...


@dataclass(frozen=True, slots=True)
class ActorMention:
    """An actor that a text names.

    Fields:
        key: of the cast. side: its part in the act. words: as written. start, end: their position.
        group: the words name the case's armed group, with which the record counts its allies.
    """

    key: str
    side: Side
    words: str
    start: int
    end: int
    group: bool = False


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place that a text names.

    Fields:
        name: as shown. level: country, province, place, crossing or border. country: code of a country.
        names: of provinces and places of events that lie in it. crossing: key of a crossing.
    """

    name: str
    level: Literal["country", "province", "place", "crossing", "border"]
    words: str
    start: int
    end: int
    country: str = ""
    names: tuple[str, ...] = ()
    crossing: str = ""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name in a text that the case does not know. `elsewhere`: it is a party or place of another conflict."""

    words: str
    start: int
    end: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """All names in a text."""

    actors: tuple[ActorMention, ...]
    places: tuple[PlaceMention, ...]
    unknown: tuple[UnknownName, ...]


_PLACE_BEFORE = ("in", "inside", "within", "across", "throughout", "near", "at", "around", "over", "into", "outside")
_RECIPIENT_BEFORE = ("against", "on", "at", "towards", "toward", "upon", "into")
_SOIL_AFTER = ("soil", "territory", "side", "province", "district", "city", "airspace")
_DOES = ("carry", "carries", "carried", "launch", "launched", "launches", "conduct", "conducted", "commit", "committed",
         "make", "made", "claim", "claimed", "stage", "staged", "mount", "mounted", "did", "do", "perpetrated", "issue", "issued")  # fmt: skip
_CAPITALS = ("kabul", "islamabad", "rawalpindi", "doha", "istanbul", "ankara", "riyadh", "beijing", "urumqi", "moscow",
             "tehran", "tashkent", "washington", "delhi", "new delhi", "london", "brussels", "abu dhabi", "dubai")  # fmt: skip
_FORCE = (
    "strike",
    "airstrike",
    "drone-strike",
    "shelling",
    "attack",
    "suicide-attack",
    "operation",
    "clash",
    "assassination",
)


_PATTERNS: dict[tuple[str, int], tuple[object, tuple[NamePattern, ...]]] = {}


def _build_patterns(case: CaseFile, background: "BackgroundLike | None") -> tuple[NamePattern, ...]:
    """Build the names of a case and its background once; a background stays in memory with its entry, so its id is its own."""
    key = (str(case.file), id(background))
    if key not in _PATTERNS:
        if len(_PATTERNS) > 8:
            _PATTERNS.clear()
        _PATTERNS[key] = (background, _list_patterns(case, background))
    return _PATTERNS[key][1]


def _list_patterns(case: CaseFile, background: "BackgroundLike | None") -> tuple[NamePattern, ...]:
    own = build_case_names(case.id if case.id in find_shipped_cases() else str(case.file))
    roles = {a.key: a.role for a in case.cast}
    more: list[NamePattern] = []
    for d in background.actors if background else ():
        if d.key not in roles or roles[d.key] == "unknown":
            continue
        for name in (d.name, *d.aliases):
            plain = re.sub(r"\s*\(.*\)", "", name)
            more.append(build_name_pattern(plain, roles[d.key], d.key, capital=plain.isupper() and len(plain) < 4))
    for d in background.places if background else ():
        if d.key != "border":
            names = [n for n in (*re.split(r"\s+and\s+", d.name), *d.aliases) if not n.startswith("the ")]
            more += [build_name_pattern(n, "place", f"={d.key}/{n}", capital=True) for n in names]
    for a in case.cast:
        if a.role == "civilians" and a.of:
            for word in load_country_words().get(case.countries[a.of], ())[1:2]:  # the adjective
                for noun in (
                    "civilians",
                    "refugees",
                    "people",
                    "migrants",
                    "citizens",
                    "villagers",
                    "traders",
                    "children",
                    "women",
                ):
                    more.append(build_name_pattern(f"{word} {noun}", "civilians", a.key))
    by_words: dict[tuple[str, ...], NamePattern] = {}
    for n in (*own, *more):
        # Long names of places are no other words; Swat and Tank need their capital.
        n = replace(n, capital=False) if n.role == "place" and (len(n.words) > 1 or len(n.words[0]) > 5) else n
        by_words.setdefault(n.words, n)
    by_words.pop((), None)
    return tuple(sorted(by_words.values(), key=lambda n: (-len(n.words), n.words)))


def find_names(
    text: str, case: CaseFile, background: "BackgroundLike | None", provinces: Mapping[str, str], kinds: Sequence[KindMention]
) -> Names:  # fmt: skip
    """Find the names in a text.

    Args:
        provinces: country code by name of each province that the record holds. kinds: of event, found in the same text.
    """
    tokens = mark_names(mark_names(tokenize(text), _build_patterns(case, background)), build_foreign_names())
    runs: list[list[Token]] = []
    for _, group in groupby(tokens, key=lambda t: (t.role, t.key) if t.role else id(t)):
        runs.append(list(group))
    actors: list[ActorMention] = []
    places: list[PlaceMention] = []
    unknown: list[UnknownName] = []
    for i, run in enumerate(runs):
        role, key = run[0].role, run[0].key
        if not role:
            continue
        start, end = run[0].start, run[-1].end
        words = text[start:end]
        before = _flat(runs[:i])[-3:]
        after = _flat(runs[i + 1 :])[:4]
        if role == "elsewhere":
            unknown.append(UnknownName(words, start, end, True))
        elif role == "border":
            places.append(PlaceMention(case.names.border, "border", words, start, end))
        elif role in ("crossing", "place"):
            places.append(_place(case, background, provinces, run, words))
        else:
            actor = _actor_key(case, role, key)
            if place := _as_place(case, role, words, before, after, kinds, start):
                places.append(replace(place, words=words, start=start, end=end))
            else:
                side = _find_side(tokens, run, before, after, kinds, start, end)
                whole = role == "group" and key in ("group", actor) and actor == case.keys("group")[0]
                actors.append(ActorMention(actor, side, words, start, end, whole))
    actors = _pair(text, actors)
    actors += _civilians(text, case, kinds, actors)
    unknown += _find_unknown_names(text, tokens, kinds)
    return Names(tuple(actors), tuple(places), tuple(unknown))


def _flat(runs: Iterable[Sequence[Token]]) -> list[str]:
    return [t.text for run in runs for t in run]


def _actor_key(case: CaseFile, role: str, key: str) -> str:
    return key if any(a.key == key for a in case.cast) else next(a.key for a in case.cast if a.role == role)


def _as_place(
    case: CaseFile, role: str, words: str, before: Sequence[str], after: Sequence[str], kinds: Sequence[KindMention], start: int
) -> PlaceMention | None:  # fmt: skip
    folded = fold_text(words)
    last = [
        w
        for w in before
        if w not in ("the", "eastern", "western", "northern", "southern", "north", "south", "mainland")
    ]
    prep = last[-1] if last and not {"aimed", "directed"} & set(before) else ""
    inside = prep in _PLACE_BEFORE or bool(after[:1] and after[0] in _SOIL_AFTER)
    if folded in _CAPITALS:
        struck = any(k.kind.key in _FORCE and 0 < start - k.end <= 6 for k in kinds)
        if inside or struck:
            names = ("New Delhi",) if folded == "delhi" else (words.title(),)
            return PlaceMention(names[0], "place", words, 0, 0, names=names)
        return None
    if role not in ("target", "host"):
        return None
    code = case.countries.get(role, "")  # type: ignore[call-overload]
    country = (load_country_words().get(code) or ("",))[0]
    on = prep in ("on", "of") and any(k.kind.key in ("strike", "airstrike", "drone-strike", "shelling") for k in kinds)
    adjective_of_place = bool(after[:1] and after[0] in _SOIL_AFTER)
    struck = any(k.kind.key in _FORCE and k.kind.key != "clash" and 0 < start - k.end <= 2 for k in kinds)
    if (folded == fold_text(country) and (inside or struck or (on and role == "host"))) or (
        adjective_of_place and inside
    ):
        return PlaceMention(country, "country", words, 0, 0, country=code)
    return None


def _place(
    case: CaseFile, background: "BackgroundLike | None", provinces: Mapping[str, str], run: Sequence[Token], words: str
) -> PlaceMention:  # fmt: skip
    role, key, start, end = run[0].role, run[0].key, run[0].start, run[-1].end
    if role == "crossing":
        c = next(c for c in case.crossings if c.key == key)
        exact = next((p for p in c.places if fold_text(p) == fold_text(words)), "")
        return PlaceMention(
            c.name, "crossing", words, start, end, names=(exact,) if exact else c.places, crossing=c.key
        )
    alias = ""
    if key.startswith("="):
        key, _, alias = key.removeprefix("=").partition("/")
    for d in background.places if background else ():
        heads = re.split(r"\s+and\s+", d.name)
        if fold_text(alias or key) in {fold_text(h) for h in (*heads, d.key.replace("-", " "))} | (
            {fold_text(a) for a in d.aliases if fold_text(a) in _abbreviations(d)} if alias else set()
        ):
            if (full := heads[0]) in provinces:
                return PlaceMention(full, "province", words, start, end, country=provinces[full], names=(full,))
            shown = (alias or key) if len(heads) > 1 else d.name
            inner = d.aliases if len(heads) == 1 or fold_text(shown).startswith(fold_text(d.key)) else ()
            return PlaceMention(shown, "place", words, start, end, names=tuple(dict.fromkeys((shown, key, *heads[:1], *inner))) if inner else (shown,))  # fmt: skip
    name = alias or key
    if name in provinces:
        return PlaceMention(name, "province", words, start, end, country=provinces[name], names=(name,))
    return PlaceMention(name, "place", words, start, end, names=(name,))


def _abbreviations(d: DefinitionLike) -> set[str]:
    """Other names of the same place; aliases of a district are places within it, except for its abbreviations."""
    return {fold_text(a) for a in d.aliases if a.replace(".", "").replace(" ", "").isupper() or fold_text(a)[:5] == fold_text(d.name)[:5]}  # fmt: skip


def _find_side(
    tokens: Sequence[Token], run: Sequence[Token], before: Sequence[str], after: Sequence[str], kinds: Sequence[KindMention],
    start: int, end: int,
) -> Side:  # fmt: skip
    prep = next((w for w in reversed(before) if w not in ("the", "afghan", "pakistani")), "")
    if prep == "by":
        return "initiator"
    if prep in _RECIPIENT_BEFORE:
        return "recipient"
    if prep in ("between", "with"):
        return "both"
    if after[:1] and any(w in _DOES for w in after[:3]):
        return "initiator"
    later = [k for k in kinds if k.start >= end]
    earlier = [k for k in kinds if k.end <= start]
    if later and not (earlier and earlier[-1].kind.types):
        return "initiator"
    if earlier and (earlier[-1].kind.types or prep == earlier[-1].words.split()[-1]):
        return "recipient"
    return "any"


def _pair(text: str, actors: Sequence[ActorMention]) -> list[ActorMention]:
    """Give both sides to the second of two actors joined by "and" or a dash, if the first has it."""
    out: list[ActorMention] = []
    for a in actors:
        last = out[-1] if out else None
        joint = last is not None and re.fullmatch(
            r"\s*(?:[-–—/&,]|and|with|or)\s*(?:the\s+)?", text[last.end : a.start]
        )
        if last and joint:
            both: Side = "both" if "or" not in joint.group().split() else "any"
            if last.side == "initiator" and re.search(r"\bby\s+(?:the\s+)?$", text[: last.start]):
                both = "initiator"
            elif both == "both":
                out[-1] = replace(last, side="both")
            out.append(replace(a, side=both))
        else:
            out.append(a)
    return out


def _civilians(
    text: str, case: CaseFile, kinds: Sequence[KindMention], actors: list[ActorMention]
) -> list[ActorMention]:
    """Read "Afghans" as civilians where people are deported."""
    if not any(k.kind.key == "deportation" for k in kinds):
        return []
    words = load_country_words().get(case.countries["host"], ())
    key = next((a.key for a in case.cast if a.role == "civilians" and a.of == "host"), "")
    if not key or len(words) < 2:
        return []
    found = [(m.start(), m.end()) for m in re.finditer(rf"\b{words[1]}s\b", text, re.IGNORECASE)]
    actors[:] = [a for a in actors if (a.start, a.end) not in found]
    return [ActorMention(key, "any", text[a:b], a, b) for a, b in found]


_FIRST_WORDS = re.compile(r"(?:^|[.?!]\s+|[\"“'‘(]\s*)$")


def _find_unknown_names(text: str, tokens: Sequence[Token], kinds: Sequence[KindMention]) -> list[UnknownName]:
    """Find capitalised words that name nobody; none in text in title case or capitals."""
    rest = tokens[1:]
    if rest and sum(t.raw[:1].isupper() for t in rest) > 0.6 * len(rest):
        return []
    out: list[UnknownName] = []
    run: list[Token] = []
    for t in [*tokens, None]:
        first = t is not None and bool(_FIRST_WORDS.search(text[: t.start]))
        taken = t is not None and any(k.start <= t.start < k.end for k in kinds)
        if (
            t is not None
            and t.raw[:1].isupper()
            and not t.role
            and not taken
            and not (first and not run)
            and not _is_common(t)
        ) or (run and t is not None and t.text in ("lil", "haq", "e", "i", "ul", "al") and t.start - run[-1].end <= 1):
            run.append(t)
        else:
            if run:
                out.append(UnknownName(text[run[0].start : run[-1].end], run[0].start, run[-1].end))
            run = []
    return out


_COMMON = frozenset(
    "i january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec monday tuesday wednesday thursday friday saturday sunday ramadan eid muharram ashura nowruz operation english islamic muslim "
    "what who when where which why how is are was were do does did will would could should has have list number explain describe tell "
    "give show name please and or the war peace border deadliest latest count since in on".split()
)


def _is_common(t: Token) -> bool:
    return t.text in _COMMON
