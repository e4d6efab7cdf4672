"""A question taken apart: into clauses that ask, and words that only set the scene.

Sentences end at stops, semicolons and numbered marks. Within one, a clause begins where a word that asks follows a
comma, a dash or "and". A clause that asks for nothing but the statement before it ("Discuss.") takes that statement as
what is asked. Whether a list inside a clause is several demands depends on what its parts are about, and is decided in
`demands.py`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from detente.questions.catalogue import load_catalogue
from detente.questions.errors import UnreadableQuestion
from detente.questions.tokenize import fold_text, select_content_words, tokenize

MAX_QUESTION_LENGTH = 3000
"""Characters of a question; about a page. Longer texts are not questions but essays."""

_SENTENCE_END = re.compile(
    r"[.?!;]+[\"'”’)]*(?=\s|$)|\n+|(?:(?<=\s)|^)\(?(?:[a-hA-H]|i{1,3}|iv|v|vi{0,3}|\d{1,2})[).](?=\s)"
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|cf|gen|mr|mrs|dr|st|no)|\b[A-Za-z])\.$", re.IGNORECASE)
_LIST_MARKER = re.compile(r"^[(]?(?:[a-hA-H]|i{1,3}|iv|v|vi{0,3}|\d{1,2})[).]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the question. `asks` is the word that asks, empty where the clause only sets the scene;
    `bare` says that it asks for the statement before it."""

    text: str
    start: int
    end: int
    asks: str = ""
    bare: bool = False
    sentence: int = 0
    queried: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The text as read (white space made one, typographic marks kept), and its clauses in order."""

    text: str
    clauses: tuple[Clause, ...]


def clean_text(text: str) -> str:
    """The text of a question, cleaned of what cannot be seen.

    Raises:
        UnreadableQuestion: nothing is there, or too much, or control characters, or not Latin letters.

    Example:
        >>> clean_text("  Why was   Torkham shut? ")
        'Why was Torkham shut?'
    """
    if len(text) > MAX_QUESTION_LENGTH:
        raise UnreadableQuestion(
            text, f"it has {len(text):,} characters, and a question may have {MAX_QUESTION_LENGTH:,}",
            "Leave out the background and keep what is asked.",
        )  # fmt: skip
    for i, c in enumerate(text):
        kind = unicodedata.category(c)
        if (kind == "Cc" and c not in "\t\n\r") or kind in ("Cs", "Co", "Cn"):
            what = "a byte that is no UTF-8" if kind == "Cs" else f"the control character U+{ord(c):04X}"
            raise UnreadableQuestion(text, f"character {i + 1} is {what}", "Type the question anew, as plain text.")
    # Soft hyphens, joiners and direction marks come along when text is copied from a page; they hold nothing.
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    seen = re.sub(r"[^\S\n]+", " ", seen.replace("\r", "\n")).strip()
    letters = [c for c in seen if c.isalpha()]
    if not letters:
        why = "it is empty" if not seen else "it holds no word"
        raise UnreadableQuestion(text, why, 'Ask in English, for example: "How do the clashes hurt trade?"')
    foreign = [c for c in letters if not unicodedata.name(c, "").startswith("LATIN")]
    if len(foreign) * 2 > len(letters):
        script = unicodedata.name(foreign[0], "another").split()[0].capitalize()
        raise UnreadableQuestion(
            text, f"it is written in {script if script != 'Cjk' else 'Chinese'} letters, and only English is understood so far",
            "Please ask in English; names may be spelt in any usual way.",
        )  # fmt: skip
    return seen


def parse_word_limit(text: str) -> int | None:
    """How many words a question wants its answer to have, if it says so.

    Example:
        >>> parse_word_limit("Discuss in about 150 words."), parse_word_limit("Discuss.")
        (150, None)
    """
    said = re.search(r"\b(\d{2,4})[\s-]words?\b", text)
    return int(said.group(1)) if said else None


def parse_question(text: str) -> Question:
    """A question as clauses.

    Raises:
        UnreadableQuestion: see `read`.

    Example:
        >>> [c.text for c in parse_question("How do clashes strain ties, and why did talks fail?").clauses]
        ['How do clashes strain ties', 'why did talks fail?']
    """
    seen = clean_text(text)
    clauses: list[Clause] = []
    told = _split_sentences(seen)
    for n, (start, end, marked) in enumerate(told):
        listed = n + 1 < len(told) and told[n + 1][2]
        clauses += _apply_list_markers(_split_clauses(seen, start, end, n), marked=marked, leads=listed and not marked)
    clauses = _join_empty_clauses(seen, clauses)
    if not any(c.asks for c in clauses):
        clauses = _mark_nominal_clauses(seen, clauses)
    return Question(seen, tuple(clauses))


def _split_sentences(text: str) -> list[tuple[int, int, bool]]:
    """Where each sentence begins and ends, and whether a mark of a list, such as (a), stands before it."""
    out: list[tuple[int, int, bool]] = []
    start, after_mark = 0, False
    for m in _SENTENCE_END.finditer(text):
        marked = bool(_LIST_MARKER.match(m.group()))
        if not marked and m.group().startswith(".") and _ABBREVIATION.search(text[: m.start() + 1]):
            continue
        end = m.start() if marked else m.end()
        if text[start:end].strip():
            out.append((start, end, after_mark))
        start, after_mark = m.end(), marked
    if text[start:].strip():
        out.append((start, len(text), after_mark))
    return out


def _apply_list_markers(clauses: list[Clause], *, marked: bool, leads: bool) -> list[Clause]:
    """Of a numbered list each item asks, as a noun too, and the words that lead to it ask nothing of their own."""
    if leads:
        return [replace(c, asks="", bare=False) for c in clauses]
    if marked and not any(c.asks for c in clauses):
        return [replace(c, asks="what") for c in clauses]
    return clauses


def _build_words_pattern(words: Sequence[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=len, reverse=True))


@cache
def _compile_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    w = load_catalogue().words
    polite = rf"(?:(?:{_build_words_pattern(w.polite)})\b[\s,]*)*"
    anywhere, first = _build_words_pattern(w.asking), _build_words_pattern((*w.asking, *w.asking_first))
    joint = r"(?:[,:;]\s*(?:and|but|or)?\s+|\s[-–—]+\s|\s(?:and|but)\s+|\)\s+)"
    strong = r"(?:[,;]\s*(?:and|but|or)\s+|:\s+|\s[-–—]+\s|\s(?:and|but)\s+)"
    return (
        re.compile(rf"^[\W_]*{polite}(?P<ask>{first})\b", re.IGNORECASE),
        re.compile(rf"{joint}(?={polite}(?:{anywhere})\b)", re.IGNORECASE),
        re.compile(rf"{strong}(?={polite}(?:{_build_words_pattern(w.asking_first)})\b)", re.IGNORECASE),
    )


def _find_asking_word(piece: str) -> str:
    words = load_catalogue().words
    if re.match(rf"^[\W_]*(?:{_build_words_pattern(words.setting)})\b", piece, re.IGNORECASE):
        return ""
    m = _compile_patterns()[0].match(piece)
    return fold_text(m.group("ask")) if m else ""


def _split_clauses(text: str, start: int, end: int, sentence: int) -> list[Clause]:
    piece = text[start:end]
    _, anywhere, first = _compile_patterns()
    queried = "?" in piece
    cuts = {(m.start(), m.end()) for m in anywhere.finditer(piece)}
    if queried:  # "and has it worked" asks only in a question; elsewhere it goes on with a sentence
        cuts |= {(m.start(), m.end()) for m in first.finditer(piece)}
    edges = sorted(cuts)
    spans = list(zip([0, *(b for _, b in edges)], [*(a for a, _ in edges), len(piece)], strict=True))
    out = []
    for i, (a, b) in enumerate(spans):
        told = piece[a:b].strip()
        if not told:
            continue
        asks = _find_asking_word(told)
        # "When troops trade fire, what happens to ...": the first part only says when.
        if (
            asks in ("when", "where", "while")
            and i == 0
            and len(spans) > 1
            and _find_asking_word(piece[spans[1][0] : spans[1][1]])
        ):
            asks = ""
        at = start + a + (len(piece[a:b]) - len(piece[a:b].lstrip()))
        out.append(Clause(told, at, at + len(told), asks, _is_bare_instruction(told), sentence, queried))
    return out


def _is_bare_instruction(piece: str) -> bool:
    plain = " ".join(re.findall(r"[a-z]+", fold_text(piece)))
    for word in sorted(load_catalogue().words.polite, key=len, reverse=True):
        plain = re.sub(rf"^{word}\s+(?=.)", "", plain) if plain not in load_catalogue().words.about_statement else plain
    # "Discuss this view with examples", "Discuss with reference to Pakistan": no more than "Discuss".
    plain = re.sub(
        r"\s+(?:with (?:special )?reference to|in the context of|in the light of|in light of)\b.*$", "", plain
    )
    plain = re.sub(r"\s+with(?: \w+){1,2}$", "", plain)
    plain = re.sub(r"\s+(?:this|the|the above) (?:statement|view|claim|assertion|proposition|remark)$", "", plain)
    return plain in load_catalogue().words.about_statement


def _join_empty_clauses(text: str, clauses: list[Clause]) -> list[Clause]:
    """A clause that asks but holds no subject ("Explain, with examples, ...") belongs to the next of its sentence; one
    that trails ("... and why?") to the one before."""
    out: list[Clause] = []
    held: Clause | None = None
    for c in clauses:
        if held and held.sentence == c.sentence:
            c = Clause(text[held.start : c.end], held.start, c.end, held.asks, False, c.sentence, c.queried)
        elif held:
            out.append(held)
        held = None
        if c.asks and not select_content_words(tokenize(c.text)):
            before = out[-1] if out else None
            if before and before.asks and before.sentence == c.sentence:
                out[-1] = Clause(
                    text[before.start : c.end], before.start, c.end, before.asks, before.bare, c.sentence, c.queried
                )
            else:
                held = c
            continue
        out.append(c)
    return [*out, held] if held else out


def _mark_nominal_clauses(text: str, clauses: list[Clause]) -> list[Clause]:
    """Nothing asks by its beginning: then what holds a word that asks, or a question mark, or a noun of asking, does;
    and if none does, the whole."""
    words = load_catalogue().words
    inner = re.compile(rf"\b(?:{_build_words_pattern((*words.asking, *words.asking_first[:6]))})\b", re.IGNORECASE)
    nouns = re.compile(rf"\b(?:{_build_words_pattern(words.asking_nouns)})(?:e?s)?\b", re.IGNORECASE)
    for fits in (lambda c: c.queried, lambda c: bool(inner.search(c.text)), lambda c: bool(nouns.search(c.text))):
        if any(fits(c) for c in clauses):
            return [_mark_as_asking(c) if fits(c) else c for c in clauses]
    return [_mark_as_asking(c) for c in clauses]


def _mark_as_asking(c: Clause) -> Clause:
    return replace(c, asks="what")
