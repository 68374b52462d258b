import type { OnnxTensor } from '../../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../../src/onnx/tensor.ts';
import { noise } from '../ort.ts';
import { at, type Case } from './case.ts';

const STEPS = 4;
const EXAMPLES = 5;
const CHANNELS = 2;
const UNITS = 6;

/** What a case is given besides x and the weights. */
interface Given {
  readonly bias?: true;
  readonly lengths?: readonly number[];
  readonly states?: number;
  readonly direction?: 'reverse' | 'bidirectional';
  readonly before?: 0 | 1;
}

const small = (shape: readonly number[], seed: number): OnnxTensor => {
  return tensorOf(
    'float32',
    shape,
    numbersOf(noise(shape, seed)).map((value) => value / 2),
  );
};

const recurrent = (op: 'GRU' | 'LSTM', given: Given): Case => {
  const { bias, lengths, states = 0, direction = 'forward', before } = given;
  const gates = op === 'GRU' ? 3 : 4;
  const directions = direction === 'bidirectional' ? 2 : 1;
  const inputs = [
    noise([STEPS, EXAMPLES, CHANNELS]),
    small([directions, gates * UNITS, CHANNELS], 2),
    small([directions, gates * UNITS, UNITS], 3),
    ...(bias ? [small([directions, 2 * gates * UNITS], 4)] : []),
    ...(lengths ? [tensorOf('int32', [EXAMPLES], lengths)] : []),
    ...Array.from({ length: states }, (_, i) => small([directions, EXAMPLES, UNITS], 5 + i)),
  ];
  return {
    of: JSON.stringify(given),
    inputs,
    build: (onnx, ...x) => {
      const rest = x.slice(3);
      const b = bias && rest.shift();
      const n = lengths && rest.shift();
      const h = states > 0 ? rest.shift() : undefined;
      const c = states > 1 ? rest.shift() : undefined;
      const own = {
        x: at(x, 0),
        w: at(x, 1),
        r: at(x, 2),
        ...(b && { b }),
        ...(n && { lengths: n }),
        ...(h && { h }),
      };
      const attributes = { hidden_size: UNITS, direction };
      return op === 'GRU'
        ? onnx.GRU(own, { ...attributes, ...(before !== undefined && { linear_before_reset: before }) })
        : onnx.LSTM({ ...own, ...(c && { c }) }, attributes);
    },
  };
};

const LENGTHS = [4, 1, 3, 2, 4];
const all: readonly Given[] = [
  {},
  { bias: true },
  { bias: true, states: 1 },
  { bias: true, direction: 'reverse' },
  { bias: true, direction: 'bidirectional', states: 1 },
  { bias: true, lengths: LENGTHS, states: 1 },
  { bias: true, lengths: LENGTHS, direction: 'reverse' },
  { lengths: LENGTHS, direction: 'bidirectional', states: 1 },
  { bias: true, lengths: [0, 4, 2, 1, 3], states: 1 },
];

/** Cases for recurrent networks. */
export const recurrentCases = {
  GRU: [
    ...all.map((given) => recurrent('GRU', given)),
    ...all.map((given) => recurrent('GRU', { ...given, before: 1 })),
  ],
  LSTM: [
    ...all,
    { bias: true, states: 2 } as const,
    { bias: true, states: 2, lengths: LENGTHS, direction: 'bidirectional' } as const,
  ].map((given) => recurrent('LSTM', given)),
};
