"""Reference sampler: the same model in numpyro with NUTS, slow and exact, to validate the fast posterior.

The model is written again in numpyro's own distributions, so that our likelihood, gradient and mixture are not used:

    beta, R, log r ~ sum_s share_s N(mean, precision_s^-1),   y(t) ~ NB2(c softplus(eta(t) / c), exp(log r)).

Needs the extra `bayes` (`pip install "detente[bayes]"`). One channel of the flagship case takes about a minute.
"""

from typing import Any

import numpy as np

from detente.core.arrays import FloatArray
from detente.core.extras import require_extra
from detente.model.fit import FittedModel
from detente.model.likelihood import ChannelData
from detente.model.prior import Prior


def nuts(s: FittedModel, channel: str, *, draws: int = 1000, warmup: int = 500, seed: int = 0) -> FloatArray:
    """Sample one channel's (beta, R, log r) by the No-U-Turn Sampler, shape (draw, n).

    Args:
        s: a fit; its data, background and prior are used, not its posterior. draws, warmup: of one chain.

    Raises:
        MissingExtra: numpyro is not installed. KeyError: no such channel.

    Source:
        Hoffman and Gelman (2014), JMLR 15, 1593-1623; Phan, Pradhan and Jankowiak (2019), arXiv 1912.11554.
    """
    require_extra("bayes")
    import jax
    from numpyro.infer import MCMC, NUTS, init_to_value

    post = dict(zip(s.channels, s.of, strict=True))[channel]
    with jax.enable_x64(True):
        sampler = MCMC(
            NUTS(_model, init_strategy=init_to_value(values={"u": np.zeros(len(post.believed.mean))})),
            num_warmup=warmup, num_samples=draws, progress_bar=False,
        )  # fmt: skip
        gaussian = post.gaussians[int(np.argmax(post.weights))]
        turn = np.linalg.inv(gaussian.factor).T
        sampler.run(jax.random.PRNGKey(seed), post.problem, post.believed, gaussian.theta, turn)
        out: FloatArray = gaussian.theta + np.asarray(sampler.get_samples()["u"]) @ turn.T
        return out


def _model(p: ChannelData, prior: Prior, middle: FloatArray, turn: FloatArray) -> None:
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    # Sampling in the coordinates in which our Gaussian is round is faster and leaves the posterior the same.
    u: Any = numpyro.sample("u", dist.ImproperUniform(dist.constraints.real, (), middle.shape))
    theta = middle + turn @ u
    shape = prior.precisions.shape[:2]
    each = dist.MultivariateNormal(jnp.broadcast_to(prior.mean, shape), precision_matrix=jnp.asarray(prior.precisions))
    share = dist.Categorical(probs=jnp.exp(prior.log_shares))
    numpyro.factor("prior", dist.MixtureSameFamily(share, each).log_prob(theta))
    k = p.X.shape[1]
    eta = p.coverage * (jnp.exp(p.X @ theta[:k]) + p.Z @ theta[k:-1])
    mean = p.soft * jnp.logaddexp(0.0, eta / p.soft)
    numpyro.sample("y", dist.NegativeBinomial2(mean, jnp.exp(theta[-1])), obs=jnp.asarray(p.y))
