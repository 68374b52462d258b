import { bernoulli, image } from 'cvae-compile';
import { digits, quadrants } from 'cvae-compile/data';

/** A digit of which the bottom left quarter is seen. */
export const x = image(28, 28, 1);

/** The whole digit, of which only what is not seen counts. */
export const target = bernoulli(28, 28, 1, { mask: 'x' });

/** The digits that come with the package. */
export const data = async () => quadrants(1, { mask: true })(await digits());
