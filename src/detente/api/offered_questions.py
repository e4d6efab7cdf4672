"""Questions that a case can answer, as examples: its covered days, its kinds with events, its forecast and its simulator."""

from detente.api.case import Case
from detente.cases.testimony import tells_initiator
from detente.questions.phrase_match import list_case_claims, suggest_example

FEW = 4
"""Up to so many questions, more of them about the events are added."""


def suggest_questions(case: Case) -> tuple[str, ...]:
    """Suggest questions of every kind about a case: its own question first, then a count, the situation and so on."""
    from detente.claims.recommendations import has_year

    names = case.case.names
    own = next((c.name for c in case.case.crossings), "")
    background = case.g.background
    examined = "third_parties" in list_case_claims(case.case)
    mediation = f"Has mediation between {names.target} and {names.host} held? " if examined else ""
    term = background.terms[0].name if background and background.terms else ""
    strikes, year = _covered_events(case, "strike"), has_year(case.view)
    again = f"Will {names.target} strike again in the next three months?"
    never = f"What if {names.target} had never carried out strikes?"
    forward = year or bool(background and background.options)
    out = (
        case.case.question,
        *_count_question(case),
        *_deadliest_question(case),
        *([f"Is {own} open right now?"] if own else []),
        *([again] if strikes and year else []),
        *([never] if strikes and year else []),
        *([f"What is the {term}?"] if term else []),
        *([f"{mediation}Suggest a way forward."] if forward else [mediation.strip()] if mediation else []),
    )
    return out if len(out) > FEW else (*out, *_more_questions(case))


def suggest_case_example(case: Case) -> str:
    """Suggest one question that the claims of a case answer; a count where they cannot, for want of events."""
    if case.case.chronology or (_covered_events(case, "attack") and _covered_events(case, "strike")):
        return suggest_example(case.case)
    return next(iter(_count_question(case)), "")


def _covered_events(case: Case, channel: str) -> list[int]:
    """List the years of the events of a channel on covered days."""
    g = case.g
    return [e.day.year for e in g.of(channel) if g.coverage.watched(e.day)]


def _more_questions(case: Case) -> list[str]:
    """Ask how many died and where attacks happened, in the latest year with such events."""
    told = [e.day.year for e in case.g.events if e.tolls.range is not None and case.g.coverage.watched(e.day)]
    deaths = [f"How many people were killed in {max(told)}?"] if told else []
    attacks = _covered_events(case, "attack")
    return [*deaths, *([f"Where were there attacks in {max(attacks)}?"] if attacks else [])]


def _count_question(case: Case) -> list[str]:
    """Ask for a count in the last whole year, else in the latest year with such events; of attacks, else of strikes."""
    g, names = case.g, case.case.names
    for channel, kind, actor in (("attack", "attacks", names.group), ("strike", "strikes", names.target)):
        years = set(_covered_events(case, channel))
        last = g.watched_to.year - 1
        if years:
            year = last if last in years else max(years)
            if all(tells_initiator(e) for e in g.of(channel)):
                return [f"How many {kind} did {actor} carry out in {year}?"]
            return [f"How many {kind} were there in {year}?"]
    days = [e.day for e in g.events if g.coverage.watched(e.day)]
    return [f"How many events were there in {max(days).year}?"] if days else []


def _deadliest_question(case: Case) -> list[str]:
    """Ask for the deadliest strike, else attack, that has a reported toll."""
    names = case.case.names
    for channel, words in (
        ("strike", f"strike by {names.target} in {names.host}"), ("attack", f"attack in {names.target}"),
    ):  # fmt: skip
        if any(e.tolls.range is not None for e in case.g.of(channel)):
            return [f"What was the deadliest {words}?"]
    return []
