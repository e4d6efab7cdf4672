"""Value of responses for predicting the last fifth of the flagship case.

    .venv/bin/python studies/system_held_out.py

All models are fitted on the first 80 % of the days. Each later day is then scored, given the days before it,
by the logarithm of the probability of its counts, summed over channels; parameters are not
updated. The trend stays at its value on the last day of fitting. Baselines: the same model without
responses; Poisson at each channel's mean rate; a Poisson regression (log link, ridge 1) on the memories of
all channels and log coverage. Days with coverage above 0 are scored. Higher is better.
"""

import warnings
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.measures.counts import daily_counts
from detente.model.fit import FittedModel, fit_model, softplus
from detente.model.kernels import compute_memories
from detente.model.report import regime_indicators

OUT = Path("docs/replications/system_held_out.md")


def nb(y: np.ndarray, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    return (gammaln(y + size) - gammaln(size) - gammaln(y + 1) - size * np.log1p(mean / size)
            + y * (np.log(mean) - np.log(size + mean)))  # fmt: skip


def poisson(y: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return y * np.log(mean) - mean - gammaln(y + 1)


def ours(s: FittedModel, y: np.ndarray, coverage: np.ndarray, cut: int, columns: np.ndarray) -> np.ndarray:
    """Return the log of the posterior mean probability of each later day, shape (day,)."""
    z = compute_memories(y, coverage, s.half_lives)[cut:]
    k, later, effort = columns.shape[1], y[cut:], coverage[cut:]
    logs = np.zeros((len(s.R), len(later)))
    for i, c in enumerate(s.of):
        b = np.exp(np.clip(c.theta[:, :k] @ columns.T, -30, 30))
        mean = softplus(effort * (b + c.theta[:, k:-1] @ z.T), s.soft[i])
        logs += nb(later[:, i], np.maximum(mean, 1e-9), s.size[:, i][:, None])
    return np.logaddexp.reduce(logs, axis=0) - np.log(len(logs))


def regression(x: np.ndarray, y: np.ndarray, offset: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(x)), x])

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        mean = np.exp(np.clip(design @ b + offset, -20, 5))
        ridge = np.append(0, b[1:])
        return float((mean - y * np.log(mean)).sum() + 0.5 * ridge @ ridge), design.T @ (mean - y) + ridge

    return minimize(loss, np.append(np.log(y.mean() + 1e-6), np.zeros(x.shape[1])), jac=True, method="L-BFGS-B").x


def main() -> None:
    warnings.simplefilter("ignore")
    case = load_case_file("pakistan-afghanistan")
    c = daily_counts(load_case_data(case))
    y = np.where((c.coverage > 0)[:, None], c.y, 0)
    cut = int(0.8 * len(y))
    learned, scored = c.coverage[:cut] > 0, c.coverage[cut:] > 0
    named = regime_indicators(c, case.regimes)
    scores = {}
    for name, sd in (("détente", None), ("détente, background only", 0)):
        known = {n: h[:cut] for n, h in named.items()}
        s = fit_model(y[:cut], c.coverage[:cut], known, rng=np.random.default_rng(1),
                channels=c.channels, response_sd=sd)  # fmt: skip
        t = np.arange(cut, len(y))
        ahead = np.repeat(s.background.X[-1:], len(t), axis=0)
        for i, column in enumerate(s.background.names):
            if column in named:
                ahead[:, i] = named[column][cut:]
            elif column[:4] in ("cos ", "sin "):
                ahead[:, i] = (np.cos if column[0] == "c" else np.sin)(2 * np.pi * int(column[4:]) * t / 365.25)
        scores[name] = ours(s, y, c.coverage, cut, ahead)
    rate = y[:cut][learned].sum(axis=0) / c.coverage[:cut].sum()
    flat = np.maximum(rate * c.coverage[cut:, None], 1e-9)
    scores["homogeneous Poisson"] = poisson(y[cut:], flat).sum(axis=1)
    z = compute_memories(y, c.coverage, [2.0, 10.0, 45.0])
    log_density = np.log(np.where(c.coverage > 0, c.coverage, 1.0))
    glm = np.zeros(len(y) - cut)
    for i in range(y.shape[1]):
        b = regression(z[:cut][learned], y[:cut][learned, i], log_density[:cut][learned])
        mean = np.exp(np.clip(b[0] + z[cut:] @ b[1:] + log_density[cut:], -20, 5))
        glm += poisson(y[cut:, i], mean)
    scores["Poisson regression on memories"] = glm
    lines = [
        f"Learned on {cut} days with {int(y[:cut].sum())} events; {int(scored.sum())} watched days scored.",
        "",
        "| model | mean log score per day | détente's lead (standard error) |",
        "| --- | ---: | ---: |",
    ]
    for name, v in scores.items():
        lead = (scores["détente"] - v)[scored]
        se = lead.std() / np.sqrt(len(lead))
        lines.append(f"| {name} | {v[scored].mean():.3f} | {lead.mean():+.3f} ({se:.3f}) |")
    print("\n".join(lines))
    OUT.write_text(f"# Held-out score\n\n{__doc__}\nSeed: 1.\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
