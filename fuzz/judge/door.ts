// All that a definition may import, as the judge has it.
import { custom } from './custom.ts';
import type { Definition } from './model.ts';

export * from './all.ts';
export * from './targets.ts';
export { kl, klPerDimension, logRatio, reparameterise } from './model.ts';
export const elementwise = (name: string) => custom(name);
export const cvae = (definition: Definition): Definition => definition;
export const predictor = (definition: Definition): Definition => definition;
export const [zeros, ones, filled, glorot] = ['zeros', 'ones', 'filled', 'glorot'].map((name) => () => name);
