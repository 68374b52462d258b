"""Writes reference.json: log-densities, means and quantiles of the likelihoods, by SciPy, and by PyTorch what SciPy lacks.

    pip install scipy torch
    python test/distributions/reference.py > test/distributions/reference.json

A case holds the decoder's outputs, one number for each element, values y of the elements, -log p(y) of each, y's means, and for
draws the quantiles of each element at UNIFORM. Some hold the data that a likelihood learns its column from.
"""

import json

import numpy as np
import torch
from scipy import special, stats

UNIFORM = [0.001, 0.1, 0.5, 0.75, 0.99]


def case(target, parameters, y, made, mean=None, discrete=False, quantiles=True):
    """The figures of independent elements, whose distributions `made` gives; without quantiles if draws are of other noise."""
    density = [(d.logpmf if discrete else d.logpdf)(v) for d, v in zip(made, y)]
    return {
        "target": target,
        "parameters": parameters,
        "y": y,
        "nll": [-float(v) for v in density],
        "mean": [float(v) for v in (mean if mean is not None else [d.mean() for d in made])],
        **({"quantiles": [[float(d.ppf(u)) for d in made] for u in UNIFORM]} if quantiles else {}),
    }


def log(xs):
    return [float(np.log(x)) for x in xs]


class ContinuousBernoulli:
    """PyTorch's, given the logit of its parameter."""

    def __init__(self, logit):
        logits = torch.tensor(logit, dtype=torch.float64)
        self.own = torch.distributions.ContinuousBernoulli(logits=logits, validate_args=False)

    def logpdf(self, y):
        return self.own.log_prob(torch.tensor(y, dtype=torch.float64)).item()

    def mean(self):
        return self.own.mean.item()

    def ppf(self, u):
        return self.own.icdf(torch.tensor(u, dtype=torch.float64)).item()


class Inflated:
    """A distribution of counts, or 0 with a probability of its own, of this logit."""

    def __init__(self, own, zero):
        self.own, self.zero = own, special.expit(zero)

    def logpmf(self, y):
        return np.log(self.zero * (y == 0) + (1 - self.zero) * self.own.pmf(y))

    def mean(self):
        return (1 - self.zero) * self.own.mean()

    def ppf(self, u):
        return 0 if u <= self.zero else self.own.ppf((u - self.zero) / (1 - self.zero))


def cases():
    means, scales = [0.5, 1.0, -3.0, 100.0, 0.0], [1.0, 0.25, 2.0, 1e-3, 30.0]
    y = [0.0, 1.0, 2.0, 100.002, -70.0]
    learned = log(np.array(scales) - 1e-3 + 1e-12)
    yield case(
        "laplace", {"mean": means, "logScale": learned}, y, [stats.laplace(m, s) for m, s in zip(means, scales)]
    )
    freedom = [1.5, 3.0, 30.0, 1e5, 2.0]
    yield case(
        "studentT",
        {"mean": means, "logScale": learned, "logFreedom": log(np.array(freedom) - 1)},
        y,
        [stats.t(f, m, s) for f, m, s in zip(freedom, means, scales)],
        mean=means,
    )
    rates = [0.01, 1.3, 7.0, 250.0, 100000.0]
    counts = [0, 3, 4, 280, 99500]
    yield case("poisson", {"logRate": log(rates)}, counts, [stats.poisson(r) for r in rates], discrete=True)
    dispersion = [0.3, 1.0, 1e6, 5.0, 0.1]
    made = [stats.nbinom(r, r / (r + m)) for m, r in zip(rates, dispersion)]
    yield case(
        "negativeBinomial",
        {"logMean": log(rates), "logDispersion": log(np.array(dispersion))},
        counts,
        made,
        discrete=True,
    )
    zero = [-2.0, 0.0, 3.0, -30.0, 30.0]
    yield case(
        "zeroInflatedNegativeBinomial",
        {"logMean": log(rates), "logDispersion": log(dispersion), "zeroLogits": zero},
        [0, 0, 4, 280, 0],
        [Inflated(d, z) for d, z in zip(made, zero)],
        discrete=True,
    )
    yield case(
        "zeroInflatedPoisson",
        {"logRate": log(rates), "zeroLogits": zero},
        [0, 0, 4, 280, 0],
        [Inflated(stats.poisson(r), z) for r, z in zip(rates, zero)],
        discrete=True,
    )
    alphas = [0.5, 1.0, 4.0, 1000.0, 0.02]
    gammas = [0.1, 2.0, 3.0, 900.0, 1.0]
    yield case(
        "gamma",
        {"logMean": log([1.0, 2.0, 5.0, 1000.0, 3.0]), "logConcentration": log(alphas)},
        gammas,
        [stats.gamma(a, scale=m / a) for a, m in zip(alphas, [1.0, 2.0, 5.0, 1000.0, 3.0])],
    )
    sigmas, centers = [1.0, 0.1, 2.0, 0.5, 1.0], [0.0, 3.0, -1.0, 10.0, -5.0]
    yield case(
        "logNormal",
        {"mean": centers, "logVar": log(np.array(sigmas) ** 2 - 1e-6)},
        [1.5, 20.0, 0.01, 20000.0, 0.1],
        [stats.lognorm(s, scale=np.exp(c)) for s, c in zip(sigmas, centers)],
    )
    betas = [2.0, 0.5, 1.0, 500.0, 0.2]
    shapes = [0.5, 0.5, 3.0, 800.0, 5.0]
    yield case(
        "beta",
        {"logAlpha": log(shapes), "logBeta": log(betas)},
        [0.2, 0.999, 0.5, 0.62, 0.97],
        [stats.beta(a, b) for a, b in zip(shapes, betas)],
    )
    kappas, angles = [0.01, 1.0, 4.0, 500.0, 3.7], [0.0, 0.2, -0.5, 2.9, 0.5]
    yield case(
        "vonMises",
        {"mean": angles, "logConcentration": log(kappas)},
        [3.0, -2.0, 1.0, 2.85, 0.6],
        [stats.vonmises(k, m) for k, m in zip(kappas, angles)],
        mean=angles,
    )
    # PyTorch keeps the probability, of which little is left above logits of 20.
    logits = [0.0, 1e-3, -2.0, 13.0, 1.3]
    bits = [1, 0, 0, 1, 0]
    made = [ContinuousBernoulli(l) for l in logits]
    yield case("continuousBernoulli", {"logits": logits}, [0.5, 0.1, 0.9, 1.0, 0.0], made)
    yield case(
        "bernoulli",
        {"logits": logits},
        bits,
        [stats.bernoulli(special.expit(l)) for l in logits],
        discrete=True,
        quantiles=False,
    )
    yield case(
        "normal",
        {"mean": means, "logVar": log(np.array(scales) ** 2 - 1e-6 + 1e-15)},
        y,
        [stats.norm(m, s) for m, s in zip(means, scales)],
        quantiles=False,
    )
    yield from joint()
    yield from learned_columns()


def joint():
    """Of these only -log p(y) and the mean: one number for each place."""
    rng = np.random.default_rng(1)
    weights, mean, log_var = rng.normal(size=(2, 3)), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2))
    y = rng.normal(size=(2, 2))
    shares = special.softmax(weights, -1)
    each = stats.norm(mean, np.sqrt(np.exp(log_var) + 1e-6)).logpdf(y[:, None, :]).sum(-1)
    yield {
        "target": "mixtureOfNormals",
        "parameters": {"weights": weights.ravel().tolist(), "mean": mean.ravel().tolist(), "logVar": log_var.ravel().tolist()},
        "y": y.ravel().tolist(),
        "nll": (-special.logsumexp(np.log(shares) + each, -1)).tolist(),
        "mean": (shares[..., None] * mean).sum(-2).ravel().tolist(),
    }
    weighted = torch.distributions.Categorical(logits=torch.tensor(weights))
    normals = torch.distributions.Normal(torch.tensor(mean), torch.tensor(np.sqrt(np.exp(log_var) + 1e-6)))
    mixed = torch.distributions.MixtureSameFamily(weighted, torch.distributions.Independent(normals, 1))
    assert np.allclose(-mixed.log_prob(torch.tensor(y)).numpy(), -special.logsumexp(np.log(shares) + each, -1), rtol=1e-12)
    levels, scale = 5, rng.normal(size=(2, 3, 2)) - 1
    steps = np.array([[0, 1], [3, 4]])
    half = 1 / (levels - 1)
    x = (2 * steps / (levels - 1) - 1)[:, None, :]
    s = np.exp(-7 + np.logaddexp(0, scale + 7))
    upper = np.where(steps[:, None, :] == levels - 1, 1, special.expit((x - mean + half) / s))
    lower = np.where(steps[:, None, :] == 0, 0, special.expit((x - mean - half) / s))
    each = np.log(upper - lower).sum(-1)
    cut = s / 2 * (np.logaddexp(0, (mean + 1) / s) - np.logaddexp(0, (mean - 1) / s))
    yield {
        "target": "discretizedLogistic",
        "parameters": {"weights": weights.ravel().tolist(), "mean": mean.ravel().tolist(), "logScale": scale.ravel().tolist()},
        "y": (steps / (levels - 1)).ravel().tolist(),
        "nll": (-special.logsumexp(np.log(shares) + each, -1)).tolist(),
        "mean": (shares[..., None] * cut).sum(-2).ravel().tolist(),
    }
    zero, center, sigma = np.array([-1.0, 0.5, 3.0, -30.0, 2.0]), np.array([0.0, 1, -2, 3, 0]), np.array([1.0, 0.5, 2, 1, 1])
    y = np.array([0.0, 1.5, 0.0, 20.0, 3.0])
    made = stats.lognorm(sigma, scale=np.exp(center))
    density = np.where(y > 0, np.log1p(-special.expit(zero)) + made.logpdf(np.where(y > 0, y, 1)), np.log(special.expit(zero)))
    yield {
        "target": "zeroInflatedLogNormal",
        "parameters": {"mean": center.tolist(), "logVar": log(sigma**2 - 1e-6), "zeroLogits": zero.tolist()},
        "y": y.tolist(),
        "nll": (-density).tolist(),
        "mean": ((1 - special.expit(zero)) * made.mean()).tolist(),
    }
    logits = np.array([0.3, -1.0, 2.0, 0.0, -3.0])
    counts = np.array([3, 0, 10, 1, 1])
    p = special.softmax(logits)
    yield {
        "target": "multinomial",
        "parameters": {"logits": logits.tolist()},
        "y": counts.tolist(),
        "nll": [-float(stats.multinomial(counts.sum(), p).logpmf(counts))],
        "mean": (7 * p).tolist(),
    }
    score, cutpoints = 0.4, np.array([-1.0, 0.3, -2.0, 1.0])
    borders = special.expit(np.cumsum(np.append(cutpoints[:1], np.logaddexp(0, cutpoints[1:]))) - score)
    p = np.diff(np.concatenate([[0], borders, [1]]))
    yield {
        "target": "ordinal",
        "parameters": {"score": [score], "cutpoints": cutpoints.tolist()},
        "y": [0, 0, 1, 0, 0],
        "nll": [-float(np.log(p[2]))],
        "mean": p.tolist(),
    }


def learned_columns():
    """Columns that are learned from data: of these -log p(y) for some examples of one element each."""
    rest = stats.gamma(2, scale=3).ppf((np.arange(200) + 0.5) / 200).round(6)
    data = np.concatenate([np.zeros(60), np.full(40, 7.0), rest])
    logits, mean, log_var = [0.3, -0.7, 1.1], 0.25, -0.5
    y = np.array([0.0, 7.0, rest[20], 7.5, rest[180]])
    # Masses are in the order of their values; the density is of what is left, standardised.
    density = stats.norm(rest.mean() + rest.std() * mean, rest.std() * np.sqrt(np.exp(log_var) + 1e-6)).logpdf(y)
    chance = special.log_softmax(logits)
    yield {
        "target": "hurdle",
        "data": data.tolist(),
        "parameters": {"mean": [mean] * 5, "logVar": [log_var] * 5, "massLogits": logits * 5},
        "y": y.tolist(),
        "nll": (-np.where(y == 0, chance[1], np.where(y == 7, chance[2], chance[0] + density))).tolist(),
        "within": 2e-6,
    }
    column = stats.gamma(2, scale=3)
    data = column.ppf((np.arange(1000) + 0.5) / 1000)
    y = column.ppf([0.05, 0.2, 0.5, 0.8, 0.95])
    # Scores of a standard normal have the density of the data, as far as the map follows it.
    yield {
        "target": "normalScores",
        "data": data.tolist(),
        "parameters": {"mean": [0.0] * 5, "logVar": [0.0] * 5},
        "y": y.tolist(),
        "nll": (-column.logpdf(y)).tolist(),
        "within": 0.02,
    }
    # Scores of another normal have its density at what SciPy's quantile function makes of the data's.
    scores = stats.norm.ppf(column.cdf(y))
    moved = stats.norm(0.7, np.sqrt(np.exp(-1.0) + 1e-4)).logpdf(scores) - stats.norm.logpdf(scores) + column.logpdf(y)
    yield {
        "target": "normalScores",
        "data": data.tolist(),
        "parameters": {"mean": [0.7] * 5, "logVar": [-1.0] * 5},
        "y": y.tolist(),
        "nll": (-moved).tolist(),
        "within": 0.02,
    }


def digamma():
    x = [0.01, 0.5, 1.0, 2.5, 4.0, 10.0, 1e4]
    return {"x": x, "lgamma": [float(v) for v in special.gammaln(x)], "digamma": [float(v) for v in special.psi(x)]}


if __name__ == "__main__":
    print(json.dumps({"uniform": UNIFORM, "lgamma": digamma(), "cases": list(cases())}, indent=1))
