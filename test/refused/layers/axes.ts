import { js, on, onImage, onSeries, type Loose, type Refused } from '../loose.ts';

const AXIS = 'give an axis, counted from 0; the batch axis does not count';

/** What a layer refuses whose argument is an axis. */
const axis = (name: string, layer: (axis: unknown) => Loose): readonly Refused[] => [
  [
    'a negative axis',
    onSeries((x) => x.pipe(layer(-1))),
    `net/${name}_1: expected a whole number from 0, got -1; ${AXIS}`,
  ],
  [
    'an axis beyond the last',
    onSeries((x) => x.pipe(layer(2))),
    `net/${name}_1: expected an axis of [64, 2], counted from 0, got 2; choose one that it has`,
  ],
];

const cell = js.network('cell', { x: js.continuous(2) }, ({ x }: { readonly x: Loose }) => x.pipe(js.dense(2)));

/** What layers that work on axes refuse. */
export const AXES = {
  each: [
    [
      'what is no layer',
      onSeries((x) => x.pipe(js.each(64))),
      'net/each: expected layers, got 64; give what makes a tensor of one, such as relu or dense(200)',
    ],
    [
      'a layer that joins rows',
      onSeries((x) => x.pipe(js.each(js.repeat(2)))),
      'net/repeat_1: expected a layer that treats each row of a batch by itself, got repeat within each; apply it outside',
    ],
    [
      'a result that is the same for all places',
      onSeries((x) => x.pipe(js.each(() => js.constant([2], 1)))),
      'net/each: expected a result that depends on the place, got one that is the same for all; use expand instead',
    ],
    [
      'a network',
      onSeries((x) => x.pipe(js.each((step: unknown) => cell({ x: step })))),
      'net/cell: expected a call outside of each, got one within it; write its layers there, or call it on at(0)(x), at(1)(x), … and stack what it gives',
    ],
    [
      'a tensor that leaves it',
      onSeries((x) => {
        let kept: unknown;
        x.pipe(js.each((step: unknown) => (kept = step)));
        return kept;
      }),
      'net: expected the result of each, got a tensor from within it; return the result',
    ],
  ],
  at: [
    [
      'an index beyond the last',
      onSeries((x) => x.pipe(js.at(64))),
      'net/at_1: expected an index below 64, the first axis of [64, 2], got 64; choose a smaller one',
    ],
    [
      'a negative index',
      onSeries((x) => x.pipe(js.at(-1))),
      'net/at_1: expected a whole number from 0, got -1; give the index of an entry, counted from 0',
    ],
    ['a scalar', on((x) => x.pipe(js.sum, js.at(0))), 'net/at_1: expected at least one axis, got []; leave it out'],
  ],
  expand: [
    [
      'a part of an axis',
      on((x) => x.pipe(js.expand(2.5))),
      'net/expand_1: expected positive whole dimensions, got 2.5; give the length of each axis, one by one: 28, 28, 1',
    ],
  ],
  permute: [
    [
      'an axis twice',
      onSeries((x) => x.pipe(js.permute(0, 0))),
      'net/permute_1: expected each axis of [64, 2] once, got 0, 0; name each from 0 once',
    ],
    [
      'the batch axis',
      onSeries((x) => x.pipe(js.permute(0, 2, 1))),
      'net/permute_1: expected 2 axes, as in [64, 2], got 0, 2, 1; name each from 0 once',
    ],
  ],
  reduceMax: axis('reduceMax', js.reduceMax),
  reduceMean: axis('reduceMean', js.reduceMean),
  reduceSum: axis('reduceSum', js.reduceSum),
  sliceAt: [
    ...axis('sliceAt', (at) => js.sliceAt(at)(0, 1)).slice(1),
    [
      'a negative axis',
      onSeries((x) => x.pipe(js.sliceAt(-1)(0, 1))),
      `net/sliceAt_1: expected a whole number from 0, got -1; ${AXIS}`,
    ],
    [
      'an end beyond the last',
      onSeries((x) => x.pipe(js.sliceAt(0)(2, 65))),
      'net/sliceAt_1: expected 0 ≤ begin < end ≤ 64, axis 0 of [64, 2], got 2 and 65; choose others',
    ],
  ],
  stack: [
    [
      'tensors of two shapes',
      on((x) => js.stack(x, x.pipe(js.dense(2)))),
      'net/stack_1: expected tensors of one shape, got [4] and [2]; reshape or resize one of them',
    ],
    [
      'a list',
      on((x) => js.stack([x, x])),
      'net/stack_1: expected tensors one by one, got an array of 2; give one or more: stack(a, b), stack(...list)',
    ],
  ],
  concatAt: [
    [
      'shapes that differ elsewhere',
      onImage((x) => js.concatAt(0)(x, x.pipe(js.conv2d(3)))),
      'net/concatAt_1: expected shapes equal but for axis 0, got [8, 8, 2] and [8, 8, 3]; reshape or resize one of them',
    ],
    [
      'no axis',
      on((x) => js.concatAt(x)(x)),
      `net/concatAt_1: expected a whole number from 0, got a tensor of shape [4]; ${AXIS}`,
    ],
    [
      'an axis beyond the last',
      on((x) => js.concatAt(1)(x, x)),
      'net/concatAt_1: expected an axis of [4], counted from 0, got 1; choose one that it has',
    ],
  ],
  embedding: [
    [
      'no classes',
      onSeries((x) => x.pipe(js.embedding())),
      'net/embedding_1: expected a positive whole number of classes, got nothing; give how many',
    ],
    [
      'another number of classes',
      onSeries((x) => x.pipe(js.embedding(10, 4))),
      'net/embedding_1: expected 10 classes on the last axis, got [64, 2]; give it a categorical(10) as it is, or another number of classes',
    ],
  ],
  mmd: [
    ['one tensor', onSeries((x) => js.mmd(x)), 'net/mmd_1: expected two tensors, got nothing; give what layers give'],
    [
      'matrices',
      onSeries((x) => js.mmd(x, x)),
      'net/mmd_1: expected two vectors of one length, got [64, 2] and [64, 2]; flatten or reshape them',
    ],
  ],
  matMul: [
    [
      'matrices that do not fit',
      onSeries((x) => js.matMul(x, x)),
      'net/matMul_1: expected […, m, k] and […, k, n], got [64, 2] and [64, 2]; permute or reshape one of them',
    ],
    [
      'one matrix',
      onSeries((x) => js.matMul(x)),
      'net/matMul_1: expected two tensors, got nothing; give what layers give',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
