"""Definitions of actors, places and terms, from the case's background and the glossary."""

from detente.api.ask_parts import build_understood, event_links, not_used
from detente.api.case import Case
from detente.api.cast_terms import NO_BACKGROUND, CastTerm, describe_actor_record
from detente.api.results.answers import AnswerLink, PartialAnswer
from detente.questions.tokenize import fold_text
from detente.questions.understanding import Understanding
from detente.text.glossary import load_glossary


def answer_definition(case: Case, u: Understanding) -> PartialAnswer:
    """Define what a part of a question asks about."""
    d = u.intent.definition
    assert d is not None  # the intent of kind `definition` has one
    if isinstance(d, CastTerm):
        return _answer_actor(case, u, d)
    background = case.g.background
    own = background is not None and any(x.key == d.key for x in background.definitions)
    shown = [d.name, *(a for a in d.aliases if own and fold_text(a) != fold_text(d.name))]
    also = f" (also {', '.join(shown[1:5])})" if len(shown) > 1 else ""
    title = f"{shown[0][0].upper()}{shown[0][1:]}{also}"
    said = [f"{title}: {d.definition}"]
    notes = [n for n in background.notes if fold_text(d.name) in fold_text(n.text)] if background else []
    note = next((n for n in notes if fold_text(d.name) in fold_text(n.title) or n.key in ("line",)), None) or (
        next((n for n in notes if d.key in ("TTP", "durand_line", "border")), None)
    )
    if note:
        said.append(f"{note.text}{f' {note.note}' if note.note else ''}")
    ids = {e.id for e in case.g.events}
    cited = tuple(dict.fromkeys(s for s in (*d.sources, *(note.sources if note else ())) if s in ids))
    others = [s for s in d.sources if s not in ids and not s.endswith(".md")]
    if others:
        said.append(f"Source: {'; '.join(others)}.")
    links: list[AnswerLink] = []
    if any(a.key == d.key for a in case.case.cast):
        n = sum(d.key in e.actors for e in case.g.events)
        said.append(f"The record holds {n:,} events with this actor.")
        links.append(AnswerLink(f"Events with {d.name}", f"/{case.id}/events?actor={d.key}"))
    elif own or d.key in load_glossary():
        links.append(AnswerLink("The glossary", f"/glossary#{d.key}"))
    return PartialAnswer(
        u.asked, build_understood(case, u), tuple(said), not_used(u), events=cited, links=(*links, *event_links(case, cited))
    )  # fmt: skip


def _answer_actor(case: Case, u: Understanding, term: CastTerm) -> PartialAnswer:
    """Say what the case file and the record hold of an actor where the case gives no background text."""
    actor = case.case.actor(term.key)
    said = (f"{term.name}: {term.definition}.", *describe_actor_record(case, actor), NO_BACKGROUND)
    link = AnswerLink(f"Events with {term.name}", f"/{case.id}/events?actor={term.key}")
    return PartialAnswer(u.asked, build_understood(case, u), said, not_used(u), links=(link,))
