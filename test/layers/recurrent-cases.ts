import type { Tensor } from '../../src/dsl/tensor.ts';
import { constant } from '../../src/dsl/leaves.ts';
import { bidirectional, concat, gru, lstm, relu, sign } from '../../src/layers/index.ts';
import { given, type LayerCase } from './case.ts';

/** 1 where a number is above 0. */
const positive = (x: Tensor<[5]>): Tensor<[5]> => x.pipe(sign, relu);

/** h, and c behind it. */
const joined = ({ h, c }: { readonly h: Tensor<[4]>; readonly c: Tensor<[4]> }): Tensor<[8]> => concat(h, c);

/** What both kinds of recurrent layers are tried with; `h` and `m` are first states and masks. */
const recurrent = (of: typeof gru | typeof lstm): LayerCase[] => {
  // The two have the same options, but for the first state, which is a tensor here.
  const make = of as typeof gru;
  return [
    given([[5, 3]], make(4), [5, 4]),
    given([[5, 3]], make(4, { reverse: true }), [5, 4], { name: 'from the end' }),
    given([[5, 3]], make(4, { last: true }), [4], { name: 'the last state', leads: [4] }),
    given([[5, 3]], make(4, { last: true, reverse: true }), [4], { name: 'the last state from the end' }),
    given([[5, 3], [4]], (x, h) => make(4, { initial: h })(x), [5, 4], { name: 'a first state for each' }),
    given([[5, 3], [4]], (x, h) => make(4, { initial: h })(x), [5, 4], { name: 'one first state', leads: [1, 0] }),
    given([[5, 3]], make(4), [5, 4], { name: 'of no examples', leads: [0] }),
    given([[5, 3], [5]], (x, m) => make(4, { mask: positive(m) })(x), [5, 4], { name: 'a mask' }),
    given([[5, 3], [5]], (x, m) => make(4, { mask: m })(x), [5, 4], {
      name: 'a mask of other numbers',
      values: [0.3, 0, -1.5, 2],
      gradient: 'alike',
    }),
    given([[5, 3]], make(4, { mask: constant([5], 0) }), [5, 4], { name: 'a mask of nothing', gradient: 'none' }),
    given([[5, 3], [5], [4]], (x, m, h) => make(4, { mask: positive(m), initial: h, reverse: true })(x), [5, 4], {
      name: 'a mask from the end, and a first state',
    }),
    given([[5, 3], [5], [4]], (x, m, h) => make(4, { mask: positive(m), initial: h, last: true })(x), [4], {
      name: 'the last state that a mask lets exist',
    }),
  ];
};

const both = (of: typeof gru | typeof lstm, name: string): LayerCase[] => {
  const make = of as typeof gru;
  return [
    given([[5, 3]], bidirectional(make(4)), [5, 8], { name }),
    given([[5, 3]], bidirectional(make(4, { last: true })), [8], { name: `${name}, the last states` }),
    given([[5, 3], [5], [4]], (x, m, h) => bidirectional(make(4, { mask: positive(m), initial: h }))(x), [5, 8], {
      name: `${name}, a mask and a first state`,
    }),
  ];
};

export const RECURRENT = {
  gru: recurrent(gru),
  lstm: [
    ...recurrent(lstm),
    given([[5, 3], [4], [4]], (x, h, c) => lstm(4, { initial: { h, c } })(x), [5, 4], { name: 'two first states' }),
    given(
      [[5, 3], [4], [4], [5]],
      (x, h, c, m) => lstm(4, { initial: { h, c }, mask: positive(m), last: true })(x),
      [4],
      { name: 'two first states and a mask' },
    ),
    given([[5, 3]], (x) => joined(lstm(4, { last: 'state' })(x)), [8], { name: 'both last states', leads: [4] }),
    given([[1, 3], [4], [4]], (x, h, c) => joined(lstm(4, { initial: { h, c }, last: 'state' })(x)), [8], {
      name: 'a cell: both states of one step',
    }),
    given([[5, 3]], (x) => joined(lstm(4, { last: 'state', reverse: true })(x)), [8], {
      name: 'both last states from the end',
    }),
  ],
  bidirectional: [...both(gru, 'gru'), ...both(lstm, 'lstm')],
};
