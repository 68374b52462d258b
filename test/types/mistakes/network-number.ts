// A network's body returns tensors, not numbers with them.
import { dense, image, flatten, network } from 'cvae-compile';

const x = image(28, 28, 1);
network('both', { x }, ({ x }) => ({ a: x.pipe(flatten, dense(16)), b: 2 }));
