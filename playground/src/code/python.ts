import { distributionOf, type DistributionName } from '../../../src/distributions/data/table.ts';
import { size } from '../../../src/shape/size.ts';
import type { Manifest, TargetSignature } from '../../../src/signature.ts';
import { maskName } from '../../../src/values/mask-name.ts';
import type { Values } from '../condition/values.ts';
import type { Settings } from '../session/settings.ts';
import { targetsOf } from '../view/results.ts';
import { asPython, quoted } from './conditions.ts';

/** Returns a draw in numpy, from y's mean and noise of a kind; `deviation` is that of a normal. */
type Drawing = (y: string, noise: (kind: 'normal' | 'uniform') => string, deviation: string) => string;

const classesDrawn: Drawing = (y, noise) => `classes(${y}, ${noise('uniform')})`;

/** Likelihoods whose draws take a line of numpy; what needs more is the runtime's. */
const DRAWN: Partial<Record<DistributionName, Drawing>> = {
  bernoulli: (y, noise) => `(${noise('uniform')} < ${y}).astype(np.float32)`,
  categorical: classesDrawn,
  ordinal: classesDrawn,
  normal: (y, noise, deviation) => `(${y} + ${deviation} * ${noise('normal')}).astype(np.float32)`,
};

/** Whether a program in Python draws y as the runtime does, rather than giving its mean. */
export const drawsInPython = ({ target, files }: Manifest): boolean =>
  files.draw === undefined && targetsOf({ target }).every(([, one]) => one.distribution in DRAWN);

/** Whether a state can be written in Python at all: y of steps is written by classes. */
export const isInPython = ({ steps, target }: Manifest): boolean =>
  steps === undefined || (target.targets === undefined && distributionOf(target).values === 'classes');

/** The program in Python that gives the samples of a state, with numpy and onnxruntime alone; it runs in the exported folder. */
export const pythonOf = (manifest: Manifest, values: Values, settings: Settings): string => {
  const { latent, files, steps } = manifest;
  const draw = settings.draw && drawsInPython(manifest);
  const predicted = manifest.kind === 'predictor';
  const lines = asPython(manifest, values);
  const pixels = lines.some((line) => line.includes('pixels('));
  const head = `${pixels ? 'import base64\n' : ''}import os
${predicted ? '' : 'from statistics import NormalDist\n'}
import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime
`;
  const feeds = `
conditions = {
${lines.join('\n')}
}
rows = max([len(value) for value in conditions.values()], default=1)
conditions = {name: np.repeat(value, rows // len(value), 0) for name, value in conditions.items()}
`;
  const made = predicted
    ? 'made = run("predictor.onnx", conditions)\n'
    : `${latents(latent, files.prior !== undefined, settings)}${steps ? stepping(manifest, draw) : 'made = run("decoder.onnx", feeds)\n'}`;
  const count = predicted ? 'rows' : 'rows * count';
  return `${head}${predicted ? '' : NOISE}
${pixels ? PIXELS : ''}${RUN}${feeds}
${made}${results(manifest, draw, count)}`;
};

const latents = (latent: number, prior: boolean, { seed, count, temperature }: Settings): string => `
seed, count, temperature = ${seed}, ${count}, ${temperature}
noise = normal(key(seed, "z"), count, ${latent})
${
  prior
    ? 'prior = run("prior.onnx", conditions)\nz = prior["mean"][:, None] + temperature * np.exp(prior["logVar"] / 2)[:, None] * noise'
    : `z = np.broadcast_to(temperature * noise, (rows, count, ${latent}))`
}
feeds = {name: np.repeat(value, count, 0) for name, value in conditions.items()}
feeds["z"] = z.reshape(rows * count, ${latent}).astype(np.float32)
`;

/** The lines behind the decoder: y, drawn or its mean, with what is known of it in its place. */
const results = (manifest: Manifest, draw: boolean, count: string): string => {
  const { target, conditions, steps, files } = manifest;
  const several = target.targets !== undefined;
  const of = (name: string): string => (several ? `y[${quoted(name)}]` : 'y');
  const lines = targetsOf(manifest).flatMap(([name, one]) => {
    const drawn =
      draw && steps === undefined
        ? drawing(
            name,
            one,
            several,
            Object.hasOwn(files.decoder?.outputs ?? {}, several ? `${name}_logVar` : 'logVar'),
          )
        : `made[${quoted(name)}]`;
    const known = Object.entries(conditions).find(([, { knownOf }]) => knownOf === name)?.[0];
    return [`${of(name)} = ${drawn}`, ...(known === undefined ? [] : filling(of(name), one, known, draw, count))];
  });
  return `${several ? 'y = {}\n' : ''}${lines.join('\n')}
${several ? 'print({name: value.shape for name, value in y.items()})\nprint(y)' : 'print(y.shape)\nprint(y)'}
`;
};

/** A draw of one target from what its file gives, by the same noise as the runtime's. */
const drawing = (name: string, target: TargetSignature, several: boolean, isLearned: boolean): string => {
  const { distribution, dataShape, sigma = 1 } = target;
  const key = `key(seed, "y"${several ? `, ${quoted(name)}` : ''}), count, ${size(dataShape)}`;
  const shape = ['rows * count', ...dataShape].join(', ');
  const noise = (kind: string): string => `np.tile(${kind}(${key}), (rows, 1)).reshape(${shape})`;
  const y = `made[${quoted(name)}]`;
  const logVar = several ? `${name}_logVar` : 'logVar';
  const fixed =
    typeof sigma === 'number' ? `${sigma}` : `np.array([${sigma.join(', ')}]).reshape(${dataShape.join(', ')})`;
  const deviation = isLearned ? `np.exp(made[${quoted(logVar)}] / 2)` : fixed;
  return DRAWN[distribution]?.(y, noise, deviation) ?? y;
};

/** What is known of a target, in its place. */
const filling = (y: string, one: TargetSignature, known: string, draw: boolean, count: string): readonly string[] => {
  const mask = maskName(known);
  const rows = (name: string): string => `np.repeat(conditions[${quoted(name)}], (${count}) // rows, 0)`;
  const classes = distributionOf(one).values === 'classes';
  const is = `${rows(mask)} > 0`;
  if (!classes) return [`${y} = np.where(${is}, ${rows(known)}, ${y})`];
  if (draw) return [`${y} = np.where(${is}, ${rows(known)}.argmax(-1), ${y})`];
  return [`${y} = np.where((${is})[..., None], ${rows(known)}, ${y})`];
};

/** y of classes, step by step: each is drawn, or the most probable one, and given to the next. */
const stepping = ({ target, steps = 0 }: Manifest, draw: boolean): string => {
  const classes = target.shape.at(-1) ?? 1;
  const places = size(target.dataShape.slice(1));
  const { end } = target;
  const chosen = draw
    ? `classes(made["y"], noise[:, ${places} * step : ${places} * (step + 1)].reshape(made["y"].shape[:-1]))`
    : 'made["y"].argmax(-1)';
  const ended =
    end === undefined
      ? ''
      : `    if step > 0:
        drawn = np.where(last == ${end}, ${end}, drawn)  # nothing follows the end
        made["y"] = np.where((last == ${end})[:, None], np.eye(${classes}, dtype=np.float32)[${end}], made["y"])
    last = drawn
`;
  return `${draw ? `noise = np.tile(uniform(key(seed, "y"), count, ${size(target.dataShape)}), (rows, 1))\n` : ''}feeds.update(run("start.onnx", feeds))
all_steps = []
for step in range(${steps}):
    made = run("step.onnx", feeds)
    drawn = ${chosen}
${ended}    all_steps.append(${draw ? 'drawn' : 'made["y"]'})
    feeds.update({name[5:]: value for name, value in made.items() if name.startswith("next_")})
    feeds["previous"] = np.eye(${classes}, dtype=np.float32)[drawn]
made = {"y": np.stack(all_steps, 1)}
`;
};

const RUN = `
def run(file, feeds):
    session = onnxruntime.InferenceSession(file)
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, {each.name: feeds[each.name] for each in session.get_inputs()})))

`;

const PIXELS = `
def pixels(text):
    return np.frombuffer(base64.b64decode(text), np.uint8) / np.float32(255)

`;

/** The noise of the runtime: a counter-based generator, whose numbers depend on the seed and their place alone. */
const NOISE = `

def threefry(key, a, b):
    """Threefry-2x32 of 20 rounds: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011)."""
    keys = [np.uint32(word) for word in (key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDA)]
    a, b = a + keys[0], b + keys[1]
    for group in range(5):
        for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            a = a + b
            b = a ^ (b << np.uint32(turn) | b >> np.uint32(32 - turn))
        a, b = a + keys[(group + 1) % 3], b + keys[(group + 2) % 3] + np.uint32(group + 1)
    return a, b


def key(seed, *path):
    found = (seed & 0xFFFFFFFF, seed >> 32)
    for part in path:
        for word in [(ord(c), 0x80000000 | i) for i, c in enumerate(part)] + [(len(part), 0xC0000000)]:
            found = tuple(int(one[0]) for one in threefry(found, *np.array(word, np.uint32)[:, None]))
    return found


def words(key, rows, length):
    block, row = np.meshgrid(np.arange((length + 1) // 2, dtype=np.uint32), np.arange(rows, dtype=np.uint32))
    return np.stack(threefry(key, block, row), -1).reshape(rows, -1)[:, :length]


def uniform(key, rows, length):
    return ((words(key, rows, length) >> np.uint32(8)) / 2**24).astype(np.float32)


def normal(key, rows, length):
    return np.vectorize(NormalDist().inv_cdf)((words(key, rows, length) + 0.5) / 2**32).astype(np.float32)


def classes(chances, noise):
    """The class whose share of [0, 1) contains the noise."""
    ends = chances.astype(np.float64).cumsum(-1)
    ends[..., -1] = 1
    return (noise[..., None] < ends).argmax(-1)

`;
