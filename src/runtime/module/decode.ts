import type { Core } from '../model.ts';
import { withoutFile } from '../call-errors.ts';
import { withoutEvaluation } from './without-evaluation.ts';

// What is asked of a model that was exported without its recognition network.
export { interpolate } from '../interpolate.ts';
export { impute } from '../ask-impute.ts';

export const [encode, reconstruct, neighbours] = [0, 0, 0].map(() => async ({ signature: { name, files } }: Core) => {
  throw withoutFile(name, 'recognition', Object.keys(files));
});
export const logLikelihood = async ({ signature }: Core): Promise<never> => {
  throw withoutEvaluation(signature.name);
};
