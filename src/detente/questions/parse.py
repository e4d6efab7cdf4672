"""Parse a question into clauses that ask and clauses that only set the scene.

Sentences end at full stops, semicolons and list markers. Within a sentence, a clause begins where an asking word follows a comma,
a dash or "and". A bare instruction ("Discuss.") asks about the statement before it. `demands.py` decides whether a list inside a
clause is several demands, because that depends on the topics of its parts.
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
"""Characters of a question: about a page."""

_SENTENCE_END = re.compile(
    r"[.?!;]+[\"'”’)]*(?=\s|$)|\n+|(?:(?<=\s)|^)\(?(?:[a-hA-H]|i{1,3}|iv|v|vi{0,3}|\d{1,2})[).](?=\s)"
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|cf|gen|mr|mrs|dr|st|no)|\b[A-Za-z])\.$", re.IGNORECASE)
_LIST_MARKER = re.compile(r"^[(]?(?:[a-hA-H]|i{1,3}|iv|v|vi{0,3}|\d{1,2})[).]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the question.

    `asks` is the asking word, empty if the clause only sets the scene. `bare`: it asks about the statement before it.
    """

    text: str
    start: int
    end: int
    asks: str = ""
    bare: bool = False
    sentence: int = 0
    queried: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The cleaned text (white space collapsed, typographic marks unchanged), and its clauses in order."""

    text: str
    clauses: tuple[Clause, ...]


def clean_text(text: str) -> str:
    """Clean the text of a question: remove invisible characters and collapse white space.

    Raises:
        UnreadableQuestion: the text is empty or too long, has control characters, or is not in Latin letters.

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
            raise UnreadableQuestion(text, f"character {i + 1} is {what}", "Type the question again as plain text.")
    # Text copied from a page contains soft hyphens, joiners and direction marks, which carry no meaning.
    cleaned = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    cleaned = re.sub(r"[^\S\n]+", " ", cleaned.replace("\r", "\n")).strip()
    letters = [c for c in cleaned if c.isalpha()]
    if not letters:
        why = "it is empty" if not cleaned else "it holds no word"
        raise UnreadableQuestion(text, why, 'Ask in English, for example: "How do the clashes hurt trade?"')
    foreign = [c for c in letters if not unicodedata.name(c, "").startswith("LATIN")]
    if len(foreign) * 2 > len(letters):
        script = unicodedata.name(foreign[0], "another").split()[0].capitalize()
        raise UnreadableQuestion(
            text, f"it is written in {script if script != 'Cjk' else 'Chinese'} letters, and only English is understood so far",
            "Please ask in English; names may be spelt in any usual way.",
        )  # fmt: skip
    return cleaned


def parse_word_limit(text: str) -> int | None:
    """Return the number of words that a question asks its answer to have, or None.

    Example:
        >>> parse_word_limit("Discuss in about 150 words."), parse_word_limit("Discuss.")
        (150, None)
    """
    match = re.search(r"\b(\d{2,4})[\s-]words?\b", text)
    return int(match.group(1)) if match else None


def parse_question(text: str) -> Question:
    """Parse a question into clauses.

    Raises:
        UnreadableQuestion: see `clean_text`.

    Example:
        >>> [c.text for c in parse_question("How do clashes strain ties, and why did talks fail?").clauses]
        ['How do clashes strain ties', 'why did talks fail?']
    """
    cleaned = clean_text(text)
    clauses: list[Clause] = []
    sentences = _split_sentences(cleaned)
    for n, (start, end, marked) in enumerate(sentences):
        listed = n + 1 < len(sentences) and sentences[n + 1][2]
        clauses += _apply_list_markers(
            _split_clauses(cleaned, start, end, n), marked=marked, leads=listed and not marked
        )
    clauses = _join_empty_clauses(cleaned, clauses)
    if not any(c.asks for c in clauses):
        clauses = _mark_nominal_clauses(cleaned, clauses)
    return Question(cleaned, tuple(clauses))


def _split_sentences(text: str) -> list[tuple[int, int, bool]]:
    """Return start and end of each sentence, and whether a list marker, such as (a), stands before it."""
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
    """Mark each item of a numbered list as asking, even a noun, and the words that introduce the list as not asking."""
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
    if queried:  # "and has it worked" asks only in a question; elsewhere it continues the sentence
        cuts |= {(m.start(), m.end()) for m in first.finditer(piece)}
    edges = sorted(cuts)
    spans = list(zip([0, *(b for _, b in edges)], [*(a for a, _ in edges), len(piece)], strict=True))
    out = []
    for i, (a, b) in enumerate(spans):
        clause = piece[a:b].strip()
        if not clause:
            continue
        asks = _find_asking_word(clause)
        # "When troops trade fire, what happens to ...": the first part only says when.
        subordinate = asks in ("when", "where", "while") and i == 0 and len(spans) > 1
        if subordinate and _find_asking_word(piece[spans[1][0] : spans[1][1]]):
            asks = ""
        at = start + a + (len(piece[a:b]) - len(piece[a:b].lstrip()))
        out.append(Clause(clause, at, at + len(clause), asks, _is_bare_instruction(clause), sentence, queried))
    return out


def _is_bare_instruction(piece: str) -> bool:
    plain = " ".join(re.findall(r"[a-z]+", fold_text(piece)))
    for word in sorted(load_catalogue().words.polite, key=len, reverse=True):
        plain = re.sub(rf"^{word}\s+(?=.)", "", plain) if plain not in load_catalogue().words.about_statement else plain
    # "Discuss this view with examples" and "Discuss with reference to Pakistan" mean the same as "Discuss".
    plain = re.sub(r"\s+(?:with (?:special )?reference to|in the context of|in the light of|in light of)\b.*$", "", plain)  # fmt: skip
    plain = re.sub(r"\s+with(?: \w+){1,2}$", "", plain)
    plain = re.sub(r"\s+(?:this|the|the above) (?:statement|view|claim|assertion|proposition|remark)$", "", plain)
    return plain in load_catalogue().words.about_statement


def _join_empty_clauses(text: str, clauses: list[Clause]) -> list[Clause]:
    """Join an asking clause without a subject ("Explain, with examples, ...") to the next clause of its sentence.

    A trailing one ("... and why?") is joined to the clause before.
    """
    out: list[Clause] = []
    pending: Clause | None = None
    for c in clauses:
        if pending and pending.sentence == c.sentence:
            c = Clause(text[pending.start : c.end], pending.start, c.end, pending.asks, False, c.sentence, c.queried)
        elif pending:
            out.append(pending)
        pending = None
        if c.asks and not select_content_words(tokenize(c.text)):
            before = out[-1] if out else None
            if before and before.asks and before.sentence == c.sentence:
                joined = text[before.start : c.end]
                out[-1] = Clause(joined, before.start, c.end, before.asks, before.bare, c.sentence, c.queried)
            else:
                pending = c
            continue
        out.append(c)
    return [*out, pending] if pending else out


def _mark_nominal_clauses(text: str, clauses: list[Clause]) -> list[Clause]:
    """Mark the asking clauses of a question that has no asking word at the start of a clause.

    They have a question mark, or else an asking word inside, or else an asking noun. Without any, all clauses ask.
    """
    words = load_catalogue().words
    inner = re.compile(rf"\b(?:{_build_words_pattern((*words.asking, *words.asking_first[:6]))})\b", re.IGNORECASE)
    nouns = re.compile(rf"\b(?:{_build_words_pattern(words.asking_nouns)})(?:e?s)?\b", re.IGNORECASE)
    for fits in (lambda c: c.queried, lambda c: bool(inner.search(c.text)), lambda c: bool(nouns.search(c.text))):
        if any(fits(c) for c in clauses):
            return [replace(c, asks="what") if fits(c) else c for c in clauses]
    return [replace(c, asks="what") for c in clauses]
