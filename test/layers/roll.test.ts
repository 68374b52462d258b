import {
  add,
  at,
  batchNorm,
  concat,
  constant,
  continuous,
  dense,
  dropout,
  mul,
  network,
  relu,
  repeat,
  sigmoid,
  slice,
  square,
  stack,
  sub,
  sum,
  tanh,
} from 'cvae-compile';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/compiler/differentiate.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Body } from '../../src/graph/node.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { batchMean } from '../../src/layers/reduce.ts';
import { rolled } from '../../src/layers/roll.ts';
import { engines, open, runOnnx, runReference, runTfjs } from '../../src/testing/engines.ts';
import type { Values } from '../../src/testing/values.ts';
import { weightsOf } from '../train-step/support.ts';

const T = 18;
const [N, H] = [2, 3];
type Vector = Tensor<[3]>;

const lstm = network('lstm', { x: continuous(2), h: continuous(3), c: continuous(3) }, ({ x, h, c }) => {
  const gate = () => concat(x, h).pipe(dense(3));
  const next = add(mul(gate().pipe(sigmoid), c), mul(gate().pipe(sigmoid), gate().pipe(tanh)));
  return { h: mul(gate().pipe(sigmoid), next.pipe(tanh)), c: next };
});
const cell = network('cell', { x: continuous(3), h: continuous(3) }, ({ x, h }) => concat(x, h).pipe(dense(3), tanh));
const joint = network('joint', { x: continuous(2), state: continuous(6) }, ({ x, state }) =>
  concat(x, state).pipe(dense(6), tanh),
);
const head = network('head', { h: continuous(3) }, ({ h }) => h.pipe(dense(2), tanh));
const both = network('both', { x: continuous(2), h: continuous(3), g: continuous(3) }, ({ x, h, g }) => {
  const first = cell({ x: x.pipe(dense(3)), h });
  return { h: first, g: cell({ x: first, h: g }) };
});

const all = <S extends readonly number[]>(list: readonly Tensor<S>[]): Tensor => {
  const [first, ...rest] = list;
  if (!first) throw new Error('there are none');
  return stack(first, ...(rest as never[]));
};
const steps = (x: Tensor<[18, 2]>): readonly Tensor<[2]>[] =>
  Array.from({ length: T }, (_, t) => x.pipe(at(t as 0)) as Tensor<[2]>);

/** Calls written out, and in how many of them are none left. */
const CASES: Readonly<Record<string, (x: Tensor<[18, 2]>) => Tensor>> = {
  'an LSTM, with a network on what each step returns': (x) => {
    let [h, c]: Vector[] = [constant([3], 0), constant([3], 0.5)];
    const made = steps(x).map((one) => {
      ({ h, c } = lstm({ x: one, h: h as Vector, c: c as Vector }));
      return head({ h });
    });
    return all(made);
  },
  'two layers of cells, from the end, of which the last state counts': (x) => {
    let [h, g]: Vector[] = [x.pipe(at(3), dense(3)), constant([3], 0)];
    for (const one of steps(x).toReversed()) h = cell({ x: one.pipe(dense(3)), h: h as Vector });
    for (const one of steps(x)) ({ h, g } = both({ x: one, h: h as Vector, g: g as Vector }));
    return h as Vector;
  },
  'a state in parts, and outputs that are parts of it': (x) => {
    let state: Tensor<[6]> = concat(x.pipe(at(0), dense(3)), constant([3], 0));
    const made: Tensor<[3]>[] = [];
    for (const one of steps(x)) {
      state = joint({ x: one, state: concat(state.pipe(slice(3, 6)), state.pipe(slice(0, 3), relu)) });
      made.push(state.pipe(slice(0, 3)) as Tensor<[3]>);
    }
    return concat(made[0] as Vector, ...(made.slice(1) as Vector[]));
  },
  'a network that returns what the next cell is given': (x) => {
    let [h, y]: Tensor[] = [x.pipe(at(0), dense(3)), x.pipe(at(1))];
    const made = steps(x).map((one) => {
      h = cell({ x: concat(y as Tensor<[2]>, one.pipe(slice(0, 1))) as Vector, h: h as Vector });
      y = head({ h: h as Vector });
      return y as Tensor<[2]>;
    });
    return add(all(made), x);
  },
  'a first call that is given something else, and outputs that are used by themselves': (x) => {
    const made: Vector[] = [cell({ x: constant([3], 1), h: x.pipe(at(0), dense(3)) })];
    for (const one of steps(x)) made.push(cell({ x: add(one.pipe(repeated), 0.1), h: made.at(-1) as Vector }));
    return concat(made[0] as Vector, made[7] as Vector, made.at(-1) as Vector);
  },
  'one cell that reads and then writes': (x) => {
    let h: Vector = x.pipe(at(0), dense(3));
    const last = x.pipe(at(5), dense(3));
    for (const one of steps(x)) h = cell({ x: one.pipe(repeated), h });
    const made = steps(x).map(() => (h = cell({ x: last, h: h.pipe(square) })));
    return all(made);
  },
  'what is the same for all examples': (x) => {
    let h: Vector = constant([3], 0.3);
    const made = steps(x).map((_, t) => (h = cell({ x: constant([3], t / T), h })));
    return add(x.pipe(at(0), dense(3)), made.at(-1) as Vector);
  },
  'several samples of each example': (x) => {
    let h: Vector = x.pipe(at(0), dense(3), repeat(2));
    for (const one of steps(x)) h = cell({ x: one.pipe(dense(3), repeat(2)), h });
    return h;
  },
};
const repeated = (x: Tensor<[2]>): Vector => concat(x, x.pipe(slice(0, 1))) as Vector;

const bodyOf = (make: (x: Tensor<[18, 2]>) => Tensor): Body =>
  network('series', { x: continuous(18, 2) }, ({ x }) => ({ loss: batchMean(sum(square(make(x)))) }))['~body'];
const graphOf = (body: Body): Graph => resolve(body, { mode: 'train' });

const x: Values = { x: { shape: [N, T, 2], data: Float64Array.from({ length: N * T * 2 }, (_, i) => Math.sin(i)) } };

/** The loss and its gradients, by the reference. */
const derived = (graph: Graph): Values => {
  const weights = weightsOf(graph);
  const by = graph.params.map(({ name }) => name);
  return runReference(differentiate(open(graph), { of: 'loss', by }), { ...x, ...Object.fromEntries(weights) }).values;
};
const differs = (a: Values, b: Values): number =>
  Object.entries(b).reduce(
    (most, [name, { data }]) =>
      Array.from(data).reduce((far, value, i) => Math.max(far, Math.abs(value - (a[name]?.data[i] ?? NaN))), most),
    0,
  );

describe('calls that are written as steps', () => {
  it.each(Object.keys(CASES))('compute the same, with the same gradients: %s', async (name) => {
    const body = bodyOf(CASES[name] ?? all.bind(undefined, []));
    const [written, graph] = [graphOf(body), graphOf(rolled(body))];
    expect(graph.steps.filter(({ op }) => op.name === 'steps').length).toBeGreaterThan(0);
    // Without the calls that were repeated.
    expect(graph.steps.filter(({ name }) => /^(lstm|cell|joint|head|both)#\d/.test(name)).length).toBeLessThan(8);
    expect(graph.params.map((param) => param.name).sort()).toEqual(written.params.map((param) => param.name).sort());
    const expected = derived(written);
    expect(differs(derived(graph), expected)).toBeLessThan(1e-9);
    const { tfjs, onnx } = await engines();
    const found = runTfjs(tfjs, graph, x, weightsOf(graph)).values;
    expect(Math.abs((found['loss']?.data[0] ?? NaN) - (expected['loss']?.data[0] ?? NaN))).toBeLessThan(1e-3);
    if (!onnx) return;
    const weights = Object.fromEntries(weightsOf(graph));
    const [answer] = await runOnnx(onnx, differentiate(open(graph), { of: 'loss', by: Object.keys(weights) }), [
      { ...x, ...weights },
    ]);
    expect(differs(answer?.values ?? {}, expected)).toBeLessThan(1e-3);
  });

  it('are as many for any number of steps', () => {
    const count = (length: number): number => {
      const { '~body': body } = network('series', { x: continuous(length, 2) }, ({ x: given }) => {
        let [h, c]: Vector[] = [constant([H], 0) as Vector, constant([H], 0) as Vector];
        const made = Array.from({ length }, (_, t) => {
          ({ h, c } = lstm({ x: given.pipe(at(t)) as Tensor<[2]>, h: h as Vector, c: c as Vector }));
          return h;
        });
        return all(made);
      });
      return graphOf(rolled(body)).steps.length;
    };
    expect(count(40)).toBe(count(20));
    expect(count(40)).toBeLessThan(10);
  });

  const LEFT: Readonly<Record<string, (x: Tensor<[18, 2]>) => Tensor>> = {
    'few calls': (given) => {
      let h: Vector = given.pipe(at(0), dense(3));
      for (const one of steps(given).slice(0, 12)) h = cell({ x: one.pipe(repeated), h });
      return h;
    },
    'noise in each step': (given) => {
      const noisy = network('noisy', { h: continuous(3) }, ({ h }) => h.pipe(dense(3), dropout(0.5)));
      return steps(given).reduce<Vector>((h) => noisy({ h }), given.pipe(at(0), dense(3)));
    },
    'statistics of the batch in each step': (given) => {
      const norm = network('norm', { h: continuous(3) }, ({ h }) => h.pipe(dense(3), batchNorm));
      return steps(given).reduce<Vector>((h) => norm({ h }), given.pipe(at(0), dense(3)));
    },
    'a state of two steps before': (given) => {
      const made: Vector[] = [given.pipe(at(0), dense(3)), given.pipe(at(1), dense(3))];
      for (const one of steps(given))
        made.push(cell({ x: sub(made.at(-1) as Vector, one.pipe(repeated)), h: made.at(-2) as Vector }));
      return made.at(-1) as Vector;
    },
  };
  it.each(Object.keys(LEFT))('are left as they are: %s', (name) => {
    const body = bodyOf(LEFT[name] ?? all.bind(undefined, []));
    expect(rolled(body)).toBe(body);
  });
});
