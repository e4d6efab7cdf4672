"""Actors of a case that gives no background text: what its case file and its record say of them, and no more."""

from dataclasses import dataclass

from detente.api.ask_parts import is_choosable
from detente.api.case import Case
from detente.cases.case_file import Actor, CaseFile
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.testimony import KIND_WORDS, describe_gaps, find_missing_kinds, list_sources
from detente.core.date_range import format_date
from detente.sources.testimony import format_source_name
from detente.text.numbers import join_words
from detente.text.sentence import format_on_date

NO_BACKGROUND = "The case file gives no background text, so no more is said here."


@dataclass(frozen=True, slots=True)
class CastTerm:
    """An actor of the cast, as a definition that questions can ask for: its role in the case file."""

    key: str
    name: str
    aliases: tuple[str, ...]
    definition: str
    sources: tuple[str, ...] = ()


def list_cast_terms(case: CaseFile) -> tuple[CastTerm, ...]:
    """List the actors that questions can ask for, with the names that the case file and the sources give them.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> next(t.definition for t in list_cast_terms(load_case_file("turkiye-iraq-pkk")) if t.key == "PKK")
        'in the case file, the armed group that fights Türkiye and shelters in Iraq'
    """
    return tuple(
        CastTerm(a.key, a.name, _list_names(case, a), f"in the case file, {describe_role(case, a)}")
        for a in case.cast
        if is_choosable(a)
    )


def _list_names(case: CaseFile, actor: Actor) -> tuple[str, ...]:
    own = {
        "target": (case.names.target,),
        "host": (case.names.host, case.names.host_government),
        "group": (case.names.group,) if actor.key == case.keys("group")[0] else (),
    }.get(actor.role, ())
    # A name that holds for some days or one country only could be another actor's as well.
    told = [x for names in actor.aliases.values() for x in names if x.model_fields_set == {"name"}]
    names = (actor.short, *own, *(x.name for x in told if not x.name.endswith("*")))
    return tuple(dict.fromkeys(n for n in names if n and n != actor.name))


def describe_role(case: CaseFile, actor: Actor) -> str:
    """Describe the role that the case file gives an actor, as a noun with its article."""
    names = case.names
    a = "the" if len(case.keys("group")) == 1 else "an"
    return {
        "target": f"the state that fights {names.group}",
        "host": f"the state where {names.group} shelters",
        "group": f"{a} armed group that fights {names.target} and shelters in {names.host}",
        "rival": f"an armed rival of {names.host_government}",
        "mediator": "a mediator",
        "outsider": "an outsider",
        "civilians": f"the civilians of {names.target if actor.of == 'target' else names.host}",
        "other": "one of the other armed groups",
    }[actor.role]


def describe_actor_record(case: Case, actor: Actor) -> tuple[str, ...]:
    """Say how many events name an actor, on which first and last days, and what the sources of the record can tell."""
    g = case.g
    found = [e for e in g.events if actor.key in e.actors]
    if not found:
        said = ["No event of the record names it."]
    elif len(found) == 1:
        said = [f"The record holds 1 event that names it, {format_on_date(found[0]).text}."]
    else:  # the day of some may be known only to the month
        first, last = min(e.span.first for e in found), max(e.span.last for e in found)
        days = f"dated from {format_date(first)} to {format_date(last)}"
        said = [f"The record holds {len(found):,} events that name it, {days}."]
    if actor.role in ("target", "host"):
        country = case.case.countries[actor.role]
        n = sum(e.place.country == country for e in g.events)
        where = case.case.country_names.get(country, country)
        said.append(f"The record places {n:,} event{'s' if n != 1 else ''} in {where}.")
    if "chronology" not in list_sources(g):
        read = join_words([format_source_name(s) for s in list_sources(g)])
        gaps = [KIND_WORDS[k] for k in find_missing_kinds(g, COUNTED_CHANNELS)]
        said.append(f"The record is read from {read}.{f' {describe_gaps(g, gaps)}.' if gaps else ''}")
    return tuple(said)
