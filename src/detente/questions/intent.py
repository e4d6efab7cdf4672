"""What kind of answer a clause needs: analysis, record, status, forecast, simulation, definition, or none.

The rules are tried in order, the first that fits decides; analysis by the claims is what remains. `asks` says what exactly:
a count, deaths, the deadliest event, who, where, when, a list, the state of a crossing, and so on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detente.cases.case_file import CaseFile
from detente.questions.catalogue import load_catalogue
from detente.questions.event_kind import KindMention, find_kinds
from detente.questions.mentions import DefinitionLike, Names
from detente.questions.tokenize import Token, find_phrase, fold_text, parse_phrase

AnswerKind = Literal["analysis", "record", "status", "forecast", "simulation", "definition", "refused"]
ANSWER_KINDS: tuple[AnswerKind, ...] = (
    "analysis",
    "record",
    "status",
    "forecast",
    "simulation",
    "definition",
    "refused",
)


@dataclass(frozen=True, slots=True)
class Intent:
    """The kind of answer that a clause needs.

    Fields:
        kind: of answer. asks: what exactly, such as `count`. definition: what is to be defined. why: reason of a refusal.
    """

    kind: AnswerKind
    asks: str = ""
    definition: DefinitionLike | None = None
    why: str = ""


_POLITE = re.compile(
    r"^(?:[\W_]*(?:please|pls(?: tell)?|hi|hello|ok|so|and|but|then|also|(?:can|could|would|will) you(?: please)?(?: tell me| show me| explain| give me| list)?|"
    r"i (?:would like|want|need) to (?:know|see)|i(?: am|'m) (?:looking for|interested in)|tell me|do you know|in your view)\b[\s,:]*)+"
)
_SIMULATION = re.compile(
    r"\bwhat if\b|\bsuppose\b|\bimagine\b|\bhypothetical|\bhad (?:\w+ ){0,3}(?:not|never)\b|\bhadn't\b|\bcounterfactual|\bsimulat\w+"
    r"|\bwould\b|\bif\b.{0,80}\b(?:would|could|will)\b|\bwhat (?:would|could) (?:have )?happen"
)
_FORECAST = re.compile(
    r"(?<!political )(?<!good )(?<!the )(?<!free )(?<!their )(?<!its )(?<!a )\b(?:will|won't|shall)\b|\bgoing to\b|\b(?:is|are|be|how|more|most|very) likely\b|^(?:is|are) .{0,60}\blikely\b|\blikely to\b"
    r"|\blikelihood\b|\bprobabilit\w+|\bchances? (?:of|that|for)\b|\bwhat are the (?:chances|odds)\b|\bodds\b|\bpredict\w*|\bforecast\w*|\bexpect(?:ed|s)?\b"
    r"|\b(?:next|coming) (?:\w+ )?(?:days?|weeks?|months?|quarter|year|years|winter|spring|summer|autumn)\b|\bin the future\b|\bfuture of\b"
    r"|\boutlook\b|\bwhat(?:'s| is)? next\b|\brisk of\b|\bon the cards\b|\bimminent\b|\btomorrow\b|\bwhither\b"
    r"|^could\b.*\b(?:lead|become|collapse|escalate|attack|strike|break|resume|return)\b|\bby (?:20[3-9]\d)\b"
)
_COUNT = re.compile(r"\bhow many\b|\bnumber of\b|\bhow often\b|\bhow frequent\w*\b|\bcounts? of\b|^counts?\b|\btotal (?:number )?(?:of )?|\bno\. of\b|\bhow manny\b|\bhwo many\b|\bhow mnay\b")  # fmt: skip
_DEATHS = re.compile(
    r"\bkill(?:s|ed|ing|ings)?\b|\bdeaths?\b|\bdie[ds]?\b|\bdead\b|\bfatalit\w+|\bdeath tolls?\b|\bcasualt\w+|\blives\b|\btolls?\b|\bvictims?\b"
)
_CIVILIAN = re.compile(r"\bcivilians?\b|\bnon-?combatants?\b|\bordinary people\b|\bchildren\b|\bwomen\b")
_INJURED = re.compile(r"\binjur\w+|\bwounded\b|\bhurt in\b")
_DEADLIEST = re.compile(r"\bdeadliest\b|\bmost deadly\b|\bbloodiest\b|\bworst\b|\bbiggest\b|\blargest\b|\bhighest (?:death )?toll\b|\bmost lethal\b|\bkilled (?:the )?most\b")  # fmt: skip
_LATEST = re.compile(r"\b(?:latest|most recent|newest|last known)\b|\bwhat(?:'s| is) (?:new|the latest)\b")
_LAST = re.compile(
    r"\b(?:the )?last(?! (?:\w+ )?(?:week|month|year|quarter|spring|summer|autumn|fall|winter|day|decade|night)s?\b)(?: time)?\b"
)
_FIRST = re.compile(r"\bfirst(?! (?:half|quarter|step|place)\b)\b|\bearliest\b|\binitial\b")
_NOW = re.compile(r"\bright now\b|\bnow(?:adays)?\b|\bcurrent(?:ly)?\b|\bat the moment\b|\bat present\b|\btoday\b|\bstill\b|\bas of now\b|\bpresently\b|\bthese days\b|\bso far\b|\bstate of\b|\bstatus of\b|\bstands?\b|\bsituation\b")  # fmt: skip
_OPEN = re.compile(
    r"\b(?:re-?)?open(?:ed|s)?\b|\bclosed?\b|\bshut\b|\bblocked\b|\bpassable\b|\bfunctioning\b|\boperat(?:ing|ional)\b|\bcross\b|\bpass(?:ing)? through\b"
)
_BORDER = re.compile(r"\bborders?\b|\bcrossings?\b|\bfrontier\b|\bgates?\b|\bborder posts?\b")
_RELATIONS = re.compile(r"\brelations?\b|\brelationship\b|\bties\b")
_HAPPENED = re.compile(r"\bwhat (?:all )?(?:has |had |have )?hap+en(?:e?d|s)?\b|\bwhat (?:took place|occurred|went on|was going on)\b|\bevents? (?:on|in|of|at|during|between)\b|\btimeline\b|\bchronolog\w+|\bwhat did\b.*\b(?:do|say)\b")  # fmt: skip
_LIST = re.compile(r"^(?:list|show|name|give|enumerate)\b|\blist of\b|\ball the\b")
_WHO = re.compile(r"^(?:by )?whom?\b(?!\s+(?:is|was|are|were)\s+(?:right|wrong|to blame|responsible|guilty))|\bwhich (?:groups?|actors?|countr\w+|states?|parties|side)\b|\bwhat (?:groups?|countr\w+|states?)\b")  # fmt: skip
_WHERE = re.compile(
    r"^(?:and )?where\b|\b(?:in )?(?:which|what) (?:districts?|provinces?|places?|areas?|cit(?:y|ies)|towns?|regions?|crossings?)\b|\blocations? of\b"
)
_WHEN = re.compile(
    r"^(?:and |since |until )?when\b|\b(?:on )?what (?:date|day|month|year)\b|\b(?:in )?which (?:year|month|day|week)\b"
)
_WHICH = re.compile(r"^(?:and |in )?which\b(?! comes? first)|^what (?:were|are|was|is)\b")
_LIKELIHOOD = re.compile(
    r"^(?:assess|evaluate|discuss|estimate|examine|comment on) (?:the )?(?:likelihood|probability|chances?|odds|risks?) "
)
_HOW_LONG = re.compile(r"\bhow long\b|\bhow many days\b|\bsince when\b|\bfor how long\b")
_WHETHER = re.compile(r"^(?:did|has|have|had|was|were|is there any|are there any|were there any|was there)\b")
_ANALYTIC = re.compile(
    r"\b(?:provok\w+|lead|leads|led|leading|caus\w+|increas\w+|reduc\w+|work|works|worked|fail\w*|affect\w*|effect\w*|help\w*|hurt\w*|improv\w+|worsen\w*|"
    r"stop|stops|stopped|make|makes|consequenc\w+|impact\w*|retaliat\w+|follow|follows|followed|respon[ds]\w*|answer\w*|react\w*|achiev\w+|succe\w+|trigger\w*|prevent\w*|destabilis\w+|undermin\w+|"
    r"chang\w+|influenc\w+|lower\w*|meant?|evidence|g[eo]t (?:it|them) anything|why|because|result\w*|contribut\w+|driv\w+|deter\w*|backfir\w+|hold|held)\b"
)
_ANALYTIC_START = re.compile(
    r"^(?:why|how (?!many|much|often|long|frequent|likely|probable|manny)|to what extent|in what ways?|discuss|assess|evaluate|examine|analy[sz]e|critically|comment|elucidate|compare|suggest|recommend|trace|account for|"
    r"explain (?:why|how|whether|the (?:role|impact|effect|cause|reason|link))|what (?:explains|drives|causes|caused|effects?|impact|role|does .* cost|did .* cost|are the (?:causes|reasons|effects|consequences|implications)))\b"
)
_SUPPORT = re.compile(
    r"\b(?:support(?:s|ed|ing)?|fund(?:s|ed|ing)?|financ\w+|back(?:s|ed|ing)?|arm(?:s|ed|ing)?|train(?:s|ed|ing)?|sponsor(?:s|ed|ing)?|"
    r"shelter(?:s|ed|ing)?|harbou?r(?:s|ed|ing)?|behind|pay(?:s|ing)?|paid|help(?:s|ed|ing)?|us(?:e|es|ed|ing)|protect(?:s|ed|ing)?|proxy|proxies|masterminds?)\b"
)
_DEFINE = re.compile(
    r"^(?:(?:what|who)(?:'s| is| are| was| were)(?: meant by| exactly)?|define|definition of|meaning of|what does|what do|what is the meaning of|what do you mean by|"
    r"explain(?: to me)?(?: what| who)?(?: is| are)?|describe|tell me about|about|where(?:'s| is| are| lies)|what about|information on|background (?:on|of)|introduce)\s+"
    r"(?:(?:the|a|an|this|term|word|phrase|called)\s+)*(?P<what>.+?)(?:\s+(?:mean|means|stand for|refer to|located|exactly|all about))?\s*[?.!]*$"
)
_NOISE = re.compile(
    r"\s+(?:dispute|issue|question|problem|controversy|group|groups|militants|organi[sz]ation|movement|border|crossing|mean|means|in (?:one|a few) (?:lines?|words|sentences?)|in brief|briefly|for (?:beginners|me)|"
    r"here|in this (?:record|case|context|brief)|and why does it matter|exactly|please|actually)$"
)


# What may come of a person who is not named; one who is named is found among the phrases of the catalogue.
_FATE = re.compile(
    r"\b(?:will|would|could|might|may|going to|likely|chance|probability|risk)\b.*"
    r"\b(?:leader|chief|commander|emir|minister|president|premier|head|founder|deputy|spokes\w+)\b.*"
    r"\b(?:killed|die|dies|dead|assassinated|arrested|captured|caught|replaced|targeted|wounded|resign|removed)\b"
)


def find_intent(
    text: str, words: Sequence[Token], case: CaseFile, names: Names, kinds: Sequence[KindMention], has_period: bool,
    definitions: Sequence[DefinitionLike],
) -> Intent:  # fmt: skip
    """Find the kind of answer that a clause needs.

    Args:
        text: of the clause. words: its tokens, with the roles that `match_case` gives. names, kinds: found in it.
        has_period: it names a period. definitions: what can be defined.
    """
    low = _POLITE.sub("", text.replace("’", "'").lower()).strip()
    force = [k for k in kinds if not k.kind.types or k.kind.channels]
    defined = _find_definition(low, definitions)
    if defined and not (_NOW.search(low) and _OPEN.search(low)):
        return Intent("definition", "definition", defined)
    for key in ("place", "person"):
        if why := _refusal(key, words):
            return Intent("refused", key, why=why)
    if _FATE.search(low):
        return Intent("refused", "person", why=_refusal_text("person"))
    if re.search(r"\bwhat (?:would|could|might|can) help\b", low) or re.match(
        r"^what (?:should|must|can|could|needs?)\b", low
    ):
        return Intent("analysis")
    if _SIMULATION.search(low):
        return Intent(
            "simulation",
            "past"
            if re.search(r"\bhad\b|\bhadn't\b|\bhave happened\b|\bwithout\b.*\bin (?:20|the past)", low)
            else "future",
        )
    if _FORECAST.search(low) and (_LIKELIHOOD.match(low) or not _ANALYTIC_START.match(low)):
        deaths = _DEATHS.search(low) and not re.search(r"\bkilling of\b", low)
        return Intent("forecast", "deaths" if deaths else "count" if _COUNT.search(low) else "probability")
    if why := _refusal("opinion", _without_right_now(words)):
        return Intent("refused", "opinion", why=why)
    if _is_allegation(low, case, names):
        return Intent("record", "allegation")
    if _ANALYTIC_START.match(low) and not _is_relations_now(low):
        return Intent("analysis")
    if status := _find_status(low, case, names, kinds):
        return Intent("status", status)
    if asks := _find_record(low, names, kinds, force, has_period):
        return Intent("record", asks)
    return Intent("analysis")


def _without_right_now(words: Sequence[Token]) -> list[Token]:
    """Leave out "right" where it only says when or where: "right now", "right after"."""
    later = {"now", "away", "after", "before", "at", "in", "there", "here", "across", "along"}
    return [
        t for t, n in zip(words, [*words[1:], None], strict=True) if not (t.text == "right" and n and n.text in later)
    ]


def _refusal_text(key: str) -> str:
    return next(r for r in load_catalogue().refusals if r.id == key).says


def _refusal(key: str, words: Sequence[Token]) -> str:
    entry = next(r for r in load_catalogue().refusals if r.id == key)
    for phrase in entry.phrases:
        wanted, first = parse_phrase(phrase)
        if find_phrase(words, wanted, slack=2, ordered=True, first=first):
            return entry.says
    return ""


def normalise_term(text: str) -> str:
    """Return a term without article, case, plural and words such as "dispute".

    Example:
        >>> normalise_term("The Durand Line dispute"), normalise_term("Flag meetings")
        ('durand line', 'flag meeting')
    """
    plain = re.sub(r"\s*\([^)]*\)", "", fold_text(text)).strip(" \"'“”.?!,")
    plain = re.sub(r"^(?:the|a|an)\s+", "", plain)
    while (shorter := _NOISE.sub("", plain)) != plain:
        plain = shorter
    plain = plain.replace("-", " ")
    return plain[:-1] if plain.endswith("s") and len(plain) > 4 and not plain.endswith("ss") else plain


def _find_definition(low: str, definitions: Sequence[DefinitionLike]) -> DefinitionLike | None:
    m = _DEFINE.match(low)
    if not m:
        return None
    where = low.startswith("where")
    wanted = normalise_term(re.sub(r"^(?:operation|exercise) ", "", m["what"]))
    known = [d for d in definitions if not where or hasattr(d, "kind")]
    by_name = (d for d in known if wanted in {normalise_term(n) for n in (d.name, *d.name.split(", "))})
    by_alias = (d for d in known if wanted in {normalise_term(n) for n in d.aliases})
    return next(by_name, None) or next(by_alias, None)


def _is_relations_now(low: str) -> bool:
    return bool(
        _RELATIONS.search(low)
        and _NOW.search(low)
        and re.match(r"^how (?:are|is|do)\b|^what (?:is|are)\b|^are\b|^is\b", low)
    )


def _is_allegation(low: str, case: CaseFile, names: Names) -> bool:
    """Return whether it is asked if an actor supports an armed group that is not the host's own guest."""
    if not _SUPPORT.search(low) or re.match(r"^(?:why|how|discuss|examine|assess|evaluate)\b", low):
        return False
    roles = {a.key: case.actor(a.key).role for a in names.actors}
    armed = [a for a in names.actors if roles[a.key] in ("group", "rival", "other")]
    others = [a for a in names.actors if roles[a.key] in ("target", "host", "mediator", "outsider")]
    if not armed or not others:
        return False
    outsiders = [a for a in others if roles[a.key] in ("mediator", "outsider")]
    guests = all(roles[a.key] == "group" for a in armed)
    hosts_only = all(roles[a.key] == "host" for a in others)
    return bool(outsiders) or not (guests and hosts_only)


def _find_status(low: str, case: CaseFile, names: Names, kinds: Sequence[KindMention]) -> str:
    keys = {k.kind.key for k in kinds}
    crossing = any(p.level in ("crossing", "border") for p in names.places) or bool(_BORDER.search(low))
    if _COUNT.search(low) and not _HOW_LONG.search(low):
        return ""
    present = bool(_NOW.search(low)) or bool(re.match(r"^(?:is|are)\b", low))
    asks_state = (
        present
        or re.match(r"^(?:was|were)\b", low)
        or _HOW_LONG.search(low)
        or _LAST.search(low)
        or _LATEST.search(low)
    )
    if crossing and asks_state and (_OPEN.search(low) or keys & {"closure", "reopening"}):
        return "crossings"
    if (
        "trade" in low
        and present
        and (_OPEN.search(low) or re.search(r"\b(?:suspended|halted|possible|flowing|running)\b", low))
    ):
        return "crossings"
    if (
        keys & {"truce"}
        and (
            present
            or re.search(r"\bhold(?:s|ing)?\b|\bin force\b|\bin place\b", low)
            or _HOW_LONG.search(low)
            or _LAST.search(low)
            or _LATEST.search(low)
        )
        and not re.match(r"^how do\b", low)
    ):
        return "truces"
    met = keys & {"dialogue", "round", "visit", "agreement"} and not re.search(r"\bevidence\b", low)
    if met and (present or _LAST.search(low) or _LATEST.search(low)):
        return "talks"
    if _RELATIONS.search(low) and present and not _ANALYTIC.search(low):
        return "relations"
    if _LATEST.search(low):
        return "latest"
    if present and re.search(r"\bsituation\b|\bgoing on\b|\bhappening\b|\bstatus\b|\bstate of play\b", low):
        return "situation"
    return ""


def _find_record(
    low: str, names: Names, kinds: Sequence[KindMention], force: Sequence[KindMention], has_period: bool
) -> str:
    deaths = bool(_DEATHS.search(low))
    if _DEADLIEST.search(low) and (kinds or deaths or re.search(r"\bevents?|incidents?|days?|months?|years?\b", low)):
        return "deadliest"
    if _INJURED.search(low) and _COUNT.search(low):
        return "injured"
    counted = bool(_COUNT.search(low))
    if (counted and deaths and _counts_deaths(low)) or re.search(
        r"\bdeath tolls?\b|\btoll of\b|\bcasualty (?:figures?|count)\b", low
    ):
        return "civilians" if _CIVILIAN.search(low) else "deaths"
    if counted and (kinds or re.search(r"\bevents?\b|\bincidents?\b|\breports\b", low)):
        return "count"
    if _HAPPENED.search(low) and (has_period or names.places or names.unknown):
        return "happened"
    if kinds and _FIRST.search(low) and not re.search(r"\bcomes? first\b", low):
        return "first"
    if kinds and _LAST.search(low):
        return "last"
    if kinds and _WHERE.search(low):
        return "where"
    if kinds and _WHEN.search(low):
        return "when"
    if (kinds or deaths) and _WHO.search(low) and not _ANALYTIC.search(low):
        return "who"
    if (kinds or has_period) and _LIST.match(low):
        return "list"
    if kinds and (_WHICH.match(low) or _LIST.search(low) or _asks_what(low)) and not _ANALYTIC.search(low):
        return "list"
    if force and _WHETHER.match(low) and not _ANALYTIC.search(low) and (has_period or names.places or "ever" in low):
        return "whether"
    return ""


def _asks_what(low: str) -> bool:
    """Return whether events are asked for: "what attacks did ...", not "what do attacks ..."."""
    named = find_kinds(low)
    return bool(named) and bool(
        re.fullmatch(r"what (?:other |major |recent |pakistani |afghan |ttp )*", low[: named[0].start])
    )


def _counts_deaths(low: str) -> bool:
    """Return whether deaths are counted: "how many died", not "how many attacks killed civilians"."""
    m = _COUNT.search(low)
    if not m:
        return False
    rest = low[m.end() :].split()
    people = {"people", "civilians", "persons", "soldiers", "troops", "police", "policemen", "fighters", "militants", "children", "women", "lives",
              "deaths", "died", "killed", "dead", "fatalities", "casualties", "afghans", "pakistanis", "were", "have", "has", "pakistani", "afghan",
              "civilian", "victims", "residents", "men", "security", "terrorists", "of", "ttp", "the", "ordinary", "innocent"}  # fmt: skip
    return bool(rest) and rest[0].strip("?,.") in people
