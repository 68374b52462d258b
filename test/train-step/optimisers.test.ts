import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, cvae, concat, dense, gaussian, tanh } from 'cvae-compile';
import type { Tf } from '../../src/graph/op.ts';
import { loadBackend } from '../../src/train/backend.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { adam, adamW, clipped, sgd, type Optimiser } from '../../src/train/optimiser.ts';
import { run } from '../../src/graph/run.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { apart, inputOf, objectiveOf, onnx, weightsOf } from './support.ts';
import { IS_LONG } from '../support/chosen.ts';

const model = cvae({
  condition: { kind: categorical(3) },
  target: bernoulli(6),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(5), tanh, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(5), tanh, dense(6)),
});
const graph = objectiveOf(model);
const STEPS = IS_LONG ? 100 : 20;

let tf: Tf;
let engines: readonly TrainingEngine[];
beforeAll(async () => {
  const backend = await loadBackend();
  tf = backend.tf;
  engines = [onnx(), tfjsEngine(backend)];
});

const byEngine = async (engine: TrainingEngine, optimiser: Optimiser, rate: number): Promise<Weights> => {
  const session = await engine.load(graph, optimiser, weightsOf(graph));
  const batches = Array.from({ length: STEPS }, (_, i) => inputOf(graph, optimiser, i + 1, 8, rate));
  for (let i = 0; i < STEPS; i += 10) await session.step(batches.slice(i, i + 10));
  const weights = await session.read();
  session.close();
  return weights;
};

/** The same steps by one of TensorFlow.js's own optimisers. */
const byTfjs = (optimiser: tfjs.Optimizer): Weights => {
  const variables = new Map(
    [...weightsOf(graph)].map(([name, { shape, data }]) => [name, tf.variable(tf.tensor(data, [...shape], 'float32'))]),
  );
  for (let step = 1; step <= STEPS; step++)
    tf.tidy(() => {
      const { values } = inputOf(graph, adam(), step, 8);
      const inputs = Object.fromEntries(
        graph.inputs.map(({ name, shape, lead }) => {
          const data = values[name] ?? new Float32Array();
          return [name, tf.tensor(data, lead > 0 ? [8 * lead, ...shape] : [...shape])];
        }),
      );
      const { grads } = tf.variableGrads(
        () => run(tf, graph, inputs, variables).outputs['loss'] as tfjs.Scalar,
        [...variables.values()],
      );
      optimiser.applyGradients(grads);
    });
  const weights = new Map(
    [...variables].map(([name, v]) => [name, { shape: v.shape, data: Float32Array.from(v.dataSync()) }] as const),
  );
  for (const v of variables.values()) v.dispose();
  optimiser.dispose();
  return weights;
};

describe(`${STEPS} steps`, () => {
  it('of Adam are those of TensorFlow.js, to 1e-5', async () => {
    const golden = byTfjs(tf.train.adam(1e-2, 0.9, 0.999, 1e-7));
    for (const engine of engines)
      expect(apart(await byEngine(engine, adam({ epsilon: 1e-7 }), 1e-2), golden)).toBeLessThan(1e-5);
  });

  it('of gradient descent, without and with momentum, are those of TensorFlow.js, to 1e-5', async () => {
    const [plain, momentum] = [byTfjs(tf.train.sgd(1e-2)), byTfjs(tf.train.momentum(1e-3, 0.9))];
    for (const engine of engines) {
      expect(apart(await byEngine(engine, sgd(), 1e-2), plain)).toBeLessThan(1e-5);
      expect(apart(await byEngine(engine, sgd({ momentum: 0.9 }), 1e-3), momentum)).toBeLessThan(1e-5);
    }
  });

  it('of AdamW without decay are those of Adam; with it weights are smaller', async () => {
    const norm = (weights: Weights) =>
      Math.hypot(...[...weights].flatMap(([name, { data }]) => (name.endsWith('kernel') ? [...data] : [])));
    for (const engine of engines) {
      const plain = await byEngine(engine, adam(), 1e-2);
      expect(apart(await byEngine(engine, adamW({ decay: 0 }), 1e-2), plain)).toBe(0);
      expect(norm(await byEngine(engine, adamW({ decay: 0.5 }), 1e-2))).toBeLessThan(norm(plain));
    }
  });

  it('of clipped gradients are the plain ones where none is over the norm', async () => {
    for (const engine of engines) {
      const plain = await byEngine(engine, sgd(), 1e-2);
      expect(apart(await byEngine(engine, clipped(sgd(), 1e6), 1e-2), plain)).toBe(0);
      expect(apart(await byEngine(engine, clipped(sgd(), 1e-2), 1e-2), plain)).toBeGreaterThan(1e-3);
    }
  });
});

describe('one step', () => {
  it('of AdamW is θ·(1 − α·λ) − α·m̂/(√v̂ + ε)', async () => {
    const [rate, decay] = [1e-2, 0.1];
    for (const engine of engines) {
      const optimiser = adamW({ decay });
      const session = await engine.load(graph, optimiser, weightsOf(graph));
      await session.step([inputOf(graph, optimiser, 1, 8, rate)]);
      const [after, { velocity = new Map() }] = [await session.read(), await session.state()];
      for (const [name, { data }] of weightsOf(graph))
        for (const [i, before] of data.entries()) {
          const gradient = velocity.get(name)?.data[i] ?? NaN;
          const expected = before * (1 - rate * decay) - (rate * gradient) / (Math.abs(gradient) + 1e-8);
          expect(after.get(name)?.data[i]).toBeCloseTo(expected, 6);
        }
      session.close();
    }
  });

  it('of clipped gradients moves no further than the norm, in their direction', async () => {
    for (const engine of engines) {
      const move = async (optimiser: Optimiser) => {
        const session = await engine.load(graph, optimiser, weightsOf(graph));
        await session.step([inputOf(graph, optimiser, 1, 8, 1)]);
        const after = await session.read();
        session.close();
        return [...weightsOf(graph)].flatMap(([name, { data }]) =>
          [...data].map((before, i) => (after.get(name)?.data[i] ?? NaN) - before),
        );
      };
      const [free, held] = [await move(sgd()), await move(clipped(sgd(), 0.25))];
      expect(Math.hypot(...free)).toBeGreaterThan(0.25);
      expect(Math.hypot(...held)).toBeCloseTo(0.25, 4);
      const along =
        held.reduce((sum, x, i) => sum + x * (free[i] ?? NaN), 0) / Math.hypot(...free) / Math.hypot(...held);
      expect(along).toBeCloseTo(1, 5);
    }
  });

  it.each([
    ['adamW', () => adamW({ decay: -1 })],
    ['sgd', () => sgd({ momentum: 1 })],
    ['clipped', () => clipped(sgd(), 0)],
  ])('of %s is refused for numbers that mean nothing', (name, make) => {
    expect(make).toThrow(new RegExp(`^${name}: expected .*, got .*; give`));
  });
});
