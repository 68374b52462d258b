import { Unavailable } from '../errors.ts';
import { size } from '../shape/size.ts';
import type { Manifest, TargetSignature } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import type { Core, Inside } from './model.ts';
import type { SampleOptions } from './options.ts';
import type { Outputs, Samples } from './result.ts';
import type { Rows } from './variable.ts';

type ExampleValues = Readonly<Record<string, unknown>>;

/** Returns the conditions that give what is known of targets: their names, those targets and the masks. */
const knownIn = ({ conditions }: Manifest) =>
  Object.entries(conditions).flatMap(([name, { knownOf }]) =>
    knownOf === undefined ? [] : [{ name, of: knownOf, mask: maskName(name) }],
  );

/** Returns a model whose results have what is known of its target in its place. */
export const imputing = (model: Inside): Inside => {
  const { conditions, target } = model.signature;
  const known = knownIn(model.signature);
  if (known.length === 0) return model;
  const all = target.targets ?? { y: target };
  const filled = async <T extends object>(given: ExampleValues, result: Promise<T>): Promise<T> => {
    const found = await result;
    // Loaded by then, unless the values are usual ones.
    const { encodeAll } = await import('./values.ts');
    const { values, rows } = await encodeAll(conditions, given);
    for (const { name, of, mask } of known) {
      const outputs: unknown = target.targets ? Object(found)[of] : found;
      const [one, kept, counted] = [all[of], values[name], values[mask]];
      if (one && kept && counted && isOutputs(outputs)) fill(outputs, one, kept, counted, rows);
    }
    return found;
  };
  return {
    ...model,
    sample: (given, options) => filled(given, model.sample(given, options)),
    mean: (given, z) => filled(given, model.mean(given, z)),
    baseline: (given) => filled(given, model.baseline(given)),
  };
};

/** Returns the conditions that give what is known of targets. @throws Unavailable for a model without them. */
export const requireKnown = (manifest: Manifest): ReturnType<typeof knownIn> => {
  const known = knownIn(manifest);
  if (known.length > 0) return known;
  throw new Unavailable(
    `${manifest.name}: expected a model that is given parts of its target, got one that is not; define it with known: anyPart(), and train it`,
  );
};

/**
 * `impute` of a model. `encoded` encodes conditions, of which some give what is known of targets, by the names of these, as errors say
 * them; the conditions are called otherwise. @throws Unavailable if it was not trained to be given parts of its target.
 */
export const impute = async (
  model: Core,
  given: ExampleValues,
  options: SampleOptions,
  encoded: (
    conditions: Manifest['conditions'],
    given: ExampleValues,
    known: ReadonlyMap<string, string>,
  ) => Promise<ExampleValues>,
): Promise<Samples> => {
  const known = new Map(requireKnown(model.signature).map(({ name, of }) => [of, name]));
  const targets = new Map([...known].map(([of, name]) => [name, of]));
  const shown = (name: string): string => targets.get(name) ?? name;
  const conditions = Object.entries(model.signature.conditions).map(([name, condition]) => {
    const { maskOf } = condition;
    return [shown(name), maskOf === undefined ? condition : { ...condition, maskOf: shown(maskOf) }];
  });
  const values = Object.entries(Object(given)).map(([name, value]) => [shown(name), value]);
  return model.sample(await encoded(Object.fromEntries(conditions), Object.fromEntries(values), known), {
    draw: true,
    ...options,
  });
};

const isOutputs = (value: unknown): value is Outputs =>
  typeof value === 'object' && value !== null && 'data' in value && value.data instanceof Float32Array;

/** Puts what is known in its place: in draws of classes as indices, in means as probabilities. */
const fill = (
  { data, shape: [total = 1] }: Outputs,
  { shape, dataShape, classes }: TargetSignature,
  kept: Rows,
  counted: Rows,
  rows: number,
): void => {
  const width = data.length / total;
  const places = size(dataShape);
  const count = classes === undefined ? 1 : size(shape) / places;
  const isIndex = count > 1 && width === places;
  const each = width / places;
  for (let row = 0; row < total; row++) {
    const from = Math.floor((row * rows) / total);
    const [own, mask] = [kept.rows === 1 ? 0 : from, counted.rows === 1 ? 0 : from];
    for (let place = 0; place < places; place++) {
      if (counted.data[mask * counted.size + place] !== 1) continue;
      const values = kept.data.subarray(own * kept.size + place * count, own * kept.size + (place + 1) * count);
      if (isIndex) data[row * width + place] = values.indexOf(Math.max(...values));
      else data.set(values.subarray(0, each), row * width + place * each);
    }
  }
};
