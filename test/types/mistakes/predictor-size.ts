// A predictor gives what its target says, as a decoder does.
import { dense, image, predictor, flatten, relu, squaredError } from 'cvae-compile';

export default predictor({
  condition: { x: image(28, 28, 1) },
  target: squaredError(2),
  network: ({ x }) => x.pipe(flatten, dense(20), relu, dense(3)),
});
