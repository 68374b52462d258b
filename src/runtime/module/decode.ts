import type { Part } from '../../signature.ts';
import type { Core } from '../model.ts';
import { withoutFile } from '../call-errors.ts';

// What is asked of a model that was exported without its recognition network.
export { interpolate } from '../interpolate.ts';
export { impute } from '../ask-impute.ts';

const refusing =
  (part: Part) =>
  async ({ signature: { name, files } }: Core): Promise<never> => {
    throw withoutFile(name, part, Object.keys(files));
  };
export const [encode, reconstruct, neighbours] = [0, 0, 0].map(() => refusing('recognition'));
export const logLikelihood = refusing('evaluation');
