import * as own from '../../../src/index.ts';
import { js, on, type Refused } from '../loose.ts';

const ops = {
  twice: { name: 'twice', shape: ([x]: readonly unknown[]) => x, run: () => 0, lower: () => 0 },
};

/** What the pieces of expressions refuse. */
export const EXPRESSIONS = {
  positions: [
    [
      'no steps',
      on(() => js.positions(0, 4)),
      'net/positions: expected a positive whole number of steps, got 0; give how many',
    ],
    [
      'no channels',
      on(() => js.positions(4)),
      'net/positions: expected a positive whole number of channels, got nothing; give how many',
    ],
    [
      'a number as learned',
      on(() => js.positions(4, 4, { learned: 1 })),
      'net/positions: expected true or false as learned, got 1; give one of them',
    ],
  ],
  apply: [
    [
      'nothing',
      on(() => js.apply()),
      'net/apply: expected an op, got nothing; give an object with name, shape, run and lower',
    ],
    [
      'an op without ONNX',
      on((x) => js.apply({ ...ops.twice, lower: undefined }, [x], {})),
      'net/apply: expected a function of the ONNX builder as lower, got nothing; write it there',
    ],
    [
      'an op without a name',
      on((x) => js.apply({ ...ops.twice, name: '' }, [x], {})),
      'net/apply: expected a name of letters, digits, - and _ as name, got ""; name the op',
    ],
    [
      'inputs that are no list',
      on((x) => js.apply(ops.twice, x, {})),
      'net/apply: expected a list of one or more inputs, got an object; give the tensors that it is applied to: apply(op, [x], {})',
    ],
    [
      'no inputs',
      on(() => js.apply(ops.twice, [], {})),
      'net/apply: expected a list of one or more inputs, got an array of 0; give the tensors that it is applied to: apply(op, [x], {})',
    ],
    [
      'an input that is a number',
      on(() => js.apply(ops.twice, [3], {})),
      'net/twice_1: expected a tensor, got 3; pass a tensor, such as dense(10)(x)',
    ],
    [
      'no attributes',
      on((x) => js.apply(ops.twice, [x])),
      'net/apply: expected attributes as an object, none of them NaN or undefined, got nothing; give {} where the op has none',
    ],
    [
      'an attribute that is no number',
      on((x) => js.apply(ops.twice, [x], { by: NaN })),
      'net/apply: expected attributes as an object, none of them NaN or undefined, got an object; give {} where the op has none',
    ],
    [
      'an op that gives no shape',
      on((x) => js.apply({ ...ops.twice, shape: () => 4 }, [x], {})),
      'net/twice_1: expected a shape for its result, got 4; give a list such as [28, 28, 1]',
    ],
    [
      'an op that gives half a number',
      on((x) => js.apply({ ...ops.twice, shape: () => [0.5] }, [x], {})),
      'net/twice_1: expected positive whole dimensions of its result, got [0.5]; give the length of each axis',
    ],
    [
      'an op whose parameters are too few',
      on((x) =>
        js.apply({ ...ops.twice, params: () => ({ scale: { shape: [4], init: () => new Float32Array(3) } }) }, [x], {}),
      ),
      'net/twice_1: expected an initialiser that gives a Float32Array of 4 finite numbers for scale, got an array of 3; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
    [
      'an op whose parameters have no first values',
      on((x) => js.apply({ ...ops.twice, params: () => ({ scale: { shape: [4] } }) }, [x], {})),
      'net/twice_1: expected an initialiser that gives a Float32Array of 4 finite numbers for scale, got nothing; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
  ],
  parameter: [
    [
      'no name',
      on(() => js.parameter([4], own.zeros)),
      'net/parameter: expected a name of letters, digits, - and _, got an array of 1; name the parameter',
    ],
    [
      'a name with a slash',
      on(() => js.parameter('a/b', [4], own.zeros)),
      'net/parameter: expected a name of letters, digits, - and _, got "a/b"; name the parameter',
    ],
    [
      'a shape that is a number',
      on(() => js.parameter('scale', 4, own.zeros)),
      'net/parameter: expected a shape, got 4; give a list such as [28, 28, 1]',
    ],
    [
      'a shape of half a number',
      on(() => js.parameter('scale', [0.5], own.zeros)),
      'net/parameter_1: expected positive whole dimensions of scale, got [0.5]; give the length of each axis',
    ],
    [
      'a shape larger than a file',
      on(() => js.parameter('scale', [2 ** 16, 2 ** 16], own.zeros)),
      'net/parameter_1: expected less than 2 GiB for scale, got [65536, 65536] with 16.0 GiB; make it smaller',
    ],
    [
      'first values as a number',
      on(() => js.parameter('scale', [4], 0)),
      'net/parameter: expected an initialiser, got 0; give zeros, ones, filled(0.5) or glorot(fanIn, fanOut)',
    ],
    [
      'first values as a list',
      on(() => js.parameter('scale', [4], () => [1, 2, 3, 4])),
      'net/parameter_1: expected an initialiser that gives a Float32Array of 4 finite numbers for scale, got an array of 4; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
    [
      'too few first values',
      on(() => js.parameter('scale', [4], () => new Float32Array(3))),
      'net/parameter_1: expected an initialiser that gives a Float32Array of 4 finite numbers for scale, got an array of 3; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
    [
      'first values that are no numbers',
      on(() => js.parameter('scale', [4], () => new Float32Array(4).fill(NaN))),
      'net/parameter_1: expected an initialiser that gives a Float32Array of 4 finite numbers for scale, got NaN; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
    [
      'a layer by name',
      on(() => js.parameter('scale', [4], own.zeros, 'dense_1')),
      'net/parameter: expected the layer that a block gives, got "dense_1"; leave it out, or pass on what block hands its body',
    ],
  ],
  constant: [
    [
      'nothing',
      on(() => js.constant()),
      'net/constant: expected a shape, got nothing; give a list such as [28, 28, 1]',
    ],
    ['no shape', on(() => js.constant(3)), 'net/constant: expected a shape, got 3; give a list such as [28, 28, 1]'],
    [
      'too few numbers',
      on(() => js.constant([5], [1, 2])),
      'net/constant: expected 5 numbers that float32 holds, or one for all, got 2 of them; give one for each element',
    ],
    [
      'NaN',
      on(() => js.constant([5], NaN)),
      'net/constant: expected 5 numbers that float32 holds, or one for all, got NaN; give one for each element',
    ],
    [
      'an infinite one among them',
      on(() => js.constant([2], [1, Infinity])),
      'net/constant: expected 2 numbers that float32 holds, or one for all, got Infinity; give one for each element',
    ],
    [
      'text among them',
      on(() => js.constant([2], [1, '2'])),
      'net/constant: expected 2 numbers that float32 holds, or one for all, got "2"; give one for each element',
    ],
    [
      'text',
      on(() => js.constant([2], '12')),
      'net/constant: expected a number, or a list of them, got "12"; correct it',
    ],
    [
      'a number larger than float32 has',
      on(() => js.constant([], 1e39)),
      'net/constant: expected a number that float32 holds, got 1e+39; give one for each element',
    ],
    [
      'a negative axis',
      on(() => js.constant([-1], 0)),
      'net/constant: expected positive whole dimensions of its value, got [-1]; give the length of each axis',
    ],
    [
      'an axis that is not there',
      on(() => js.constant([undefined], 0)),
      'net/constant: expected positive whole dimensions of its value, got [nothing]; give the length of each axis',
    ],
  ],
  noise: [
    [
      'no label',
      on((x) => js.noise('normal', x, [4])),
      'net/noise: expected normal or uniform, got a tensor of shape [4]; give one of them',
    ],
    [
      'another distribution',
      on((x) => js.noise('n', 'laplace', x, [4])),
      'net/noise: expected normal or uniform, got "laplace"; give one of them',
    ],
    [
      'no tensor',
      on(() => js.noise('n', 'normal', 3, [4])),
      'net/noise: expected a tensor whose examples it is for, got 3; pass a tensor, such as dense(10)(x)',
    ],
    [
      'no shape',
      on((x) => js.noise('n', 'normal', x)),
      'net/noise: expected a shape, got nothing; give a list such as [28, 28, 1]',
    ],
    [
      'a label of two words',
      on((x) => js.noise('my noise', 'normal', x, [4])),
      'net/noise: expected a label of letters, digits, _, - and /, got "my noise"; name the input that takes the noise',
    ],
    [
      'a shape of 0',
      on((x) => js.noise('n', 'normal', x, [0])),
      'net/noise: expected positive whole dimensions of n, got [0]; give the length of each axis',
    ],
  ],
  filled: [
    [
      'nothing',
      () => js.filled(),
      'filled: expected a number that float32 holds, got nothing; give the value of all elements',
    ],
    [
      'NaN',
      () => js.filled(NaN),
      'filled: expected a number that float32 holds, got NaN; give the value of all elements',
    ],
    [
      'text',
      () => js.filled('0.5'),
      'filled: expected a number that float32 holds, got "0.5"; give the value of all elements',
    ],
  ],
  glorot: [
    [
      'nothing',
      () => js.glorot(),
      'glorot: expected a positive fanIn that float32 holds, got nothing; give the inputs of an output',
    ],
    [
      'one number',
      () => js.glorot(3),
      'glorot: expected a positive fanOut that float32 holds, got nothing; give the outputs of an input',
    ],
    [
      '0',
      () => js.glorot(0, 3),
      'glorot: expected a positive fanIn that float32 holds, got 0; give the inputs of an output',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
