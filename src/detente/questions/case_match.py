"""Which conflict a question is about: parties, crossings and places that it names, against every shipped case.

Of a case count the target, the host, a border or a crossing that only it has, and the armed group twice; a place of the
two countries once. Two are enough. One party or place alone is enough only where the question names no one from elsewhere: a
question about Pakistan and India is not about Pakistan and Afghanistan.
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
    """A name as words, whose it is, and whether it must be written with a capital letter."""

    words: tuple[str, ...]
    role: str
    key: str
    shown: str
    capital: bool = False


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """The case that a question is about, and the question's words marked by it.

    Fields:
        named: the parties and places of the case that are named, as written. score: their weight.
        ties: other cases that fit as well. notices: what a reader should know of the choice.
        elsewhere: parties named that the case does not have.
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
    """What a country, its people and its capital are called, by three-letter code; under `-`, parties of other conflicts.

    Example:
        >>> load_country_words()["QAT"]
        ('Qatar', 'Qatari', 'Doha')
    """
    out: dict[str, tuple[str, ...]] = {}
    text = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8")
    for row in csv.DictReader((ln for ln in text.splitlines() if not ln.startswith("#")), delimiter="\t"):
        out[row["code"]] = (*out.get(row["code"], ()), *row["words"].split("; "))
    return out


def _build_name_pattern(text: str, role: str, key: str, *, capital: bool = False) -> NamePattern:
    plain = text.removeprefix("the ").removeprefix("The ").strip()
    short = len(plain) < 3 and plain.isupper()  # UN, EU, US: as small letters they are other words
    return NamePattern(tuple(t.text for t in tokenize(plain)), role, key, plain, capital or short)


@cache
def build_case_names(case_file: str) -> tuple[NamePattern, ...]:
    """All names of a case, longest first: cast, countries, border, crossings, and the places of its chronology."""
    case = load_case_file(case_file)
    role_of = {code: role for role, code in case.countries.items()}
    out = [
        _build_name_pattern(case.names.target, "target", "target"),
        _build_name_pattern(case.names.host, "host", "host"),
        _build_name_pattern(case.names.host_government, "host", "host"),
        _build_name_pattern(case.names.group, "group", "group"),
        _build_name_pattern(case.names.border, "border", "border"),
    ]
    for actor in case.cast:
        if actor.role in ("civilians", "unknown"):
            continue
        told = (actor.name, actor.short, *(a.name for a in actor.aliases.get("question", ())))
        out += [_build_name_pattern(n, actor.role, actor.key) for n in told if n]
        if actor.role in ("mediator", "outsider"):
            out += [_build_name_pattern(n, actor.role, actor.key) for n in load_country_words().get(actor.key, ())]
    for code, role in role_of.items():
        out += [_build_name_pattern(n, role, role) for n in load_country_words().get(code, ())]
    for crossing in case.crossings:
        out += [_build_name_pattern(n, "crossing", crossing.key) for n in (crossing.name, *crossing.places)]
    taken = {n.words for n in out}
    # Swat and Tank are towns; written small they are other words.
    out += [
        n for p in _read_place_names(case) if (n := _build_name_pattern(p, "place", p, capital=True)).words not in taken
    ]
    seen: dict[tuple[str, ...], NamePattern] = {}
    for n in out:
        if n.words:
            seen.setdefault(n.words, n)
    return tuple(sorted(seen.values(), key=lambda n: (-len(n.words), n.words)))


def _read_place_names(case: CaseFile) -> list[str]:
    try:
        text = (case.folder / case.chronology).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):  # the reader of the chronology says what is wrong, and how to mend it
        return []
    rows = csv.DictReader(text.splitlines())
    own = set(case.countries.values())
    return sorted({p for r in rows if r.get("country") in own for p in (r.get("admin1"), r.get("place")) if p})


@cache
def _build_foreign_names() -> tuple[NamePattern, ...]:
    every = [
        _build_name_pattern(w, "elsewhere", w if code == "-" else code)
        for code, words in load_country_words().items()
        for w in words
    ]
    return tuple(sorted(every, key=lambda n: (-len(n.words), n.words)))


def mark_names(words: Sequence[Token], known: Iterable[NamePattern]) -> tuple[Token, ...]:
    """The words with a role wherever they are one of the names; longer names are read first."""
    out = list(words)
    by_first: dict[str, list[NamePattern]] = {}
    for n in known:
        by_first.setdefault(n.words[0], []).append(n)
    # A question typed without any capital letter has no capitals to tell names by.
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
    marked = mark_names(
        mark_names(
            tokenize(text), build_case_names(str(case.file) if case.id not in find_shipped_cases() else case.id)
        ),
        _build_foreign_names(),
    )
    core = {(t.role, t.key if t.role == "crossing" else "") for t in marked if t.role in ROLE_WEIGHTS}
    roles = {role for role, _ in core}
    score = sum(ROLE_WEIGHTS[r] for r in roles)
    return CaseMatch(
        case, marked, _collect_mentions(marked, *ROLE_WEIGHTS), score, elsewhere=_collect_mentions(marked, "elsewhere")
    )


def _collect_mentions(words: Sequence[Token], *roles: str) -> tuple[str, ...]:
    """Those of some roles as the question writes them, each once."""
    runs = (list(g) for (role, _), g in groupby(words, key=lambda t: (t.role, t.key)) if role in roles)
    return tuple(dict.fromkeys(" ".join({t.start: t.raw for t in run}.values()) for run in runs))


def match_case(text: str, case: str | None = None) -> CaseMatch:
    """The case that a question is about.

    Args:
        text: the question. case: an id or a file, where a person said which.

    Raises:
        UnknownCase, BadCase: the case that was said cannot be used.
        NoSuchConflict: the question is about another conflict. WhichConflict: it names no party of any.

    Example:
        >>> match_case("Why was Torkham closed?").case.id
        'pakistan-afghanistan'
    """
    if case is not None:
        one = _score_case(load_case_file(case), text)
        if one.elsewhere and not _is_about(one):
            raise UnknownConflict(one.elsewhere, one.named, [(one.case.id, one.case.title)])
        return one
    every = sorted((_score_case(_load_shipped_case(c), text) for c in find_shipped_cases()), key=lambda s: -s.score)
    known = [(s.case.id, s.case.title) for s in every]
    best = every[0]
    about = [s for s in every if _is_about(s)]
    fit = [s for s in about if s.score == about[0].score]
    if fit:
        return replace(fit[0], ties=tuple(s.case.id for s in fit[1:]), notices=_build_notices(fit))
    outside = _collect_mentions(best.words, "mediator", "outsider")
    if best.elsewhere or best.score or outside:
        raise UnknownConflict((*best.elsewhere, *outside), best.named, known)
    raise AmbiguousConflict(known)


@cache
def _load_shipped_case(case: str) -> CaseFile:
    # What is shipped does not change while the program runs; a person's own file may.
    return load_case_file(case)


def _is_about(s: CaseMatch) -> bool:
    roles = {t.role for t in s.words}
    if {"target", "host"} <= roles or {"group", "border", "crossing"} & roles:
        return s.score >= MIN_CASE_SCORE
    # One party, or one and a place of its own: with somebody from elsewhere it is another matter.
    return bool({"target", "host", "place"} & roles) and not s.elsewhere and "outsider" not in roles


def _build_notices(fit: Sequence[CaseMatch]) -> tuple[str, ...]:
    out = []
    if fit[0].score < MIN_CASE_SCORE:
        out.append(f"The question names only {', '.join(fit[0].named)}; it is taken to be about {fit[0].case.id}.")
    if len(fit) > 1:
        others = ", ".join(s.case.id for s in fit[1:])
        out.append(f"It fits {others} as well; say --case to have it answered there.")
    return tuple(out)
