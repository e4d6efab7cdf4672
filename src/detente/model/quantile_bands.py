"""Quantile bands of cumulative events over paired simulations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.model.interventions import sum_within_days
from detente.model.paired_simulation import BaselinePaths, PairedPaths

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class QuantileBands:
    """Quantiles of events accumulated from the first day on.

    Fields:
        channels: names, length c, with `deaths` last if deaths per event are known. days: grid, 0 first, length d.
        levels: of the quantiles, length q. plain, changed: without and with the change, shape (q, d, c).
    """

    channels: tuple[str, ...]
    days: tuple[int, ...]
    levels: tuple[float, ...]
    plain: FloatArray
    changed: FloatArray


def compute_quantile_bands(u: BaselinePaths, pair: PairedPaths, days: Sequence[int]) -> QuantileBands:
    """Compute the bands without and with the change over a grid of days.

    Args:
        days: in order, from 1 on; day 0, where all counts are 0, is put before them.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.intervention_spec import parse_interventions
        >>> from detente.model.paired_simulation import with_interventions, simulate_baseline
        >>> from detente.model.synthetic import calming_talks
        >>> w = calming_talks(np.random.default_rng(4), days=1500)
        >>> s = fit_model(w.y, channels=("attack", "dialogue"), rng=np.random.default_rng(0), draws=100)
        >>> u = simulate_baseline(s, 60, np.random.default_rng(0), paths=100)
        >>> f = compute_quantile_bands(u, with_interventions(u, parse_interventions(["border=0.5"])), [30, 60])
        >>> f.plain.shape, bool((f.changed[2, -1, 0] <= f.plain[2, -1, 0]))
        ((5, 3, 2), True)
    """
    names = pair.plain.channels
    out = []
    for paths in (pair.plain, pair.changed):
        x = sum_within_days(paths.y, days)
        if u.each is not None:
            x = np.concatenate([x, np.einsum("phc,pc->ph", x, u.each[paths.draw])[:, :, None]], axis=2)
        # A quantile of counts stays a whole number: no interpolation between paths.
        q = np.quantile(x, LEVELS, axis=0, method="inverted_cdf")
        out.append(np.concatenate([np.zeros((len(LEVELS), 1, x.shape[2])), q], axis=1))
    return QuantileBands((*names, "deaths") if u.each is not None else names, (0, *days), LEVELS, *out)
