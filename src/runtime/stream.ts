import type { StreamOptions } from './questions.ts';
import type { AskContext } from './ask-context.ts';
import { from } from './from.ts';
import type { Gaussians } from './latents.ts';
import type { Model } from './model.ts';
import type { Samples } from './result.ts';
import { sliced } from './sliced.ts';
import { withoutLatent } from './call-errors.ts';

/** Yields the rows of `sample` in order, in chunks: several conditions with all their samples each, or some samples of one. */
export async function* stream(
  { signature, sample }: Pick<Model, 'signature' | 'sample'>,
  { expect }: AskContext,
  given: Readonly<Record<string, unknown>>,
  { rows: most = 4096, ...options }: StreamOptions = {},
): AsyncGenerator<Samples, void, undefined> {
  const { name, kind, conditions, latent } = signature;
  if (kind === 'predictor') throw withoutLatent(name);
  expect(Number.isInteger(most) && most >= 1, 'rows', 'a whole number from 1', most);
  const { count = 1, first = 0, seed = Math.floor(Math.random() * 2 ** 32) } = options;
  expect(Number.isInteger(count) && count >= 1, 'count', 'a whole number from 1', count);
  const { encodeAll, passed } = await import('./values.ts');
  const { encoded, gaussians } = await from(await encodeAll(conditions, given), options.from, options.signal, latent);
  for (let row = 0; row < encoded.rows * count;) {
    options.signal?.throwIfAborted();
    const condition = Math.floor(row / count);
    const sampleOf = row % count;
    const whole = count <= most;
    const to = whole ? Math.min(encoded.rows, condition + Math.floor(most / count)) : condition + 1;
    const some = whole ? count : Math.min(count - sampleOf, most);
    const origin = gaussians && { from: partOf(gaussians, condition * latent, to * latent) };
    const at = first + (options.independent ? row : sampleOf);
    yield await sample(passed(sliced(encoded, condition, to)), { ...options, ...origin, seed, count: some, first: at });
    row += (to - condition) * some;
  }
}

/** Returns some of the Gaussians as an option of `sample`. */
const partOf = ({ mean, logVar }: Gaussians, from: number, to: number) => {
  const shape = [to - from];
  return { mean: { data: mean.subarray(from, to), shape }, logVar: { data: logVar.subarray(from, to), shape } };
};
