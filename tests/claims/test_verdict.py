"""The verdict rule: each part by its probability and checks, the claim by its weakest necessary part."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims import ALL, CLAIMS, evaluate
from detente.claims.checks import CHECKS
from detente.claims.context import ClaimContext
from detente.claims.estimate_text import probability_text
from detente.claims.finding import Finding
from detente.claims.verdict import (
    DECIDING,
    LEANING,
    ORDER,
    SUPPORTED,
    VERDICT_SYMBOLS,
    decide_part_verdict,
    decide_verdict,
)
from detente.measures.quantity import Quantity
from detente.text.probability_words import BANDS


@dataclass(frozen=True)
class Part:
    key: str = "x"
    probability: float | None = 0.97
    necessary: bool = True
    enough: bool = True
    required: tuple[str, ...] = ()
    applicable: bool = True
    why_not: str = ""


@dataclass(frozen=True)
class Outcome:
    result: str
    part: str = "x"
    check: str = "drop_actor"


HELD, FAILED, NOT_APPLICABLE = Outcome("held"), Outcome("failed"), Outcome("not applicable")
LEAD_HELD, LEAD_FAILED, LEAD_NOT_APPLICABLE = (
    Outcome(r, check="lead_check") for r in ("held", "failed", "not applicable")
)


@pytest.mark.parametrize(
    ("p", "outcomes", "word"),
    [
        (0.95, [HELD], "supported"),
        (0.949, [HELD], "leaning"),
        (0.999, [HELD, FAILED], "leaning"),
        (0.999, [NOT_APPLICABLE], "leaning"),
        (0.999, [], "leaning"),
        (0.999, [Outcome("held", "another part")], "leaning"),
        (0.90, [HELD], "leaning"),
        (0.899, [HELD], "not supported"),
        (0.051, [], "not supported"),
        (0.05, [HELD], "contradicted"),
        (0.05, [HELD, FAILED], "not supported"),
        (0.05, [], "not supported"),
        (None, [], "too little data"),
    ],
)
def test_part_verdict_follows_rule(p: float | None, outcomes: list[Outcome], word: str) -> None:
    """Each edge of the rule gives its verdict."""
    assert decide_part_verdict(Part(probability=p), outcomes) == word


@pytest.mark.parametrize("check", DECIDING)
@pytest.mark.parametrize("p", [0.999, 0.92, 0.001])
def test_part_verdict_obeys_deciding_checks(check: str, p: float) -> None:
    """A failed deciding check makes a part not supported, and not contradicted either, whatever else held."""
    assert decide_part_verdict(Part(probability=p), [HELD, Outcome("failed", check=check)]) == "not supported"


@pytest.mark.parametrize(
    ("p", "outcomes", "word"),
    [
        (0.99, [HELD, LEAD_HELD], "supported"),
        (0.99, [HELD, LEAD_NOT_APPLICABLE], "leaning"),
        (0.99, [HELD], "leaning"),
        (0.01, [HELD, LEAD_HELD], "contradicted"),
        (0.01, [HELD, LEAD_NOT_APPLICABLE], "not supported"),
    ],
)
def test_response_needs_lead_check(p: float, outcomes: list[Outcome], word: str) -> None:
    """A response is supported, or contradicted, only where its lead check held."""
    assert decide_part_verdict(Part(probability=p, required=("lead_check",)), outcomes) == word


@pytest.mark.parametrize("p", [float("nan"), -0.1, 1.1])
def test_part_verdict_refuses_impossible_probability(p: float) -> None:
    """A probability that is no number from 0 to 1 is refused, not judged."""
    with pytest.raises(ValueError, match="'x'"):
        decide_part_verdict(Part(probability=p), [HELD])


def test_part_verdict_needs_enough_events() -> None:
    """A part with too few events gets no other verdict, whatever its probability."""
    assert decide_part_verdict(Part(probability=1.0, enough=False), [HELD]) == "too little data"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_verdict_is_weakest_necessary_part(ps: list[float]) -> None:
    """The claim takes the verdict of its weakest necessary part; other parts do not count."""
    parts = [Part(str(i), p) for i, p in enumerate(ps)]
    outcomes = [Outcome("held", p.key) for p in parts]
    v = decide_verdict([*parts, Part("extra", 0.0, necessary=False)], outcomes)
    assert v.word == min((decide_part_verdict(p, outcomes) for p in parts), key=ORDER.index)
    assert v.held == len(parts)


def test_verdict_ranks_contradicted_before_missing() -> None:
    """A contradicted part outweighs one without data, and that one outweighs a supported part."""
    unknown, strong, contradicted = Part("u", enough=False), Part("s"), Part("b", 0.01)
    outcomes = [Outcome("held", "s"), Outcome("held", "b")]
    assert decide_verdict([unknown, strong], outcomes).word == "too little data"
    assert decide_verdict([unknown, strong, contradicted], outcomes).word == "contradicted"


def test_verdict_names_part_and_reason() -> None:
    """A verdict names the part that decided; a reason stands only where that part is not applicable."""
    absent = Part("a", applicable=False, why_not="no source records talks")
    strong = Part("s", why_not="not told")
    outcomes = [Outcome("held", "s"), Outcome("failed", "s"), Outcome("not applicable", "s"), Outcome("held", "other")]
    v = decide_verdict([strong, absent], outcomes)
    assert (v.word, v.weakest, v.reason) == ("not applicable", "a", "no source records talks")
    v = decide_verdict([strong], outcomes)
    assert (v.weakest, v.reason, v.held, v.failed, v.not_applicable) == ("s", "", 1, 1, 1)
    assert v.mark == VERDICT_SYMBOLS["leaning"]


def test_claim_without_necessary_part_has_no_verdict() -> None:
    """A claim none of whose parts is necessary has too little data, and no part decided."""
    v = decide_verdict([Part(necessary=False)], [HELD])
    assert (v.word, v.weakest, v.reason, v.held) == ("too little data", None, "", 0)


def test_verdict_symbols_differ() -> None:
    """Every verdict has its own symbol."""
    assert len(set(VERDICT_SYMBOLS.values())) == len(ORDER)


@given(st.floats(0, 1))
def test_probability_text_avoids_0_and_100(p: float) -> None:
    """The figure lies from 1 to 99 and stands with one of the ICD 203 words."""
    text = probability_text(Quantity("p", p, "share", "", {}, ())).text
    (figure,) = re.findall(r"\d+", text)
    assert 1 <= int(figure) <= 99
    assert any(words in text for _, words in BANDS)


@cache
def findings() -> tuple[Finding, ...]:
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    return tuple(evaluate(c, view) for c in CLAIMS)


def test_sentences_separate_likelihood_and_confidence() -> None:
    """No sentence contains both a probability word and a level of confidence."""
    words = re.compile("|".join(sorted((w for _, w in BANDS), key=len, reverse=True)))
    confidence = re.compile(r"\b(low|moderate|medium|high) confidence|confidence (level|interval)|confident")
    sentences = [
        s.text for f in findings() for s in (*f.sentences, f.short, f.limits, *f.tests, *(o.told for o in f.outcomes))
    ]
    assert sum(bool(words.search(s)) for s in sentences) > 20
    assert not [s for s in sentences if words.search(s) and confidence.search(s)]


def test_estimate_sentences_state_their_probability() -> None:
    """Each estimate's sentence has the word and figure of its probability; without data it gives the reason."""
    with_data = 0
    for f in findings():
        for e, s in zip(f.estimates, f.tests, strict=True):
            if e.enough and e.chance is not None:
                assert probability_text(e.chance).text in s.text
                with_data += 1
            else:
                assert e.why_not
                assert e.why_not in s.text
    assert with_data > 15


def test_evaluate_without_checks_is_at_most_leaning() -> None:
    """Without checks no claim is supported, and the probabilities stay the same."""
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    for f in findings():
        bare = evaluate(f.claim, view, checks=False)
        assert bare.verdict is not None
        assert bare.verdict.word != "supported"
        assert [e.probability for e in bare.estimates] == [e.probability for e in f.estimates]


def test_claims_have_statement_and_necessary_part() -> None:
    """Every claim has a statement, its needs and at least one necessary estimate."""
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    assert {c.id for c in ALL} == set(CLAIMS)
    for c in ALL:
        assert c.statement.endswith(".")
        assert c.needs
        assert any(e.necessary for e in c.estimates(view))


def test_checks_run_on_probable_necessary_parts() -> None:
    """Checks run on necessary parts whose sign, or its contrary, has a probability of at least 90 %."""
    outcomes = [(f, o) for f in findings() for o in f.outcomes]
    assert {o.check for _, o in outcomes} <= {c.key for c in CHECKS}
    assert len({o.check for _, o in outcomes}) >= 4
    for f, o in outcomes:
        part = next(e for e in f.estimates if e.key == o.part)
        assert part.necessary
        assert part.probability is not None
        assert part.probability >= LEANING or part.probability <= 1 - SUPPORTED
    assert all(o.result == "not applicable" for _, o in outcomes if o.check == "other_source")


def test_probability_above_matches_beta() -> None:
    """Jeffreys' posterior agrees with SciPy's beta distribution."""
    from scipy import stats

    from detente.claims.estimate import probability_above

    for k, n, q in [(0, 12, 0.1), (5, 9, 0.5), (33, 33, 0.5), (7, 40, 0.3)]:
        assert probability_above(k, n, q) == pytest.approx(stats.beta(k + 0.5, n - k + 0.5).sf(q), abs=1e-12)
    assert np.isclose(probability_above(3, 10, 0.5) + probability_above(7, 10, 0.5), 1)
