"""A posterior as a Gaussian, and the first of them: the one at its peak."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular

from detente.model.errors import DidNotConverge
from detente.model.likelihood import ChannelData, log_posterior

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gaussian:
    """N(theta, A^-1).

    Fields:
        theta: its mean, shape (n,). factor: L with A = L L', lower. evidence: what it says of the log marginal
            likelihood: Laplace's value at the peak, the bound E_q[log p - log q] elsewhere.
    """

    theta: Array
    factor: Array
    evidence: float

    def draws(self, noise: Array) -> Array:
        """theta + L'^-1 noise, shape (draw, n) as the noise.

        Example:
            >>> Gaussian(np.array([1.0]), np.array([[2.0]]), 0.0).draws(np.array([[0.0], [1.0]])).tolist()
            [[1.0], [1.5]]
        """
        out: Array = self.theta + solve_triangular(self.factor.T, noise.T, lower=False).T
        return out

    def log_density(self, theta: Array) -> Array:
        """At some points, shape (draw,), the constant of n log(2 pi) / 2 left out."""
        apart = (theta - self.theta) @ self.factor
        out: Array = np.log(np.diag(self.factor)).sum() - 0.5 * (apart**2).sum(axis=1)
        return out


def laplace(p: ChannelData, mean: Array, precision: Array, start: Array, channel: str, *, steps: int = 80) -> Gaussian:
    """Newton's method with halving; the expected Hessian stands in where the observed one fails.

    mean, precision: of the Gaussian prior. start: where to begin, shape (n,).
    """
    theta, move = start.copy(), np.inf
    value, gradient, observed, expected = log_posterior(p, theta, mean, precision)
    for _ in range(steps):
        try:
            step = cho_solve(cho_factor(observed), gradient)
        except LinAlgError:
            step = cho_solve(cho_factor(expected), gradient)
        move, size = float(gradient @ step), 1.0
        if abs(move) < 1e-5:
            break
        while size > 1e-6:
            tried = log_posterior(p, theta + size * step, mean, precision)
            if np.isfinite(tried[0]) and tried[0] > value - 1e-9:
                break
            size /= 2
        else:
            break
        theta = theta + size * step
        value, gradient, observed, expected = tried
    if abs(move) > 0.1:
        raise DidNotConverge(channel, steps, theta)
    try:
        factor: Array = np.linalg.cholesky(observed).astype(float)
    except LinAlgError:
        factor = np.linalg.cholesky(expected).astype(float)
    half_logdet_prior = 0.5 * np.linalg.slogdet(precision)[1]
    return Gaussian(theta, factor, value + half_logdet_prior - float(np.log(np.diag(factor)).sum()))
