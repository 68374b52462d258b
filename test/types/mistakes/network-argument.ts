// The network takes an image of 28 · 28 pixels and is called with a smaller one.
import { conv2d, dense, flatten, image, network } from 'cvae-compile';

const features = network('features', { x: image(28, 28, 1) }, ({ x }) => x.pipe(conv2d(8), flatten, dense(16)));

export default network('deeper', { y: image(14, 14, 1) }, ({ y }) => features({ x: y }));
