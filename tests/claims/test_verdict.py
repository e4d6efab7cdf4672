"""The one rule: every word for every probability, and the weakest part decides."""

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
from detente.claims.verdict import ORDER, VERDICT_SYMBOLS, decide_part_verdict, decide_verdict
from detente.measures.quantity import Quantity
from detente.text.probability_words import BANDS


@dataclass(frozen=True)
class Part:
    key: str = "x"
    probability: float | None = 0.97
    necessary: bool = True
    enough: bool = True


@dataclass(frozen=True)
class Attack:
    result: str
    part: str = "x"


HELD, FAILED, NOT_ASKABLE = Attack("held"), Attack("failed"), Attack("not askable")


@pytest.mark.parametrize(
    ("p", "attacks", "word"),
    [
        (0.95, [HELD], "supported"),
        (0.949, [HELD], "leaning"),
        (0.999, [HELD, FAILED], "leaning"),
        (0.999, [NOT_ASKABLE], "leaning"),
        (0.999, [], "leaning"),
        (0.999, [Attack("held", "another part")], "leaning"),
        (0.80, [HELD], "leaning"),
        (0.799, [HELD], "not supported"),
        (0.051, [], "not supported"),
        (0.05, [], "contradicted"),
        (None, [], "too little data"),
    ],
)
def test_each_part_gets_its_word_by_the_rule(p: float | None, attacks: list[Attack], word: str) -> None:
    assert decide_part_verdict(Part(probability=p), attacks) == word


def test_nothing_is_said_of_a_part_with_too_few_events_however_probable() -> None:
    assert decide_part_verdict(Part(probability=1.0, enough=False), [HELD]) == "too little data"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_a_claim_is_as_its_weakest_necessary_part(ps: list[float]) -> None:
    parts = [Part(str(i), p) for i, p in enumerate(ps)]
    attacks = [Attack("held", p.key) for p in parts]
    v = decide_verdict([*parts, Part("extra", 0.0, necessary=False)], attacks)
    assert v.word == min((decide_part_verdict(p, attacks) for p in parts), key=ORDER.index)
    assert v.held == len(parts)


def test_a_broken_link_outweighs_an_unknown_one_and_an_unknown_one_a_strong_one() -> None:
    unknown, strong, broken = Part("u", enough=False), Part("s"), Part("b", 0.01)
    attacks = [Attack("held", "s")]
    assert decide_verdict([unknown, strong], attacks).word == "too little data"
    assert decide_verdict([unknown, strong, broken], attacks).word == "contradicted"


def test_every_verdict_has_a_shape_of_its_own() -> None:
    assert len(set(VERDICT_SYMBOLS.values())) == len(ORDER)


@given(st.floats(0, 1))
def test_a_probability_is_never_printed_as_0_or_100(p: float) -> None:
    text = probability_text(Quantity("p", p, "share", "", {}, ())).text
    (figure,) = re.findall(r"\d+", text)
    assert 1 <= int(figure) <= 99
    assert any(words in text for _, words in BANDS)


@cache
def findings() -> tuple[Finding, ...]:
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    return tuple(evaluate(c, view) for c in CLAIMS)


def test_no_sentence_holds_both_a_likelihood_and_a_confidence_level() -> None:
    words = re.compile("|".join(sorted((w for _, w in BANDS), key=len, reverse=True)))
    confidence = re.compile(r"\b(low|moderate|medium|high) confidence|confidence (level|interval)|confident")
    sentences = [
        s.text for f in findings() for s in (*f.sentences, f.short, f.limits, *f.tests, *(o.told for o in f.outcomes))
    ]
    assert sum(bool(words.search(s)) for s in sentences) > 20
    assert not [s for s in sentences if words.search(s) and confidence.search(s)]


def test_the_likelihood_word_of_every_sentence_is_that_of_its_number() -> None:
    seen = 0
    for f in findings():
        for e, s in zip(f.estimates, f.tests, strict=True):
            if e.enough and e.chance is not None:
                assert probability_text(e.chance).text in s.text
                seen += 1
            else:
                assert s.text.startswith("Whether")
                assert e.why_not
    assert seen > 15


def test_a_claim_without_attacks_is_at_most_leaning_and_says_the_same_numbers() -> None:
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    for f in findings():
        bare = evaluate(f.claim, view, checks=False)
        assert bare.verdict is not None
        assert bare.verdict.word != "supported"
        assert [e.probability for e in bare.estimates] == [e.probability for e in f.estimates]


def test_every_claim_states_what_could_be_false_and_has_a_necessary_part() -> None:
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    assert {c.id for c in ALL} == set(CLAIMS)
    for c in ALL:
        assert c.statement.endswith(".")
        assert c.needs
        assert any(e.necessary for e in c.estimates(view))


def test_only_parts_that_stand_are_attacked_and_every_check_was_put_to_somebody() -> None:
    outcomes = [(f, o) for f in findings() for o in f.outcomes]
    assert {o.check for _, o in outcomes} == {c.key for c in CHECKS}
    for f, o in outcomes:
        part = next(e for e in f.estimates if e.key == o.part)
        assert part.necessary
        assert (part.probability or 0) >= 0.8
    assert all(o.result == "not askable" for _, o in outcomes if o.check == "other_source")


def test_jeffreys_posterior_is_that_of_a_beta() -> None:
    from scipy import stats

    from detente.claims.estimate import probability_above

    for k, n, q in [(0, 12, 0.1), (5, 9, 0.5), (33, 33, 0.5), (7, 40, 0.3)]:
        assert probability_above(k, n, q) == pytest.approx(stats.beta(k + 0.5, n - k + 0.5).sf(q), abs=1e-12)
    assert np.isclose(probability_above(3, 10, 0.5) + probability_above(7, 10, 0.5), 1)
