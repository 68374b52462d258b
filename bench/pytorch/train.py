"""The networks of bench/networks.ts as anyone would write them in PyTorch, in eager mode, timed from outside.

Reads a request a line, {"model", "batch", "fused", "compiled", "threads", "steps"}, takes this number of steps, and answers
{"ms", "parameters", "loss"}. A step's inputs (batch and noise) exist beforehand, as for the other engines; the loss is
read as a number after each step.
"""

import json
import shutil
import sys
import time
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # which nothing here uses

import torch
import torch.nn.functional as F
from torch import nn

from families import FAMILIES, Head


def draw(q, noise):
    mean, log_var = q
    return mean + torch.exp(0.5 * log_var) * noise


def kl_standard(q):
    mean, log_var = q
    return 0.5 * (log_var.exp() + mean**2 - log_var - 1).sum(1).mean()


def kl(q, p):
    ratio = (q[1].exp() + (q[0] - p[0]) ** 2) / p[1].exp()
    return 0.5 * (ratio + p[1] - q[1] - 1).sum(1).mean()


class Article(nn.Module):
    """784 + 10 to 200 to (20, 20), and 20 + 10 to 200 to 784 with a sigmoid, by squared error."""

    def __init__(self):
        super().__init__()
        self.recognition = nn.Sequential(nn.Linear(794, 200), nn.ReLU(), Head(200, 20))
        self.decoder = nn.Sequential(nn.Linear(30, 200), nn.ReLU(), nn.Linear(200, 784), nn.Sigmoid())

    def data(self, batch):
        digit = F.one_hot(torch.arange(batch) % 10, 10).float()
        return torch.rand(batch, 784), digit, torch.randn(batch, 20)

    def forward(self, y, digit, noise):
        q = self.recognition(torch.cat([y, digit], 1))
        mean = self.decoder(torch.cat([draw(q, noise), digit], 1))
        return ((y - mean) ** 2).sum(1).mean() + kl_standard(q)


def trunk(inputs, hidden, *last):
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), *last
    )


class Wide(nn.Module):
    """Prior, recognition and decoder of two hidden layers of 1000 units each; what is seen of the image does not count."""

    def __init__(self):
        super().__init__()
        self.prior = trunk(784, 1000, Head(1000, 200))
        self.recognition = trunk(1568, 1000, Head(1000, 200))
        self.decoder = trunk(984, 1000, nn.Linear(1000, 784))

    def data(self, batch):
        y = torch.rand(batch, 784)
        mask = (torch.arange(784) % 28 < 14).float().expand(batch, 784).contiguous()
        return y, y * mask, 1 - mask, torch.randn(batch, 200)

    def forward(self, y, x, mask, noise):
        q, p = self.recognition(torch.cat([x, y], 1)), self.prior(x)
        logits = self.decoder(torch.cat([x, draw(q, noise)], 1))
        nll = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
        return (nll * mask).sum(1).mean() + kl(q, p)


def conv(inputs, filters):
    return nn.Conv2d(inputs, filters, 3, stride=2, padding=1)


def grow(inputs, filters):
    return nn.ConvTranspose2d(inputs, filters, 4, stride=2, padding=1)


class Completion(nn.Module):
    """examples/completion: convolutions, a prior that sees the baseline's guess, all networks trained together."""

    def __init__(self):
        super().__init__()
        def grown(inputs, hidden):
            return [
                *[nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, 1568), nn.ReLU(), nn.Unflatten(1, (32, 7, 7))],
                *[grow(32, 32), nn.ReLU(), grow(32, 1)],
            ]

        def shrunk(inputs):
            return [conv(inputs, 16), nn.ReLU(), conv(16, 32), nn.ReLU(), nn.Flatten()]

        def encoder():
            return nn.Sequential(*shrunk(2), nn.Linear(1568, 256), nn.ReLU(), Head(256, 32))

        self.baseline = nn.Sequential(*shrunk(1), *grown(1568, 256))
        self.prior, self.recognition = encoder(), encoder()
        self.decoder = nn.Sequential(*grown(816, 500))

    def data(self, batch):
        return torch.rand(batch, 1, 28, 28), torch.rand(batch, 1, 28, 28), torch.randn(batch, 32)

    def forward(self, y, x, noise):
        guess = self.baseline(x)
        q, p = self.recognition(torch.cat([x, y], 1)), self.prior(torch.cat([x, guess.sigmoid()], 1))
        logits = guess + self.decoder(torch.cat([x.flatten(1), draw(q, noise)], 1))
        nll = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
        return nll.sum((1, 2, 3)).mean() + kl(q, p)


MODELS = {"article": Article, "wide": Wide, "completion": Completion, **FAMILIES}
running = {}


def stepper(model, batch, fused, compiled):
    """One step of training, made once for each kind."""
    network = MODELS[model]()
    run = torch.compile(network) if compiled else network
    adam = torch.optim.Adam(network.parameters(), 1e-4, fused=fused or None)
    data = network.data(batch)

    def step():
        adam.zero_grad()
        loss = run(*data)
        loss.backward()
        adam.step()
        return loss.item()

    return step, sum(p.numel() for p in network.parameters())


compiles = shutil.which("g++") is not None
print(json.dumps({"version": torch.__version__, "compiles": compiles, "models": list(MODELS)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    torch.set_num_threads(request["threads"])
    key = (request["model"], request["batch"], request["fused"], request["compiled"])
    if key not in running:
        running[key] = stepper(*key)
    step, parameters = running[key]
    started = time.perf_counter()
    for _ in range(request["steps"]):
        loss = step()
    ms = (time.perf_counter() - started) * 1000 / request["steps"]
    print(json.dumps({"ms": ms, "parameters": parameters, "loss": loss}), flush=True)
