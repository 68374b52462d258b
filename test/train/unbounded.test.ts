import { describe, expect, it } from 'vitest';
import { add, continuous, dense, parameter, predictor, squaredError, zeros } from 'cvae-compile';
import { adam, adamW, clipped, Diverged, engineOf, sgd, train, usualEngine } from 'cvae-compile/train';
import type { TrainOptions } from '../../src/train/options.ts';

// Gradients that float32 holds, and whose squares it does not: 2·(ŷ − y)·x of about 1e20, at a loss of about 1e36.

const model = predictor({
  condition: { x: continuous(1) },
  target: squaredError(1),
  network: ({ x }) => add(x.pipe(dense(1)), parameter('shift', [], zeros)),
});
const data = (size: number) => ({
  x: Float32Array.of(100, 200, 300, 100),
  y: Float32Array.of(1, 2, 3, 4).map((y) => y * size),
});
const options = {
  epochs: 2,
  batch: 4,
  validation: 0,
  scaling: false,
  onNotice: () => undefined,
} satisfies TrainOptions;
const engines = [
  ['onnx', () => engineOf('onnx')],
  ['the usual one', () => usualEngine()],
] as const;

describe.each(engines)('gradients too large to square, on %s', (_, load) => {
  const fitted = async (more: TrainOptions, size = 1e18) =>
    train(model, data(size), { ...options, ...more, engine: await load() });

  it('end training with a message, where Adam would leave the parameter as it is for ever', async () => {
    for (const optimiser of [adam(), adamW()]) {
      const failed = await fitted({ optimiser }).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(Diverged);
      expect(String(failed)).toBe(
        `TrainingFailed: train: expected finite squares of network/dense_1/kernel, which ${optimiser.name} remembers, got Infinity in epoch 1 of the model, as float32 does not hold the square of a gradient above 1.8e19, and the parameter would stay as it is; clip gradients with clipped(${optimiser.name}(), 1), lower the learning rate, now 0.001, or look for extreme values in the data`,
      );
    }
  });

  it('train where they are clipped, as the sentence says', async () => {
    const { weights } = await fitted({ optimiser: clipped(adam(), 1), learningRate: 1 });
    const kernel = weights.get('network/dense_1/kernel')?.data ?? [];
    const start = (await fitted({ optimiser: sgd(), learningRate: 1e-36, epochs: 1 })).weights.get(
      'network/dense_1/kernel',
    );
    // Two steps of about the learning rate each, towards larger y.
    expect((kernel[0] ?? NaN) - (start?.data[0] ?? NaN)).toBeCloseTo(2, 1);
  });

  it('are clipped to the norm, in their direction', async () => {
    const [free, held] = [
      await fitted({ optimiser: sgd(), learningRate: 1e-20, epochs: 1 }),
      await fitted({ optimiser: clipped(sgd(), 1), learningRate: 1, epochs: 1 }),
    ];
    const start = await fitted({ optimiser: sgd(), learningRate: 1e-37, epochs: 1 });
    const moved = ({ weights }: typeof free) =>
      [...weights].flatMap(([name, { data: after }]) =>
        [...after].map((v, i) => v - (start.weights.get(name)?.data[i] ?? NaN)),
      );
    const [a, b] = [moved(free), moved(held)];
    expect(Math.hypot(...b)).toBeCloseTo(1, 4);
    for (const [i, v] of b.entries()) expect(v * Math.hypot(...a)).toBeCloseTo(a[i] ?? NaN, 3);
  });

  it('do not matter if float32 holds their squares', async () => {
    const { weights } = await fitted({ optimiser: adam(), learningRate: 1 }, 1e15);
    expect([...weights.values()].every(({ data: all }) => all.every(Number.isFinite))).toBe(true);
  });

  it('are reported, too, where a step leaves a parameter that is no number', async () => {
    const failed = await fitted({ optimiser: sgd(), learningRate: 1e30, epochs: 1 }).catch((error: unknown) => error);
    expect(String(failed)).toMatch(
      /^TrainingFailed: train: expected finite network\/[\w/]+, got -?Infinity in epoch 1 of the model; clip gradients with clipped\(sgd\(\), 1\), lower the learning rate, now 1e\+30, or look/,
    );
  });
});
