import { expect, it } from 'vitest';
import { batchNorm, concat, continuous, dense, network, predictor, squaredError } from 'cvae-compile';
import { train, usualEngine } from 'cvae-compile/train';
import { engineOf } from '../../src/train/engines.ts';

const shared = network('shared', { v: continuous(1) }, ({ v }) => batchNorm(v));
const model = predictor({
  condition: { a: continuous(1), b: continuous(1) },
  target: squaredError(1),
  network: ({ a, b }) => concat(shared({ v: a }), shared({ v: b })).pipe(dense(1)),
});

// One step: a has the mean 1 and the variance 1, b the mean 5 and the variance 9.
const [a, b] = [
  [0, 2, 0, 2],
  [2, 8, 2, 8],
];
const examples = a.map((value, i) => ({ a: [value], b: [b[i] ?? NaN], y: [value] }));

it.each(['onnx', 'tfjs'])(
  'of a network that is computed twice in a step move towards the mean of both (%s)',
  async (name) => {
    const engine = name === 'onnx' ? await engineOf('onnx') : await usualEngine();
    const { weights } = await train(model, examples, { engine, epochs: 1, batch: 4, validation: 0, scaling: false });
    const left = (statistic: string): number => Number(weights.get(`shared/batchNorm_1/${statistic}`)?.data[0]);
    expect(left('mean')).toBeCloseTo(0.9 * 0 + 0.1 * 3, 5);
    expect(left('variance')).toBeCloseTo(0.9 * 1 + 0.1 * 5, 5);
  },
);
