import { js, on, type Loose, type Refused } from '../loose.ts';

/** What every layer that takes one tensor refuses: what is no tensor, and something more. */
export const tensorOnly = (name: string, layer: Loose): readonly Refused[] => [
  ['text', on(() => layer('x')), `net/${name}_1: expected a tensor, got "x"; pass a tensor, such as dense(10)(x)`],
  ['nothing', on(() => layer()), `net/${name}_1: expected a tensor, got nothing; pass a tensor, such as dense(10)(x)`],
  [
    'a layer that is not called',
    on((x) => x.pipe(js.dense, layer)),
    'net/dense_1: expected a positive whole number of units, got a tensor of shape [4]; make it first, and apply what dense(…) gives',
  ],
  [
    'an option that it has not',
    on((x) => layer(x, { epsilon: 1e-3 })),
    `net/${name}_1: expected one argument, got also a record of epsilon; leave it out`,
  ],
];
