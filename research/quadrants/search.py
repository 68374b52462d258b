"""Many settings of the quadrants' CVAE side by side, on validation images: what settings.ts has its better settings from.

The networks of models.ts in the form `missing`, written in PyTorch: those of all settings of a group are stacked along a first axis and
trained together, so that a GPU has enough to do (a group takes about a minute there, with products in TF32). Needs torch, and
on a GPU triton.

    node research/quadrants/run.mjs --split split.bin
    python3 research/quadrants/search.py --data MNIST_FOLDER --split split.bin --out search.jsonl

A line of the output is one setting: its estimates of -log p(y|x), in nats, on 2,000 validation images after this number of epochs.
"""
import argparse, gzip, json, math, os, random
from dataclasses import asdict, dataclass, fields, replace

import torch
import torch.nn.functional as F

HIDDEN, LATENT, SIDE = 1000, 200, 28
DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
torch.backends.cuda.matmul.allow_tf32 = True


@dataclass(frozen=True)
class Setting:
    """What settings of one group may differ in."""
    learning_rate: float = 1.2e-3
    cosine: bool = True              # the rate falls to 0 over `epochs`, or stays
    epochs: int = 0                  # over which it falls; 0: those of the group
    dropout_recognition: float = 0.0
    dropout_prior: float = 0.0
    dropout_decoder: float = 0.0
    omit_x: float = 0.0
    omit_y: float = 0.0
    shift: float = 0.0               # the share of digits shifted by up to a pixel
    weight_decay: float = 0.0        # AdamW's
    beta: float = 1.0
    warm_up: float = 0.0             # epochs in which beta rises from 0
    free_bits: float = 0.0           # per dimension
    alpha: float = 1.0               # the hybrid's: the ELBO's share


@dataclass(frozen=True)
class Group:
    name: str
    quadrants: int
    batch: int
    epochs: int
    every: int                       # epochs between estimates
    objective: str = 'elbo'          # or iwae, or prior: log-mean-exp over draws from the prior
    k: int = 1


def pixels_of(quadrants):
    """The indices of what is seen and of what is missing, in order."""
    at = torch.arange(SIDE * SIDE)
    left, bottom = at % SIDE < SIDE // 2, at // SIDE >= SIDE // 2
    seen = left & bottom if quadrants == 1 else left if quadrants == 2 else left | ~bottom
    return seen.nonzero().flatten().to(DEVICE), (~seen).nonzero().flatten().to(DEVICE)


def kl_of(mean, log_variance, prior_mean, prior_log_variance):
    ratio = (log_variance.exp() + (mean - prior_mean) ** 2) / prior_log_variance.exp()
    return 0.5 * (prior_log_variance - log_variance + ratio - 1)


def misfit(logits, y):
    """-log p(y|x,z), a number for each row."""
    return F.binary_cross_entropy_with_logits(logits, y.expand_as(logits), reduction='none').sum(-1)


def shifted(digits, share):
    """[E, B, 784] with this share of the images moved by one of nine shifts."""
    e, b, _ = digits.shape
    moved = (torch.rand(e, b, device=DEVICE) < share.view(-1, 1)).long()
    dy, dx = (torch.randint(-1, 2, (e, b), device=DEVICE) * moved for _ in range(2))
    padded = F.pad(digits.reshape(e * b, SIDE, SIDE), (1, 1, 1, 1)).reshape(e * b, -1)
    row = torch.arange(1, SIDE + 1, device=DEVICE).view(1, SIDE, 1) + dy.view(-1, 1, 1)
    column = torch.arange(1, SIDE + 1, device=DEVICE).view(1, 1, SIDE) + dx.view(-1, 1, 1)
    return padded.gather(1, (row * (SIDE + 2) + column).view(e * b, -1)).view(e, b, -1)


def dropped(h, rate):
    if rate is None:
        return h
    keep = (1 - rate).view(-1, 1, 1)
    return h * ((torch.rand_like(h) < keep).float() / keep)


class Networks:
    """Prior, recognition and decoder of E settings, weights as [E, in, out]."""

    def __init__(self, count, seen, missing):
        self.parameters = []
        trunk = lambda n, out: [self.layer(count, *size) for size in ((n, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, out))]
        self.recognition = trunk(seen + missing, 2 * LATENT)
        self.prior = trunk(seen, 2 * LATENT)
        self.decoder = trunk(seen + LATENT, missing)

    def layer(self, count, n, out):
        limit = math.sqrt(6 / (n + out))
        kernel = ((torch.rand(count, n, out, device=DEVICE) * 2 - 1) * limit).requires_grad_(True)
        bias = torch.zeros(count, 1, out, device=DEVICE, requires_grad=True)
        self.parameters += [kernel, bias]
        return kernel, bias

    @staticmethod
    def run(trunk, h, rate=None):
        for depth, (kernel, bias) in enumerate(trunk):
            h = torch.baddbmm(bias, h, kernel)
            if depth < 2:
                h = dropped(torch.relu(h), rate)
        return h


class Adam:
    """AdamW over stacked weights: rates and decays are [E]. One Triton kernel on a GPU, where passes over memory count."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.m = [torch.zeros_like(p) for p in parameters]
        self.v = [torch.zeros_like(p) for p in parameters]
        self.kernel = triton_adam() if DEVICE == 'cuda' else None

    def step(self, gradients, rate, correction, decay):
        for p, g, m, v in zip(self.parameters, gradients, self.m, self.v):
            if g is None:
                continue
            p, g = p.data, g.contiguous()
            if self.kernel:
                size = p[0].numel()
                self.kernel[(-(-size // 1024), p.shape[0])](p, g, m, v, rate, correction, decay, size, BLOCK=1024)
            else:
                a, c, d = (t.view(-1, 1, 1) for t in (rate, correction, decay))
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p.copy_(p * (1 - d) - a * m / (v.sqrt() * c + 1e-8))


def triton_adam():
    import triton, triton.language as tl

    @triton.jit
    def kernel(p, g, m, v, rate, correction, decay, size, BLOCK: tl.constexpr):
        e = tl.program_id(1)
        at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        inside = at < size
        at = e.to(tl.int64) * size + at
        P, G = tl.load(p + at, mask=inside), tl.load(g + at, mask=inside)
        M, V = tl.load(m + at, mask=inside), tl.load(v + at, mask=inside)
        M = M + 0.1 * (G - M)
        V = V + 0.001 * (G * G - V)
        P = P * (1 - tl.load(decay + e)) - tl.load(rate + e) * M / (tl.sqrt(V) * tl.load(correction + e) + 1e-8)
        tl.store(p + at, P, mask=inside)
        tl.store(m + at, M, mask=inside)
        tl.store(v + at, V, mask=inside)
    return kernel


class Search:
    """One group: its networks, its step, its estimates."""

    def __init__(self, group, settings, train, validation):
        self.group, self.train, self.validation = group, train, validation
        self.settings = [replace(s, epochs=s.epochs or group.epochs) for s in settings]
        self.count = len(settings)
        self.seen, self.missing = pixels_of(group.quadrants)
        self.networks = Networks(self.count, len(self.seen), len(self.missing))
        self.adam = Adam(self.networks.parameters)
        self.each = {
            f.name: torch.tensor([float(getattr(s, f.name)) for s in self.settings], device=DEVICE)
            for f in fields(Setting)
        }
        # What a captured step reads: written before each.
        self.rows = torch.zeros(group.batch, dtype=torch.long, device=DEVICE)
        self.rate, self.correction, self.decay, self.beta = (torch.zeros(self.count, device=DEVICE) for _ in range(4))

    def some(self, name):
        """A setting's values, where any differs from 0: decided in Python, since a step is captured as a graph."""
        return self.each[name] if any(getattr(s, name) > 0 for s in self.settings) else None

    def draw(self, mean, log_variance, samples, generator=None):
        """[E, B, L] to [E, k, B, L], and the noise."""
        e = torch.randn(self.count, samples, *mean.shape[1:], device=DEVICE, generator=generator)
        return mean.unsqueeze(1) + e * (log_variance / 2).exp().unsqueeze(1), e

    def fit(self, x, y, z, rate=None):
        """-log p(y|x,z) of each of the k draws: [E, k, B]."""
        k, b = z.shape[1:3]
        flat = torch.cat([x.unsqueeze(1).expand(-1, k, -1, -1), z], -1).reshape(self.count, k * b, -1)
        logits = self.networks.run(self.networks.decoder, flat, rate)
        return misfit(logits.view(self.count, k, b, -1), y.unsqueeze(1))

    def log_weights(self, fit, z, e, q, p):
        """log p(y|x,z) p(z|x) / q(z|x,y) of z = mean + e * deviation."""
        prior = (z - p[0].unsqueeze(1)) ** 2 / p[1].exp().unsqueeze(1) + p[1].unsqueeze(1)
        return -fit + (-0.5 * prior + 0.5 * (e ** 2 + q[1].unsqueeze(1))).sum(-1)

    def loss(self):
        group, run, net = self.group, self.networks.run, self.networks
        digits = (self.train[self.rows].float() / 255).expand(self.count, group.batch, -1)
        if self.some('shift') is not None:
            digits = shifted(digits, self.each['shift'])
        x, y = digits[:, :, self.seen], digits[:, :, self.missing]
        x, given = dropped(x, self.some('omit_x')), dropped(y, self.some('omit_y'))
        q = run(net.recognition, torch.cat([x, given], -1), self.some('dropout_recognition')).chunk(2, -1)
        p = run(net.prior, x, self.some('dropout_prior')).chunk(2, -1)
        rate, alpha = self.some('dropout_decoder'), self.each['alpha']
        dimensions = kl_of(*q, *p).mean(1)
        if group.objective == 'elbo':
            z, _ = self.draw(*q, 1)
            charged = torch.maximum(dimensions, self.each['free_bits'].view(-1, 1)).sum(-1)
            loss = self.fit(x, y, z, rate).mean((1, 2)) + self.beta * charged
            if any(s.alpha < 1 for s in self.settings):
                z, _ = self.draw(*p, 1)
                loss = alpha * loss + (1 - alpha) * self.fit(x, y, z, rate).mean((1, 2))
            return loss
        z, e = self.draw(*(q if group.objective == 'iwae' else p), group.k)
        fit = self.fit(x, y, z, rate)
        weights = self.log_weights(fit, z, e, q, p) if group.objective == 'iwae' else -fit
        bound = -(torch.logsumexp(weights, 1) - math.log(group.k)).mean(1)
        if group.objective == 'iwae':
            return bound
        # In addition the ELBO, or the recognition network would not learn.
        z, _ = self.draw(*q, 1)
        return alpha * (self.fit(x, y, z, rate).mean((1, 2)) + dimensions.sum(-1)) + (1 - alpha) * bound

    def step(self):
        gradients = torch.autograd.grad(self.loss().sum(), self.networks.parameters, allow_unused=True)
        with torch.no_grad():
            self.adam.step(gradients, self.rate, self.correction, self.decay)

    def prepare(self, t, steps):
        """What step t, counted from 1, reads."""
        done = ((t - 1) / (self.each['epochs'] * steps)).clamp(max=1.0)
        falling = 0.5 * (1 + torch.cos(math.pi * done))
        rate = self.each['learning_rate'] * torch.where(self.each['cosine'] > 0, falling, torch.ones_like(done))
        self.rate.copy_(rate / (1 - 0.9 ** t))
        self.correction.fill_(1 / math.sqrt(1 - 0.999 ** t))
        self.decay.copy_(rate * self.each['weight_decay'])
        warm = self.each['warm_up'] * steps
        self.beta.copy_(self.each['beta'] * torch.where(warm > 0, (t / warm.clamp(min=1)).clamp(max=1.0), torch.ones_like(warm)))

    @torch.no_grad()
    def estimate(self, samples, by='importance'):
        """-log p(y|x), -ELBO and KL of each setting, in nats."""
        net, totals = self.networks, torch.zeros(3, self.count, device=DEVICE)
        chunk = max(20, min(200, 400_000 // (self.count * samples)))
        generator = torch.Generator(device=DEVICE).manual_seed(5)
        for digits in self.validation.split(chunk):
            digits = (digits.float() / 255).expand(self.count, -1, -1)
            x, y = digits[:, :, self.seen], digits[:, :, self.missing]
            p = net.run(net.prior, x).chunk(2, -1)
            q = net.run(net.recognition, torch.cat([x, y], -1)).chunk(2, -1)
            z, e = self.draw(*(q if by == 'importance' else p), samples, generator)
            fit = self.fit(x, y, z)
            weights = self.log_weights(fit, z, e, q, p) if by == 'importance' else -fit
            kl = kl_of(*q, *p).sum(-1)
            totals[0] -= (torch.logsumexp(weights, 1) - math.log(samples)).sum(1)
            totals[1] += (fit.mean(1) + kl).sum(1)
            totals[2] += kl.sum(1)
        return (totals / len(self.validation)).tolist()

    def captured(self):
        """The step as one CUDA graph; on a CPU as it is."""
        if DEVICE == 'cpu':
            return self.step
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self.step()  # with a rate of 0
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph.replay

    def run(self):
        """Trains, and gives a record of each setting."""
        group, step, t = self.group, self.captured(), 0
        steps = len(self.train) // group.batch
        history = [[] for _ in self.settings]
        for epoch in range(1, group.epochs + 1):
            order = torch.randperm(len(self.train), device=DEVICE)
            for i in range(steps):
                t += 1
                if i % 5 == 0 or t < 50:
                    self.prepare(t, steps)
                self.rows.copy_(order[i * group.batch:(i + 1) * group.batch])
                step()
            if epoch % group.every == 0 or epoch == group.epochs:
                for e, (loss, bound, kl) in enumerate(zip(*self.estimate(10))):
                    history[e].append(dict(epoch=epoch, loss=round(loss, 3), negativeElbo=round(bound, 3), kl=round(kl, 3)))
        importance, monte_carlo = self.estimate(100)[0], self.estimate(100, 'prior')[0]
        plain = Setting()
        return [
            dict(
                group=group.name, quadrants=group.quadrants, batch=group.batch, objective=group.objective, k=group.k,
                settings={k: v for k, v in asdict(s).items() if v != getattr(plain, k) or k in ('learning_rate', 'epochs')},
                validation=history[e], importanceSampling100=round(importance[e], 2), monteCarlo100=round(monte_carlo[e], 2),
            )
            for e, s in enumerate(self.settings)
        ]


NOISE = dict(dropout_recognition=.1, dropout_prior=.1, dropout_decoder=.1, omit_x=.1, omit_y=.1)
NOISY = Setting(**NOISE)
SHIFTED = Setting(learning_rate=7.2e-4, shift=.75)


def around():
    """All noise at once, none, and each change to them by itself."""
    yield from (NOISY, Setting(), Setting(learning_rate=5e-4, cosine=False))
    yield from (replace(NOISY, **{name: 0.0}) for name in NOISE)
    more = dict(dropout_recognition=.2, dropout_prior=.3, dropout_decoder=.2, omit_x=.2, omit_y=.3)
    yield from (replace(NOISY, **{name: value}) for name, value in more.items())
    yield from (replace(NOISY, learning_rate=rate) for rate in (6e-4, 2e-3))
    yield from (replace(NOISY, weight_decay=decay) for decay in (.01, .1))
    yield from (replace(NOISY, shift=.5), Setting(shift=.5))
    yield from (replace(NOISY, beta=1.2), replace(NOISY, warm_up=5))


def at_random(count, epochs, seed):
    rng = random.Random(seed)
    for _ in range(count):
        d = rng.choice([0, .05, .1, .2, .3])
        yield Setting(
            learning_rate=rng.choice([5e-4, 8e-4, 1.2e-3, 2e-3]),
            dropout_recognition=rng.choice([0, d, .1, .2]),
            dropout_prior=rng.choice([0, d, .2, .4]),
            dropout_decoder=rng.choice([0, d, d, .1]),
            omit_x=rng.choice([0, .1, .2, .3]),
            omit_y=rng.choice([0, 0, .1, .2, .4]),
            weight_decay=rng.choice([0, 0, 1e-2, 1e-1, .3]),
            shift=rng.choice([0, 0, 0, .5]),
            beta=rng.choice([1, 1, 1, 1.1, 1.25]),
            epochs=rng.choice(epochs),
        )


def best_of(records, group, count):
    """The settings of a group that have the lowest estimates at the end."""
    of_group = sorted((r for r in records if r['group'] == group), key=lambda r: r['validation'][-1]['loss'])
    return [Setting(**{**r['settings'], 'epochs': 0}) for r in of_group[:count]]


def refined(records, group):
    """In smaller batches, with smaller rates, and with more noise in what the recognition network sees."""
    for s in best_of(records, group, 4):
        yield replace(s, learning_rate=s.learning_rate * .6)
        yield replace(s, learning_rate=s.learning_rate * .85)
        more = dict(dropout_recognition=s.dropout_recognition + .1, omit_y=s.omit_y + .1)
        yield replace(s, learning_rate=s.learning_rate * .6, **more)


def longer(records, group):
    for s in best_of(records, group, 3):
        yield from (s, replace(s, learning_rate=s.learning_rate * .7))


def shorter():
    yield from (replace(NOISY, epochs=30), replace(NOISY, epochs=45), Setting(epochs=30))


# In their order: a later one may refine what an earlier one found best.
PLAN = [
    (Group('1q', 1, 200, 60, 10), lambda _: [*around(), *shorter(), *at_random(15, [30, 60], 1)]),
    (Group('3q', 3, 200, 40, 8), lambda _: [*around(), *at_random(11, [20, 40], 3)]),
    (Group('2q', 2, 200, 48, 8), lambda _: [*around(), *at_random(11, [24, 48], 2)]),
    (Group('1q-monte-carlo', 1, 200, 36, 12), lambda _: [
        *(replace(NOISY, alpha=a) for a in (.25, .5, .75, .9)),
        *(replace(NOISY, beta=b) for b in (1.5, 2, 3, 4, 6)),
        replace(NOISY, beta=3, alpha=.75), replace(NOISY, free_bits=.05),
        Setting(alpha=.5, cosine=False, learning_rate=5e-4),
    ]),
    (Group('1q-refined', 1, 100, 60, 10), lambda records: refined(records, '1q')),
    (Group('2q-refined', 2, 100, 36, 6), lambda records: refined(records, '2q')),
    (Group('3q-refined', 3, 100, 30, 6), lambda records: refined(records, '3q')),
    (Group('1q-iwae', 1, 100, 30, 6, 'iwae', 10), lambda _: [
        Setting(learning_rate=5e-4, cosine=False), replace(NOISY, learning_rate=8e-4),
        replace(NOISY, learning_rate=8e-4, dropout_recognition=0.0, omit_y=0.0), Setting(learning_rate=8e-4),
    ]),
    (Group('1q-prior', 1, 100, 20, 5, 'prior', 20), lambda _: [
        *(replace(NOISY, learning_rate=8e-4, alpha=a) for a in (.1, .5, .9)),
        Setting(learning_rate=5e-4, alpha=.1),
    ]),
    (Group('1q-longer', 1, 200, 120, 20), lambda records: longer(records, '1q')),
    (Group('1q-shift-monte-carlo', 1, 100, 36, 12), lambda _: [
        *(replace(SHIFTED, beta=b) for b in (1.5, 2, 2.5, 3, 3.5)),
        *(replace(SHIFTED, beta=b, dropout_prior=.1, dropout_decoder=.1) for b in (2, 3)),
        replace(SHIFTED, alpha=.75), replace(SHIFTED, beta=2, alpha=.9),
    ]),
    (Group('1q-shift', 1, 100, 60, 10), lambda _: [
        *(replace(SHIFTED, learning_rate=r, shift=s) for s in (.5, .75, 1) for r in (5e-4, 7.2e-4, 1e-3)),
        replace(SHIFTED, dropout_prior=.1), replace(SHIFTED, omit_y=.1), replace(SHIFTED, dropout_decoder=.05),
        replace(SHIFTED, weight_decay=.01), replace(SHIFTED, warm_up=5),
    ]),
    (Group('2q-shift', 2, 100, 36, 6), lambda _: [
        *(replace(SHIFTED, learning_rate=r, shift=s) for s in (.5, 1) for r in (7.2e-4, 1e-3)),
        replace(SHIFTED, dropout_prior=.1), replace(SHIFTED, omit_y=.1),
        *(replace(SHIFTED, beta=b) for b in (1.15, 1.3, 1.5)),
        replace(SHIFTED, dropout_recognition=.1, dropout_prior=.1, dropout_decoder=.1),
    ]),
    (Group('3q-shift', 3, 100, 30, 6), lambda _: [
        *(replace(SHIFTED, learning_rate=r, shift=s) for s in (.5, 1) for r in (7.2e-4, 1e-3)),
        *(replace(SHIFTED, learning_rate=1e-3, **c) for c in (dict(dropout_prior=.1), dict(omit_y=.1), dict(beta=1.15))),
        replace(SHIFTED, learning_rate=1e-3, dropout_recognition=.1, dropout_prior=.1, dropout_decoder=.1),
    ]),
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument('--data', required=True, help='a folder with train-images-idx3-ubyte.gz')
    arguments.add_argument('--split', required=True, help='of run.mjs --split')
    arguments.add_argument('--out', default='search.jsonl')
    arguments.add_argument('--groups', nargs='*', help='only these')
    given = arguments.parse_args()
    raw = gzip.open(os.path.join(given.data, 'train-images-idx3-ubyte.gz')).read()
    digits = torch.frombuffer(bytearray(raw[16:]), dtype=torch.uint8).view(-1, SIDE * SIDE)
    with open(given.split, 'rb') as file:
        rows = torch.frombuffer(bytearray(file.read()), dtype=torch.int32).long()
    train, validation = digits[rows[:50_000]].to(DEVICE), digits[rows[50_000:]].to(DEVICE)
    records = []
    with open(given.out, 'a') as file:
        for group, settings in PLAN:
            if given.groups and group.name not in given.groups:
                continue
            torch.manual_seed(1)
            found = Search(group, list(settings(records)), train, validation).run()
            records += found
            file.writelines(json.dumps(record) + '\n' for record in found)
            file.flush()
            best = min(found, key=lambda record: record['validation'][-1]['loss'])
            print(group.name, len(found), 'settings; lowest', best['validation'][-1], best['settings'], flush=True)


if __name__ == '__main__':
    main()
