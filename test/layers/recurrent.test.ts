import { describe, expect, test } from 'vitest';
import { lower } from '../../src/compiler/lower.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { print } from '../../src/graph/print.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { bidirectional, gru, lstm } from '../../src/layers/index.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { normals, stream } from '../../src/random.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { engines, runOnnx, runReference, runTfjs } from '../../src/testing/engines.ts';

const [STEPS, CHANNELS, UNITS] = [5, 2, 3];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A row of a matrix of rows of `length`, times a vector. */
const times = (matrix: ArrayLike<number>, row: number, vector: readonly number[]): number =>
  vector.reduce((sum, v, i) => sum + v * (matrix[row * vector.length + i] ?? NaN), 0);

type Cell = (
  gate: (g: number, i: number) => readonly [ofX: number, ofH: number],
  h: readonly number[],
  c: readonly number[],
) => readonly (readonly [h: number, c: number])[];

// As torch.nn.GRU and torch.nn.LSTM document them, with ONNX's order of gates.
const CELLS: Readonly<Record<'gru' | 'lstm', { readonly gates: number; readonly cell: Cell }>> = {
  gru: {
    gates: 3,
    cell: (gate, h) =>
      h.map((before, i) => {
        const sum = (g: number) => gate(g, i)[0] + gate(g, i)[1];
        const [z, r] = [sigmoid(sum(0)), sigmoid(sum(1))];
        const n = Math.tanh(gate(2, i)[0] + r * gate(2, i)[1]);
        return [(1 - z) * n + z * before, 0];
      }),
  },
  lstm: {
    gates: 4,
    cell: (gate, h, c) =>
      h.map((_, i) => {
        const sum = (g: number) => gate(g, i)[0] + gate(g, i)[1];
        const next = sigmoid(sum(2)) * (c[i] ?? NaN) + sigmoid(sum(0)) * Math.tanh(sum(3));
        return [sigmoid(sum(1)) * Math.tanh(next), next];
      }),
  },
};

type Weights = ReadonlyMap<string, { readonly data: ArrayLike<number> }>;

/** The states of one example, in plain loops; a step that is missing repeats the one before. */
const states = (kind: 'gru' | 'lstm', x: readonly number[], mask: readonly number[], weights: Weights): number[] => {
  const { gates, cell } = CELLS[kind];
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map(
    (name) => weights.get(`layer/${kind}_1/${name}`)?.data ?? [],
  );
  let [h, c] = [Array.from({ length: UNITS }, () => 0), Array.from({ length: UNITS }, () => 0)];
  return mask.flatMap((there, t) => {
    const row = x.slice(t * CHANNELS, (t + 1) * CHANNELS);
    const gate = (g: number, i: number) => {
      const at = g * UNITS + i;
      const [b = NaN, d = NaN] = [bias?.[at], bias?.[gates * UNITS + at]];
      return [times(kernel ?? [], at, row) + b, times(recurrent ?? [], at, h) + d] as const;
    };
    if (there) {
      const next = cell(gate, h, c);
      [h, c] = [next.map(([one]) => one), next.map(([, one]) => one)];
    }
    return h;
  });
};

const MASK = [0, 1, 1, 0, 1];

describe.each(['gru', 'lstm'] as const)('%s', (kind) => {
  // Called without `last: 'state'`, both give tensors.
  const make = kind === 'gru' ? gru : (lstm as unknown as typeof gru);
  const graphOf = (layer: (x: Tensor<[number, number]>, mask: Tensor<[number]>) => Tensor) =>
    resolve(
      bodyOf('layer', { x: [STEPS, CHANNELS], mask: [STEPS] }, ({ x, mask }) =>
        // Of these shapes.
        layer(x as Tensor as Tensor<[number, number]>, mask as Tensor as Tensor<[number]>),
      ),
      { mode: 'infer' },
    );
  const data = Array.from(normals(stream(1, 'x'), 2, STEPS * CHANNELS));

  test.each([
    ['all steps', [1, 1, 1, 1, 1]],
    ['those of a mask', MASK],
  ])('computes what its formula says for %s', (_, mask) => {
    const graph = graphOf((x, m) => make(UNITS, mask === MASK ? { mask: m } : {})(x));
    const weights = drawnWeights(graph.params, 1);
    const given = { x: { shape: [2, STEPS, CHANNELS], data }, mask: { shape: [2, STEPS], data: [...mask, ...mask] } };
    const found = Object.values(runReference(lower(graph, weights), given).values)[0]?.data ?? [];
    const half = STEPS * CHANNELS;
    const expected = [0, 1].flatMap((n) => states(kind, data.slice(n * half, (n + 1) * half), mask, weights));
    expect(found.length).toBe(expected.length);
    expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  });

  test('does not see what a mask leaves out, whatever it is', async () => {
    const graph = graphOf((x, mask) => bidirectional(make(UNITS, { mask }))(x));
    const weights = drawnWeights(graph.params, 1);
    const given = (missing: number) => ({
      x: {
        shape: [2, STEPS, CHANNELS],
        data: data.map((value, i) => (MASK[Math.floor(i / CHANNELS) % STEPS] ? value : missing)),
      },
      mask: { shape: [2, STEPS], data: [...MASK, ...MASK] },
    });
    const { tfjs, onnx } = await engines();
    const plain = lower(graph, weights);
    const runs = [
      async (missing: number) => runReference(plain, given(missing)),
      async (missing: number) => runTfjs(tfjs, graph, given(missing), weights),
      async (missing: number) => (onnx ? (await runOnnx(onnx, plain, [given(missing)]))[0] : undefined),
    ];
    for (const run of runs) expect((await run(9.969209968386869e36))?.values).toEqual((await run(0))?.values);
  });

  test('is one step of a graph, and one operator of a file', () => {
    const graph = graphOf((x) => bidirectional(make(4))(x));
    expect(print(graph)).toContain(`  %0: [5, 8] = ${kind}(x) units=4 direction=bidirectional with layer/${kind}_1\n`);
    const { nodes } = optimisePortably(lower(graph, drawnWeights(graph.params, 1)), OPSET);
    expect(nodes.map(({ op }) => op)).toEqual(['Transpose', kind.toUpperCase(), 'Transpose', 'Reshape']);
  });
});
