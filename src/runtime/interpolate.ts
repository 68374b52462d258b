import type { Inside } from './model.ts';
import type { Asking } from './questions.ts';
import type { Outputs } from './result.ts';
import type { AskContext } from './ask-context.ts';

/** `interpolate` of a model. */
export const interpolate = async (
  { signature, mean }: Inside,
  _: AskContext,
  ...given: Parameters<Asking['interpolate']>
): Promise<Outputs> =>
  (await import('./line.ts')).interpolate(signature, (z, conditions) => mean(conditions, z), ...given);
