import type { Asking } from './questions.ts';
import type { Tools } from './tools.ts';
import type { Core, Latents } from './model.ts';
import type { Outputs } from './result.ts';

/** `decode` of a model. */
export const decode = async (
  { sample }: Core,
  _: Tools,
  z: Latents,
  given: Readonly<Record<string, unknown>>,
): Promise<Outputs> => {
  // As latents, also if they are none: a sample without would come from the prior.
  const { seed: _seed, z: _z, ...y } = await sample(given, { from: { data: Object(z).data ?? z, shape: [] }, seed: 0 });
  return y;
};

/** `interpolate` of a model. */
export const interpolate = async (
  core: Core,
  tools: Tools,
  ...given: Parameters<Asking['interpolate']>
): Promise<Outputs> =>
  (await import('./line.ts')).interpolate(
    core.signature,
    (z, conditions) => decode(core, tools, z, conditions),
    ...given,
  );
