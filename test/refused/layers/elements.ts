import { js, on, type Loose, type Refused } from '../loose.ts';
import { tensorOnly } from './tensor-only.ts';

/** What both operands of arithmetic refuse. */
const operands = (name: string, f: Loose): readonly Refused[] => [
  [
    'a number as text',
    on((x) => f(x, '1')),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got "1"; give two of them`,
  ],
  [
    'a second one that is not there',
    on((x) => f(x)),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got nothing; give two of them`,
  ],
  [
    'undefined',
    on((x) => f(x, undefined)),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got nothing; give two of them`,
  ],
  [
    'NaN',
    on((x) => f(x, NaN)),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got NaN; give two of them`,
  ],
  [
    'a number larger than float32 has',
    on((x) => f(x, 1e300)),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got 1e+300; give two of them`,
  ],
  [
    'a number smaller than float32 has',
    on((x) => f(1e-50, x)),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got 1e-50; give two of them`,
  ],
  [
    'a list of numbers',
    on((x) => f(x, [1, 2, 3, 4])),
    `net/${name}_1: expected tensors, or numbers that float32 holds, got an array of 4; give two of them`,
  ],
  [
    'a third one',
    on((x) => f(x, x, x)),
    `net/${name}_1: expected at most 2 arguments, got also a tensor of shape [4]; leave it out`,
  ],
];

/** What layers that work element by element refuse. */
export const ELEMENTS = {
  relu: tensorOnly('relu', js.relu),
  elu: tensorOnly('elu', js.elu),
  gelu: tensorOnly('gelu', js.gelu),
  silu: tensorOnly('silu', js.silu),
  tanh: tensorOnly('tanh', js.tanh),
  sigmoid: tensorOnly('sigmoid', js.sigmoid),
  softplus: tensorOnly('softplus', js.softplus),
  exp: tensorOnly('exp', js.exp),
  log: tensorOnly('log', js.log),
  lgamma: tensorOnly('lgamma', js.lgamma),
  sqrt: tensorOnly('sqrt', js.sqrt),
  square: tensorOnly('square', js.square),
  abs: tensorOnly('abs', js.abs),
  sign: tensorOnly('sign', js.sign),
  sin: tensorOnly('sin', js.sin),
  cos: tensorOnly('cos', js.cos),
  log1p: tensorOnly('log1p', js.log1p),
  clip: [
    [
      'a range that is upside down',
      on((x) => x.pipe(js.clip(1, -1))),
      'net/clip: expected the least value first, got 1 and -1; exchange them',
    ],
    [
      'one end',
      on((x) => x.pipe(js.clip(0))),
      'net/clip_1: expected a number that float32 holds, got nothing; give the largest value: clip(0, 1)',
    ],
  ],
  softmax: [
    ...tensorOnly('softmax', js.softmax),
    ['an axis', on((x) => js.softmax(x, 0)), 'net/softmax_1: expected one argument, got also 0; leave it out'],
    [
      'a scalar',
      on((x) => js.softmax(js.sum(x))),
      'net/softmax_1: expected at least one axis, got []; give it a vector',
    ],
  ],
  leakyRelu: [
    [
      'a slope that is no number',
      on((x) => x.pipe(js.leakyRelu(NaN))),
      'net/leakyRelu_1: expected a number that float32 holds, got NaN; give the slope below 0, and apply the result: x.pipe(leakyRelu(0.01))',
    ],
    [
      'an infinite slope',
      on((x) => x.pipe(js.leakyRelu(Infinity))),
      'net/leakyRelu_1: expected a number that float32 holds, got Infinity; give the slope below 0, and apply the result: x.pipe(leakyRelu(0.01))',
    ],
    [
      'a slope as text',
      on((x) => x.pipe(js.leakyRelu('0.2'))),
      'net/leakyRelu_1: expected a number that float32 holds, got "0.2"; give the slope below 0, and apply the result: x.pipe(leakyRelu(0.01))',
    ],
    [
      'a slope by name',
      on((x) => x.pipe(js.leakyRelu({ alpha: 0.2 }))),
      'net/leakyRelu_1: expected a number that float32 holds, got a record of alpha; give the slope below 0, and apply the result: x.pipe(leakyRelu(0.01))',
    ],
    [
      'no call',
      on((x) => x.pipe(js.leakyRelu, js.relu)),
      'net/leakyRelu_1: expected a number that float32 holds, got a tensor of shape [4]; make it first, and apply what leakyRelu(…) gives',
    ],
  ],
  elementwise: [
    [
      'a name of two words',
      () =>
        js.elementwise(
          'hard tanh',
          () => 0,
          () => 0,
        ),
      'elementwise: expected a name of letters, digits, - and _, got "hard tanh"; name the op',
    ],
    [
      'no name',
      () =>
        js.elementwise(
          () => 0,
          () => 0,
        ),
      'elementwise: expected a name of letters, digits, - and _, got a function; name the op',
    ],
    [
      'no ONNX',
      () => js.elementwise('hardTanh', () => 0),
      'elementwise: expected a function of the ONNX builder, got nothing; write it there: (onnx, [x]) => onnx.Clip(x, -1, 1)',
    ],
    [
      'an operator of ONNX by name',
      () => js.elementwise('hardTanh', () => 0, 'Clip'),
      'elementwise: expected a function of the ONNX builder, got "Clip"; write it there: (onnx, [x]) => onnx.Clip(x, -1, 1)',
    ],
    [
      'nothing',
      () => js.elementwise(),
      'elementwise: expected a name of letters, digits, - and _, got nothing; name the op',
    ],
  ],
  add: operands('add', js.add),
  sub: operands('sub', js.sub),
  mul: operands('mul', js.mul),
  maximum: operands('maximum', js.maximum),
  minimum: operands('minimum', js.minimum),
  where: [
    [
      'a condition that is no tensor',
      on((x) => js.where(true, x, x)),
      'net/where_1: expected a tensor as condition, got true; pass a tensor, such as dense(10)(x)',
    ],
    [
      'one choice',
      on((x) => js.where(x, x)),
      'net/where_1: expected tensors, or numbers that float32 holds, got nothing; give two of them after the condition',
    ],
    [
      'a third choice',
      on((x) => js.where(x, 1, 0, 2)),
      'net/where_1: expected at most 3 arguments, got also 2; leave it out',
    ],
  ],
  div: [
    ...operands('div', js.div),
    [
      'a division by 0',
      on((x) => js.div(x, 0)),
      'net/div_1: expected a divisor other than 0, got 0; divide by another number',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
