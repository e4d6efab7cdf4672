"""Match a question to a case by the parties, crossings and places that it names.

Weights: target, host and a place of the two countries 1; armed group, border and crossing 2. A total of 2 is enough. One party
or place alone is enough only if the question names no party from elsewhere: a question about Pakistan and India is not about
Pakistan and Afghanistan.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby

from detente.cases.case_file import CaseFile, find_shipped_cases, load_case_file
from detente.questions.errors import AmbiguousConflict, UnknownConflict
from detente.questions.tokenize import Token, tokenize

ROLE_WEIGHTS = {"target": 1.0, "host": 1.0, "group": 2.0, "border": 2.0, "crossing": 2.0, "place": 1.0}
MIN_CASE_SCORE = 2.0


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A name as words, its owner, and whether it must be written with a capital letter."""

    words: tuple[str, ...]
    role: str
    key: str
    shown: str
    capital: bool = False


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """The case that a question is about, and the question's words with their roles in the case.

    Fields:
        named: parties and places of the case that the question names, as written. score: their weight.
        ties: other cases that fit equally well. notices: remarks for the reader on the choice.
        elsewhere: named parties that are not in the case.
    """

    case: CaseFile
    words: tuple[Token, ...]
    named: tuple[str, ...]
    score: float
    ties: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@cache
def load_country_words() -> Mapping[str, tuple[str, ...]]:
    """Load names of countries, peoples and capitals by three-letter code, and parties of other conflicts under `-`.

    Example:
        >>> load_country_words()["QAT"]
        ('Qatar', 'Qatari', 'Doha')
    """
    out: dict[str, tuple[str, ...]] = {}
    text = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8")
    for row in csv.DictReader((ln for ln in text.splitlines() if not ln.startswith("#")), delimiter="\t"):
        out[row["code"]] = (*out.get(row["code"], ()), *row["words"].split("; "))
    return out


def build_name_pattern(text: str, role: str, key: str, *, capital: bool = False) -> NamePattern:
    """Build the pattern of a name; an abbreviation of two letters needs its capitals."""
    plain = text.removeprefix("the ").removeprefix("The ").strip()
    short = len(plain) < 3 and plain.isupper()  # UN, EU, US: in lower case some are other words
    return NamePattern(tuple(t.text for t in tokenize(plain)), role, key, plain, capital or short)


@cache
def build_case_names(case_file: str) -> tuple[NamePattern, ...]:
    """Return all names of a case, longest first: cast, countries, border, crossings, and the places of its chronology."""
    case = load_case_file(case_file)
    names = case.names
    parties = (
        (names.target, "target"), (names.host, "host"), (names.host_government, "host"), (names.group, "group"), (names.border, "border"),
    )  # fmt: skip
    out = [build_name_pattern(name, role, role) for name, role in parties]
    for actor in case.cast:
        if actor.role in ("civilians", "unknown"):
            continue
        own = (actor.name, actor.short, *(a.name for a in actor.aliases.get("question", ())))
        out += [build_name_pattern(n, actor.role, actor.key) for n in own if n]
        if actor.role in ("mediator", "outsider"):
            out += [build_name_pattern(n, actor.role, actor.key) for n in load_country_words().get(actor.key, ())]
    for code, role in {code: role for role, code in case.countries.items()}.items():
        out += [build_name_pattern(n, role, role) for n in load_country_words().get(code, ())]
    for crossing in case.crossings:
        out += [build_name_pattern(n, "crossing", crossing.key) for n in (crossing.name, *crossing.places)]
    # Swat and Tank are towns; in lower case they are other words.
    out += [build_name_pattern(p, "place", p, capital=True) for p in _read_place_names(case)]
    # Several parties may share a name: the first keeps it.
    by_words: dict[tuple[str, ...], NamePattern] = {}
    for n in out:
        by_words.setdefault(n.words, n)
    by_words.pop((), None)
    return _sort_longest_first(by_words.values())


def _read_place_names(case: CaseFile) -> list[str]:
    try:
        text = (case.folder / case.chronology).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):  # the chronology reader reports this error
        return []
    rows = csv.DictReader(text.splitlines())
    own = set(case.countries.values())
    return sorted({p for r in rows if r.get("country") in own for p in (r.get("admin1"), r.get("place")) if p})


@cache
def build_foreign_names() -> tuple[NamePattern, ...]:
    """Return the names of countries and of parties of other conflicts, longest first."""
    pairs = ((w, w if code == "-" else code) for code, words in load_country_words().items() for w in words)
    return _sort_longest_first(build_name_pattern(w, "elsewhere", key) for w, key in pairs)


def _sort_longest_first(names: Iterable[NamePattern]) -> tuple[NamePattern, ...]:
    return tuple(sorted(names, key=lambda n: (-len(n.words), n.words)))


def mark_names(words: Sequence[Token], known: Iterable[NamePattern]) -> tuple[Token, ...]:
    """Set role and key of the words that form one of the names. Longer names take precedence."""
    out = list(words)
    by_first: dict[str, list[NamePattern]] = {}
    for n in known:
        by_first.setdefault(n.words[0], []).append(n)
    # A question typed in lower case has no capitals that could mark names.
    no_capitals = not any(t.raw[:1].isupper() for t in words)
    for length in sorted({len(n.words) for ns in by_first.values() for n in ns}, reverse=True):
        for i in range(len(out) - length + 1):
            for n in _find_candidate_names(by_first, out[i].text):
                if len(n.words) == length and all(_matches_word(out[i + k], w) for k, w in enumerate(n.words)):
                    if n.capital and not (out[i].raw[:1].isupper() or (no_capitals and n.role == "place")):
                        continue
                    if n.capital and len(n.shown) < 3 and out[i].raw != n.shown:
                        continue
                    out[i : i + length] = [replace(t, role=n.role, key=n.key) for t in out[i : i + length]]
                    break
    return tuple(out)


def _find_candidate_names(by_first: Mapping[str, list[NamePattern]], word: str) -> list[NamePattern]:
    return by_first.get(word, []) + (by_first.get(word[:-1], []) if word.endswith("s") else [])


def _matches_word(token: Token, word: str) -> bool:
    return not token.role and (token.text == word or (token.text == word + "s" and len(word) > 3))


def _score_case(case: CaseFile, text: str) -> CaseMatch:
    own = build_case_names(case.id if case.id in find_shipped_cases() else str(case.file))
    marked = mark_names(mark_names(tokenize(text), own), build_foreign_names())
    score = sum(ROLE_WEIGHTS[r] for r in {t.role for t in marked if t.role in ROLE_WEIGHTS})
    named, elsewhere = _collect_mentions(marked, *ROLE_WEIGHTS), _collect_mentions(marked, "elsewhere")
    return CaseMatch(case, marked, named, score, elsewhere=elsewhere)


def _collect_mentions(words: Sequence[Token], *roles: str) -> tuple[str, ...]:
    """Return the names of some roles as the question writes them, each once."""
    runs = (list(g) for (role, _), g in groupby(words, key=lambda t: (t.role, t.key)) if role in roles)
    return tuple(dict.fromkeys(" ".join({t.start: t.raw for t in run}.values()) for run in runs))


def match_case(text: str, case: str | None = None) -> CaseMatch:
    """Return the case that a question is about.

    Args:
        text: the question. case: an id or a file, if the user chose one.

    Raises:
        UnknownCase, BadCase: the chosen case cannot be used.
        UnknownConflict: the question is about another conflict. AmbiguousConflict: it names no party of any case.

    Example:
        >>> match_case("Why was Torkham closed?").case.id
        'pakistan-afghanistan'
    """
    if case is not None:
        chosen = _score_case(load_case_file(case), text)
        if chosen.elsewhere and not _is_about(chosen):
            raise UnknownConflict(chosen.elsewhere, chosen.named, [(chosen.case.id, chosen.case.title)])
        return chosen
    matches = sorted((_score_case(_load_shipped_case(c), text) for c in find_shipped_cases()), key=lambda s: -s.score)
    known = [(s.case.id, s.case.title) for s in matches]
    best = matches[0]
    relevant = [s for s in matches if _is_about(s)]
    tied = [s for s in relevant if s.score == relevant[0].score]
    if tied:
        return replace(tied[0], ties=tuple(s.case.id for s in tied[1:]), notices=_build_notices(tied))
    outside = _collect_mentions(best.words, "mediator", "outsider")
    if best.elsewhere or best.score or outside:
        raise UnknownConflict((*best.elsewhere, *outside), best.named, known)
    raise AmbiguousConflict(known)


@cache
def _load_shipped_case(case: str) -> CaseFile:
    # Shipped files do not change while the program runs. A user's own file may.
    return load_case_file(case)


def _is_about(s: CaseMatch) -> bool:
    roles = {t.role for t in s.words}
    if {"target", "host"} <= roles or {"group", "border", "crossing"} & roles:
        return s.score >= MIN_CASE_SCORE
    # One party, or a party and its place, is not enough if a party from elsewhere is named.
    return bool({"target", "host", "place"} & roles) and not s.elsewhere and "outsider" not in roles


def _build_notices(tied: Sequence[CaseMatch]) -> tuple[str, ...]:
    out = []
    if tied[0].score < MIN_CASE_SCORE:
        out.append(f"The question names only {', '.join(tied[0].named)}; it is taken to be about {tied[0].case.id}.")
    if len(tied) > 1:
        others = ", ".join(s.case.id for s in tied[1:])
        out.append(f"It fits {others} as well; say --case to have it answered there.")
    return tuple(out)
