"""Questions for the effect of one kind of event on another, with the direction as asked, and for shelter and motives.

"Do strikes lead to attacks?" names the cause first; "Do attacks follow strikes?" names it last.
"""

import re
from dataclasses import dataclass

_OPEN = re.compile(
    r"^\W*(?:do|does|did|have|has|had|can|could|are|is|were|was|whether|to what extent (?:do|does|did|have|has)|how (?:do|does|did|have|has))\b\s*"
)
_FORWARD = re.compile(
    r"\b(?:caus(?:e|es|ed)|leads? (?:directly )?to|led (?:directly )?to|brings?(?: about)?|brought(?: about)?|trigger(?:s|ed)?|provok(?:e|es|ed)|"
    r"results? in|resulted in|produc(?:e|es|ed)|prompt(?:s|ed)?|increas(?:e|es|ed)|reduc(?:e|es|ed)|prevent(?:s|ed)?|deter(?:s|red)?|"
    r"encourag(?:e|es|ed)|fuel(?:s|led|ed)?|affect(?:s|ed)?|followed by)\b"
)
_BACKWARD = re.compile(
    r"\b(?:follow(?:s|ed)?(?: on)?(?! by)|(?:caused|triggered|provoked|prompted|brought about) by|results? from|resulted from|"
    r"come(?:s)? (?:from|after)|came (?:from|after)|(?:respond|react)(?:s|ed)? to|(?:a )?(?:responses?|reactions?) to|retaliat\w+ (?:to|for)|because of)\b"
)
_MOTIVE = re.compile(r"^\W*why (?:does|do|did|is|are|was|were|has|have|would)\b")
_SHELTER = re.compile(
    r"^\W*(?:does|do|did|is|are|was|were|has|have)\b.*\b(?:shelter|harbou?r|hid(?:e|ing)|protect|host|haven|sanctuar)\w*\b"
)


@dataclass(frozen=True, slots=True)
class EffectQuestion:
    """A question for an effect: the words of the cause and of the effect, as written."""

    cause: str
    effect: str


def parse_effect(text: str) -> EffectQuestion | None:
    """Split a question for an effect into cause and effect; None if it is no such question.

    Example:
        >>> parse_effect("Do strikes lead to more attacks?")
        EffectQuestion(cause='strikes', effect='more attacks')
        >>> parse_effect("Do attacks follow strikes?")
        EffectQuestion(cause='strikes', effect='attacks')
    """
    low = text.lower()
    opening = _OPEN.match(low)
    if not opening:
        return None
    found = [(m.start(), m, p is _BACKWARD) for p in (_BACKWARD, _FORWARD) if (m := p.search(low, opening.end()))]
    # "are caused by" holds "caused": the pattern that begins first is the verb, and of two the longer one.
    verb = min(found, key=lambda f: (f[0], -len(f[1].group())), default=None)
    if verb is None:
        return None
    first = text[opening.end() : verb[1].start()].strip(" ,?.!")
    second = text[verb[1].end() :].strip(" ,?.!")
    if not first or not second:
        return None
    return EffectQuestion(second, first) if verb[2] else EffectQuestion(first, second)


def asks_motive(text: str) -> bool:
    """Return whether a text asks why somebody does something.

    Example:
        >>> asks_motive("Why does the group attack the state?"), asks_motive("Why did talks fail?")
        (True, True)
    """
    return bool(_MOTIVE.match(text.lower()))


def asks_shelter(text: str) -> bool:
    """Return whether a text asks if somebody shelters somebody.

    Example:
        >>> asks_shelter("Does the host shelter the group?"), asks_shelter("Who shelters the group?")
        (True, False)
    """
    return bool(_SHELTER.match(text.lower()))
