import { expect, it } from 'vitest';
import {
  concat,
  constant,
  cvae,
  dense,
  gamma,
  gaussian,
  gru,
  heads,
  logNormal,
  negativeBinomial,
  poisson,
  steps,
  tanh,
  zeroInflated,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { evaluate as run, decode } from 'cvae-compile/onnx';
import { evaluate } from 'cvae-compile/train';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { compute } from '../layers/compute.ts';

// Networks see counts and amounts as ln(1 + y), while training and in files.

const targets = { visits: poisson(4, 1), spent: zeroInflated(logNormal(4, 1, { sigma: 0.5 })) };
const start = { visits: constant([1], -0.7), spent: constant([1], 1.3) };

const model = cvae({
  condition: {},
  target: targets,
  latent: 1,
  recognition: ({ y }) => concat(y.visits, y.spent).pipe(gru(3, { last: true }), gaussian(1)),
  decoder: ({ z }) =>
    steps(targets, { start, state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous.visits, previous.spent, state).pipe(dense(4), tanh);
      const out = next.pipe(heads({ visits: poisson(1), spent: zeroInflated(logNormal(1, { sigma: 0.5 })) }));
      return { out, state: next.pipe(dense(3)) };
    }),
});

const examples = Array.from({ length: 6 }, (_, i) => ({
  visits: Array.from({ length: 4 }, (_x, t) => (i * 7 + t * 3) % 11),
  spent: Array.from({ length: 4 }, (_x, t) => ((i + t) % 3 === 0 ? 0 : 10 ** ((i + 2 * t) % 5))),
}));

const weights = drawnWeights(parametersOf(model), 3);

const graphOf = (file: { readonly bytes: Uint8Array } | undefined) => {
  if (!file) throw new Error('no file');
  return decode(file.bytes).graph;
};

const ofFile = (graph: ReturnType<typeof graphOf>, all: Readonly<Record<string, number>>, state: readonly number[]) => {
  const values = (name: string): readonly number[] => (name === 'state' ? state : [all[name] ?? NaN]);
  const feeds = graph.inputs.map(({ name }) => [name, tensorOf('float64', [1, values(name).length], values(name))]);
  return Object.fromEntries(
    Object.entries(run(graph, Object.fromEntries(feeds))).map(([name, tensor]) => [name, [...numbersOf(tensor)]]),
  );
};

it('the files of a step of counts and amounts have the likelihood that was trained', async () => {
  const { files } = compile(model, weights);
  const [first, step] = [graphOf(files['start']), graphOf(files['step'])];
  const begin = ofFile(first, { z: 0 }, []);
  // y before the first step is in the units of the data, unless it is a value that no y has.
  expect(begin['previous_visits']?.[0]).toBeCloseTo(-0.7, 6);
  expect(begin['previous_spent']?.[0]).toBeCloseTo(Math.expm1(1.3), 5);
  const losses = examples.map(({ visits, spent }) => {
    let state = begin['state'] ?? [];
    let previous = { visits: begin['previous_visits']?.[0] ?? NaN, spent: begin['previous_spent']?.[0] ?? NaN };
    let sum = 0;
    for (const [t, count] of visits.entries()) {
      const given = { z: 0, previous_visits: previous.visits, previous_spent: previous.spent };
      const made = ofFile(step, given, state);
      const [rate = NaN, zero = NaN, median = NaN] = ['visits', 'spent_zero', 'spent_median'].map((k) => made[k]?.[0]);
      const amount = spent[t] ?? 0;
      for (let k = 1; k <= count; k++) sum += Math.log(k);
      sum += rate - count * Math.log(rate);
      const deviations = (Math.log(amount) - Math.log(median)) / 0.5;
      sum -=
        amount === 0
          ? Math.log(zero)
          : Math.log(1 - zero) - 0.5 * deviations ** 2 - Math.log(0.5 * amount) - 0.5 * Math.log(2 * Math.PI);
      state = made['next_state'] ?? [];
      previous = { visits: count, spent: amount };
    }
    return sum;
  });
  const { deterministic } = await evaluate(model, weights, examples, { samples: 1, part: 'train' });
  expect(losses.reduce((a, b) => a + b, 0) / losses.length).toBeCloseTo(deterministic, 3);
});

it.each([poisson(4, 1), negativeBinomial(4, 1), gamma(4, 1), logNormal(4, 1), zeroInflated(gamma(4, 1))])(
  'what is seen of $distribution, and what is seen so, undo each other',
  ({ seen, unseen }) => {
    const y = [0, 0.5, 3, 4000];
    const { back = [] } = compute({ y: { shape: [4], data: y } }, (given) =>
      Object.fromEntries(Object.values(given).flatMap((one) => (seen && unseen ? [['back', unseen(seen(one))]] : []))),
    );
    for (const [i, value] of y.entries()) expect(back[i]).toBeCloseTo(value, 8);
  },
);
