"""Stated links of an event in words, both ways."""

from collections.abc import Mapping

from detente.cases.load import CaseData
from detente.cases.stated_links import StatedLink
from detente.core.date_range import format_date

TRIGGER_TEXT: Mapping[str, str] = {
    "reaction": "presented by its source as a reaction to",
    "implementation": "presented by its source as carrying out",
    "continuation": "presented by its source as continuing",
}
ANSWER_TEXT: Mapping[str, str] = {
    "reaction": "answered by",
    "implementation": "carried out by",
    "continuation": "continued by",
}
OUTSIDE_TEXT: Mapping[str, str] = {
    "attack": "an attack", "operation": "an operation", "strike": "a strike", "clash": "a clash",
    "pressure": "an act of pressure", "defiance": "a rejection or threat", "dialogue": "talks", "concession": "a concession",
    "truce": "a truce", "closure": "a closure", "third_party": "an act of others", "other": "something else",
}  # fmt: skip
NO_LINKS_TEXT = "This source has no stated links, so it is not known what this event answers or what answers it."
NONE_STATED_TEXT = (
    "No source states what this event answers, nor what answers it; that is no evidence that nothing does."
)


def name_trigger(link: StatedLink) -> str:
    """Name the trigger of a link that is not in the chronology, such as `an attack that is not in the record`.

    Example:
        >>> name_trigger(StatedLink("B", None, "attack", "reaction", "stated", "", ""))
        'an attack that is not in the record'
    """
    return f"{OUTSIDE_TEXT[link.outside_kind]} that is not in the record"


def describe_links(g: CaseData, key: str) -> tuple[str, ...]:
    """Describe the links of an event as lines of text: what it answers, then what answers it."""
    if not g.has_links:
        return (NO_LINKS_TEXT,)
    lines = []
    for k in g.links_of(key):
        trigger = _name_event(g, k.responds_to) if k.responds_to else name_trigger(k)
        lines.append(f"{_begin(TRIGGER_TEXT[k.relation], k)} {trigger}")
    lines += [f"{_begin(ANSWER_TEXT[k.relation], k)} {_name_event(g, k.event)}" for k in g.links_to(key)]
    return tuple(lines) or (NONE_STATED_TEXT,)


def _begin(text: str, link: StatedLink) -> str:
    return text[0].upper() + text[1:] + (" (implied)" if link.basis == "implied" else "")


def _name_event(g: CaseData, key: str) -> str:
    e = g.event(key)
    return f"{key}, {format_date(e.day)}: {e.summary}"
