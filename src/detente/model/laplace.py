"""Gaussian approximations of a posterior, and the Laplace approximation at its mode."""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import cho_factor, cho_solve, solve_triangular
from detente.model.errors import DidNotConverge
from detente.model.likelihood import ChannelData, log_posterior


@dataclass(frozen=True, slots=True)
class Gaussian:
    """The distribution N(theta, A^-1).

    Fields:
        theta: mean, shape (n,). factor: L with A = L L', lower. evidence: estimate of the log marginal likelihood:
            Laplace's value at the mode, otherwise the bound E_q[log p - log q].
    """

    theta: FloatArray
    factor: FloatArray
    evidence: float

    def draws(self, noise: FloatArray) -> FloatArray:
        """Return theta + L'^-1 noise, shape (draw, n) as the noise.

        Example:
            >>> Gaussian(np.array([1.0]), np.array([[2.0]]), 0.0).draws(np.array([[0.0], [1.0]])).tolist()
            [[1.0], [1.5]]
        """
        out: FloatArray = self.theta + solve_triangular(self.factor.T, noise.T, lower=False).T
        return out

    def log_density(self, theta: FloatArray) -> FloatArray:
        """Log density at points of shape (draw, n), without n log(2 pi) / 2: shape (draw,)."""
        off = (theta - self.theta) @ self.factor
        out: FloatArray = np.log(np.diag(self.factor)).sum() - 0.5 * (off**2).sum(axis=1)
        return out


def laplace(
    p: ChannelData, mean: FloatArray, precision: FloatArray, start: FloatArray, channel: str, *, steps: int = 80
) -> Gaussian:
    """Find the mode by Newton's method with step halving; use the expected Hessian where the observed one fails.

    mean, precision: of the Gaussian prior. start: first point, shape (n,).
    """
    theta, decrement = start.copy(), np.inf
    value, gradient, observed, expected = log_posterior(p, theta, mean, precision)
    for _ in range(steps):
        try:
            step = cho_solve(cho_factor(observed), gradient)
        except LinAlgError:
            step = cho_solve(cho_factor(expected), gradient)
        decrement, size = float(gradient @ step), 1.0
        if abs(decrement) < 1e-5:
            break
        while size > 1e-6:
            trial = log_posterior(p, theta + size * step, mean, precision)
            if np.isfinite(trial[0]) and trial[0] > value - 1e-9:
                break
            size /= 2
        else:
            break
        theta = theta + size * step
        value, gradient, observed, expected = trial
    if abs(decrement) > 0.1:
        raise DidNotConverge(channel, steps, theta)
    try:
        factor: FloatArray = np.linalg.cholesky(observed).astype(float)
    except LinAlgError:
        factor = np.linalg.cholesky(expected).astype(float)
    half_logdet_prior = 0.5 * np.linalg.slogdet(precision)[1]
    return Gaussian(theta, factor, value + half_logdet_prior - float(np.log(np.diag(factor)).sum()))
