import { model, schedule } from './model.ts';

/** Figure 1(d) as in Pyro's example: the guess is trained by itself first, and then left as it is. */
export default model;

export const training = { ...schedule, baselineEpochs: 14 };

export { data } from './data.ts';
