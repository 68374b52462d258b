import { categorical, concat, cvae, dense, gaussian, relu, sigmoid, squaredError } from 'cvae-compile';
import { digits } from 'cvae-compile/data';

/** The article's sample network: 784 + 10 → 200 → (20, 20), and 20 + 10 → 200 → 784 with a sigmoid. */
export default cvae({
  condition: { digit: categorical(10) },
  target: squaredError(784, { image: [28, 28, 1] }),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784), sigmoid),
});

/** The digits that come with the package. */
export const data = digits;

export const training = { epochs: 40 };
