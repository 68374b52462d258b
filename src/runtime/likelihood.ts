import { Unavailable } from '../errors.ts';
import { normals, stream } from '../random.ts';
import type { Interface, Manifest } from '../signature.ts';
import type { LikelihoodOptions, LogLikelihood } from './questions.ts';
import type { AskContext } from './ask-context.ts';
import { Estimates } from './estimates.ts';
import type { Forms } from './example.ts';
import type { Input } from './rows.ts';
import type { run as Run } from './run-asked.ts';
import { sliced } from './sliced.ts';
import type { Encoded } from './variable.ts';

/** The number of rows, examples times samples, that networks process at once. */
const ROWS = 2560;

/**
 * Estimates log p(y|x) of encoded examples by the file `evaluation`. Sample s has the same noise for every example, whatever the number of
 * samples in the file.
 */
export const likelihoodOf = async (
  signature: Manifest,
  context: AskContext,
  encoded: Encoded,
  { samples = 100, seed = 1, signal }: LikelihoodOptions,
  distributionOf: Forms['distributionOf'],
  run: typeof Run,
): Promise<LogLikelihood> => {
  const { expect } = context;
  expect(Number.isInteger(samples) && samples >= 2, 'samples', 'a whole number from 2', samples);
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', 'a whole number from 0 to 9007199254740991', seed);
  const { name, latent, files } = signature;
  const { unit } = distributionOf(signature.target);
  if (unit !== 'nats')
    throw new Unavailable(
      `${name}: expected a target with a likelihood, got one that is fitted by ${unit}; define it as normal, for example`,
    );
  const { inputs = {}, outputs = {} }: Partial<Interface> = files.evaluation ?? {};
  const of = 'logWeights' in outputs ? 'logWeights' : 'logLikelihoods';
  const [most] = outputs[of] ?? [];
  const estimates = new Estimates(encoded.rows);
  if (most === undefined) {
    const found = await run(signature, context, 'evaluation', encoded, { outputs: ['deterministic'], signal });
    estimates.add(
      (found['deterministic'] ?? NONE).map((loss) => -loss),
      1,
      1,
    );
    return { ...estimates.result(), estimator: 'exact' };
  }
  for (let done = 0; done < samples; done += most) {
    const size = most * latent;
    const noise = (label: string): Input => ({
      rows: 1,
      size,
      data: normals(stream(seed, 'likelihood', label), most, latent, done),
    });
    const labels = ['noise', 'priorNoise'].filter((label) => label in inputs);
    const own = Object.fromEntries(labels.map((label) => [label, noise(label)]));
    const found = new Float32Array(encoded.rows * most);
    const block = Math.max(1, Math.floor(ROWS / most));
    for (let from = 0; from < encoded.rows; from += block) {
      const some = sliced(encoded, from, Math.min(encoded.rows, from + block));
      const all = await run(signature, context, 'evaluation', some, { own, outputs: [of], signal });
      found.set(all[of] ?? NONE, from * most);
    }
    estimates.add(found, most, Math.min(most, samples - done));
  }
  return { ...estimates.result(), estimator: of === 'logWeights' ? 'importance' : 'prior' };
};

const NONE = new Float32Array();
