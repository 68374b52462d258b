"""Draws from a likelihood by a number of noise for each element, as cvae-compile's runtime computes them (src/distributions/data/draws)."""

import numpy as np

import noise

SMALLEST = 2.0**-25


def _each(value, shape):
    """A parameter that is fixed: one number, or one for each element."""
    value = np.asarray(value, np.float64)
    return value if value.ndim == 0 else value.reshape(shape)


def _normal(of, decoded, z):
    log_var = decoded.get("logVar")
    sigma = _each(of.get("sigma", 1), z.shape[1:]) if log_var is None else np.exp(log_var.astype(np.float64) / 2)
    return decoded["y"] + sigma * z


def _bernoulli(_, decoded, u):
    return u < decoded["y"]


def _categorical(_, decoded, u):
    return (u[..., None] >= np.cumsum(decoded["y"].astype(np.float64), -1)[..., :-1]).sum(-1)


def _laplace(of, decoded, u):
    scale = decoded["scale"] if "scale" in decoded else _each(of.get("scale", 1), u.shape[1:])
    away = scale * np.log(2 * np.maximum(np.where(u < 0.5, u, 1 - u), SMALLEST))
    return decoded["y"] + np.where(u < 0.5, away, -away)


def _log_normal(of, decoded, u):
    log_var = decoded.get("logVar")
    sigma = _each(of.get("sigma", 1), u.shape[1:]) if log_var is None else np.exp(log_var.astype(np.float64) / 2)
    z = noise.inverse_normal(np.maximum(u, SMALLEST))
    return np.maximum(decoded["median"] * np.exp(sigma * z), 2.0**-126)


def _zero_inflated(of, decoded, u):
    none = decoded["zero"].astype(np.float64)
    own, left = of["of"], np.clip((u - none) / np.maximum(1 - none, SMALLEST), 0, 1)
    left = noise.inverse_normal(np.maximum(left, SMALLEST)) if own["distribution"] == "normal" else left
    return np.where(u < none, 0, DRAWS[own["distribution"]](own, {**decoded, "y": decoded["rest"]}, left))


DRAWS = {
    "normal": _normal,
    "bernoulli": _bernoulli,
    "categorical": _categorical,
    "laplace": _laplace,
    "logNormal": _log_normal,
    "zeroInflated": _zero_inflated,
}


def drawable(of):
    """Whether a likelihood is one of these, and so is what it is made of."""
    return of["distribution"] in DRAWS and ("of" not in of or drawable(of["of"]))


def drawn(of, decoded, key, first):
    """Returns draws of rows first, first + 1, …, from what the files give of them: the mean `y`, and `logVar` and the like."""
    rows, shape = len(decoded["y"]), of["dataShape"]
    draw = noise.normals if of["distribution"] == "normal" else noise.uniforms
    numbers = draw(key, rows, int(np.prod(shape)), first).astype(np.float64).reshape(rows, *shape)
    values = DRAWS[of["distribution"]](of, decoded, numbers)
    return values if of["distribution"] == "categorical" else values.astype(np.float32)
