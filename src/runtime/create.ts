import { normals, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Manifest, Part } from '../signature.ts';
import { unfit } from './later.ts';
import { reparameterise, type Gaussians } from './latents.ts';
import type { Core } from './model.ts';
import type { Backend } from './open-options.ts';
import { checkOptions, type CheckedOptions } from './options.ts';
import { outputs, type Outputs, type Samples, type Values } from './result.ts';
import { inOrder, runRows, spread, type Input } from './rows.ts';
import type { SelfTest } from './self-test.ts';
import type { FileRunner } from './sessions.ts';
import type * as Forms from './values.ts';
import { usual, type Encoded } from './usual-values.ts';

/** Returns the files of a model as functions of their inputs. */
const filesOf = ({ name, target, latent, files }: Manifest, engine: FileRunner) => {
  const run = async (part: Part, rows: number, inputs: Inputs, signal?: AbortSignal) => {
    const file = files[part];
    if (!file) throw (await unfit()).withoutFile(name, part, Object.keys(files));
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
      conditionOf = inOrder,
      signal?: AbortSignal,
    ): Promise<Values> => {
      await checkSize(rows * size(target.shape));
      const inputs = { ...spreadAll(given, conditionOf), ...own };
      const { y = new Float32Array(), ...more } = await run(part, rows, inputs, signal);
      return { data: y, shape: [rows, ...target.shape], more };
    },
    priorOf: async (given: Encoded): Promise<Gaussians> => {
      if (!latent) throw (await unfit()).withoutLatent(name);
      const zeros = new Float32Array(given.rows * latent);
      const { mean = zeros, logVar = zeros } = files.prior ? await run('prior', given.rows, spreadAll(given)) : {};
      return { mean, logVar };
    },
  };
};

/** Returns a function that draws samples. */
const sampling =
  (manifest: Manifest, { meanOf, priorOf }: ReturnType<typeof filesOf>) =>
  async (conditions: Encoded, given: CheckedOptions): Promise<Samples> => {
    const { target, latent, files } = manifest;
    const { count, draw, signal } = given;
    // Rarely given.
    const { encoded = conditions, gaussians = await priorOf(conditions) } =
      given.from || signal ? await (await import('./from.ts')).from(conditions, given, latent) : {};
    const rows = encoded.rows * count;
    await checkSize(rows * Math.max(latent, size(target.shape)));
    const how = given.independent ? { ...given, count: rows } : given;
    const noise = normals(stream(how.seed, 'z'), how.count, latent, how.first);
    const drawn = reparameterise(gaussians, noise, latent, how.temperature, count);
    // Both are rarely used.
    const own = draw && files.draw && (await import('./file-noise.ts')).fileNoise(manifest, files.draw, how);
    const inputs = { z: spread({ rows, size: latent, data: drawn }), ...own };
    const mean = await meanOf(own ? 'draw' : 'decoder', encoded, rows, inputs, times(count), signal);
    const y = draw && !own ? await (await import('./draw.ts')).drawWith(target, mean, how) : mean;
    const columns = encoded.rows > 1 && (count > 1 || !given.from) ? count : undefined;
    return { ...outputs(target, y, columns), seed: how.seed, z: { data: drawn, shape: [rows, latent] } };
  };

/** Creates the model of a manifest on a runner of its files; `prove` runs their examples. It is independent of the platform. */
export const createModel = (
  manifest: Manifest,
  engine: FileRunner,
  backend: Backend,
  prove: () => Promise<SelfTest>,
): Core => {
  const { kind, conditions, target, latent } = manifest;
  const parts = filesOf(manifest, engine);
  const { meanOf, priorOf } = parts;
  const encode = async (given: Readonly<Record<string, unknown>>): Promise<Encoded> =>
    usual(conditions, given) ?? inFull(given, (values, kept) => values.encodeAll(conditions, kept));
  const show = (values: Values): Outputs => outputs(target, values);

  const draw = sampling(manifest, parts);

  return {
    signature: manifest,
    backend,

    sample: async (given, options = {}) => {
      const how = checkOptions(options);
      return draw(await encode(given), how);
    },

    mean: async (given) => {
      const encoded = await encode(given);
      const { rows } = encoded;
      if (kind === 'predictor') return show(await meanOf('predictor', encoded, rows));
      const { mean } = await priorOf(encoded);
      return show(await meanOf('decoder', encoded, rows, { z: spread({ rows, size: latent, data: mean }) }));
    },

    prior: async (given) => {
      const encoded = await encode(given);
      const { mean, logVar } = await priorOf(encoded);
      const shape = [encoded.rows, latent];
      return { mean: { data: mean, shape }, logVar: { data: logVar, shape } };
    },

    baseline: async (given) => {
      const encoded = await encode(given);
      return show(await meanOf('baseline', encoded, encoded.rows));
    },

    selfTest: prove,
  };
};

/** Returns the condition of a row if each condition has this many rows in succession. */
const times =
  (count: number) =>
  (row: number): number =>
    Math.floor(row / count);

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
    return Object(value).signal ? value : structuredClone(value);
  } catch {
    return value;
  }
};

type Inputs = Readonly<Record<string, Input>>;

const spreadAll = (given: Encoded, of?: (row: number) => number): Inputs =>
  Object.fromEntries(Object.entries(given.values).map(([name, values]) => [name, spread(values, of)]));

/** The largest result computed in one call, in numbers: 1 GiB. */
const LARGEST = 2 ** 28;

const checkSize = async (numbers: number): Promise<void> => {
  if (numbers > LARGEST) throw (await unfit()).tooMany(numbers, LARGEST);
};
