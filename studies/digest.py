"""How often the digest calls a month better or worse where nothing changed, and how often it finds a change.

    .venv/bin/python studies/digest.py [--write]

Made conflicts of thirteen months of 30 days (`model/synthetic.py`): force inside one state, force between the states, hostile words
and talks, 6, 1.5, 5 and 4 events a month. Each event sets off others (Hawkes process, mean delay of six days), so many that the
largest eigenvalue is as given. Four of ten acts of force have no reported toll; the others have log-normal ones (median 5 deaths,
σ 1.3), and for a third of these the highest figure is a multiple of the lowest. Then worlds whose level follows an AR(1) by month
(standard deviation 0.4), and worlds whose earlier months were collected half as closely as the last, or twice.

The rule is that of `measures/month_verdict.py`, on the thirteenth month against the twelve before. 2,000 worlds each, seed 22.
For the power, all kinds but talks come as many times as often in the thirteenth month as given, and talks as many times less.

Then the flagship: the verdict of each month, with what is known now.
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.core.month import months_between
from detente.core.rng import make_rng
from detente.measures.month_verdict import MonthFigures, judge_figures, judge_month
from detente.model.synthetic import bin_by_day, simulate_hawkes

OUT = Path(__file__).parents[1] / "docs/replications/digest.md"
WORLDS, MONTHS, DAYS, DECAY = 2000, 13, 30, 1 / 6
RATES = np.array([6.0, 1.5, 5.0, 4.0]) / DAYS
HOME, STATES, WORDS, TALKS = range(4)
WORD_SCORES, TALK_SCORES = (-2.0, -4.4, -5.8, -7.0), (1.9, 3.5, 5.2, 7.4)


def responses(criticality: float) -> np.ndarray:
    """Children of each kind per event of each kind: most of its own, some of force and words for each other."""
    children = np.diag([0.6, 0.5, 0.6, 0.6])
    children[STATES, HOME], children[WORDS, STATES], children[STATES, WORDS] = 0.1, 0.5, 0.1
    return children * criticality / np.abs(np.linalg.eigvals(children)).max()


def made_figures(
    rng: np.random.Generator, criticality: float, correlation: float | None, collected: float, change: float
) -> list[MonthFigures]:
    """The figures of thirteen months; those of the first twelve are scaled to the coverage of the last."""
    level = np.ones(MONTHS)
    if correlation is not None:
        z = rng.normal(0, 0.4, MONTHS)
        for t in range(1, MONTHS):
            z[t] = correlation * z[t - 1] + np.sqrt(1 - correlation**2) * z[t]
        level = np.exp(z)
    factor = np.outer(level, np.ones(4))
    factor[-1] *= [change, change, change, 1 / change]
    children = responses(criticality)
    background = np.repeat(factor, DAYS, axis=0) * ((np.eye(4) - children) @ RATES).clip(0.0)
    y = bin_by_day(*simulate_hawkes(background, children, DECAY, rng), MONTHS * DAYS, 4)
    months = y.reshape(MONTHS, DAYS, 4).sum(axis=1)
    # The share of events that is collected in the earlier months and in the last; the earlier ones are scaled to the last.
    earlier, last = min(collected, 1.0), min(1 / collected, 1.0)
    shares = [(earlier, last / earlier)] * (MONTHS - 1) + [(last, 1.0)]
    return [describe_month(rng, n, *share) for n, share in zip(months, shares, strict=True)]


def describe_month(rng: np.random.Generator, happened: np.ndarray, collected: float, weight: float) -> MonthFigures:
    """The figures of a month of which a share of the events is collected, each counting as much as given."""
    n = rng.binomial(happened, collected)
    told = rng.binomial(n[HOME] + n[STATES], 0.6)
    low = np.ceil(5 * np.exp(1.3 * rng.normal(size=told))) - 1
    high = np.where(rng.random(told) < 1 / 3, low * np.exp(np.abs(rng.normal(size=told))), low)
    scores = np.concatenate(
        [np.full(n[STATES], -9.5), rng.choice(WORD_SCORES, n[WORDS]), rng.choice(TALK_SCORES, n[TALKS])]
    )
    mean = float(scores.mean()) if len(scores) else float("nan")
    squares = float(((scores - mean) ** 2).sum()) if len(scores) else 0.0
    reports = int(n[HOME] + n[STATES] + n[WORDS])
    return MonthFigures(
        weight * reports, reports, weight * float(low.sum()), weight * float(high.sum()), len(scores), mean, squares
    )  # fmt: skip


def measure_worlds() -> list[str]:
    rng = make_rng(22)
    lines = [
        "| world | worse | better | either, nominal 10 % |",
        "| --- | ---: | ---: | ---: |",
    ]
    plain = [
        ("independent events", 0.0, None, 1.0),
        ("events set off others, largest eigenvalue 0.4", 0.4, None, 1.0),
        ("events set off others, largest eigenvalue 0.7", 0.7, None, 1.0),
        ("the same, level follows the month before, correlation 0.5", 0.4, 0.5, 1.0),
        ("the same, correlation 0.8", 0.4, 0.8, 1.0),
        ("eigenvalue 0.4, earlier months collected half as closely", 0.4, None, 0.5),
        ("eigenvalue 0.4, earlier months collected twice as closely", 0.4, None, 2.0),
    ]
    for name, criticality, correlation, collected in plain:
        n = count_words(rng, criticality, correlation, collected, 1.0)
        lines.append(
            f"| {name} | {n['worse'] / WORLDS:.1%} | {n['better'] / WORLDS:.1%} | {1 - n['unchanged'] / WORLDS:.1%} |"
        )
    lines += ["", "| change of the thirteenth month, eigenvalue 0.4 | worse | better |", "| --- | ---: | ---: |"]
    for change in (1.5, 2.0, 3.0, 4.0, 1 / 1.5, 1 / 2, 1 / 3):
        n = count_words(rng, 0.4, None, 1.0, change)
        lines.append(
            f"| hostile events × {change:.2g}, talks × {1 / change:.2g} | {n['worse'] / WORLDS:.1%} | {n['better'] / WORLDS:.1%} |"
        )
    return lines


def count_words(
    rng: np.random.Generator, criticality: float, correlation: float | None, collected: float, change: float
) -> Counter[str]:
    out: Counter[str] = Counter()
    for _ in range(WORLDS):
        *before, now = made_figures(rng, criticality, correlation, collected, change)
        out[judge_figures(now, before)[0]] += 1
    return out


def measure_flagship() -> list[str]:
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    verdicts = [judge_month(g, m) for m in months_between(g.case.first, g.as_of)]
    known = [v for v in verdicts if v.word != "not known"]
    lines = [f"Pakistan and Afghanistan: of {len(known)} months that can be judged,"]
    for word in ("worse", "better"):
        named = [v.month.words for v in known if v.word == word]
        lines.append(f"{len(named)} {'was' if len(named) == 1 else 'were'} {word} ({', '.join(named) or 'none'}),")
    lines.append(f"and {sum(v.word == 'unchanged' for v in known)} showed no clear change.")
    return [" ".join(lines)]


def main(write: bool) -> None:
    """Measure, print, and write the page."""
    table = "\n".join([*measure_worlds(), "", *measure_flagship()])
    print(table)
    if write:
        text = OUT.read_text(encoding="utf-8")
        begin, end = text.index("<!-- table -->"), text.index("<!-- end -->")
        OUT.write_text(f"{text[:begin]}<!-- table -->\n\n{table}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv)
