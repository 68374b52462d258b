import { InvalidModel } from '../errors.ts';
import { filled as filledOwn, glorot as glorotOwn, type Init } from '../graph/init.ts';
import type { Distribution, Layer } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { isList } from '../values/lists.ts';
import { isFloat32, isPlain, nameRule, number, oneOf, optional, positive, rule } from '../values/rules.ts';
import { valueText } from '../values/value-text.ts';
import { taking } from './check-arguments.ts';
import { checkShape } from './sizes.ts';
import { isTensor, paramNode, Tensor } from './tensor.ts';
import { here, nextLayer } from './trace.ts';

// The leaves of expressions other than inputs: parameters, constants, noise.

/** A list, whose elements `checkShape` and later checks examine. */
const list = rule('a shape', Array.isArray, 'give a list such as [28, 28, 1]');
const layerOfBlock = rule(
  'the layer that a block gives',
  (value) => isPlain(value) && typeof value['label'] === 'string',
  'leave it out, or pass on what block hands its body',
);
const init = rule(
  'an initialiser',
  (value) => typeof value === 'function',
  'give zeros, ones, filled(0.5) or glorot(fanIn, fanOut)',
);

/**
 * Creates a parameter as a tensor without a batch axis, owned by the network whose body creates it:
 * `parameter('scale', [28], ones)`. An op declares its own parameters in `params` instead.
 *
 * @throws InvalidModel for an invalid name, shape or initial values.
 */
export const parameter = taking(
  'parameter',
  { args: [nameRule(true, 'name the parameter'), list, init, optional(layerOfBlock)] },
  <const S extends Shape>(label: string, shape: S, init: Init, layer?: Layer): Tensor<[...S]> => {
    const owner = layer ?? nextLayer('parameter');
    return new Tensor(paramNode(here(owner.label), label, { shape, init }, owner));
  },
);

/**
 * Creates a value that gradient descent does not change but training may set: running statistics, the scaling of data.
 * With a layer, its name is prefixed with the layer's; without one, `label` is its full name.
 */
export const buffer = <S extends Shape>(label: string, shape: S, init: Init, layer?: Layer): Tensor<S> =>
  new Tensor(paramNode(here(label), label, { shape, init, trainable: false }, layer));

/**
 * Creates a constant of any shape, without a batch axis.
 *
 * @throws InvalidModel for numbers that float32 cannot hold, or if their number differs from that of the shape's
 * elements.
 */
export const constant = taking(
  'constant',
  { args: [list, rule('a number, or a list of them', (value) => typeof value === 'number' || isList(value))] },
  <const S extends Shape>(shape: S, data: number | ArrayLike<number>): Tensor<[...S]> => {
    const where = here('constant');
    checkShape(where, 'its value', shape);
    const count = size(shape);
    const numbers = typeof data === 'number' ? new Float32Array(count).fill(data) : Float32Array.from(data);
    const all: readonly unknown[] = typeof data === 'number' ? [data] : Array.from(data);
    // In a list, which may be data, a number that underflows float32 counts as 0.
    const holds = (value: unknown): boolean =>
      typeof data === 'number' ? isFloat32(value) : typeof value === 'number' && Number.isFinite(Math.fround(value));
    const wrong = all.findIndex((value) => !holds(value));
    if (wrong !== -1 || numbers.length !== count)
      throw new InvalidModel(
        `${where}: expected ${count === 1 ? 'a number that float32 holds' : `${count} numbers that float32 holds, or one for all`}, got ${wrong === -1 ? `${all.length} of them` : valueText(all[wrong])}; give one for each element`,
      );
    return new Tensor({ kind: 'constant', shape: [...shape], data: numbers });
  },
);

/**
 * Creates noise for each example of `like`, with its own shape. It is an input of the graph, drawn by the code that
 * runs the graph.
 *
 * @throws InvalidModel for a label that cannot name an input, or an unknown distribution.
 */
export const noise = taking(
  'noise',
  {
    args: [
      rule(
        'a label of letters, digits, _, - and /',
        (value) => typeof value === 'string' && /^\p{L}[\p{L}\p{N}_/-]*$/u.test(value),
        'name the input that takes the noise',
      ),
      oneOf('normal', 'uniform'),
      rule('a tensor whose examples it is for', isTensor, 'pass a tensor, such as dense(10)(x)'),
      list,
    ],
  },
  <S extends Shape>(label: string, distribution: Distribution, like: Tensor, shape: S): Tensor<S> => {
    checkShape(here('noise'), label, shape);
    // Within `each`, each place has noise of its own.
    const { node, '~places': places } = like;
    return new Tensor({ kind: 'noise', label, distribution, like: node, shape: [...places, ...shape] }, places);
  },
);

/** An initialiser that sets all elements to `value`. */
export const filled = taking('filled', { args: [number('give the value of all elements')] }, filledOwn);

/**
 * Glorot and Bengio's uniform initialiser (2010): U(−a, a) with a = √(6 / (fanIn + fanOut)), which keeps the variance
 * of activations and of gradients about the same through a layer.
 */
export const glorot = taking(
  'glorot',
  { args: [positive('fanIn', 'give the inputs of an output'), positive('fanOut', 'give the outputs of an input')] },
  glorotOwn,
);
