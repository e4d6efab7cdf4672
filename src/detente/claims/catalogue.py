"""The claims by id, and the evaluation of one: its estimates, robustness checks, verdict, and its text for readers."""

from dataclasses import replace

from detente.claims import (
    civilian_harm,
    coordination,
    linkage,
    reader_cooperation,
    reader_relations,
    safe_haven,
    sovereignty,
    spillover,
    third_parties,
    threat_perception,
    trust,
)
from detente.claims.checks import CHECKS, run_checks
from detente.claims.claim import Claim
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.estimate_text import describe_estimate
from detente.claims.false_alarms import describe_false_alarms, load_false_alarms
from detente.claims.finding import Finding
from detente.claims.stated_evidence import collect_stated_evidence, describe_agreement
from detente.claims.testimony import limit_reader_text, limit_to_testimony
from detente.claims.verdict import decide_verdict

ALL: tuple[Claim, ...] = (
    Claim(
        "linkage", "relations",
        "After attacks by {group}, rejections by {host_government} rise by more than their concessions, relative to how common "
        "each is, and their acts against {group} are fewer than those against their own rivals.",
        ("attack", "defiance", "concession"), linkage.estimate, linkage.describe, reader_relations.tell_linkage, linkage.STATED,
    ),
    Claim(
        "safe_haven", "relations",
        "Attacks by {group} bring strikes by {target} across the border.",
        ("attack", "strike"), safe_haven.estimate, safe_haven.describe, reader_relations.tell_safe_haven, safe_haven.STATED,
    ),
    Claim(
        "trust", "relations",
        "Words between the governments have become more hostile, and strikes bring rejections and clashes.",
        ("strike", "defiance", "clash", "relation index"), trust.estimate, trust.describe, reader_relations.tell_trust, trust.STATED,
    ),
    Claim(
        "sovereignty", "relations",
        "Pressure by {target} brings rejections, and more of them than concessions, relative to how common each is.",
        ("pressure", "defiance", "concession"), sovereignty.estimate, sovereignty.describe, reader_relations.tell_sovereignty, sovereignty.STATED,
    ),
    Claim(
        "spillover", "relations",
        "Force across the border is followed by closures of crossings.",
        ("strike", "clash", "crossings"), spillover.estimate, spillover.describe, reader_relations.tell_spillover, spillover.STATED,
    ),
    Claim(
        "threat_perception", "cooperation",
        "Force against {group} comes from {target} rather than from {host_government}.",
        ("operation", "strike"), threat_perception.estimate, threat_perception.describe, reader_cooperation.tell_threat_perception, threat_perception.STATED,
    ),
    Claim(
        "coordination", "cooperation",
        "Contacts against terrorism came less often since the fighting began.",
        ("dialogue", "concession"), coordination.estimate, coordination.describe, reader_cooperation.tell_coordination,
    ),
    Claim(
        "civilian_harm", "cooperation",
        "Strikes that kill civilians bring more rejections than other strikes.",
        ("strike", "defiance", "tolls"), civilian_harm.estimate, civilian_harm.describe, reader_cooperation.tell_civilian_harm, civilian_harm.STATED,
    ),
    Claim(
        "third_parties", "cooperation",
        "Mediated rounds are followed by force within a month more often than other days are, and contacts with outsiders bring "
        "pressure and rejections.",
        ("dialogue", "strike", "clash", "outside"), third_parties.estimate, third_parties.describe, reader_cooperation.tell_third_parties, third_parties.STATED,
    ),
)  # fmt: skip
CLAIMS: dict[str, Claim] = {c.id: c for c in ALL}


def evaluate(claim: str, view: ClaimContext, *, checks: bool = True) -> Finding:
    """Evaluate one claim: estimates, checks, verdict, and its text for readers.

    Args:
        checks: run the robustness checks. Without them no claim is rated above `leaning`.

    The cache in use keeps the finding.
    """
    return view.keep("finding", lambda: _evaluate(CLAIMS[claim], view, checks), claim, checks)


def _evaluate(c: Claim, view: ClaimContext, checks: bool) -> Finding:
    finding = c.find(view)
    estimates = tuple(_name_parties(e, view) for e in c.estimates(view))
    outcomes = tuple(o for e in estimates if e.necessary for o in run_checks(c, e, view, CHECKS)) if checks else ()
    verdict = decide_verdict(estimates, outcomes)
    stated = collect_stated_evidence(c, view, estimates, outcomes)
    measured = load_false_alarms().get(c.id) if verdict.word != "not applicable" else None
    tested = replace(
        limit_to_testimony(finding, view, verdict), kind="tested", statement=view.g.case.names.fill(c.statement), estimates=estimates,
        tests=tuple(describe_estimate(e) for e in estimates), outcomes=outcomes, verdict=verdict,
        stated=stated, disagreement=describe_agreement(view, stated),
        false_alarms=describe_false_alarms(measured, view.g.case.id) if measured else None,
    )  # fmt: skip
    reader = limit_reader_text(c.tell(view, tested), view, verdict)
    pools = (reader.examples, *tested.pools[1:]) if reader.examples else tested.pools
    return replace(tested, headline=reader.headline, reader=reader, pools=pools)


def _name_parties(e: Estimate, view: ClaimContext) -> Estimate:
    names = view.g.case.names
    return replace(e, part=names.fill(e.part), why_not=names.fill(e.why_not))
