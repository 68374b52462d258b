import { beforeAll, describe, expect, it } from 'vitest';
import { categorical, concat, continuous, cvae, dense, gaussian, mul, normal, relu } from 'cvae-compile';
import { train, type Epoch, type TrainingEngine, type TrainOptions } from 'cvae-compile/train';
import { toDataset } from '../../src/data/convert.ts';
import type { NumbersSnapshot } from '../../src/formats/snapshot.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { calibrationNotices } from '../../src/report/calibration.ts';
import { constantColumns } from '../../src/train/constant-columns.ts';
import { unseenClasses } from '../../src/train/unseen-classes.ts';
import { engineOf } from '../../src/train/engines.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { overfitting, stillImproving } from '../../src/train/validation-notices.ts';

/** Epochs with these validation losses, and training losses that fall. */
const of = (losses: readonly number[]): readonly Epoch[] =>
  losses.map((loss, i) => ({
    phase: 'model',
    epoch: i + 1,
    train: { loss: 10 / (i + 1) },
    validation: { loss },
    seconds: 0,
  }));
const falling = Array.from({ length: 12 }, (_, i) => 10 - 0.5 * i);
const flat = Array.from({ length: 12 }, (_, i) => 5 + 5 * 0.4 ** i);
const rising = [10, 6, 5, 5.2, 5.6, 6, 6.3, 6.8, 7.1, 7.5, 7.9, 8.2];
const shaken = Array.from({ length: 12 }, (_, i) => 5 + (i % 3 === 2 ? -0.4 : 0.4 * (i % 2)));

describe('training that ends while it still improves', () => {
  it('is reported, with the remedy for what ended it', () => {
    expect(stillImproving(of(falling), 'epochs')).toMatch(
      /^still improving: .*; usual remedies: more epochs, --resume --epochs 24/,
    );
    expect(stillImproving(of(falling), 'minutes')).toMatch(/more minutes, with --resume$/);
    expect(stillImproving(of(falling), 'steps')).toMatch(/more steps, with --resume$/);
  });

  it.each([
    ['it has flattened', flat],
    ['it rises', rising],
    ['it is shaken', shaken],
    ['there were few epochs', falling.slice(0, 4)],
  ])('is not, where %s', (_, losses) => {
    expect(stillImproving(of(losses), 'epochs')).toBeUndefined();
  });

  it('is not, where it stopped for another reason', () => {
    expect(stillImproving(of(falling), 'plateau')).toBeUndefined();
    expect(stillImproving(of(falling), 'signal')).toBeUndefined();
  });
});

describe('overfitting', () => {
  it('is reported once validation rises while training falls', () => {
    expect(overfitting(of(rising), 20)).toMatch(
      /^overfitting since epoch 3, whose weights are the best so far: .*; usual remedies: more data/,
    );
  });

  it.each([
    ['it falls', falling],
    ['it is flat', flat],
    ['it is shaken', shaken],
    ['it has risen for a few epochs only', rising.slice(0, 7)],
  ])('is not, where %s', (_, losses) => {
    expect(overfitting(of(losses), 20)).toBeUndefined();
  });
});

const COUNT = 400;
const x = Array.from(uniforms(stream(1, 'x'), COUNT, 1));
const other = Array.from(uniforms(stream(1, 'other'), COUNT, 1));
const noise = normals(stream(1, 'noise'), COUNT, 2);
/** Two numbers that x determines, and noise that both share. */
const y = x.map((v, i) => [0, 1].map((j) => (3 - 4 * j) * v + (noise[2 * i] ?? 0) + 0.1 * (noise[2 * i + 1 - j] ?? 0)));
const condition = { x: continuous(1), other: continuous(1) };
const widthOf = (width: number, hears = true) =>
  cvae({
    condition,
    target: normal(2, { sigma: 'learned' }),
    latent: 1,
    recognition: ({ x: given, other: too, y: seen }) => concat(seen, given, too).pipe(dense(width), relu, gaussian(1)),
    decoder: ({ x: given, other: too, z }) =>
      concat(z, given, hears ? too : mul(too, 0)).pipe(dense(width), relu, gaussian(2)),
  });

describe('real trainings', () => {
  let engine: TrainingEngine;
  beforeAll(async () => {
    engine = await engineOf('onnx');
  });
  const run = async (width: number, count: number, options: TrainOptions, hears = true, ys = y) => {
    const notices: string[] = [];
    const data = { x: x.slice(0, count), other: other.slice(0, count), y: ys.slice(0, count) };
    const given = { engine, onNotice: (line: string) => void notices.push(line), learningRate: 3e-3, ...options };
    return { ...(await train(widthOf(width, hears), data, given)), notices };
  };

  it('a run that is too short says so', async () => {
    const { notices } = await run(16, COUNT, { epochs: 10, batch: 100, learningRate: 1e-3 });
    expect(notices).toEqual([expect.stringMatching(/^still improving: /)]);
  });

  it('a wide network on few examples overfits', async () => {
    const random = x.map((_, i) => [noise[2 * i] ?? 0, noise[2 * i + 1] ?? 0]);
    const { notices } = await run(64, 50, { epochs: 150, batch: 15, validation: 0.4 }, true, random);
    expect(notices).toContainEqual(expect.stringMatching(/^overfitting since epoch \d+/));
  });

  it('a condition that the decoder does not take is reported; one that matters is not', async () => {
    const deaf = await run(16, COUNT, { epochs: 40, batch: 40 }, false);
    expect(deaf.notices.filter((line) => line.startsWith('the condition'))).toEqual([
      expect.stringMatching(/^the condition other is ignored: it makes 0 % of y's variance; /),
    ]);
    expect(deaf.conditions?.['x']).toBeGreaterThan(0.2);
  });

  it('a run that ends by itself says nothing', async () => {
    const both = y.map((values, i) => values.map((v) => v + 2 * (other[i] ?? 0)));
    const notices: string[] = [];
    const quiet = { engine, batch: 60, patience: 15, onNotice: (line: string) => void notices.push(line) };
    const { ended, conditions } = await train(widthOf(16), { x, other, y: both }, quiet);
    expect({ notices, by: ended.by }).toEqual({ notices: [], by: 'plateau' });
    expect(Object.keys(conditions ?? {})).toEqual(['x', 'other']);
  });
});

describe('constant columns', () => {
  const model = cvae({
    condition: { kind: categorical('a', 'b'), size: continuous(2), pixels: continuous(40) },
    target: normal(2),
    latent: 1,
    recognition: ({ y: seen, kind }) => concat(seen, kind).pipe(gaussian(1)),
    decoder: ({ z, size, pixels, kind }) => concat(z, size, pixels, kind).pipe(dense(2)),
  });
  const linesOf = async (kinds: readonly string[], second: (i: number) => number, count = 40) => {
    const rows = Array.from({ length: count }, (_, i) => ({
      kind: kinds[i % kinds.length],
      size: [i, second(i)],
      pixels: Array.from({ length: 40 }, () => 0),
      y: [i, second(i)],
    }));
    const variables = variablesOf(model);
    return constantColumns(variables, (await toDataset(rows, variables)).train);
  };

  it('are reported by name and value', async () => {
    expect(await linesOf(['b'], () => 3.25)).toEqual([
      'data: kind (b) is the same in all 40 examples; leave it out, as it carries no information about y',
      'data: size 2 (3.25) is the same in all 40 examples; leave it out, as it carries no information about y',
      'data: y 2 (3.25) is the same in all 40 examples; leave it out, as there is nothing to learn',
    ]);
  });

  it('are not reported if everything varies, among the elements of long lists, or with few examples', async () => {
    expect(await linesOf(['a', 'b'], (i) => i % 7)).toEqual([]);
    expect(await linesOf(['b'], () => 3.25, 10)).toEqual([]);
  });
});

describe('classes of a condition that no example has', () => {
  const kinds = ['a', 'b', 'c', 'd', 'e', 'f'];
  const linesOf = async (given: readonly (string | null)[], mask = false) => {
    const model = cvae({
      condition: {
        kind: mask ? categorical('a', 'b', 'c', { mask: true }) : categorical('a', 'b', ...kinds.slice(2)),
      },
      target: categorical('x', 'y', 'z'),
      latent: 1,
      recognition: ({ y: seen, kind }) => concat(seen, kind).pipe(gaussian(1)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(3)),
    });
    const rows = given.map((kind, i) => ({ kind, y: 'xy'[i % 2] }));
    return unseenClasses(model.condition, (await toDataset(rows, variablesOf(model))).train);
  };

  it('are reported: what is drawn for them is not learned', async () => {
    expect(await linesOf(['a', 'b', 'c', 'd', 'e'])).toEqual([
      'data: kind is f in none of the 5 examples to train on, so what is drawn for this is not learned; leave it out of the classes, or give such examples',
    ]);
    expect(await linesOf(['a', 'f'])).toEqual([
      expect.stringMatching(/^data: kind is b, c, d and 1 more in none of the 2 examples/),
    ]);
  });

  it('are not, if all are there, one is alone, which has a line of its own, or values are missing', async () => {
    expect(await linesOf(kinds)).toEqual([]);
    expect(await linesOf(['a', 'a'])).toEqual([]);
    expect(await linesOf([null, 'b', 'c'], true)).toEqual([]);
  });
});

describe('a likelihood that does not fit', () => {
  const gauss = Array.from(normals(stream(2, 'draws'), 300, 1));
  const again = Array.from(normals(stream(3, 'draws'), 300, 1));
  const linesOf = (truth: readonly number[], drawn: readonly number[], more: Partial<NumbersSnapshot> = {}) =>
    calibrationNotices({ kind: 'numbers', epoch: 1, of: 1, elements: [{ name: 'rain', truth, drawn }], ...more });
  const rain = gauss.map((v) => (v < 0 ? 0 : v));

  it('is reported, with one to try: zeros, numbers below 0, and numbers beyond all data', () => {
    expect(linesOf(rain, again)).toEqual([
      expect.stringMatching(
        /^the likelihood of rain does not fit: it is 0 in \d+ % of the data and in 0 % of draws, and draws are below 0 in \d+ % .*zeroInflated\(logNormal\(1\)\) or hurdle/,
      ),
    ]);
    expect(linesOf(gauss.map(Math.exp), again)).toEqual([
      expect.stringMatching(/% of draws are below 0, .*logNormal or gamma/),
    ]);
    expect(
      linesOf(
        gauss,
        again.map((v) => 3 * v),
      ),
    ).toEqual([expect.stringMatching(/% of draws are far beyond the data's range; /)]);
  });

  it('is reported by quantiles, with the likelihood that the data call for', () => {
    const skewed = gauss.map((v) => Math.exp(1.2 * v));
    expect(
      linesOf(
        skewed,
        again.map((v) => 2.5 + Math.abs(1.5 * v)),
      ),
    ).toEqual([
      expect.stringMatching(
        /^the likelihood of rain does not fit: a tenth, a half and nine tenths of draws are below [\d.]+, [\d.]+, [\d.]+, and of the data below .*logNormal or gamma/,
      ),
    ]);
    const shares = gauss.map((v) => (v > 0 ? 1 : -1));
    expect(
      linesOf(
        shares,
        again.map((v) => Math.max(-1.4, Math.min(1.4, v))),
      ),
    ).toEqual([expect.stringMatching(/hurdle\(normalScores\(1\)\) for values that many rows share/)]);
    const humps = gauss.map((v) => (v > 0 ? 5 : -5) + 0.3 * v);
    expect(
      linesOf(
        humps,
        again.map((v) => 3 * v),
      ),
    ).toEqual([expect.stringMatching(/normalScores\(1\) for a distribution of any form/)]);
  });

  it('is not, where draws are like the data, are classes or means, or are few', () => {
    // A little wider or narrower, and many pairs of samples of one distribution.
    expect(
      linesOf(
        gauss,
        again.map((v) => 1.2 * v),
      ),
    ).toEqual([]);
    for (let seed = 0; seed < 60; seed++) {
      const [one, two] = ['one', 'two'].map((of) => Array.from(normals(stream(seed, of), 80 + 7 * seed, 1)));
      expect(linesOf((one ?? []).map(Math.exp), (two ?? []).map(Math.exp))).toEqual([]);
    }
    expect(linesOf(gauss, again)).toEqual([]);
    expect(
      linesOf(
        rain,
        again.map((v) => (v < 0 ? 0 : v)),
      ),
    ).toEqual([]);
    expect(
      linesOf(
        gauss.map((v) => 20 + v),
        again.map((v) => 20 + v),
      ),
    ).toEqual([]);
    expect(linesOf(rain, again, { means: true })).toEqual([]);
    expect(linesOf(rain, again, { classes: ['a', 'b'] })).toEqual([]);
    // With normal scores and a hurdle no other likelihood would do better: too few zeros are chance, or too little training.
    const few = (values: readonly number[], limit: number) => values.map((v) => (v < limit ? 0 : 3 + v));
    const learnt = (drawn: readonly number[]) =>
      linesOf(rain, drawn, { elements: [{ name: 'rain', truth: few(gauss, -1), drawn, anyForm: true }] });
    expect(linesOf(few(gauss, -1), few(again, -2))).toHaveLength(1);
    expect(learnt(few(again, -2))).toEqual([]);
    expect(learnt(again.map((v) => 5 + v))).toEqual([
      expect.stringMatching(
        /^draws of rain are unlike the data: a tenth.* longer training, wider layers, docs\/samples\.md$/,
      ),
    ]);
    expect(linesOf(rain.slice(0, 40), again.slice(0, 40))).toEqual([]);
  });
});
