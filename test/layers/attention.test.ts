import { describe, expect, test } from 'vitest';
import { lower } from '../../src/compiler/lower.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { add, attention, transformerDecoder, transformerEncoder, positions, shaped } from '../../src/index.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { normals, stream } from '../../src/random.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { engines, runOnnx, runReference, runTfjs } from '../../src/testing/engines.ts';

const [STEPS, KEYS, CHANNELS, OTHER, HEADS] = [4, 5, 6, 3, 2];
const COUNT = 2;
type Matrix = readonly (readonly number[])[];

const rowsOf = (data: ArrayLike<number>, length: number): Matrix =>
  Array.from({ length: data.length / length }, (_, i) =>
    Array.from({ length }, (__, j) => data[i * length + j] ?? NaN),
  );

/** A dense layer of each row. */
const project = (rows: Matrix, kernel: ArrayLike<number>, bias: ArrayLike<number>): Matrix =>
  rows.map((row) =>
    Array.from(bias, (b, j) => row.reduce((sum, x, i) => sum + x * (kernel[i * bias.length + j] ?? NaN), b)),
  );

/** Attention of one example, as torch.nn.MultiheadAttention documents it: a query sees the keys for which `sees` is true. */
const expectedOf = (
  x: Matrix,
  of: Matrix,
  weights: (name: string) => ArrayLike<number>,
  sees: (query: number, key: number) => boolean,
): Matrix => {
  const [q, k, v] = (['q', 'k', 'v'] as const).map((name) =>
    project(name === 'q' ? x : of, weights(`${name}/kernel`), weights(`${name}/bias`)),
  );
  if (!q || !k || !v) throw new Error('no projections');
  const width = CHANNELS / HEADS;
  const joined = q.map((query, i) =>
    query.map((_, channel) => {
      const head = Math.floor(channel / width);
      const ofHead = (row: readonly number[]) => row.slice(head * width, (head + 1) * width);
      const weight = k.map((key, j) => {
        const product = ofHead(query).reduce((sum, a, c) => sum + a * (ofHead(key)[c] ?? NaN), 0);
        return sees(i, j) ? Math.exp(product / Math.sqrt(width)) : 0;
      });
      const total = weight.reduce((a, b) => a + b);
      return v.reduce((sum, value, j) => sum + (value[channel] ?? NaN) * ((weight[j] ?? NaN) / total), 0);
    }),
  );
  return project(joined, weights('out/kernel'), weights('out/bias'));
};

const drawn = (name: string, length: number) => [...normals(stream(2, name), 1, length * COUNT)];
const x = { shape: [COUNT, STEPS, CHANNELS], data: drawn('x', STEPS * CHANNELS) };
const other = { shape: [COUNT, KEYS, OTHER], data: drawn('of', KEYS * OTHER) };

/** Which steps exist, also in between. */
const OWN = [1, 0, 1, 1, /**/ 1, 1, 0, 1];
const OF = [0, 1, 1, 0, 1, /**/ 1, 1, 1, 0, 0];

const graphOf = (
  layer: (inputs: { x: Tensor<[4, 6]>; of: Tensor<[5, 3]>; mask: Tensor<[number]> }) => Tensor,
  n: number,
) =>
  resolve(
    bodyOf('layer', { x: [STEPS, CHANNELS], of: [KEYS, OTHER], mask: [n] }, ({ x, of, mask }) => {
      if (!x || !of || !mask) throw new Error('no inputs');
      return layer({ x: shaped(4, 6)(x), of: shaped(5, 3)(of), mask: shaped(n)(mask) });
    }),
    { mode: 'infer' },
  );

/** Computes a layer on every engine. */
const answersOf = async (graph: ReturnType<typeof graphOf>, values: Parameters<typeof runTfjs>[2]) => {
  const weights = drawnWeights(graph.params, 3);
  const plain = lower(graph, weights);
  const files = optimisePortably(plain, OPSET);
  const machine = await engines();
  return [
    runTfjs(machine.tfjs, graph, values, weights),
    runReference(plain, values),
    runReference(files, values),
    ...(machine.onnx ? await runOnnx(machine.onnx, files, [values]) : []),
  ];
};

const weightsOf = (graph: ReturnType<typeof graphOf>) => {
  const weights = drawnWeights(graph.params, 3);
  return (name: string): ArrayLike<number> => weights.get(`layer/attention_1/${name}`)?.data ?? [];
};

describe('attention is what PyTorch documents, on every engine', () => {
  test.each([
    ['of its own steps, masked', OWN, false, false],
    ['of its own steps, masked and causal', OWN, true, false],
    ['of another sequence, masked', OF, false, true],
  ] as const)('%s', async (_, mask, causal, ofOther) => {
    const keys = mask.length / COUNT;
    const graph = graphOf(
      ({ x, of, mask }) => attention({ heads: HEADS, causal, mask, ...(ofOther && { of }) })(x),
      keys,
    );
    const answers = await answersOf(graph, { x, of: other, mask: { shape: [COUNT, keys], data: [...mask] } });
    const [ofX, ofOf] = [rowsOf(x.data, CHANNELS), rowsOf(other.data, OTHER)];
    for (let example = 0; example < COUNT; example++) {
      const own = ofX.slice(example * STEPS, (example + 1) * STEPS);
      const exists = (j: number) => mask[example * keys + j] === 1;
      const expected = expectedOf(
        own,
        ofOther ? ofOf.slice(example * KEYS, (example + 1) * KEYS) : own,
        weightsOf(graph),
        (i, j) => exists(j) && (!causal || j <= i),
      );
      for (const { values } of answers) {
        const found = rowsOf(values['output']?.data ?? [], CHANNELS).slice(example * STEPS);
        expected.forEach((row, i) => {
          // A step that does not exist has no answer.
          if (ofOther || exists(i)) row.forEach((value, c) => expect(found[i]?.[c]).toBeCloseTo(value, 5));
        });
      }
    }
  });

  test.each([9.969209968386869e36, NaN, Infinity])(
    'steps that do not exist may hold %d, and no step at all need exist',
    async (fill) => {
      const graph = graphOf(
        ({ x, mask }) => transformerEncoder({ layers: 1, heads: HEADS, mask })(attention({ causal: true, mask })(x)),
        STEPS,
      );
      const mask = [1, 0, 1, 0, /**/ 0, 0, 0, 0];
      const filled = (missing: number) => ({
        x: { shape: x.shape, data: x.data.map((v, i) => (mask[Math.floor(i / CHANNELS)] === 1 ? v : missing)) },
        of: other,
        mask: { shape: [COUNT, STEPS], data: mask },
      });
      const zero = await answersOf(graph, filled(0));
      (await answersOf(graph, filled(fill))).forEach(({ values }, i) => {
        const data = Array.from(values['output']?.data ?? []);
        expect(data.every(Number.isFinite)).toBe(true);
        expect(data).toEqual(Array.from(zero[i]?.values['output']?.data ?? []));
      });
    },
  );
});

test('positions are sines and cosines of the step, of wavelengths from 2π to 10,000·2π', () => {
  const table = positions(60, 5);
  if (table.node.kind !== 'constant') throw new Error('no constant');
  const rows = rowsOf(table.node.data, 5);
  expect(rows[0]).toEqual([0, 1, 0, 1, 0]);
  // As in section 3.5 of the paper.
  const expected = [
    Math.sin(59),
    Math.cos(59),
    Math.sin(59 / 10_000 ** 0.4),
    Math.cos(59 / 10_000 ** 0.4),
    Math.sin(59 / 10_000 ** 0.8),
  ];
  expected.forEach((value, i) => expect(rows[59]?.[i]).toBeCloseTo(value, 6));
});

test('a transformer names its parameters by block', () => {
  const graph = graphOf(
    ({ x, of, mask }) =>
      add(x, positions(4, 6, { learned: true })).pipe(
        transformerEncoder({ layers: 2, heads: 2, norm: 'before', mask }),
        transformerDecoder({ layers: 1, heads: 2, of, causal: true }),
      ),
    STEPS,
  );
  const names = graph.params.map(({ name }) => name).filter((name) => /kernel|gamma|table/.test(name));
  expect(names.filter((name) => !name.includes('transformerEncoder_1/block_1'))).toEqual([
    'layer/positions_1/table',
    'layer/transformerEncoder_1/block_2/layerNorm_1/gamma',
    ...['q', 'k', 'v', 'out'].map((name) => `layer/transformerEncoder_1/block_2/attention_1/${name}/kernel`),
    'layer/transformerEncoder_1/block_2/layerNorm_2/gamma',
    'layer/transformerEncoder_1/block_2/dense_1/kernel',
    'layer/transformerEncoder_1/block_2/dense_2/kernel',
    'layer/transformerEncoder_1/layerNorm_1/gamma',
    ...['q', 'k', 'v', 'out'].map((name) => `layer/transformerDecoder_1/block_1/attention_1/${name}/kernel`),
    'layer/transformerDecoder_1/block_1/layerNorm_1/gamma',
    ...['q', 'k', 'v', 'out'].map((name) => `layer/transformerDecoder_1/block_1/attention_2/${name}/kernel`),
    'layer/transformerDecoder_1/block_1/layerNorm_2/gamma',
    'layer/transformerDecoder_1/block_1/dense_1/kernel',
    'layer/transformerDecoder_1/block_1/dense_2/kernel',
    'layer/transformerDecoder_1/block_1/layerNorm_3/gamma',
  ]);
});
