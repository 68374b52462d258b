import { expect, test } from 'vitest';
import {
  beta,
  categorical,
  concat,
  constant,
  cvae,
  dense,
  gaussian,
  gru,
  heads,
  logNormal,
  steps,
  tanh,
} from 'cvae-compile';
import { evaluate, train } from 'cvae-compile/train';
import { checkFaults } from '../../src/runtime/faults.ts';
import type { TargetSignature } from '../../src/signature.ts';

// Amounts and shares of up to four payments: behind the end they are 0, as in samples, which neither likelihood has.
const T = 4;
const all = { kind: categorical(3, { at: [T], end: 2 }), amount: logNormal(T, 1), share: beta(T, 1) };
const model = cvae({
  condition: {},
  target: all,
  latent: 1,
  recognition: ({ y }) => concat(y.kind, y.amount, y.share).pipe(gru(3, { last: true }), gaussian(1)),
  decoder: ({ z }) =>
    steps(
      all,
      { start: { kind: constant([3], 0), amount: constant([1], 0), share: constant([1], 0) }, state: z.pipe(dense(4)) },
      ({ previous, state }) => {
        const next = concat(previous.kind, previous.amount, previous.share, state).pipe(dense(4), tanh);
        return { out: next.pipe(heads({ kind: categorical(3), amount: logNormal(1), share: beta(1) })), state: next };
      },
    ),
});
const rows = (behind: readonly [number, number]) =>
  Array.from({ length: 24 }, (_, i) => {
    const length = i % (T + 1);
    const all = Array.from({ length: T }, (__, t) => t);
    return {
      kind: all.map((t) => (t < length ? (i + t) % 2 : 2)),
      amount: all.map((t) => [t < length ? 1 + t : behind[0]]),
      share: all.map((t) => [t < length ? 0.3 : behind[1]]),
    };
  });

test.each(['onnx', 'tfjs'] as const)('what is behind an end may be 0 in data of amounts: %s', async (engine) => {
  const { weights, test: result } = await train(
    model,
    { train: rows([0, 0]), test: rows([0, 0]) },
    { epochs: 2, seed: 1, engine },
  );
  expect([...weights.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
  expect(Number.isFinite(result?.['negativeElbo'])).toBe(true);
  const { deterministic } = await evaluate(model, weights, rows([0, 0]), { samples: 2 });
  expect(Number.isFinite(deterministic)).toBe(true);
});

test('what is before it may not', async () => {
  const wrong = rows([0, 0]).map((row, i) => (i === 3 ? { ...row, amount: [[1], [0], [1], [0]] } : row));
  await expect(train(model, wrong, { epochs: 1 })).rejects.toThrow('amount of example 3 is 0, not a positive number');
});

test('files take such sequences, too', () => {
  const target = { targets: all } as unknown as TargetSignature; // has the members that are checked
  const given = (amount: readonly number[]) => ({
    kind: { rows: 1, size: 12, data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1) },
    amount: { rows: 1, size: 4, data: Float32Array.from(amount) },
    share: { rows: 1, size: 4, data: Float32Array.of(0.5, 0.5, 0, 0) },
  });
  expect(() => checkFaults({ target }, given([1, 2, 0, 0]))).not.toThrow();
  expect(() => checkFaults({ target }, given([1, 0, 0, 0]))).toThrow('got 0, not a positive number, at 1 in row 0');
});
