"""Questions of the kind "what if": answered by the simulator where it has an option, else with what the record shows."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from detente.api.ask_forecast import ROLES_OF
from detente.api.ask_parts import build_understood, claim_links, list_events, not_used
from detente.api.case import Case
from detente.api.offered_settings import (
    NONE_GIVEN,
    default_past_start,
    describe_offer,
    find_setting_gap,
    find_simulation_gap,
    format_lever_command,
    format_size,
    gives_options,
)
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.cases.testimony import KIND_WORDS, describe_gaps, find_missing_kinds
from detente.core.date_range import format_date
from detente.model.intervention_spec import Intervention, parse_interventions
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words

# Words that name a policy option, and the size assumed where the question gives none.
_OPTIONS: tuple[tuple[str, str], ...] = (
    (r"\bfenc\w*|\bborder (?:control|management|security|patrol\w*|checks?)|\bseal\w*|\b(?:stricter|better|tighter|harder) (?:border|crossing)\w*|\bpatrol\w*|\binfiltrat\w*", "border=0.8"),
    (r"\bmediat\w*|\bbroker\w*|\bthird part\w*|\bgo-between", "mediation=0.7"),
    (r"\bideolog\w*|\bde-?link\w*|\bcleric\w*|\bfatwa\w*|\brenounc\w*|\bdisown\w*|\bless pressure\b", "delink=0.5"),
)  # fmt: skip
_NO_OPTION: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"\btalk\w*|\bnegotiat\w*|\bdialogue\w*|\bmeet\w*|\bdiploma\w*|\bagreement\w*|\bceasefire\w*|\btruce\w*", "more talks", ("dialogue",)),
    (r"\bconcession\w*|\bconced\w*|\breopen\w*|\btrade\b|\baid\b", "more concessions", ("concession",)),
    (r"\bjoint\b|\bintelligence\b|\bcooperat\w*|\barrest\w*|\bhand(?:ed|ing)? over\b|\bextradit\w*|\brelocat\w*|\bact(?:ed|ing)? against\b|\bcrack\w*", "joint work against armed groups", ("restraint", "concession")),
)  # fmt: skip

_STOPPED = re.compile(
    r"\b(?:stop\w*|ceas\w*|end|ended|ends|no (?:more|longer)|without|halt\w*|refrain\w*|gave up|give up|quit)\b"
)


def answer_simulation(case: Case, u: Understanding) -> PartialAnswer:
    """Answer a part of a question about what would happen, or would have happened."""
    low = u.asked.lower()
    if u.intent.asks == "past":
        return _answer_past(case, u)
    for pattern, name, channels in _NO_OPTION:
        if re.search(pattern, low) and not any(re.search(p, low) for p, _ in _OPTIONS):
            return _no_option(case, u, name, channels)
    typed = [text for pattern, text in _OPTIONS if re.search(pattern, low)]
    if not typed and any(k.channels for k in u.kinds) and _STOPPED.search(low):
        return _answer_past(case, u)
    if not typed:
        why = "The simulator has no option for this. Its options are border control, de-linking ideology from policy, and mediation."
        if not gives_options(case):
            why = f"The simulator has no option for this. {describe_offer(case)}"
        return _refuse(case, u, why)
    options = parse_interventions(typed)
    if not gives_options(case) and (gap := find_simulation_gap(case)):
        return _refuse(case, u, f"{NONE_GIVEN} {gap}")
    if gaps := tuple(dict.fromkeys(gap for o in options if (gap := find_setting_gap(case, o.kind)))):
        return _refuse(case, u, " ".join(gaps if gives_options(case) else (*gaps, describe_offer(case))))
    assumed = f"The question names no size, so one is assumed: {join_words([format_size(o) for o in options])}."
    said = [f"The simulator has {join_words([_option_name(case, o) for o in options])}. {assumed}"]
    if not gives_options(case):
        other = "; ".join(format_lever_command(case, o) for o in options)
        said = [f"{NONE_GIVEN} The simulator can try a change of this kind. {assumed} For another size: {other}."]
    said += _simulate(case, options, None, ())
    said.append("A simulation says what would follow if every fitted association were an effect; it is no forecast.")
    extra = [NotUsed(a.words, "the option is the same for every mediator") for a in u.actors if case.case.actor(a.key).role in ("mediator", "outsider")]  # fmt: skip
    extra += _common_unused(u)
    query = "&".join(f"lever={t.replace('=', '%3D')}" for t in typed)
    return PartialAnswer(u.asked, build_understood(case, u), tuple(said), not_used(u, extra), links=(AnswerLink("This simulation, with other sizes", f"/{case.id}/whatif?{query}"),))  # fmt: skip


def _common_unused(u: Understanding, *, periods: bool = True) -> list[NotUsed]:
    out = [NotUsed(p.words, "the simulation is of the whole case") for p in u.places if p.level != "country"]
    out += [NotUsed(n.words, "it is no actor or place of this case") for n in u.unknown]
    if periods:
        out += [
            NotUsed(p.words, p.problem or "the simulation begins on the day after the day of knowledge")
            for p in u.periods
        ]
    return out


def _option_name(case: Case, o: Intervention) -> str:
    background = case.g.background
    name = background.options[o.kind.key].name if background and o.kind.key in background.options else o.kind.key
    return f"the option “{name}”"


def _simulate(case: Case, options: tuple[Intervention, ...], first: date | None, without: tuple[str, ...]) -> list[str]:
    from detente.api.interventions import WhatIfQuery, describe_intervention, intervention_result  # imports the model

    model, gap = case.system, find_simulation_gap(case)
    if model is None or gap:
        return [gap]
    setting = WhatIfQuery(options, first, without)
    return [
        s.text
        for s in describe_intervention(setting, intervention_result(case, model, setting).outlook)
        if s is not None
    ]


def _answer_past(case: Case, u: Understanding) -> PartialAnswer:
    g = case.g
    without = tuple(dict.fromkeys(c for k in u.kinds for c in k.channels))
    modes = [k for k in u.kinds if k.key in ("airstrike", "drone-strike", "shelling")]
    extra = _common_unused(u, periods=False)
    if modes:
        without = tuple(dict.fromkeys((*without, "strike")))
        extra.append(NotUsed(join_words([k.many for k in modes]), "all strikes are left out, by whatever means"))
    if not without:
        return _refuse(
            case, u, "The simulator can leave kinds of event out of the past, and the question names none that it fits."
        )
    if not gives_options(case) and (gap := find_simulation_gap(case)):
        return _refuse(case, u, gap, periods=False)
    extra += [NotUsed(p.words, p.problem) for p in u.periods if p.problem]
    covered = set().union(*(ROLES_OF.get(c, {"target", "host", "group"}) for c in without))
    for a in u.actors:
        role = case.case.actor(a.key).role
        if role not in covered or (role == "group" and not a.group):
            extra.append(NotUsed(a.words, "the kind is left out whole, for every actor"))
    known = [p for p in u.periods if not p.problem and p.first]
    first = known[0].first if known else None
    if first is None:
        first = default_past_start(case)
        note = f"The question names no day; the simulation begins with the latest crisis, on {format_date(first)}."
    else:
        note = f"The simulation begins on {format_date(first)} and runs to {format_date(g.watched_to)}."
        if known[0].last and known[0].last < g.watched_to:
            extra.append(
                NotUsed(f"until {format_date(known[0].last)}", "the kinds are left out to the end of the record")
            )
    if not g.case.first <= first < g.watched_to:
        return _refuse(
            case,
            u,
            f"{format_date(first)} lies outside the record, which runs from {format_date(g.case.first)} to {format_date(g.watched_to)}.",
        )
    model = case.system
    silent = [c for c in without if model is not None and c not in model.channels]
    if silent:
        return _refuse(case, u, f"The fitted model has no {join_words(silent)}.")
    lead = []
    if u.intent.asks != "past":
        lead = [
            f"The simulator cannot stop {join_words([k.many for k in u.kinds])} from now on. It can only leave them out of the past, as here."
        ]
    said = [*lead, note, *_simulate(case, (), first, without)]
    said.append("A counterfactual says what would have followed if every fitted association were an effect.")
    link = AnswerLink(
        "This counterfactual in the simulator",
        f"/{case.id}/whatif?from={first}&{'&'.join(f'without={c}' for c in without)}",
    )
    return PartialAnswer(u.asked, build_understood(case, u), tuple(said), not_used(u, extra), links=(link,))


def _no_option(case: Case, u: Understanding, name: str, channels: Sequence[str]) -> PartialAnswer:
    """Say that the simulator has no such option and why, and what the record shows of such acts."""
    g = case.g
    acts = [e for e in g.events if g.channel(e) in channels and e.day <= g.watched_to]
    force = sorted(e.day for c in ("strike", "clash") for e in g.of(c))
    followed = [e for e in acts if any(e.span.last < d <= e.span.last + timedelta(days=30) for d in force)]
    why = f"The simulator has no option for {name}: such acts come when violence is near, so what follows them is not what they bring."
    if not acts and len(missing := find_missing_kinds(g, channels)) == len(channels):
        return _refuse(case, u, f"{why} {describe_gaps(g, [KIND_WORDS[c] for c in missing])}.")
    said = [
        why,
        (
            f"What the record shows: {len(acts)} such acts until {format_date(g.watched_to)}; after {len(followed)} of them the two states' forces "
            "used force against each other within 30 days. That does not show what the acts changed."
        ),
    ]
    if "dialogue" in channels:
        rounds = [r for r in case.view.rounds if r.ended_by is not None]
        said.append(
            f"Of {len(case.view.rounds)} mediated rounds of talks, {sum(r.days <= 30 for r in rounds)} were followed by force within 30 days."
        )
    recent = [e for e in acts if e.day.year >= g.watched_to.year - 1] if "dialogue" in channels else acts
    if recent:
        said.append(f"The latest:\n{list_events(case, recent[::-1], 3)}")
    extra = [
        NotUsed(a.words, "the count is of both governments' acts")
        for a in u.actors
        if case.case.actor(a.key).role not in ("target", "host", "group")
    ]
    extra += _common_unused(u)
    links = (
        AnswerLink("These events", f"/{case.id}/events?{'&'.join(f'channel={c}' for c in channels)}"),
        *claim_links(case, "Mediation and talks, tested", "third_parties"), AnswerLink("What the simulator offers", f"/{case.id}/whatif"),
    )  # fmt: skip
    return PartialAnswer(
        u.asked,
        build_understood(case, u),
        tuple(said),
        not_used(u, extra),
        events=tuple(e.id for e in acts[::-1][:20]),
        links=links,
    )


def _refuse(case: Case, u: Understanding, why: str, *, periods: bool = True) -> PartialAnswer:
    link = AnswerLink("Nearest: the simulator", f"/{case.id}/whatif")
    if not gives_options(case) and find_simulation_gap(case):
        link = AnswerLink("Nearest: the events", f"/{case.id}/events")
    unused = not_used(u, _common_unused(u, periods=periods))
    return PartialAnswer(u.asked, build_understood(case, u, "refused"), (why,), unused, links=(link,))
