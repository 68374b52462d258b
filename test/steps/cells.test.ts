import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  concat,
  constant,
  continuous,
  cvae,
  dense,
  flatten,
  gaussian,
  gru,
  head,
  lstm,
  network,
  normal,
  reshape,
  steps,
  type Model,
} from 'cvae-compile';
import { saveWeights, train } from 'cvae-compile/train';

// A recurrent layer within steps, and none outside of them.

const series = normal(4, 1);

const ofGru = cvae({
  condition: {},
  target: series,
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z }) =>
    steps(series, { start: constant([1], 0), state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous, z).pipe(reshape(1, 3), gru(3, { initial: state, last: true }));
      return { out: next.pipe(head(normal(1))), state: next };
    }),
});

const ofLstm = cvae({
  condition: {},
  target: series,
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z }) =>
    steps(
      series,
      { start: constant([1], 0), state: { h: z.pipe(dense(3)), c: constant([3], 0) } },
      ({ previous, state }) => {
        const next = concat(previous, z).pipe(reshape(1, 3), lstm(3, { initial: state, last: 'state' }));
        return { out: next.h.pipe(head(normal(1))), state: next };
      },
    ),
});

const ofFrozen = (file: string) => {
  const inputs = { x: continuous(1, 3), h: continuous(3) };
  const cell = network('cell', inputs, ({ x, h }) => x.pipe(gru(3, { initial: h, last: true })), {
    pretrained: { file, frozen: true },
  });
  return cvae({
    condition: {},
    target: series,
    latent: 2,
    recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
    decoder: ({ z }) =>
      steps(series, { start: constant([1], 0), state: z.pipe(dense(3)) }, ({ previous, state }) => {
        const next = cell({ x: concat(previous, z).pipe(reshape(1, 3)), h: state });
        return { out: next.pipe(head(normal(1))), state: next };
      }),
  });
};

const folder = mkdtempSync(join(tmpdir(), 'cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

const expectAlike = async (model: Model): Promise<void> => {
  const rows = Array.from({ length: 16 }, (_, i) => ({ y: [0, 1, 2, 3].map((t) => [Math.sin(i + t)]) }));
  const options = { epochs: 5, batch: 8, learningRate: 0.01, validation: 0, seed: 1 } as const;
  const { weights } = await train(model, rows, { ...options, engine: 'onnx' });
  const other = await train(model, rows, { ...options, engine: 'tfjs' });
  expect(weights.size).toBeGreaterThan(6);
  for (const [name, { data }] of weights) {
    const expected = other.weights.get(name)?.data ?? [];
    expect([...data].every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 1e-4)).toBe(true);
  }
};

it.each([
  ['gru', ofGru],
  ['lstm', ofLstm],
])('a cell of steps, %s, is trained to the same weights by each engine', (_, model) => expectAlike(model));

it('so is what comes before a cell whose weights are frozen', async () => {
  const file = join(folder, 'cell.safetensors');
  const weight = (...shape: number[]) => ({ shape, data: Float32Array.from({ length: 27 }, (_, i) => Math.sin(i)) });
  const weights = new Map([
    ['cell/gru_1/kernel', weight(1, 9, 3)],
    ['cell/gru_1/recurrent', weight(1, 9, 3)],
    ['cell/gru_1/bias', { shape: [1, 18], data: new Float32Array(18) }],
  ]);
  await saveWeights(file, weights, { fingerprint: '' });
  await expectAlike(ofFrozen(file));
});
