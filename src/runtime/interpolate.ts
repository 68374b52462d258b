import type { Inside } from './model.ts';
import type { Asking } from './questions.ts';
import type { Outputs } from './result.ts';
import type { Tools } from './tools.ts';

/** `interpolate` of a model. */
export const interpolate = async (
  { signature, mean }: Inside,
  _: Tools,
  ...given: Parameters<Asking['interpolate']>
): Promise<Outputs> =>
  (await import('./line.ts')).interpolate(signature, (z, conditions) => mean(conditions, z), ...given);
