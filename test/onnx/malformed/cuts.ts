import { AXIS } from './axes.ts';
import { int, ints, of, type Malformed } from './malformed.ts';

const slice = (
  name: string,
  starts: readonly number[],
  ends: readonly number[],
  says: RegExp,
  onAxes?: readonly number[],
  steps?: readonly number[],
): Malformed => ({
  of: name,
  inputs: [of(3, 4), ints(...starts), ints(...ends), onAxes && ints(...onAxes), steps && ints(...steps)],
  says,
});

const split = (name: string, lengths: readonly number[], says: RegExp, outputs = 2): Malformed => ({
  of: name,
  inputs: [of(6), ints(...lengths)],
  outputs,
  says,
});

const parts = (size: number, num: number, outputs: number, says: RegExp, ort?: Malformed['ort']): Malformed => ({
  of: `${size} in ${num} parts to ${outputs} outputs`,
  inputs: [of(size)],
  attributes: { num_outputs: num },
  outputs,
  says,
  ...(ort && { ort }),
});

/** Uses of operators that cut a value into parts, or a part out of it. */
export const CUTS_MALFORMED: Readonly<Record<'Split' | 'Slice', readonly Malformed[]>> = {
  Split: [
    split('too little', [2, 3], /^expected lengths that add up to axis 0 of 6, got 5;/),
    split('too much', [4, 3], /^expected lengths that add up to axis 0 of 6, got 7;/),
    split('a negative length', [8, -2], /^expected lengths of at least 0, got \[8, -2\];/),
    split('more lengths than outputs', [2, 2, 2], /^expected as many lengths as outputs, 2, got 3;/),
    split('fewer lengths than outputs', [6], /^expected as many lengths as outputs, 2, got 1;/),
    parts(6, 3, 2, /^expected num_outputs to be as many as outputs, 2, got 3;/, {
      takes: 'as many parts as there are outputs',
    }),
    parts(2, 3, 3, /^expected an axis that 3 parts fill, got one of 2;/),
    parts(5, 4, 4, /^expected an axis that 4 parts fill, got one of 5;/),
    {
      of: 'neither lengths nor parts',
      inputs: [of(6)],
      outputs: 2,
      says: /^expected lengths or num_outputs, got neither;/,
      ort: { takes: 'equal parts', when: 'untold' },
    },
    {
      of: 'both lengths and parts',
      inputs: [of(6), ints(3, 3)],
      attributes: { num_outputs: 2 },
      outputs: 2,
      says: /^expected lengths or num_outputs, got both;/,
    },
    {
      of: 'unlike parts, before they were allowed',
      inputs: [of(5)],
      outputs: 2,
      opset: 13,
      says: /^expected an axis in 2 equal parts, got one of 5;/,
    },
    { of: 'an axis beyond', inputs: [of(6), ints(3, 3)], attributes: { axis: 1 }, outputs: 2, says: AXIS },
  ],
  Slice: [
    slice('more starts than ends', [0, 0], [1], /^expected one number an axis in input 2, a length of 2, got 1;/),
    slice(
      'more starts than axes',
      [0, 0],
      [1, 1],
      /^expected one number an axis in input 3, a length of 2, got 1;/,
      [0],
    ),
    slice(
      'more starts than steps',
      [0, 0],
      [1, 1],
      /^expected one number an axis in input 4, a length of 2, got 1;/,
      [0, 1],
      [1],
    ),
    slice('an axis beyond', [0], [1], AXIS, [2]),
    slice('an axis twice', [0, 0], [1, 1], /^expected axes that differ, got \[0, -2\];/, [0, -2]),
    slice('a step of 0', [0], [1], /^expected steps other than 0, got 0;/, [0], [0]),
    slice('more than there are axes', [0, 0, 0], [1, 1, 1], AXIS),
    {
      of: 'starts that are no row',
      inputs: [of(3, 4), int(0), int(1)],
      says: /^expected input 1 to have 1 axes, got the shape \[\];/,
    },
  ],
};
