import type { Manifest } from '../signature.ts';
import type {
  AskOptions,
  LikelihoodOptions,
  LogLikelihood,
  NeighbourOptions,
  Neighbours,
  Posterior,
  ReconstructOptions,
} from './questions.ts';
import type { AskContext } from './ask-context.ts';
import { changedConditions, encodeExample } from './example.ts';
import { forms } from './forms.ts';
import type { Core } from './model.ts';
import type { Samples } from './result.ts';
import { run } from './run-asked.ts';
import { withoutLatent } from './call-errors.ts';
import type { Encoded } from './variable.ts';

export { impute } from './ask-impute.ts';
export { interpolate } from './interpolate.ts';

type ExampleValues = Readonly<Record<string, unknown>>;

/** Refuses options that are unknown, and what is no signal. */
export const checkAsked = ({ expect }: AskContext, options: AskOptions, ...known: readonly string[]): void => {
  const names = [...known, 'signal'];
  const list = names.join(', ');
  expect({}.toString.call(options) === '[object Object]', 'options', `an object with ${list}`, options);
  for (const name of Object.keys(options)) expect(names.includes(name), name, `one of the options ${list}`, name);
  const { signal } = options;
  const isSignal = signal === undefined || typeof Object(signal).throwIfAborted === 'function';
  expect(isSignal, 'signal', 'an AbortSignal', signal);
};

const recognise = async (
  manifest: Manifest,
  context: AskContext,
  encoded: Encoded,
  signal: AbortSignal | undefined,
): Promise<Posterior> => {
  if (manifest.kind === 'predictor') throw withoutLatent(manifest.name);
  const { mean = NONE, logVar = NONE } = await run(manifest, context, 'recognition', encoded, { signal });
  const shape = [encoded.rows, manifest.latent];
  const deviation = logVar.map((v) => Math.exp(v / 2));
  return { mean: { data: mean, shape }, logVar: { data: logVar, shape }, deviation: { data: deviation, shape } };
};

const NONE = new Float32Array();

/** `encode` of a model. */
export const encode = async (
  { signature }: Core,
  context: AskContext,
  example: ExampleValues,
  options: AskOptions = {},
): Promise<Posterior> => {
  checkAsked(context, options);
  return recognise(signature, context, await encodeExample(signature, example, await forms()), options.signal);
};

/** `reconstruct` of a model. */
export const reconstruct = async (
  { signature, sample }: Core,
  context: AskContext,
  example: ExampleValues,
  options: ReconstructOptions = {},
): Promise<Samples> => {
  checkAsked(context, options, 'as', 'temperature', 'count', 'seed', 'first', 'draw');
  const { as = {}, temperature = 0, ...how } = options;
  context.expect(typeof as === 'object' && as !== null, 'as', 'an object of conditions', as);
  const { passed, ...all } = await forms();
  const encoded = await encodeExample(signature, example, all);
  const conditions = await changedConditions(signature, encoded, as, all);
  const from = await recognise(signature, context, encoded, how.signal);
  return sample(passed(conditions), { ...how, temperature, from });
};

/** `logLikelihood` of a model. */
export const logLikelihood = async (
  { signature }: Core,
  context: AskContext,
  example: ExampleValues,
  options: LikelihoodOptions = {},
): Promise<LogLikelihood> => {
  checkAsked(context, options, 'samples', 'seed');
  const all = await forms();
  const encoded = await encodeExample(signature, example, all);
  const { distributionOf } = all;
  return (await import('./likelihood.ts')).likelihoodOf(signature, context, encoded, options, distributionOf, run);
};

/** `neighbours` of a model. */
export const neighbours = async (
  core: Core,
  context: AskContext,
  example: ExampleValues,
  among: ExampleValues,
  options: NeighbourOptions = {},
): Promise<Neighbours> => {
  checkAsked(context, options, 'count');
  const { count = 5, signal } = options;
  context.expect(Number.isInteger(count) && count >= 1, 'count', 'a whole number from 1', count);
  const shape = [core.signature.latent];
  const { encodeValue } = await import('./values.ts');
  const meansOf = async (given: ExampleValues): Promise<Float32Array> => {
    // Of what is no object, `encode` says so.
    const { mean = (await encode(core, context, given, signal && { signal })).mean }: ExampleValues = Object(given);
    return encodeValue('mean', { kind: 'continuous', shape, dataShape: shape }, Object(mean).data ?? mean).data;
  };
  const { nearest } = await import('./nearest.ts');
  return nearest(await meansOf(example), await meansOf(among), core.signature.latent, count, signal);
};
