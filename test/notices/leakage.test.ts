import { beforeAll, describe, expect, it } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, heads, mul, normal, relu, slice } from 'cvae-compile';
import { train, type TrainingEngine } from 'cvae-compile/train';
import { normals, stream } from '../../src/random.ts';
import { engineOf } from '../../src/train/engines.ts';
import { softmaxClassifier } from '../../src/train/softmax-classifier.ts';

const COUNT = 600;
const noise = normals(stream(5, 'noise'), COUNT, 4);
const KINDS = ['shirt', 'boot', 'sandal'] as const;
const kind = Array.from({ length: COUNT }, (_, i) => KINDS[i % 3] ?? 'shirt');
/** Two numbers, by which the kinds are well apart. */
const y = kind.map((one, i) => [0, 1].map((j) => 4 * Number(one === KINDS[j]) + 0.5 * (noise[4 * i + j] ?? 0)));

/** The decoder sees all three kinds, or only whether it is a shirt: of the others, z must say which. */
const modelOf = (hears: boolean, latent = 2) =>
  cvae({
    condition: { kind: categorical(...KINDS) },
    target: normal(2, { sigma: 0.3 }),
    latent,
    recognition: ({ y: seen, kind: given }) => concat(seen, given).pipe(dense(32), relu, gaussian(latent)),
    decoder: ({ z, kind: given }) =>
      concat(z, hears ? given : mul(concat(slice(0, 1)(given), slice(0, 1)(given), slice(0, 1)(given)), 1)).pipe(
        dense(32),
        relu,
        dense(2),
      ),
  });

describe('classes of a condition that draws do not show', () => {
  let engine: TrainingEngine;
  beforeAll(async () => {
    engine = await engineOf('onnx');
  });
  const noticesOf = async (model: ReturnType<typeof modelOf>) => {
    const notices: string[] = [];
    const options = { epochs: 40, batch: 40, learningRate: 5e-3, seed: 1, engine };
    await train(model, { kind, y }, { ...options, onNotice: (line) => void notices.push(line) });
    return notices.filter((line) => /^(the condition|draws for)/.test(line));
  };

  it('are reported by name, with what their draws are taken for', async () => {
    const [line, ...more] = await noticesOf(modelOf(false));
    expect(more).toEqual([]);
    expect(line).toMatch(/^draws for some classes of kind look like other classes: a linear classifier recognises /);
    expect(line).toMatch(
      /\d+ % of the draws for (boot|sandal) \((9\d|100) % of its examples, and most other draws look like/,
    );
    expect(line).toMatch(/of the draws for boot \([^)]*sandal\)/);
    expect(line).toMatch(/of the draws for sandal \([^)]*boot\)/);
    expect(line).not.toContain('draws for shirt');
    expect(line).toMatch(
      /; usual remedies: train for longer, a lower temperature for samples, a prior that sees the condition, .*, docs\/samples\.md$/,
    );
  });

  it('are not reported if the decoder takes the condition', async () => {
    expect(await noticesOf(modelOf(true))).toEqual([]);
  });

  it('are not reported if examples do not show the classes either', async () => {
    const notices: string[] = [];
    const random = y.map((_, i) => [noise[4 * i] ?? 0, noise[4 * i + 1] ?? 0]);
    const options = { epochs: 15, batch: 40, learningRate: 5e-3, engine };
    await train(modelOf(true), { kind, y: random }, { ...options, onNotice: (line) => void notices.push(line) });
    expect(notices.filter((line) => line.includes('look like other classes'))).toEqual([]);
  });
});

describe('a classifier', () => {
  it('predicts classes that lie apart, of columns with any units', () => {
    const rows = Float32Array.from({ length: 2 * 90 }, (_, at) => {
      const [i, j] = [Math.floor(at / 2), at % 2];
      return (j ? 1000 : 1) * (3 * Number(i % 3 === j) + 0.3 * (noise[4 * i + j] ?? 0));
    });
    const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3);
    const told = softmaxClassifier({ values: rows, labels }, 3)(rows);
    expect(told.filter((one, i) => one === labels[i]).length).toBeGreaterThan(85);
  });
});

describe('several targets', () => {
  const target = { amount: normal(1, { sigma: 0.5 }), sky: categorical('clear', 'rain') };
  const twofold = (hears: boolean) =>
    cvae({
      condition: { kind: categorical(...KINDS), other: categorical('a', 'b') },
      target,
      latent: 1,
      recognition: ({ y: { amount, sky }, kind: given, other }) =>
        concat(amount, sky, given, other).pipe(dense(16), relu, gaussian(1)),
      decoder: ({ z, kind: given, other }) =>
        concat(z, given, hears ? other : mul(other, 0)).pipe(dense(16), relu, heads(target)),
    });
  const rows = kind.map((one, i) => ({
    kind: one,
    other: i % 2 === 0 ? ('a' as const) : ('b' as const),
    // In a unit of its own, which must not decide alone.
    amount: [1000 * (Number(one === 'boot') + 0.3 * (noise[4 * i] ?? 0))],
    sky: (i % 2 === 0) === (noise[4 * i + 1] ?? 0) > -1 ? ('clear' as const) : ('rain' as const),
  }));

  it('have the shares of their latent and of each condition, and say which condition is ignored', async () => {
    const engine = await engineOf('onnx');
    for (const hears of [true, false]) {
      const notices: string[] = [];
      const options = {
        epochs: 30,
        batch: 40,
        learningRate: 5e-3,
        engine,
        onNotice: (line: string) => void notices.push(line),
      };
      const { conditions, epochs } = await train(twofold(hears), rows, options);
      expect(conditions?.['kind']).toBeGreaterThan(0.1);
      expect(epochs.at(-1)?.latent?.share).toBeGreaterThan(0);
      expect(epochs.at(-1)?.latent?.share).toBeLessThan(1);
      const ignored = notices.filter((line) => /^(the condition|draws for)/.test(line));
      if (hears) {
        expect(conditions?.['other']).toBeGreaterThan(0.1);
        expect(ignored).toEqual([]);
      } else
        expect(ignored).toEqual([
          expect.stringMatching(/^the condition other is ignored: it makes 0 %.*, docs\/samples\.md$/),
        ]);
    }
  });
});
