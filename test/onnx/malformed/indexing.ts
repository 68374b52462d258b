import { tensorOf } from '../../../src/onnx/tensor.ts';
import { axes } from './axes.ts';
import { int, ints, of, type Malformed } from './malformed.ts';

const OUTSIDE = /^expected indices below \d+, got -?\d+;/;

const index = (
  name: string,
  indices: ReturnType<typeof ints>,
  says: RegExp,
  more: Partial<Malformed> = {},
): Malformed => ({ of: name, inputs: [of(3, 4), indices], says, ...more });

const matrix = (...rows: readonly (readonly number[])[]) =>
  tensorOf('int64', [rows.length, rows[0]?.length ?? 0], rows.flat());

/** Uses of operators that look elements up, or put them somewhere. */
export const INDEXING_MALFORMED: Readonly<
  Record<'Gather' | 'GatherElements' | 'ScatterElements' | 'ScatterND', readonly Malformed[]>
> = {
  Gather: [
    index('beyond', ints(3), OUTSIDE, { late: true }),
    index('before', ints(-4), OUTSIDE, { late: true }),
    index('of nothing', ints(0), OUTSIDE, { inputs: [of(0), ints(0)], late: true }),
    ...axes([of(3, 4), ints(0)], 2),
    { of: 'a scalar', inputs: [of(), ints(0)], says: /^expected an axis, got a value that has none;/ },
  ],
  GatherElements: [
    index('beyond', matrix([3, 0]), OUTSIDE, { late: true }),
    index('before', matrix([-4, 0]), OUTSIDE, { late: true }),
    index('another rank', ints(0), /^expected input 1 to have 2 axes, got the shape/),
    index(
      'more than there is on another axis',
      matrix([0, 0, 0, 0, 0]),
      /^expected indices within axis 1's length of 4, got 5;/,
    ),
    ...axes([of(3, 4), matrix([0])], 2),
  ],
  ScatterElements: [
    index('beyond', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([3]), of(1, 1)], late: true }),
    index('before', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([-4]), of(1, 1)], late: true }),
    index('another rank', ints(), /^expected input 1 to have 2 axes, got the shape/, {
      inputs: [of(3, 4), ints(0), of(1)],
    }),
    index('other updates', ints(), /^expected axis 1 of the updates of 1, got 2;/, {
      inputs: [of(3, 4), matrix([0]), of(1, 2)],
    }),
    index('more than there is on another axis', ints(), /^expected indices within axis 1's length of 4, got 5;/, {
      inputs: [of(3, 4), matrix([0, 0, 0, 0, 0]), of(1, 5)],
    }),
    ...axes([of(3, 4), matrix([0]), of(1, 1)], 2),
    {
      of: 'sums of bools',
      inputs: [tensorOf('bool', [2], [0, 1]), ints(0), tensorOf('bool', [1], [1])],
      attributes: { reduction: 'add' },
      says: /^expected numbers to add, got bool;/,
      ort: { takes: 'it means or' },
    },
  ],
  ScatterND: [
    index('beyond', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([0, 4]), of(1)], late: true }),
    index('before', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([-4, 0]), of(1)], late: true }),
    index('more axes than there are', ints(), /^expected indices into at most 2 axes, got the shape/, {
      inputs: [of(3, 4), matrix([0, 0, 0]), of(1)],
    }),
    index('an index without axes', ints(), /^expected indices into at most 2 axes, got the shape/, {
      inputs: [of(3, 4), int(0), of()],
    }),
    index('other updates', ints(), /^expected axis 0 of the updates of 1, got 2;/, {
      inputs: [of(3, 4), matrix([0, 0]), of(2)],
    }),
    index('updates of another rank', ints(), /^expected input 2 to have 2 axes, got the shape/, {
      inputs: [of(3, 4), matrix([0]), of(4)],
    }),
    {
      of: 'sums of bools',
      inputs: [tensorOf('bool', [2], [0, 1]), matrix([0]), tensorOf('bool', [1], [1])],
      attributes: { reduction: 'add' },
      says: /^expected numbers to add, got bool;/,
      ort: { takes: 'it means or' },
    },
  ],
};
