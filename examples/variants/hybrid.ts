import { hybrid } from 'cvae-compile/train';

/** The paper's CVAE, trained half as a CVAE and half as a GSNN. */
export { data, default } from './learned-prior.ts';

export const training = { objective: hybrid(0.5) };
