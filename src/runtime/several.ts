import { drawsItself } from './file-noise.ts';
import { imputing } from './impute.ts';
import type { Inside } from './model.ts';
import type { checkOptions as check } from './options.ts';
import type { outputs as show, Outputs, Samples, Values } from './result.ts';
import type { TargetSignature } from '../signature.ts';

/**
 * Returns a model whose results are a record of several targets, if it has several. Files return each under its name, `rain`, and
 * what else a draw of it needs as `rain_logVar` and the like, so that they are what a single y has `more` of. If parts of the target are
 * known, they are in their places.
 */
export const severally = (model: Inside, checkOptions: typeof check, outputs: typeof show): Inside =>
  imputing(recordsOf(model, checkOptions, outputs));

const recordsOf = (model: Inside, checkOptions: typeof check, outputs: typeof show): Inside => {
  const {
    steps,
    target: { targets },
  } = model.signature;
  if (!targets) return model;
  const all = Object.entries(targets);
  const show = async (given: Promise<Outputs>): Promise<Outputs> => {
    const found = await given;
    const rows = found.shape[0] ?? 0;
    return recordOf(all.map(([name, target]) => [name, outputs(target, valuesOf(name, target, found, rows))]));
  };
  return {
    ...model,
    sample: async (given, options = {}) => {
      const how = checkOptions(options);
      // Steps are drawn one after another, some targets by a file, and all others from their means.
      const inSteps = how.draw && steps !== undefined;
      const { draw } = model.signature.files;
      const found = await model.sample(given, { ...how, draw: inSteps || (how.draw && draw !== undefined) });
      const rows = found.shape[0] ?? 0;
      const own = how.independent ? { ...how, count: rows } : how;
      const columns = rows > how.count ? how.count : undefined;
      const draws = how.draw ? await import('./draw.ts') : undefined;
      const each = all.map(async ([name, target]): Promise<[string, Outputs]> => {
        const drawn = inSteps || (how.draw && drawsItself(name, draw));
        const means = valuesOf(name, target, found, rows, drawn);
        const y = draws && !drawn ? await draws.drawWith(target, means, own, name) : means;
        return [name, outputs(target, y, columns)];
      });
      // A record of samples, as `open` types it for such a definition.
      return { ...recordOf(await Promise.all(each)), seed: found.seed, z: found.z } as Samples;
    },
    mean: (...given) => show(model.mean(...given)),
    baseline: (given) => show(model.baseline(given)),
  };
};

/** Returns values by their targets' names. `open` types results by the definition: as this record, if it has several targets. */
const recordOf = (each: readonly (readonly [string, Outputs])[]): Outputs =>
  Object.fromEntries(each) as unknown as Outputs;

/** Returns the means of one of several targets, with what else files return for it, from what they return for all. */
export const valuesOf = (
  name: string,
  { shape, dataShape, outputs: further = {} }: TargetSignature,
  found: object,
  rows: number,
  drawn = false,
): Values => {
  const given = new Map<string, unknown>(Object.entries(found));
  const numbers = (key: string): Float32Array | undefined => {
    const data = given.get(key);
    return data instanceof Float32Array ? data : undefined;
  };
  const more = ['logVar', ...Object.keys(further)].flatMap((key): [string, Float32Array][] => {
    const data = numbers(`${name}_${key}`);
    return data ? [[key, data]] : [];
  });
  return {
    data: numbers(name) ?? new Float32Array(),
    shape: [rows, ...(drawn ? dataShape : shape)],
    more: Object.fromEntries(more),
  };
};
