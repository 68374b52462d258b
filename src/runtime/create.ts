import { normals, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Manifest, Part } from '../signature.ts';
import { callsOf } from './calls.ts';
import { reparameterise, type Gaussians } from './latents.ts';
import type { Model } from './model.ts';
import type { Backend } from './open-options.ts';
import { checkOptions, type SampleOptions } from './options.ts';
import { outputs, type Outputs, type Samples, type Values } from './result.ts';
import { inOrder, runRows, spread, type Input } from './rows.ts';
import type { SelfTest } from './self-test.ts';
import type { FileRunner } from './sessions.ts';
import type * as Forms from './values.ts';
import { usual, usualValue, type Encoded, type Rows, type Variable } from './usual-values.ts';

/** Returns the files of a model as functions of their inputs. */
const filesOf = ({ name, target, latent, files }: Manifest, engine: FileRunner) => {
  const run = async (part: Part, rows: number, inputs: Inputs) => {
    const file = files[part];
    if (!file) throw (await unfit()).withoutFile(name, part, Object.keys(files));
    return runRows(engine, part, file, rows, inputs);
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
    ): Promise<Values> => {
      await checkSize(rows * size(target.shape));
      const inputs = { ...spreadAll(given, conditionOf), ...own };
      const { y = new Float32Array(), ...more } = await run(part, rows, inputs);
      return { data: y, shape: [rows, ...target.shape], more };
    },
    priorOf: async (given: Encoded): Promise<Gaussians> => {
      const zeros = new Float32Array(given.rows * latent);
      const { mean = zeros, logVar = zeros } = files.prior ? await run('prior', given.rows, spreadAll(given)) : {};
      return { mean, logVar };
    },
  };
};

/** Returns a function that draws samples. */
const sampling =
  (manifest: Manifest, { meanOf, priorOf }: ReturnType<typeof filesOf>) =>
  async (encoded: Encoded, given: Required<SampleOptions>): Promise<Samples> => {
    const { target, latent, files } = manifest;
    const { count, draw } = given;
    const rows = encoded.rows * count;
    await checkSize(rows * Math.max(latent, size(target.shape)));
    const how = given.independent ? { ...given, count: rows } : given;
    const noise = normals(stream(how.seed, 'z'), how.count, latent, how.first);
    const drawn = reparameterise(await priorOf(encoded), noise, latent, how.temperature, count);
    // Both are rarely used.
    const own = draw && files.draw && (await import('./file-noise.ts')).fileNoise(manifest, files.draw, how);
    const inputs = { z: spread({ rows, size: latent, data: drawn }), ...own };
    const mean = await meanOf(own ? 'draw' : 'decoder', encoded, rows, inputs, times(count));
    const y = draw && !own ? await (await import('./draw.ts')).drawWith(target, mean, how) : mean;
    const columns = encoded.rows > 1 ? count : undefined;
    return { ...outputs(target, y, columns), seed: how.seed, z: { data: drawn, shape: [rows, latent] } };
  };

/** Creates the model of a manifest on a runner of its files; `prove` runs their examples. It is independent of the platform. */
export const createModel = (
  manifest: Manifest,
  engine: FileRunner,
  backend: Backend,
  prove: () => Promise<SelfTest>,
): Model => {
  const { name, kind, conditions, target, latent } = manifest;
  const parts = filesOf(manifest, engine);
  const { meanOf, priorOf } = parts;
  const encode = async (given: Readonly<Record<string, unknown>>): Promise<Encoded> =>
    usual(conditions, given) ?? inFull(given, (values, kept) => values.encodeAll(conditions, kept));
  const latents = (data: Float32Array): Rows => ({ rows: data.length / latent, size: latent, data });
  const ofLatents: Variable = { kind: 'continuous', shape: [latent], dataShape: [latent] };
  const encodeLatents = async (what: string, value: unknown): Promise<Rows> =>
    usualValue(ofLatents, value) ?? inFull(value, (values, kept) => values.encodeValue(what, ofLatents, kept));
  const show = (values: Values, columns?: number): Outputs => outputs(target, values, columns);

  const draw = sampling(manifest, parts);
  const { counted, ...closing } = callsOf(name, engine);

  const model: Model = {
    signature: manifest,
    backend,

    sample: counted(async (given, options = {}) => {
      const how = checkOptions(options);
      return draw(await encode(given), how);
    }),

    mean: counted(async (given) => {
      const encoded = await encode(given);
      if (kind === 'predictor') return show(await meanOf('predictor', encoded, encoded.rows));
      const { mean } = await priorOf(encoded);
      return show(await meanOf('decoder', encoded, encoded.rows, { z: spread(latents(mean)) }));
    }),

    prior: counted(async (given) => {
      const encoded = await encode(given);
      const { mean, logVar } = await priorOf(encoded);
      const shape = [encoded.rows, latent];
      return { mean: { data: mean, shape }, logVar: { data: logVar, shape } };
    }),

    baseline: counted(async (given) => {
      const encoded = await encode(given);
      return show(await meanOf('baseline', encoded, encoded.rows));
    }),

    decode: counted(async (z, given) => {
      const [encodedZ, encoded] = await Promise.all([encodeLatents('z', z), encode(given)]);
      const rows = Math.max(encodedZ.rows, encoded.rows);
      if ([encodedZ, encoded].some((values) => values.rows !== 1 && values.rows !== rows))
        throw (await unfit()).unequal(encodedZ.rows, encoded.rows);
      return show(await meanOf('decoder', encoded, rows, { z: spread(encodedZ) }));
    }),

    interpolate: counted(async (from, to, steps, given) => {
      const [a, b, encoded] = await Promise.all([encodeLatents('from', from), encodeLatents('to', to), encode(given)]);
      const points = (await import('./line.ts')).line(a, b, steps);
      const z = spread(latents(points), (row) => row % steps);
      return show(await meanOf('decoder', encoded, encoded.rows * steps, { z }, times(steps)), steps);
    }),

    impute: async () => {
      throw (await unfit()).withoutParts(name);
    },

    selfTest: counted(prove),
    ...closing,
  };
  return kind === 'cvae' ? model : withoutLatent(model);
};

/** Returns a predictor, which refuses what only a model with a latent can do. */
const withoutLatent = (model: Model): Model => {
  const refuse = async (): Promise<never> => {
    throw (await unfit()).withoutLatent(model.signature.name);
  };
  return {
    ...model,
    sample: refuse,
    prior: refuse,
    baseline: refuse,
    decode: refuse,
    interpolate: refuse,
    impute: refuse,
  };
};

/** What is wrong with a call, in words, which a page loads only for that. */
const unfit = () => import('./unfit.ts');

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

/** A value that cannot be copied is invalid, and is refused as it is. */
const copied = <T>(value: T): T => {
  try {
    return structuredClone(value);
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
