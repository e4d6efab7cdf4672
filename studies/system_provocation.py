"""False positives for retaliation: two independent actors, and two actors with a one-sided response.

    .venv/bin/python studies/system_provocation.py [runs [world ...]]

Worlds are numbered from 0 in the order of the table; those that are not named keep their present rows. The plain worlds of
other lengths have the same rate of events, 0.6 a day.

Each run simulates a world, fits the model and tests, in both directions, whether the response within 30 days
is above 0 with probability over 0.95 (one-sided, nominal 5 %). The baseline is a two-channel Hawkes process with
constant background, exponential kernel and decay by maximum likelihood, on the same events with times
drawn uniformly within their days; its test is the likelihood ratio of W[k, j] > 0 at one-sided 5 %. We wrote
it, as the simplest model with a test: tick and hawkes-rs give estimates without one.

This is the probability of the fitted model alone. Pages and briefs report a response only if it also passes the placebo in time,
the shuffled labels and the lead check, and the false discovery rate is stated: lead_check.md has the rates after these.
"""

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from detente.core.jit import jit
from detente.model import synthetic
from detente.model.fit import fit_model
from detente.model.summaries import direct_responses

OUT = Path("docs/replications/system_provocation.md")
Result = tuple[np.ndarray, np.ndarray]


@jit
def _loglik(times: np.ndarray, who: np.ndarray, end: float, k: int, par: np.ndarray) -> float:
    mu, own, cross, beta = np.exp(par[0]), np.exp(par[1]), np.exp(par[2]), np.exp(par[3])
    state, last, total = 0.0, 0.0, -mu * end
    for i in range(len(times)):
        state *= np.exp(-beta * (times[i] - last))
        last = times[i]
        weight = own if who[i] == k else cross
        if who[i] == k:
            total += np.log(mu + state)
        total -= weight * (1 - np.exp(-beta * (end - times[i])))
        state += weight * beta
    return total


def fit_constant_background(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Test by a Hawkes process with constant background whether k responds to the other, for k = 0, 1."""
    day, who = np.nonzero(y)
    n = y[day, who]
    day, who = np.repeat(day, n), np.repeat(who, n)
    times = day + rng.random(len(day))
    order = np.argsort(times)
    times, who, end, significant = times[order], who[order].astype(np.int64), float(len(y)), np.zeros(2, dtype=bool)
    for k in range(2):
        start = np.array([np.log(0.5 * (who == k).sum() / end), np.log(0.2), np.log(0.1), np.log(0.3)])
        bounds = [(-10, 5), (-12, 1), (-12, 1), (-5, 3)]
        full = minimize(lambda p, k=k: -_loglik(times, who, end, k, p), start, bounds=bounds)
        null = minimize(lambda p, k=k: -_loglik(times, who, end, k, np.array([p[0], p[1], -30.0, p[2]])),
                        start[[0, 1, 3]], bounds=[bounds[0], bounds[1], bounds[3]])  # fmt: skip
        significant[k] = 2 * (null.fun - full.fun) > 2.706
    return significant


def main(runs: int, selected: set[int]) -> None:
    kinds: dict[str, tuple[Callable[..., synthetic.SyntheticData], dict[str, float], bool, bool]] = {
        "plain, 900 events": (synthetic.independent_actors, {}, True, False),
        "shared background, 900 events, regime named": (synthetic.shared_background, {}, True, False),
        "shared background, 900 events, regime not named": (synthetic.shared_background, {}, False, False),
        "one-sided W = 0.3, 500 events": (synthetic.one_sided_response, {"events": 500}, True, True),
        "one-sided W = 0.3, 900 events, shared background": (
            lambda rng: synthetic.two_actors(rng, events=900, answer=0.3, season=0.9, regime=3.0),
            {}, True, True),
        **{
            f"plain, {days:,} days": (lambda rng, n=days: synthetic.two_actors(rng, events=round(0.6 * n), days=n), {}, True, False)
            for days in (1000, 1500, 1826, 3000)
        },
    }  # fmt: skip
    lines = ["| world | response | runs | détente finds one | constant background finds one | k > 0.7 |",
             "| --- | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    before = OUT.read_text().splitlines() if OUT.exists() else []
    for i, (name, (make, options, named, planted)) in enumerate(kinds.items()):
        if i not in selected:
            lines += [x for x in before if x.startswith(f"| {name} |")]
            continue
        ours, theirs, k = [], [], []
        began = time.time()
        for run in range(runs):
            w = make(np.random.default_rng([104, i, run]), **options)
            rng = np.random.default_rng([105, i, run])
            s = fit_model(w.y, w.coverage, w.regimes if named else None, rng=rng, channels=w.channels)
            p = direct_responses(s).positive
            ours.append([p[0, 1] > 0.95, p[1, 0] > 0.95])
            theirs.append(fit_constant_background(w.y, rng))
            k.append([c.pareto_k > 0.7 for c in s.of])
        o, t = np.mean(ours, axis=0), np.mean(theirs, axis=0)
        tail = f"{np.mean(k):.0%}"
        if planted:
            lines.append(f"| {name} | b to a (true) | {runs} | {o[1]:.1%} | {t[1]:.1%} | {tail} |")
            lines.append(f"| {name} | a to b (false) | {runs} | {o[0]:.1%} | {t[0]:.1%} | {tail} |")
        else:
            lines.append(
                f"| {name} | either direction (false) | {2 * runs} | {o.mean():.1%} | {t.mean():.1%} | {tail} |"
            )
        print(lines[-1], f"{time.time() - began:.0f} s", flush=True)
    text = __doc__ or ""
    seeds = "\nSeeds: [104, world, run] and [105, world, run], used for nothing else.\n\n"
    OUT.write_text("# False positives for retaliation\n\n" + text + seeds + "\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, {int(x) for x in sys.argv[2:]} or set(range(9)))
