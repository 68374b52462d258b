"""The VAEs of bench/families.ts as anyone would write them in PyTorch: series of steps, and pictures in colour."""

import torch
import torch.nn.functional as F
from torch import nn


class Head(nn.Module):
    """Mean and log-variance, each from a layer of its own."""

    def __init__(self, inputs, latent):
        super().__init__()
        self.mean, self.log_var = nn.Linear(inputs, latent), nn.Linear(inputs, latent)

    def forward(self, x):
        return self.mean(x), self.log_var(x)


class Family(nn.Module):
    """A VAE of bits with a standard normal prior; a family has `shape`, `latent`, `encode` and `decode`."""

    latent = 32

    def data(self, batch):
        return torch.rand(batch, *self.shape), torch.randn(batch, self.latent)

    def forward(self, y, noise):
        mean, log_var = self.encode(y)
        logits = self.decode(mean + torch.exp(0.5 * log_var) * noise)
        nll = F.binary_cross_entropy_with_logits(logits, y, reduction="none").flatten(1).sum(1).mean()
        return nll + 0.5 * (log_var.exp() + mean**2 - log_var - 1).sum(1).mean()


class Recurrent(Family):
    shape = (60, 16)

    def __init__(self, kind):
        super().__init__()
        self.reader, self.writer = kind(16, 128, batch_first=True), kind(32, 128, batch_first=True)
        self.head, self.out = Head(128, 32), nn.Linear(128, 16)

    def encode(self, y):
        return self.head(self.reader(y)[0][:, -1])

    def decode(self, z):
        return self.out(self.writer(z[:, None].expand(-1, 60, -1))[0])


def gru():
    return Recurrent(nn.GRU)


def lstm():
    return Recurrent(nn.LSTM)


def positions(steps, channels):
    """Sines and cosines, as in Vaswani and others (2017)."""
    at = torch.arange(steps)[:, None] / 10000 ** (torch.arange(0, channels, 2) / channels)
    return torch.stack([at.sin(), at.cos()], 2).flatten(1)


class Attention(Family):
    shape = (60, 16)

    def __init__(self):
        super().__init__()

        def blocks():
            block = nn.TransformerEncoderLayer(128, 4, 512, dropout=0, batch_first=True)
            return nn.TransformerEncoder(block, 2)

        self.reader, self.writer = blocks(), blocks()
        self.before, self.head = nn.Linear(16, 128), Head(128, 32)
        self.start, self.out = nn.Linear(32, 128), nn.Linear(128, 16)
        self.register_buffer("places", positions(60, 128))

    def encode(self, y):
        return self.head(self.reader(self.before(y) + self.places).mean(1))

    def decode(self, z):
        return self.out(self.writer(self.start(z)[:, None] + self.places))


class Conv1d(Family):
    shape = (8, 120)  # channels first, as PyTorch has them

    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(
            *[nn.Conv1d(8, 64, 5, stride=2, padding=2), nn.ReLU()],
            *[nn.Conv1d(64, 128, 5, stride=2, padding=2), nn.ReLU()],
            *[nn.Conv1d(128, 128, 5, dilation=2, padding=4), nn.ReLU()],
            *[nn.Flatten(), Head(30 * 128, 32)],
        )
        self.decode = nn.Sequential(
            *[nn.Linear(32, 30 * 128), nn.ReLU(), nn.Unflatten(1, (128, 30))],
            *[nn.Conv1d(128, 128, 5, dilation=2, padding=4), nn.ReLU()],
            *[nn.ConvTranspose1d(128, 64, 4, stride=2, padding=1), nn.ReLU()],
            nn.ConvTranspose1d(64, 8, 4, stride=2, padding=1),
        )


class Colour(Family):
    shape = (3, 64, 64)
    latent = 128

    def __init__(self, norm):
        super().__init__()

        def after(channels):
            return [nn.BatchNorm2d(channels), nn.ReLU()] if norm else [nn.ReLU()]

        down, up = [3, 32, 64, 128, 256], [256, 128, 64, 32]
        shrunk = [m for a, b in zip(down, down[1:]) for m in (nn.Conv2d(a, b, 3, stride=2, padding=1), *after(b))]
        grown = [m for a, b in zip(up, up[1:]) for m in (nn.ConvTranspose2d(a, b, 4, stride=2, padding=1), *after(b))]
        self.encode = nn.Sequential(*shrunk, nn.Flatten(), Head(4 * 4 * 256, 128))
        self.decode = nn.Sequential(
            *[nn.Linear(128, 4 * 4 * 256), nn.ReLU(), nn.Unflatten(1, (256, 4, 4))],
            *grown,
            nn.ConvTranspose2d(32, 3, 4, stride=2, padding=1),
        )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()

        def half():
            return [nn.GroupNorm(8, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1)]

        self.body = nn.Sequential(*half(), *half())

    def forward(self, x):
        return x + self.body(x)


class Pictures(Family):
    shape = (1, 28, 28)

    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(
            *[nn.Conv2d(1, 16, 3, stride=2, padding=1), Residual(16)],
            *[nn.Conv2d(16, 32, 3, stride=2, padding=1), Residual(32)],
            *[nn.GroupNorm(8, 32), nn.SiLU(), nn.Flatten(), nn.Linear(7 * 7 * 32, 256), nn.SiLU(), Head(256, 32)],
        )
        self.decode = nn.Sequential(
            *[nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, 7 * 7 * 32), nn.Unflatten(1, (32, 7, 7))],
            *[Residual(32), nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1)],
            *[Residual(16), nn.Upsample(scale_factor=2), nn.Conv2d(16, 16, 3, padding=1)],
            *[nn.GroupNorm(8, 16), nn.SiLU(), nn.Conv2d(16, 1, 3, padding=1)],
        )


FAMILIES = {
    "gru": gru,
    "lstm": lstm,
    "attention": Attention,
    "conv1d": Conv1d,
    "colour": lambda: Colour(False),
    "colour with batchNorm": lambda: Colour(True),
    "pictures": Pictures,
}
