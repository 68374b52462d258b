import { counted } from '../values/counted.ts';
import { WeightsMismatch } from '../errors.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { ownFloats } from '../values/lists.ts';
import { received } from '../values/value-text.ts';

/** The values of one parameter: an array of float32, row by row; `[]` is the shape of a single number. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model's parameters by their full names (`decoder/dense_2/kernel`). Weights never sit in a graph. */
export type Weights = ReadonlyMap<string, Weight>;

/** A parameter of a model, against which weights are checked. */
export interface Expected {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Copies weights given by a user, from any realm, into arrays of this one, which engines require. Throws a `WeightsMismatch` for
 * other values; `where` names the function that received them.
 */
export const ownWeights = (where: string, weights: unknown): Weights => {
  const refuse = (expected: string, got: unknown): never => {
    throw new WeightsMismatch(
      `${where}: expected ${expected}, got ${received(got)}; pass the weights that train or loadWeights returned`,
    );
  };
  if (!isMap(weights)) return refuse('weights as a Map by the names of parameters', weights);
  const own = Array.from(weights, ([name, weight]): readonly [string, Weight] => {
    if (typeof name !== 'string') return refuse('weights by the names of parameters', name);
    const { shape, data }: Readonly<Record<string, unknown>> = Object(weight);
    if (!isShape(shape)) return refuse(`${name} as { shape, data }, shape a list of whole numbers`, shape ?? weight);
    return [name, { shape: [...shape], data: ownFloats(data) ?? refuse(`a Float32Array as data of ${name}`, data) }];
  });
  return new Map(own);
};

/** Whether a value is a Map, of any realm, or has its methods. */
export const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  ['get', 'has', 'keys', Symbol.iterator].every((name) => typeof Reflect.get(value, name) === 'function');

const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);

/**
 * Throws a `WeightsMismatch` unless `weights` are exactly the expected parameters. It names each parameter that differs and how
 * (missing, unexpected, wrong shape); `where` says where the weights come from.
 */
export const checkWeights = (where: string, expected: Iterable<Expected>, weights: Weights): void => {
  const shapes = new Map(Array.from(expected, ({ name, shape }) => [name, shape]));
  const wrong: string[] = [];
  for (const [name, shape] of shapes) {
    const weight = weights.get(name);
    if (weight === undefined) wrong.push(`${name} is missing`);
    else if (!same(weight.shape, shape))
      wrong.push(`${name} has shape ${show(weight.shape)} instead of ${show(shape)}`);
    else if (weight.data.length !== size(shape))
      wrong.push(`${name} holds ${weight.data.length} numbers instead of ${size(shape)}`);
  }
  for (const name of weights.keys()) if (!shapes.has(name)) wrong.push(`${name} is not a parameter of this model`);
  if (wrong.length === 0) return;
  throw new WeightsMismatch(
    `${where}: expected the ${counted(shapes.size, 'parameter')} of this model, got weights that differ (${wrong.join(', ')}); ` +
      `use the definition that they were trained with, or train this one`,
  );
};

/**
 * Throws a `WeightsMismatch` if the fingerprint in the metadata of weights is none of the model's, the current one first. Weights
 * without one, such as converted ones, pass: only their names and shapes can be checked.
 */
export const checkFingerprint = (
  where: string,
  fingerprint: string | readonly [current: string, ...earlier: string[]],
  metadata: Readonly<Record<string, string>>,
): void => {
  const fingerprints = typeof fingerprint === 'string' ? ([fingerprint] as const) : fingerprint;
  const found = metadata['fingerprint'];
  if (found === undefined || fingerprints.includes(found)) return;
  throw new WeightsMismatch(
    `${where}: expected weights of the model with fingerprint ${short(fingerprints[0])}, got those of ${short(found)}, ` +
      `whose parameters have the same names and shapes but which computes something else; ` +
      `use the definition that they were trained with, or train this one`,
  );
};

const short = (fingerprint: string): string => (fingerprint.length > 12 ? `${fingerprint.slice(0, 12)}…` : fingerprint);
