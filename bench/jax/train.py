"""The first networks of bench/networks.ts as anyone would write them in JAX, a whole step compiled by jit, timed from outside.

Requests and answers are those of bench/pytorch/train.py; `fused`, `compiled` and `threads` mean nothing here: XLA fuses, compiles and uses
all cores. Adam is written out, so that nothing but JAX is needed.
"""

import json
import sys
import time

import jax
import jax.numpy as jnp
from jax import lax, nn

RATE, BETA1, BETA2, EPSILON = 1e-4, 0.9, 0.999, 1e-8


class Parameters:
    """Hands out new parameters, with their names' random numbers."""

    def __init__(self):
        self.values, self.key = {}, jax.random.key(1)

    def new(self, name, *shape):
        self.key, key = jax.random.split(self.key)
        fan = shape[0] if len(shape) == 2 else shape[0] * shape[1] * shape[2]
        kernel = jax.random.uniform(key, shape, minval=-1, maxval=1) / fan**0.5
        self.values[name] = {"kernel": kernel, "bias": jnp.zeros(shape[-1])}

    def dense(self, name, *units):
        for i, (inputs, outputs) in enumerate(zip(units, units[1:])):
            self.new(f"{name}/{i}", inputs, outputs)


def dense(p, name, x, layers):
    """Layers with relu between them."""
    for i in range(layers):
        layer = p[f"{name}/{i}"]
        x = x @ layer["kernel"] + layer["bias"]
        x = nn.relu(x) if i < layers - 1 else x
    return x


def conv(p, name, x, strides=(2, 2)):
    dims = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, p[name]["kernel"], strides, "SAME", dimension_numbers=dims) + p[name]["bias"]


def grow(p, name, x):
    dims = ("NHWC", "HWIO", "NHWC")
    return lax.conv_transpose(x, p[name]["kernel"], (2, 2), "SAME", dimension_numbers=dims) + p[name]["bias"]


def draw(q, noise):
    mean, log_var = jnp.split(q, 2, 1)
    return mean + jnp.exp(0.5 * log_var) * noise


def kl_standard(q):
    mean, log_var = jnp.split(q, 2, 1)
    return 0.5 * (jnp.exp(log_var) + mean**2 - log_var - 1).sum(1).mean()


def kl(q, p):
    (m, v), (n, w) = jnp.split(q, 2, 1), jnp.split(p, 2, 1)
    return 0.5 * ((jnp.exp(v) + (m - n) ** 2) / jnp.exp(w) + w - v - 1).sum(1).mean()


def cross_entropy(logits, y):
    return nn.softplus(logits) - logits * y


def article(batch, key):
    p = Parameters()
    p.dense("recognition", 794, 200, 40)
    p.dense("decoder", 30, 200, 784)
    digit = nn.one_hot(jnp.arange(batch) % 10, 10)
    y, noise = jax.random.uniform(key, (batch, 784)), jax.random.normal(key, (batch, 20))

    def loss(p, y, digit, noise):
        q = dense(p, "recognition", jnp.concatenate([y, digit], 1), 2)
        mean = nn.sigmoid(dense(p, "decoder", jnp.concatenate([draw(q, noise), digit], 1), 2))
        return ((y - mean) ** 2).sum(1).mean() + kl_standard(q)

    return p.values, (y, digit, noise), loss


def wide(batch, key):
    p = Parameters()
    p.dense("prior", 784, 1000, 1000, 400)
    p.dense("recognition", 1568, 1000, 1000, 400)
    p.dense("decoder", 984, 1000, 1000, 784)
    y, noise = jax.random.uniform(key, (batch, 784)), jax.random.normal(key, (batch, 200))
    mask = jnp.broadcast_to((jnp.arange(784) % 28 < 14).astype(jnp.float32), (batch, 784))

    def loss(p, y, x, mask, noise):
        q, prior = dense(p, "recognition", jnp.concatenate([x, y], 1), 3), dense(p, "prior", x, 3)
        logits = dense(p, "decoder", jnp.concatenate([x, draw(q, noise)], 1), 3)
        return (cross_entropy(logits, y) * mask).sum(1).mean() + kl(q, prior)

    return p.values, (y, y * mask, 1 - mask, noise), loss


def completion(batch, key):
    p = Parameters()

    def shrink(name, inputs):
        p.new(f"{name}/conv1", 3, 3, inputs, 16)
        p.new(f"{name}/conv2", 3, 3, 16, 32)

    def growing(name, inputs, hidden):
        p.dense(name, inputs, hidden, 1568)
        p.new(f"{name}/grow1", 4, 4, 32, 32)
        p.new(f"{name}/grow2", 4, 4, 32, 1)

    shrink("baseline", 1)
    growing("baseline", 1568, 256)
    for name in ("prior", "recognition"):
        shrink(name, 2)
        p.dense(name, 1568, 256, 64)
    growing("decoder", 816, 500)

    def shrunk(p, name, x):
        x = nn.relu(conv(p, f"{name}/conv2", nn.relu(conv(p, f"{name}/conv1", x))))
        return x.reshape(len(x), -1)

    def grown(p, name, x):
        x = nn.relu(dense(p, name, x, 2)).reshape(-1, 7, 7, 32)
        return grow(p, f"{name}/grow2", nn.relu(grow(p, f"{name}/grow1", x)))

    def loss(p, y, x, noise):
        guess = grown(p, "baseline", shrunk(p, "baseline", x))
        q = dense(p, "recognition", shrunk(p, "recognition", jnp.concatenate([x, y], 3)), 2)
        prior = dense(p, "prior", shrunk(p, "prior", jnp.concatenate([x, nn.sigmoid(guess)], 3)), 2)
        logits = guess + grown(p, "decoder", jnp.concatenate([x.reshape(len(x), -1), draw(q, noise)], 1))
        return cross_entropy(logits, y).sum((1, 2, 3)).mean() + kl(q, prior)

    image, other = jax.random.split(key)
    data = jax.random.uniform(image, (batch, 28, 28, 1)), jax.random.uniform(other, (batch, 28, 28, 1))
    return p.values, (*data, jax.random.normal(key, (batch, 32))), loss


MODELS = {"article": article, "wide": wide, "completion": completion}
running = {}


def stepper(model, batch):
    """One step of training, made once for each kind; the state's memory is used again."""
    parameters, data, loss = MODELS[model](batch, jax.random.key(2))
    map_all = jax.tree_util.tree_map
    state = [parameters, map_all(jnp.zeros_like, parameters), map_all(jnp.zeros_like, parameters), jnp.zeros(())]

    def next_state(p, m, v, t, data):
        value, g = jax.value_and_grad(loss)(p, *data)
        m = map_all(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
        v = map_all(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
        t = t + 1
        rate, root = RATE / (1 - BETA1**t), (1 - BETA2**t) ** 0.5
        p = map_all(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + EPSILON), p, m, v)
        return p, m, v, t, value

    compiled = jax.jit(next_state, donate_argnums=(0, 1, 2, 3))

    def step():
        *state[:], value = compiled(*state, data)
        return float(value)

    return step, sum(x.size for x in jax.tree_util.tree_leaves(parameters))


print(json.dumps({"version": jax.__version__, "compiles": True, "models": list(MODELS)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    key = (request["model"], request["batch"])
    if key not in running:
        running[key] = stepper(*key)
    step, parameters = running[key]
    started = time.perf_counter()
    for _ in range(request["steps"]):
        loss = step()
    ms = (time.perf_counter() - started) * 1000 / request["steps"]
    print(json.dumps({"ms": ms, "parameters": parameters, "loss": loss}), flush=True)
