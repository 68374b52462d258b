import { normals, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Manifest, Part } from '../signature.ts';
import { callErrors } from './load-call-errors.ts';
import { reparameterise, type Gaussians } from './latents.ts';
import type { Origin, Source } from './from.ts';
import type { Inside } from './model.ts';
import type { Backend } from './open-options.ts';
import { checkOptions } from './options.ts';
import { outputs, type Outputs, type Values } from './result.ts';
import { runRows, type Input } from './rows.ts';
import type { SelfTest } from './self-test.ts';
import type { FileRunner } from './sessions.ts';
import type * as Forms from './values.ts';
import { usual } from './usual-values.ts';
import type { Encoded } from './variable.ts';

/** Returns the files of a model as functions of their inputs. */
const filesOf = ({ name, target, latent, files }: Manifest, engine: FileRunner) => {
  const run = async (part: Part, rows: number, inputs: Inputs, signal?: AbortSignal) => {
    const file = files[part];
    if (!file) throw (await callErrors()).withoutFile(name, part, Object.keys(files));
    return runRows(engine, part, file, rows, inputs, signal);
  };
  return {
    /**
     * Computes y's mean (or a draw, with the file `draw`), [rows, ...shape], and whatever else a draw needs: row r has condition
     * `conditionOf(r)`.
     */
    meanOf: async (
      part: Part,
      given: Encoded,
      rows: number,
      own: Inputs = {},
      conditionOf?: (row: number) => number,
      signal?: AbortSignal,
    ): Promise<Values> => {
      const inputs = { ...spreadAll(given, conditionOf), ...own };
      const { y = new Float32Array(), ...more } = await run(part, rows, inputs, signal);
      return { data: y, shape: [rows, ...target.shape], more };
    },
    priorOf: async (given: Encoded): Promise<Gaussians> => {
      if (!latent) throw (await callErrors()).withoutLatent(name);
      const zeros = new Float32Array(given.rows * latent);
      const { mean = zeros, logVar = zeros } = files.prior ? await run('prior', given.rows, given.values) : {};
      return { mean, logVar };
    },
  };
};

/** Creates the model of a manifest on a runner of its files; `prove` runs their examples. It is independent of the platform. */
export const createModel = (
  manifest: Manifest,
  engine: FileRunner,
  backend: Backend,
  prove: () => Promise<SelfTest>,
): Inside => {
  const { kind, conditions, target, latent, files } = manifest;
  const { meanOf, priorOf } = filesOf(manifest, engine);
  /**
   * Encodes conditions, and what z is drawn from if that is given, which is rare. Refuses a result of too many numbers, with `count`
   * rows of each.
   */
  const read = async (
    given: Readonly<Record<string, unknown>>,
    count = 1,
    from?: Source,
    signal?: AbortSignal,
  ): Promise<Origin> => {
    const encoded = await (usual(conditions, given) ??
      inFull(given, (values, kept) => values.encodeAll(conditions, kept)));
    const origin = from || signal ? await (await import('./from.ts')).from(encoded, from, signal, latent) : { encoded };
    const numbers = origin.encoded.rows * count * Math.max(latent, size(target.shape));
    if (numbers > LARGEST) throw (await callErrors()).tooMany(numbers, LARGEST);
    return origin;
  };
  const show = (values: Values): Outputs => outputs(target, values);

  return {
    signature: manifest,
    backend,

    sample: async (given, options = {}) => {
      const own = checkOptions(options);
      const { count, draw, from, signal } = own;
      const { encoded, gaussians = await priorOf(encoded) } = await read(given, count, copied(from), signal);
      const rows = encoded.rows * count;
      const how = own.independent ? { ...own, count: rows } : own;
      const noise = normals(stream(how.seed, 'z'), how.count, latent, how.first);
      const drawn = reparameterise(gaussians, noise, latent, how.temperature, count);
      // Both are rarely used.
      const further = draw && files.draw && (await import('./file-noise.ts')).fileNoise(manifest, files.draw, how);
      const inputs = { z: { rows, size: latent, data: drawn }, ...further };
      // Each condition has this many rows in succession.
      const conditionOf = (row: number): number => Math.floor(row / count);
      const mean = await meanOf(further ? 'draw' : 'decoder', encoded, rows, inputs, conditionOf, signal);
      const y = draw && !further ? await (await import('./draw.ts')).drawWith(target, mean, how) : mean;
      const columns = encoded.rows > 1 && (count > 1 || !from) ? count : undefined;
      return { ...outputs(target, y, columns), seed: how.seed, z: { data: drawn, shape: [rows, latent] } };
    },

    mean: async (given, z) => {
      const { encoded, gaussians } = await read(given, 1, z);
      const { rows } = encoded;
      if (kind === 'predictor' && !z) return show(await meanOf('predictor', encoded, rows));
      const { mean } = gaussians ?? (await priorOf(encoded));
      return show(await meanOf('decoder', encoded, rows, { z: { rows, size: latent, data: mean } }));
    },

    prior: async (given) => {
      const { encoded } = await read(given, 0);
      const { mean, logVar } = await priorOf(encoded);
      const shape = [encoded.rows, latent];
      return { mean: { data: mean, shape }, logVar: { data: logVar, shape } };
    },

    baseline: async (given) => {
      const { encoded } = await read(given);
      return show(await meanOf('baseline', encoded, encoded.rows));
    },

    selfTest: prove,
  };
};

/**
 * Encodes values in any form, with a module that a page loads only for that; until it is loaded they are copied, as their owner
 * may change them.
 */
const inFull = async <T, R>(value: T, encode: (values: typeof Forms, kept: T) => R): Promise<R> => {
  if (loaded) return encode(loaded, value);
  const kept = copied(value);
  loaded = await import('./values.ts');
  return encode(loaded, kept);
};

let loaded: typeof Forms | undefined;

/** Returns a copy of a value; one that cannot be copied is invalid, and is refused as it is. A copy of a signal would not be one. */
export const copied = <T>(value: T): T => {
  try {
    // As most latents are.
    if (value instanceof Float32Array) return value.slice() as T;
    return Object(value).signal ? value : structuredClone(value);
  } catch {
    return value;
  }
};

type Inputs = Readonly<Record<string, Input>>;

const spreadAll = ({ values }: Encoded, of?: (row: number) => number): Inputs =>
  of ? Object.fromEntries(Object.entries(values).map(([name, one]) => [name, { ...one, of }])) : values;

/** The largest result computed in one call, in numbers: 1 GiB. */
const LARGEST = 2 ** 28;
