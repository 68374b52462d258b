import { predictor } from 'cvae-compile';
import { classes, x } from './data.ts';
import { guess } from './guess.ts';
import { schedule } from './model.ts';

/** The baseline by itself: one guess, whose pixels are independent of each other. */
export default predictor({ condition: { x }, target: classes, network: ({ x }) => guess({ x }) });

export const training = { ...schedule, epochs: 14 };

export { data } from './data.ts';
