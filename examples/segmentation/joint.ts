import { model, schedule } from './model.ts';

/** Figure 1(d) as in the authors' code: all is trained at once, with the gradient through the guess. */
export default model;

export const training = { ...schedule, joint: true };

export { data } from './data.ts';
