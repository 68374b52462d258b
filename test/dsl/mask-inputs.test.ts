import { describe, expect, test } from 'vitest';
import {
  add,
  at,
  attention,
  bidirectional,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  each,
  expand,
  flatten,
  gaussian,
  gru,
  lstm,
  mul,
  network,
  normal,
  permute,
  predictor,
  reduceMax,
  relu,
  reshape,
  stack,
  steps,
  sub,
  transformerEncoder,
  where,
  type Tensor,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { train } from 'cvae-compile/train';
import { toDataset } from '../../src/data/convert.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { constantColumns } from '../../src/train/constant-columns.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const K = 4;
const others = continuous(K, 2);
const exist = continuous(K);
const far = continuous(K);

/** What a network makes of others, of whom some exist, and of how far they are. */
type Given = { readonly others: Tensor<[4, 2]>; readonly exist: Tensor<[4]>; readonly far: Tensor<[4]> };
const of = (body: (given: Given) => Tensor<[number]>) =>
  predictor({
    condition: { others, exist, far },
    target: normal(1),
    network: (given) => concat(body(given), given.far).pipe(dense(1)),
  });
const masksOf = (model: ReturnType<typeof of>) =>
  Object.entries(variablesOf(model)).flatMap(([name, { asMask }]) => (asMask ? [name] : []));

const EXIST = [
  [1, 1, 0, 0],
  [1, 0, 1, 0],
  [1, 1, 1, 0],
];
const examples = Array.from({ length: 24 }, (_, i) => ({
  others: Array.from({ length: K }, (__, k) => [Math.sin(i + k), Math.cos(i * k)]),
  exist: EXIST[i % 3] ?? [],
  far: [i, i % 2, 1, i % 5],
  y: [i % 7],
}));

describe('a condition is a mask', () => {
  const taken: Readonly<Record<string, (given: Given) => Tensor<[number]>>> = {
    attention: ({ others, exist }) =>
      constant([1, 2], 1).pipe(attention({ of: others, mask: exist }), flatten, (x) => add(x, others.pipe(at(0)))),
    transformerEncoder: ({ others, exist }) =>
      stack(constant([2], 0), constant([2], 1)).pipe((first) =>
        concat(first.pipe(flatten), others.pipe(transformerEncoder({ layers: 1, heads: 1, mask: exist }), flatten)),
      ),
    gru: ({ others, exist }) => others.pipe(gru(3, { mask: exist, last: true })),
    lstm: ({ others, exist }) => others.pipe(bidirectional(lstm(3, { mask: exist })), flatten),
    where: ({ others, exist }) => where(exist.pipe(reshape(K, 1), flatten), others.pipe(reduceMax(1)), 0),
    mul: ({ others, exist }) => mul(others.pipe(each(dense(2))), exist.pipe(expand(2), permute(1, 0))).pipe(flatten),
    'a network': ({ others, exist }) => pooled({ others, exist }),
  };
  const pooled = network('pooled', { others, exist }, ({ others, exist }) =>
    where(exist, others.pipe(each(dense(1), relu), flatten), 0),
  );

  test.each(Object.keys(taken))('that %s takes', (name) => {
    const body = taken[name];
    expect(body && masksOf(of(body))).toEqual(['exist']);
  });

  test('that a step takes as its part', () => {
    const target = normal(K, 1);
    const model = cvae({
      condition: { others, exist },
      target,
      latent: 1,
      recognition: ({ y }) => y.pipe(flatten, gaussian(1)),
      decoder: ({ z, others, exist }) =>
        steps(
          target,
          { start: constant([1], 0), state: z.pipe(dense(2)), inputs: { others, exist: exist.pipe(reshape(K, 1)) } },
          ({ previous, state, input }) => {
            const seen = concat(previous, state, input.others).pipe(dense(2), relu);
            const next = where(input.exist.pipe(expand(2), flatten), seen, state);
            return { out: next.pipe(dense(1)), state: next };
          },
        ),
    });
    expect(Object.entries(variablesOf(model)).filter(([, { asMask }]) => asMask)).toMatchObject([['exist', {}]]);
  });

  test('and not one that is only a number to compute with', () => {
    expect(masksOf(of(({ others, exist }) => concat(flatten(others), mul(sub(exist, 1), 2), mul(exist, 3))))).toEqual(
      [],
    );
  });
});

describe('a mask stays 0 and 1', () => {
  const model = of(({ others, exist }) => {
    const seen = constant([1, 2], 1).pipe(attention({ of: others, mask: exist }), flatten);
    return concat(seen, others.pipe(lstm(3, { mask: exist, last: true })));
  });

  test('next to numbers that are standardised, unless it holds other numbers', async () => {
    const scalingOf = async (data: Parameters<typeof toDataset>[0]) =>
      (await toDataset(data, variablesOf(model))).scaling?.['exist'];
    expect(await scalingOf(examples)).toEqual({ mean: [0, 0, 0, 0], deviation: [1, 1, 1, 1] });
    const weights = examples.map((example) => ({ ...example, exist: [0.5, 0, 1, 1] }));
    expect((await scalingOf(weights))?.mean[0]).toBeCloseTo(0.5, 6);
    const { train: part } = await toDataset(examples, variablesOf(model));
    // That the first always exists is no reason to leave it out.
    expect(constantColumns(variablesOf(model), part).join()).not.toContain('exist');
  });

  test('so that what does not exist has no effect', async () => {
    const { weights } = await train(model, examples, { epochs: 1, seed: 1, engine: 'onnx', validation: 0 });
    const [graph] = Object.values(compile(model, weights).files).map((file) => file.model.graph);
    if (!graph) throw new Error('no file');
    const y = (third: number, mask: readonly number[]) =>
      evaluate(graph, {
        others: tensorOf('float32', [1, K, 2], [1, 2, 3, 4, third, third, -1, -1]),
        exist: tensorOf('float32', [1, K], mask),
        far: tensorOf('float32', [1, K], [1, 2, 3, 4]),
      })['y']?.data[0];
    expect(y(5, [1, 1, 0, 1])).toBe(y(-5, [1, 1, 0, 1]));
    expect(y(5, [1, 1, 1, 1])).not.toBe(y(-5, [1, 1, 1, 1]));
    expect(y(5, [1, 1, 1, 1])).not.toBe(y(5, [1, 1, 1, 0]));
  });
});
