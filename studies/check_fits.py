"""Do robustness checks come out alike if only the effects that a claim asks about are fitted anew?

    .venv/bin/python studies/check_fits.py [RUNS]

A check that changes the data asks whether the sign of a response keeps a probability of at least 80 %. It fits the effects anew and
takes the responses of the other kinds of event from the fit of the whole record. For every response of the flagship with one actor left
out at a time, and of synthetic conflicts without one event in ten, this compares that answer with the one of a whole new fit. Writes
docs/replications/check_fits.md.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.brief.build import BriefRequest, build_claim_context
from detente.claims.checks.base import HELD_AGAIN
from detente.claims.context import CHECK_DRAWS, CHECK_SIGMAS
from detente.model import synthetic
from detente.model.fit import FittedModel, fit_model, responses_beside
from detente.model.kernels import share_within

PAGE = Path(__file__).parents[1] / "docs" / "replications" / "check_fits.md"
ACTORS = 4
WORLDS = {
    "one_sided_response": {"events": 500}, "bilateral_response": {"events": 500}, "independent_actors": {"events": 300},
    "near_critical": {"events": 800}, "few_events": {"events": 120},
}  # fmt: skip
Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def compare_fits(changed: FittedModel, base: FittedModel) -> Pair:
    """Probability that each response within 30 days is above 0, by partial and by whole fits, shape (k * j,) each."""
    share = share_within(changed.half_lives, 30)
    partial = [
        ((responses_beside(changed, [effect], base)[:, k] @ share) > 0).mean(axis=0)
        for k, effect in enumerate(changed.channels)
    ]
    return np.concatenate(partial), ((changed.W @ share) > 0).mean(axis=0).ravel()


def format_row(name: str, pairs: list[Pair]) -> str:
    """One row of the table."""
    partial, whole = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
    # Both signs can be asked about.
    differs = ((partial >= HELD_AGAIN) != (whole >= HELD_AGAIN)) | (
        (1 - partial >= HELD_AGAIN) != (1 - whole >= HELD_AGAIN)
    )
    gap = np.abs(partial - whole)
    return f"| {name} | {len(partial)} | {gap.mean():.4f} | {gap.max():.3f} | {int(differs.sum())} |"


def main(runs: int) -> None:
    """Compare, and write the page."""
    warnings.simplefilter("ignore")
    rows, view = [], build_claim_context(BriefRequest("pakistan-afghanistan"))
    base = view.fit_system()
    assert base is not None
    busiest = sorted(view.g.case.cast, key=lambda a: -sum(a.key in e.actors for e in view.g.events))[:ACTORS]
    fits = [view.with_changes(f"without {a.key}", without=a.key).fit_system() for a in busiest]
    pairs = [compare_fits(s, base) for s in fits if s is not None]
    rows.append(format_row(f"flagship, each of {len(pairs)} actors left out", pairs))
    for name, settings in WORLDS.items():
        pairs = []
        for run in range(runs):
            w = getattr(synthetic, name)(np.random.default_rng([41, run]), **settings)
            y = np.random.default_rng([43, run]).binomial(w.y, 0.9)
            whole = fit_model(w.y, w.coverage, rng=np.random.default_rng([42, run]))
            changed = fit_model(
                y, w.coverage, rng=np.random.default_rng([42, run]), draws=CHECK_DRAWS, sigmas=CHECK_SIGMAS
            )
            pairs.append(compare_fits(changed, whole))
        rows.append(format_row(f"`{name}`, {runs} runs, one event in ten left out", pairs))
    text = f"""# Fits of robustness checks

A robustness check that changes the data asks whether the sign of a response keeps a probability of at least {HELD_AGAIN:.0%}. It fits only the
effects that the claim asks about; the responses of the other kinds of event, on which a row of the branching matrix depends through
same-day responses, are those of the fit to the whole record. This table compares the answers with those of whole new fits. Made by
`studies/check_fits.py`.

| conflict | responses | mean difference of the probability | largest | other answer to the check |
| --- | ---: | ---: | ---: | ---: |
{chr(10).join(rows)}
"""
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
