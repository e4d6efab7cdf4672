"""A brief as JSON: everything that the pages show, and how every number was computed."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from itertools import accumulate, pairwise
from typing import Any

from detente.brief.answer_points import AnswerPoint
from detente.brief.document import (
    AnswerLine,
    Brief,
    BriefArgument,
    BriefSection,
    ForecastSection,
    OtherSourceReports,
    format_origin,
)
from detente.brief.short_answer import ShortAnswer, render_answer_text
from detente.charts.picture import Picture
from detente.claims.checks import CHECKS
from detente.claims.checks.result import CheckOutcome
from detente.claims.estimate import Estimate
from detente.claims.evidence_line import list_evidence
from detente.claims.finding import Finding, describe_weakest_chance, find_weakest_estimate
from detente.claims.reader_text import MARK_SYMBOLS, MARK_WORDS, MarkedSentence
from detente.claims.stated_evidence import STATED_NOTE, StatedEvidence
from detente.claims.verdict import ClaimVerdict
from detente.core.date_range import format_date, format_date_range
from detente.events.arrow import to_record
from detente.events.event import Event
from detente.measures.quantity import Quantity
from detente.text.sentence import (
    ConventionPiece,
    EventPiece,
    NumberPiece,
    Sentence,
    SentencePiece,
    collect_quantities,
    make_sentence,
)

BRIEF_FORMAT_NAME = "detente brief 2"
ANSWER_FORMAT_NAME = "detente answer 3"


def build_brief_data(brief: Brief) -> dict[str, Any]:
    """Build the brief as plain values for JSON. An unbounded limit is null."""
    shown = {e.id: _build_event(e, brief.countries) | _build_other_reports(brief.retold.get(e.id)) for e in brief.cited}
    p = brief.provenance
    return {
        "format": BRIEF_FORMAT_NAME,
        "title": brief.title,
        "question": brief.question,
        "kind": "tested",
        "as_of": p.as_of,
        "as_of_words": format_date(date.fromisoformat(p.as_of)),
        "watched_to_words": format_date(date.fromisoformat(p.watched_to)),
        "record_age": sentence_data(brief.age),
        "answer": _build_answer_lines(brief.answer),
        "caution": brief.caution.text if brief.caution else "",
        "marks": [{"mark": m, "symbol": MARK_SYMBOLS[m], "means": MARK_WORDS[m]} for m in brief.marks],
        "background": [
            {"title": n.title, "text": n.text, "note": n.note, "sources": list(n.sources)} for n in brief.background
        ],
        "no_background": brief.no_background,
        "demands": [{"key": s.key, "title": s.title, "asks": s.asks} for s in brief.sections],
        "introduction": _build_text_block(brief.introduction),
        "lead": _build_picture(brief.lead),
        "findings": [_build_finding_row(p) for s in brief.sections for p in s.points],
        "since": brief.since,
        "since_words": format_date(date.fromisoformat(brief.since)) if brief.since else "",
        "changes": _build_text_block(brief.changes),
        "sections": [_build_section(s, shown) for s in brief.sections],
        "stated_note": STATED_NOTE,
        "outlook": _build_forecast_section(brief.outlook),
        "conclusion": {
            **_build_text_block(s for p in brief.conclusion for s in p),
            "paragraphs": _compute_paragraph_bounds(brief.conclusion),
        },
        "way_forward": [
            {
                "key": w.key, "title": w.title, "proposal": w.proposal, "record": sentence_data(w.record), "setting": w.setting,
                "effect": [sentence_data(x) for x in w.effect], "example": w.example, "precedent": w.precedent,
                "precedent_events": list(w.precedent_events), "objection": w.objection,
                "expectation": sentence_data(w.expectation), "clear": w.clear, "sources": list(w.sources),
                "numbers": [_build_quantity(m) for m in w.numbers],
            }
            for w in brief.levers
        ],
        "alternatives": _build_text_block(brief.alternatives),
        "unseen": [{"heading": heading, **_build_text_block(sentences)} for heading, sentences in brief.unseen],
        "appendix": [_build_picture(x) for x in brief.appendix],
        "method": [{"heading": heading, **_build_text_block(sentences)} for heading, sentences in brief.method],
        "sources": list(shown.values()),
        "datasets": [{"name": d.name, "use": d.use, "licence": d.licence, "cite": d.cite} for d in brief.datasets],
        "provenance": {name: getattr(p, name) for name in p.__slots__},
    }  # fmt: skip


def render_json(brief: Brief) -> str:
    """Render the brief as JSON text. The same brief gives the same bytes."""
    return dump_json(build_brief_data(brief))


def dump_json(data: dict[str, Any]) -> str:
    """Format plain values as JSON text."""
    return json.dumps(data, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n"


def build_answer_data(answer: ShortAnswer) -> dict[str, Any]:
    """Build a short answer as plain values: text, demands, and how every number was computed."""
    m = answer.material
    shown = {e.id: _build_event(e, m.countries) for e in answer.cited}
    p = m.provenance
    return {
        "format": ANSWER_FORMAT_NAME,
        "question": m.question,
        "limit": answer.limit,
        "words": answer.words,
        "text": render_answer_text(answer),
        "introduction": _build_text_block(m.introduction),
        "parts": [
            {
                "title": part.title,
                "asked": part.asked,
                "points": [p.key for p in points],
                "earlier": [{"part": n, "headline": h} for n, h in part.earlier],
            }
            for part, points in answer.parts
        ],
        "points": [_build_answer_point(p, answer, shown) for p in answer.points],
        "refused": [{"asked": d.asked, "why": d.why, "told": d.told} for d in m.refused],
        "conclusion": _build_text_block(answer.conclusion),
        "sources": list(shown.values()),
        "provenance": {name: getattr(p, name) for name in p.__slots__},
    }


def _build_answer_point(p: AnswerPoint, answer: ShortAnswer, shown: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "claim" if p.finding else "lever": p.key,
        "kind": p.finding.kind if p.finding else "step",
        "enough": p.enough,
        "headline": p.headline,
        "said": [sentence_data(s) for s in answer.said(p)],
        "limits": sentence_data(p.limits) if p.limits else None,
        "examples": [shown[p.example]] if p.example and p.key in answer.shown else [],
        "numbers": [_build_quantity(m) for m in collect_quantities(answer.said(p))],
    }


def _build_answer_lines(lines: Sequence[AnswerLine]) -> dict[str, Any]:
    """Build the first page: its sentences under their headings, in order, and their numbers."""
    by_heading: dict[str, list[dict[str, Any]]] = {}
    for x in lines:
        symbol = MARK_SYMBOLS[x.mark] if x.mark else ""
        data = {"mark": x.mark, "symbol": symbol, "claim": x.claim, **sentence_data(x.sentence)}
        by_heading.setdefault(x.heading, []).append(data)
    return {
        "parts": [{"heading": h, "sentences": found} for h, found in by_heading.items()],
        "numbers": [_build_quantity(m) for m in collect_quantities([x.sentence for x in lines])],
    }


def marked_data(m: MarkedSentence) -> dict[str, Any]:
    """Build a marked sentence as plain values."""
    return {"mark": m.mark, "symbol": m.symbol, **sentence_data(m.sentence)}


def _build_argument(a: BriefArgument | None) -> dict[str, Any] | None:
    if a is None:
        return None
    return {
        "text": a.text, "held_by": list(a.held_by), "counter": a.counter, "sources": list(a.sources),
        "counter_sources": list(a.counter_sources),
    }  # fmt: skip


def _build_section(section: BriefSection, shown: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "asks": section.asks,
        "points": [
            build_finding_data(p, shown) | {"argument": _build_argument(section.arguments.get(p.claim))}
            for p in section.points
        ],
        "pictures": {claim: _build_picture(p) for claim, p in section.pictures.items()},
    }


def _build_forecast_section(o: ForecastSection) -> dict[str, Any]:
    cells = [make_sentence(c) for line in o.lines for c in line.cells]
    return {
        "since_words": o.since,
        "horizons": list(o.horizons),
        "lines": [{"what": x.what, "cells": [sentence_data(make_sentence(c)) for c in x.cells]} for x in o.lines],
        "notes": _build_text_block(o.notes),
        "score": _build_text_block(o.score),
        "plain": _build_text_block(o.plain),
        "picture": _build_picture(o.picture) if o.picture else None,
        "numbers": [_build_quantity(m) for m in collect_quantities(cells)],
    }


def build_finding_data(point: Finding, shown: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Build a finding as plain values. `shown` holds the events in full, by id; without it examples are ids."""
    return {
        "claim": point.claim,
        "kind": point.kind,
        "statement": point.statement,
        "verdict": _build_verdict(point),
        "tests": [sentence_data(s) for s in point.tests],
        "parts": [_build_estimate(e) for e in point.estimates],
        "checks": [_build_check_outcome(o) for o in point.outcomes],
        "stated": [_build_stated_evidence(x) for x in point.stated],
        "disagreement": sentence_data(point.disagreement) if point.disagreement else None,
        "false_alarms": sentence_data(point.false_alarms) if point.false_alarms else None,
        "enough": point.enough,
        "headline": point.headline,
        "plain": [marked_data(m) for m in point.reader.sentences] if point.reader else [],
        "evidence": [marked_data(m) for m in list_evidence(point)],
        "sentences": [sentence_data(s) for s in point.sentences],
        "short": sentence_data(point.short),
        "limits": sentence_data(point.limits),
        "examples": [shown[i] if shown else i for i in point.examples],
        "numbers": [_build_quantity(m) for m in point.numbers],
    }


def _build_verdict(point: Finding) -> dict[str, Any] | None:
    v = point.verdict
    if v is None:
        return None
    fields = {name: getattr(v, name) for name in v.__slots__}
    return fields | {"mark": v.mark, "survived": format_check_results(v)}


def format_check_results(v: ClaimVerdict) -> str:
    """Summarise the results of the checks. Checks that are not applicable are not counted.

    Example:
        >>> format_check_results(ClaimVerdict("leaning", "x", 5, 2, 1))
        'held in 5 of 7 checks'
        >>> format_check_results(ClaimVerdict("not supported", "x", 0, 0, 0))
        'not checked'
    """
    applied = v.held + v.failed
    return f"held in {v.held} of {applied} check{'s' if applied != 1 else ''}" if applied else "not checked"


def _build_finding_row(point: Finding) -> dict[str, Any]:
    """Build a row of the table of findings: verdict, statement, probability of its weakest part, checks."""
    v = point.verdict
    weakest = find_weakest_estimate(point)
    chance = weakest.chance if weakest and weakest.enough else None
    return {
        "claim": point.claim,
        "statement": point.statement,
        "word": v.word if v else "",
        "weakest": weakest.part if weakest else "",
        "likely": describe_weakest_chance(point),
        "number": chance.key if chance else None,
        "survived": format_check_results(v) if v else "",
    }


def _build_estimate(e: Estimate) -> dict[str, Any]:
    return {
        "key": e.key, "part": e.part, "necessary": e.necessary, "enough": e.enough, "why_not": e.why_not,
        "claimed": e.claimed, "than": e.than, "probability": e.probability,
        "number": e.measured.key if e.measured else None, "chance": e.chance.key if e.chance else None,
    }  # fmt: skip


def _build_check_outcome(o: CheckOutcome) -> dict[str, Any]:
    title = next(c.title for c in CHECKS if c.key == o.check)
    return {"check": o.check, "title": title, "part": o.part, "result": o.result, "told": sentence_data(o.told)}


def _build_stated_evidence(x: StatedEvidence) -> dict[str, Any]:
    found = x.response or x.answers
    numbers = {f.name: getattr(found, f.name) for f in fields(found)} if found else {}
    curve = numbers.pop("curve", None)
    for name in ("share", "share_with_implied", "delay"):
        if numbers.get(name) is not None:
            numbers[name] = asdict(numbers[name])
    if curve is not None:
        numbers["not_answered"] = {"days": curve.days.tolist(), "share": curve.alive.tolist()}
    return {
        "key": x.key, "causes": list(x.causes), "effect": x.effect, "agreement": x.agreement, "counted": x.counted,
        "compared": x.compared, "why_not": x.why_not, "told": sentence_data(x.told), "found": numbers or None,
    }  # fmt: skip


def _build_text_block(sentences: Iterable[Sentence]) -> dict[str, Any]:
    listed = tuple(sentences)
    return {
        "sentences": [sentence_data(s) for s in listed],
        "numbers": [_build_quantity(m) for m in collect_quantities(listed)],
    }


def _compute_paragraph_bounds(paragraphs: Iterable[Sequence[Sentence]]) -> list[tuple[int, int]]:
    """Return the range of sentences of each paragraph: first number included, second excluded."""
    return list(pairwise(accumulate((len(p) for p in paragraphs), initial=0)))


def sentence_data(sentence: Sentence) -> dict[str, Any]:
    """Build a sentence and its pieces as plain values."""
    return {"text": sentence.text, "pieces": [_build_piece(p) for p in sentence.pieces]}


def _build_piece(piece: SentencePiece) -> dict[str, str]:
    match piece:
        case NumberPiece():
            return {"text": piece.text, "number": piece.measured.key}
        case EventPiece():
            return {"text": piece.text, "event": piece.event}
        case ConventionPiece():
            return {"text": piece.text, "chosen": piece.why}
        case _:
            return {"text": piece}


def _build_quantity(m: Quantity) -> dict[str, Any]:
    value, low, high = (x if x is not None and math.isfinite(x) else None for x in (m.value, m.low, m.high))
    return {
        "key": m.key, "value": value, "low": low, "high": high, "level": m.level,
        "unit": m.unit, "how": m.how, "recipe": m.recipe, "events": list(m.events),
    }  # fmt: skip


def _build_picture(p: Picture) -> dict[str, str]:
    return {"key": p.key, "title": p.title, "caption": p.caption, "alt": p.alt}


def _build_other_reports(r: OtherSourceReports | None) -> dict[str, Any]:
    reports = [{name: getattr(x, name) for name in x.__slots__} for x in (r.reports if r else ())]
    return {"other_reports": reports, "differs": list(r.differs) if r else []}


def _build_event(event: Event, countries: Mapping[str, str]) -> dict[str, Any]:
    record = {k: str(v) if k in ("known_on", "first", "last") else v for k, v in to_record(event).items()}
    return record | {
        "when": format_date_range(event.span),
        "where": event.place.format_name(countries),
        "publishers": format_origin(event),
    }
