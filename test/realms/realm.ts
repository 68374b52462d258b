import { createContext, runInContext, runInThisContext } from 'node:vm';
import { expect } from 'vitest';
import * as compiler from 'cvae-compile/compiler';
import * as data from 'cvae-compile/data';
import * as lib from 'cvae-compile';
import * as onnx from 'cvae-compile/onnx';
import * as runtime from 'cvae-compile/runtime';
import * as testing from 'cvae-compile/testing';
import * as training from 'cvae-compile/train';

/** Where a script runs, which determines the classes of its arrays, objects, functions and errors; and what `o` does to its objects. */
export interface Realm {
  readonly name: string;
  readonly run: (script: string, given: Readonly<Record<string, unknown>>) => unknown;
  readonly o: (value: unknown) => unknown;
}

const within =
  (evaluate: (script: string) => unknown): Realm['run'] =>
  (script, given) => {
    const take = evaluate(`(({ ${Object.keys(given).join(', ')} }) => (${script}\n))`);
    // A function of one record, as was just written.
    return (take as (given: unknown) => unknown)(given);
  };

const asItIs = (value: unknown): unknown => value;

/** Objects and those in them without a prototype. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)])),
  );
};

const here = within((script) => runInThisContext(script));
/** As a frame of a page is, or what a test runner runs tests in. */
const elsewhere = (): Realm['run'] => {
  const context = createContext({});
  return within((script) => runInContext(script, context));
};

/** What scripts are given: the doors of the package, by short names. */
export const DOORS = { compiler, data, lib, onnx, runtime, testing, training };

/** A value in text: arrays of numbers with their kind, maps as lists, what takes time without it. */
const told = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'seconds') return 0;
    if (ArrayBuffer.isView(inner))
      // By their kind, all of them here hold numbers or bigints.
      return `${Object.prototype.toString.call(inner)} ${Array.from(inner as unknown as ArrayLike<number>).join(' ')}`;
    return Object.prototype.toString.call(inner) === '[object Map]' ? [...(inner as Map<unknown, unknown>)] : inner;
  });

const result = async (realm: Realm, script: string, given: Readonly<Record<string, unknown>>): Promise<string> => {
  try {
    return told(await realm.run(script, { ...DOORS, ...given, o: realm.o }));
  } catch (error) {
    return String(error);
  }
};

/**
 * What a script gives, as text, which must be the same wherever it runs: in this realm, in another, and with objects that have no
 * prototype where it writes `o({ … })`. What it throws counts as well.
 */
export const everywhere = async (script: string, given: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const expected = await result({ name: 'here', run: here, o: asItIs }, script, given);
  for (const realm of [
    { name: 'another realm', run: elsewhere(), o: asItIs },
    { name: 'objects without a prototype', run: here, o: bare },
  ]) {
    const found = await result(realm, script, given);
    // Not compared by `expect`, which would print megabytes.
    const at = [...found].findIndex((sign, i) => sign !== expected[i]);
    expect(found === expected, `in ${realm.name}: ${found.slice(Math.max(0, at - 80), at + 200)}`).toBe(true);
  }
  return expected;
};

/** A model with all that a user may write in one: own ops, initialisers, parameters, constants, names that objects have. */
export const MODEL = `(() => {
  const { add, apply, categorical, concat, constant, continuous, cvae, dense, gaussian, mul, network, normal, parameter } = lib;
  const ramp = (shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i + 1) / 10);
  const scale = {
    name: 'scaleBy',
    shape: ([x]) => [...x],
    params: () => ({ by: { shape: [4], init: ramp } }),
    run: (tf, [x], { times }, { by }) => tf.mul(tf.mul(x, by), tf.tensor([times, 2, 3, 4])),
    lower: (onnx, [x], { times }, { by }) =>
      onnx.Mul(onnx.Mul(x, by), onnx.constant({ dtype: 'float32', shape: [4], data: Float32Array.of(times, 2, 3, 4) })),
  };
  return cvae(o({
    condition: { kind: categorical('left', 'right', 'constructor'), x: continuous(4), toString: continuous(1) },
    target: normal(4, o({ sigma: 0.5 })),
    latent: 2,
    baseline: network('guess', o({ x: continuous(4) }), ({ x }) => x.pipe(dense(4))),
    prior: ({ x, kind, toString }) => concat(x, kind, toString).pipe(gaussian(2)),
    recognition: ({ y, kind }) => o({ ...concat(y, kind).pipe(gaussian(2)) }),
    decoder: ({ z, x, kind }) =>
      add(
        apply(scale, [concat(z, kind).pipe(dense(4))], o({ times: 1.5 })),
        mul(parameter('own', [4], ramp), add(x, constant([4], Float32Array.of(1, 2, 3, 4)))),
      ),
  }));
})()`;

/** Data for it, and copies of weights whose arrays are of the realm of the script. */
export const DATA = `
  const count = 24;
  const kinds = Array.from({ length: count }, (_, i) => i % 3);
  const xs = Array.from({ length: count * 4 }, (_, i) => Math.sin(i));
  const ys = xs.map((v) => Math.fround(v * 0.5));
  const source = o({
    kind: Uint8Array.from(kinds),
    x: Float64Array.from(xs),
    toString: Float32Array.from(kinds, (v) => v * 10),
    y: Float32Array.from(ys),
  });
  const copied = (weights) =>
    new Map([...weights].map(([name, { shape, data }]) => [name, o({ shape: [...shape], data: Float32Array.from(data) })]));
`;
