import { js, on, type Refused } from '../loose.ts';
import { tensorOnly } from './tensor-only.ts';

/** What layers that change shapes or rows refuse. */
export const SHAPES = {
  reshape: [
    [
      'parts of axes',
      on((x) => x.pipe(js.reshape(2.5, 1.6))),
      'net/reshape_1: expected positive whole dimensions, got 2.5; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'axes that are whole together',
      on((x) => x.pipe(js.reshape(2.5, 2))),
      'net/reshape_1: expected positive whole dimensions, got 2.5; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'negative axes',
      on((x) => x.pipe(js.reshape(-2, -2))),
      'net/reshape_1: expected positive whole dimensions, got -2; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'an axis to be found',
      on((x) => x.pipe(js.reshape(-1, 2))),
      'net/reshape_1: expected positive whole dimensions, got -1; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'a list of axes',
      on((x) => x.pipe(js.reshape([2, 2]))),
      'net/reshape_1: expected positive whole dimensions, got an array of 2; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'an axis as text',
      on((x) => x.pipe(js.reshape('4'))),
      'net/reshape_1: expected positive whole dimensions, got "4"; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'an axis of 0',
      on((x) => x.pipe(js.reshape(0))),
      'net/reshape_1: expected positive whole dimensions, got 0; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'no axes',
      on((x) => x.pipe(js.reshape())),
      'net/reshape_1: expected as many elements as in [4], 4, got [] with 1; choose a shape with the same number of elements',
    ],
  ],
  flatten: tensorOnly('flatten', js.flatten),
  shaped: [
    [
      'a part of an axis',
      on((x) => x.pipe(js.shaped(0.5))),
      'net/shaped_1: expected positive whole dimensions, got 0.5; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'a list of axes',
      on((x) => x.pipe(js.shaped([4]))),
      'net/shaped_1: expected positive whole dimensions, got an array of 1; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'no call',
      on((x) => x.pipe(js.shaped, js.relu)),
      'net/shaped_1: expected positive whole dimensions, got a tensor of shape [4]; make it first, and apply what shaped(…) gives',
    ],
  ],
  concat: [
    [
      'nothing',
      on(() => js.concat()),
      'net/concat_1: expected tensors one by one, got nothing; give one or more: concat(a, b), concat(...list)',
    ],
    [
      'a list',
      on((x) => js.concat([x, x])),
      'net/concat_1: expected tensors one by one, got an array of 2; give one or more: concat(a, b), concat(...list)',
    ],
    [
      'a number',
      on((x) => js.concat(x, 1)),
      'net/concat_1: expected a tensor, got 1; pass a tensor, such as dense(10)(x)',
    ],
    [
      'an axis',
      on((x) => js.concat(x, x, { axis: 0 })),
      'net/concat_1: expected a tensor, got a record of axis; pass a tensor, such as dense(10)(x)',
    ],
    [
      'scalars',
      on((x) => js.concat(js.sum(x), js.sum(x))),
      'net/concat_1: expected at least one axis, got []; put reshape(1) before it',
    ],
  ],
  slice: [
    [
      'no end',
      on((x) => x.pipe(js.slice(1))),
      'net/slice_1: expected a positive whole number as end, got nothing; give the element after the last',
    ],
    [
      'a negative begin',
      on((x) => x.pipe(js.slice(-2, 4))),
      'net/slice_1: expected a whole number from 0, got -2; give the first element, counted from 0',
    ],
    [
      'a part of a place',
      on((x) => x.pipe(js.slice(0.5, 2))),
      'net/slice_1: expected a whole number from 0, got 0.5; give the first element, counted from 0',
    ],
    [
      'places as text',
      on((x) => x.pipe(js.slice('0', '2'))),
      'net/slice_1: expected a whole number from 0, got "0"; give the first element, counted from 0',
    ],
    [
      'an axis',
      on((x) => x.pipe(js.slice(0, 2, 1))),
      'net/slice_1: expected at most 2 arguments, got also 1; leave it out',
    ],
    [
      'more than there is',
      on((x) => x.pipe(js.slice(2, 5))),
      'net/slice_1: expected 0 ≤ begin < end ≤ 4, the last axis of [4], got 2 and 5; choose others',
    ],
    [
      'nothing of it',
      on((x) => x.pipe(js.slice(2, 2))),
      'net/slice_1: expected 0 ≤ begin < end ≤ 4, the last axis of [4], got 2 and 2; choose others',
    ],
  ],
  sum: [
    ...tensorOnly('sum', js.sum),
    ['an axis', on((x) => js.sum(x, -1)), 'net/sum_1: expected one argument, got also -1; leave it out'],
  ],
  sumLast: [
    ...tensorOnly('sumLast', js.sumLast),
    [
      'a scalar',
      on((x) => x.pipe(js.sum, js.sumLast)),
      'net/sum_2: expected at least one axis, got []; give it a vector',
    ],
  ],
  logSumExp: [
    ...tensorOnly('logSumExp', js.logSumExp),
    [
      'a scalar',
      on((x) => x.pipe(js.sum, js.logSumExp)),
      'net/logSumExp_1: expected at least one axis, got []; give it a vector',
    ],
  ],
  batchMean: tensorOnly('batchMean', js.batchMean),
  repeat: [
    [
      'half a time',
      on((x) => x.pipe(js.repeat(0.5))),
      'net/repeat_1: expected a positive whole number of times, got 0.5; give how often each example is there',
    ],
    [
      '0 times',
      on((x) => x.pipe(js.repeat(0))),
      'net/repeat_1: expected a positive whole number of times, got 0; give how often each example is there',
    ],
    [
      'true',
      on((x) => x.pipe(js.repeat(true))),
      'net/repeat_1: expected a positive whole number of times, got true; give how often each example is there',
    ],
    [
      'nothing',
      on((x) => x.pipe(js.repeat())),
      'net/repeat_1: expected a positive whole number of times, got nothing; give how often each example is there',
    ],
  ],
  group: [
    [
      'half a sample',
      on((x) => x.pipe(js.repeat(2), js.group(1.5))),
      'net/group_1: expected a positive whole number of samples, got 1.5; give how many there are of each example',
    ],
    [
      'nothing',
      on((x) => x.pipe(js.repeat(2), js.group())),
      'net/group_1: expected a positive whole number of samples, got nothing; give how many there are of each example',
    ],
  ],
  ungroup: [
    [
      'text',
      on((x) => x.pipe(js.ungroup('4'))),
      'net/ungroup_1: expected a positive whole number of samples, got "4"; give how many there are of each example',
    ],
    [
      'another number of samples',
      on((x) => x.pipe(js.ungroup(3))),
      'net/ungroup_1: expected a first axis of 3 samples, got [4]; give as many as there are',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
