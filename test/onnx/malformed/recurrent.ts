import { tensorOf } from '../../../src/onnx/tensor.ts';
import { of, use, type Malformed } from './malformed.ts';

const recurrent = (gates: number, outputs: number): readonly Malformed[] => {
  const width = gates * 5;
  const [x, w, r] = [of(4, 3, 2), of(1, width, 2), of(1, width, 5)];
  const attributes = { hidden_size: 5 };
  const wrong = (name: string, inputs: Malformed['inputs'], says: RegExp, more = {}) =>
    use(name, inputs, says, { ...attributes, ...more }, { outputs });
  return [
    wrong('x of two axes', [of(4, 3), w, r], /^expected input 0 to have 3 axes, got the shape/),
    wrong(
      'weights of other channels',
      [x, of(1, width, 3), r],
      /^expected weights of the inputs with an axis 2 of 2, got 3;/,
    ),
    wrong(
      'weights of other units',
      [x, w, of(1, width, 4)],
      /^expected weights of the state with an axis 2 of 5, got 4;/,
    ),
    wrong('one shift too few', [x, w, r, of(1, 2 * width - 1)], /^expected shifts with an axis 1 of \d+, got \d+;/),
    wrong(
      'lengths of other examples',
      [x, w, r, undefined, tensorOf('int32', [2], [1, 1])],
      /^expected numbers of steps with an axis 0 of 3, got 2;/,
    ),
    wrong(
      'a first state of other examples',
      [x, w, r, undefined, undefined, of(1, 2, 5)],
      /^expected first states with an axis 1 of 3, got 2;/,
    ),
    wrong('weights of one direction', [x, w, r], /^expected weights of the inputs with an axis 0 of 2, got 1;/, {
      direction: 'bidirectional',
    }),
  ];
};

const peepholes = use(
  'peepholes',
  [of(4, 3, 2), of(1, 20, 2), of(1, 20, 5), undefined, undefined, undefined, undefined, of(1, 15)],
  /^expected an LSTM without peepholes, got their weights, P; write its cell with others/,
  { hidden_size: 5 },
  { outputs: 3, ort: { takes: 'it computes them' } },
);

/** Uses of recurrent networks. */
export const RECURRENT_MALFORMED = { GRU: recurrent(3, 2), LSTM: [...recurrent(4, 3), peepholes] };
