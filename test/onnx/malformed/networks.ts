import type { NETWORKS } from '../../../src/onnx/operators/table.ts';
import { AXIS, axes } from './axes.ts';
import { floats, int, ints, of, use, whole, type Malformed } from './malformed.ts';
import { RECURRENT_MALFORMED } from './recurrent.ts';
import { WINDOWS_MALFORMED } from './windows.ts';

const x = of(1, 4, 5, 5);

const reduction: readonly Malformed[] = [
  use('an axis beyond', [of(3, 4), ints(2)], AXIS),
  use('an axis before', [of(3, 4), ints(-3)], AXIS),
  use(
    'an axis twice',
    [of(3, 4), ints(0, -2)],
    /^expected axes that differ, got \[0, -2\];/,
    {},
    { ort: { takes: 'the same axis twice' } },
  ),
  use('an axis that is no row', [of(3, 4), int(0)], /^expected input 1 to have 1 axes, got the shape \[\];/),
  use('an axis beyond, as an attribute', [of(3, 4)], AXIS, { axes: [2] }, { opset: 17 }),
];

const reductionSince13 = reduction.slice(0, -1);

/** Uses of matrix products, convolutions, pooling, normalisation and reductions. */
export const NETWORKS_MALFORMED: Readonly<Record<keyof typeof NETWORKS, readonly Malformed[]>> = {
  Gemm: [
    use('other inner lengths', [of(2, 3), of(4, 5)], /^expected B's inner length of 3, got 4;/),
    use('other inner lengths, transposed', [of(2, 3), of(5, 4)], /^expected B's inner length of 3, got 4;/, {
      transB: 1,
    }),
    use('three axes', [of(2, 3, 1), of(3, 5)], /^expected input 0 to have 2 axes, got the shape/),
    use('one axis', [of(2, 3), of(3)], /^expected input 1 to have 2 axes, got the shape/),
    use('a C that does not fit', [of(2, 3), of(3, 5), of(4)], /^expected C to broadcast to \[2, 5\], got \[4\];/),
    use('a C that is larger', [of(1, 3), of(3, 5), of(2, 5)], /^expected C to broadcast to \[1, 5\], got \[2, 5\];/),
    use(
      'a C of three axes',
      [of(2, 3), of(3, 5), of(1, 2, 5)],
      /^expected C to broadcast to \[2, 5\], got \[1, 2, 5\];/,
    ),
  ],
  MatMul: [
    use('other inner lengths', [of(2, 3), of(4, 5)], /^expected B's inner length of 3, got 4;/),
    use('other inner lengths of vectors', [of(3), of(4)], /^expected B's inner length of 3, got 4;/),
    use('a scalar', [of(), of(4, 5)], /^expected matrices or vectors, got a scalar;/),
    use('other batches', [of(2, 3, 4), of(5, 4, 2)], /^expected batches that broadcast, got/),
  ],
  ...WINDOWS_MALFORMED,
  GlobalAveragePool: [
    use('an image without axes', [of(1, 4)], /^expected a batch of channels of at least one axis, got \[/),
  ],
  Resize: [
    use('neither scales nor sizes', [x], /^expected scales or sizes, got neither;/),
    use(
      'both scales and sizes',
      [x, undefined, floats(1, 1, 2, 2), ints(1, 4, 5, 5)],
      /^expected scales or sizes, got both;/,
    ),
    use('too few scales', [x, undefined, floats(2, 2)], /^expected one number an axis of 4, got 2;/),
    use('too few sizes', [x, undefined, undefined, ints(2, 2)], /^expected one number an axis of 4, got 2;/),
    ...[0, -1, NaN, Infinity].map((scale) =>
      use(
        `a scale of ${scale}`,
        [x, undefined, floats(1, 1, scale, 1)],
        /^expected finite scales and sizes above 0, got/,
      ),
    ),
    ...[0, -1].map((size) =>
      use(
        `a size of ${size}`,
        [x, undefined, undefined, ints(1, 4, size, 1)],
        /^expected finite scales and sizes above 0, got/,
      ),
    ),
    use(
      'a blend of channels',
      [x, undefined, floats(1, 2, 2, 2)],
      /^expected axis 1, which is not blended, of 4, got 8;/,
      { mode: 'linear' },
    ),
    use('a blend of a row', [of(5), undefined, floats(2)], /^expected an image of 2 to 5 axes to blend, got \[5\];/, {
      mode: 'linear',
    }),
    use(
      'a blend of six axes',
      [of(1, 1, 1, 2, 2, 2), undefined, floats(1, 1, 1, 2, 2, 2)],
      /^expected an image of 2 to 5 axes to blend, got/,
      { mode: 'linear' },
    ),
    use(
      'a blend of whole numbers',
      [whole('int32', 1, 1, 4, 4), undefined, floats(1, 1, 2, 2)],
      /^expected fractions to blend, got int32;/,
      { mode: 'linear' },
      { ort: { takes: 'it rounds each in its way' } },
    ),
    use('an axis beyond', [x, undefined, floats(2)], AXIS, { axes: [4] }),
    use('an axis twice', [x, undefined, floats(2, 2)], /^expected axes that differ, got \[2, -2\];/, {
      axes: [2, -2],
    }),
    use(
      'an image without elements',
      [of(1, 1, 0, 5), undefined, undefined, ints(1, 1, 2, 5)],
      /^expected axes of at least one element, got/,
    ),
  ],
  Softmax: [...axes([of(3, 4)], 2), use('a scalar', [of()], /^expected an axis, got a value that has none;/)],
  InstanceNormalization: [
    use(
      'an image without axes',
      [of(3, 4), of(4), of(4)],
      /^expected a batch of channels of at least one axis, got \[/,
    ),
    use('a scale of another length', [of(3, 4, 5), of(5), of(4)], /^expected input 1 to have a length of 4, got 5;/),
    use('a shift of another length', [of(3, 4, 5), of(4), of(5)], /^expected input 2 to have a length of 4, got 5;/),
    use('a scale of another rank', [of(3, 4, 5), of(4, 1), of(4)], /^expected input 1 to have 1 axes, got the shape/),
  ],
  LayerNormalization: [
    use('a scale of another length', [of(3, 4), of(5)], /^expected a scale and a shift of shape \[4\], got \[5\];/),
    use(
      'a shift of another length',
      [of(3, 4), of(4), of(5)],
      /^expected a scale and a shift of shape \[4\], got \[5\];/,
    ),
    use(
      'a scale of another rank',
      [of(3, 4, 5), of(5)],
      /^expected a scale and a shift of shape \[4, 5\], got \[5\];/,
      { axis: 1 },
      { ort: { takes: 'it broadcasts them' } },
    ),
    ...axes([of(3, 4), of(4)], 2),
  ],
  BatchNormalization: [
    ...[1, 2, 3, 4].map((wrong) =>
      use(
        `input ${wrong} of another length`,
        [of(3, 4), ...[1, 2, 3, 4].map((i) => (i === wrong ? of(5) : of(4)))],
        /^expected input \d to have a length of 4, got 5;/,
      ),
    ),
    use(
      'a mean of another rank',
      [of(3, 4), of(4), of(4), of(4, 1), of(4)],
      /^expected input 3 to have 1 axes, got the shape/,
    ),
    use('one axis', [of(4), of(4), of(4), of(4), of(4)], /^expected a batch of channels, got \[/, {}, {}),
  ],
  ReduceSum: reductionSince13,
  ReduceMean: reduction,
  ReduceMax: [
    ...reduction,
    use(
      'nothing',
      [whole('int64', 0, 4), ints(0)],
      /^expected something to reduce, got an axis of 0;/,
      {},
      { ort: { takes: 'the least number' } },
    ),
  ],
  ReduceLogSumExp: reduction,
  CumSum: [
    use('an axis beyond', [of(3, 4), int(2)], AXIS),
    use('a scalar', [of(), int(0)], /^expected an axis, got a value that has none;/),
    use('two axes', [of(3, 4), ints(0, 1)], /^expected one axis, a number of 1, got 2;/),
  ],
  Einsum: [
    use('other lengths', [of(2, 3), of(4, 5)], /^expected axes j of 3, got 4;/, { equation: 'ij,jk->ik' }),
    use('too few axes', [of(2), of(2, 5)], /^expected 2 axes of input 0, got the shape \[/, { equation: 'ij,jk->ik' }),
    use('too few inputs', [of(2, 3)], /^expected an equation of 1 inputs, got "ij,jk->ik";/, { equation: 'ij,jk->ik' }),
    use('a letter from nowhere', [of(2, 3)], /^expected a result of letters of the inputs, each once, got/, {
      equation: 'ij->ik',
    }),
    use('a letter twice in the result', [of(2, 3)], /^expected a result of letters of the inputs, each once, got/, {
      equation: 'ij->ii',
    }),
    use('no letters', [of(2, 3)], /^expected an equation of letters, such as ij,jk->ik, got "i1";/, { equation: 'i1' }),
    use(
      'axes that are not named',
      [of(2, 3)],
      /^expected an equation of letters, such as ij,jk->ik, got "\.\.\.j->\.\.\.j";/,
      { equation: '...j->...j' },
      { ort: { takes: 'as all others' } },
    ),
  ],
  ...RECURRENT_MALFORMED,
  ArgMax: [
    ...axes([of(3, 4)], 2),
    use('nothing', [of(0, 4)], /^expected something to reduce, got an axis of 0;/, { axis: 0 }),
    use('a scalar', [int(1)], /^expected an axis, got a value that has none;/),
  ],
};
