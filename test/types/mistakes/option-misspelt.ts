// The option is called stride, and is one number, or one for each side.
import { conv2d, image, network, relu } from 'cvae-compile';

export default network('halved', { x: image(28, 28, 1) }, ({ x }) =>
  x.pipe(conv2d(32, { strides: 2 }), relu, conv2d(32, { stride: [2, 1, 1] })),
);
