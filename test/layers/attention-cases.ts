import { constant } from '../../src/dsl/leaves.ts';
import { attention, each, gelu, reshape, transformerDecoder, transformerEncoder } from '../../src/layers/index.ts';
import { given } from './case.ts';

/** Steps that exist and steps that do not, for the inputs of a case that holds both numbers and a mask. */
const masked = { values: [1, 0.3, -1.2, 0, 0.7, 0, 2] };

/** What layers of attention are tried with. */
export const ATTENTION = {
  attention: [
    given([[4, 3]], attention(), [4, 3]),
    given([[4, 6]], attention({ heads: 2, causal: true }), [4, 6], { leads: [4], name: 'causal' }),
    given([[4, 6], [4]], (x, mask) => attention({ heads: 3, mask })(x), [4, 6], { ...masked, name: 'masked' }),
    given([[4, 4], [4]], (x, mask) => attention({ mask, causal: true })(x), [4, 4], {
      ...masked,
      leads: [1, 0],
      name: 'masked and causal',
    }),
    given([[3, 4], [5, 2], [5]], (x, of, mask) => attention({ heads: 2, of, mask })(x), [3, 4], {
      ...masked,
      name: 'of another sequence, masked',
    }),
    given(
      [
        [3, 4],
        [5, 2],
      ],
      (x, of) => attention({ heads: 2, of })(x),
      [3, 4],
      {
        leads: [0, 1],
        name: 'of queries that are the same for all',
      },
    ),
    given(
      [
        [3, 4],
        [5, 2],
      ],
      (x, of) => attention({ heads: 2, of })(x),
      [3, 4],
      {
        leads: [1, 0],
        name: 'of a sequence that is the same for all',
      },
    ),
    given([[3, 4]], attention({ heads: 4 }), [3, 4], { leads: [0], name: 'of a parameter' }),
    given([[4, 4]], attention({ heads: 2, dropout: 0.4 }), [4, 4], { name: 'with dropout' }),
    given([[3, 8]], each(reshape(4, 2), attention({ heads: 2, mask: constant([4], [1, 0, 1, 1]) })), [3, 4, 2], {
      name: 'at each place',
    }),
  ],
  transformerEncoder: [
    given([[3, 4]], transformerEncoder({ layers: 2, heads: 2, feed: 3, activation: gelu }), [3, 4]),
    given([[3, 4], [3]], (x, mask) => transformerEncoder({ layers: 1, heads: 1, norm: 'before', mask })(x), [3, 4], {
      ...masked,
      name: 'normalised before, masked',
    }),
    given([[3, 2]], transformerEncoder({ layers: 1, heads: 2, feed: 3, causal: true, dropout: 0.4 }), [3, 2], {
      leads: [4],
      name: 'causal, with dropout',
    }),
  ],
  transformerDecoder: [
    given(
      [[3, 4], [2, 3], [2]],
      (x, of, ofMask) => transformerDecoder({ layers: 1, heads: 2, feed: 3, of, ofMask, causal: true })(x),
      [3, 4],
      { ...masked, name: 'causal, of a masked sequence' },
    ),
    given(
      [
        [3, 4],
        [2, 3],
      ],
      (x, of) => transformerDecoder({ layers: 2, heads: 1, feed: 3, of, norm: 'before' })(x),
      [3, 4],
      { leads: [0, 1], name: 'of queries that are the same for all' },
    ),
    given(
      [
        [3, 4],
        [2, 3],
      ],
      (x, of) => transformerDecoder({ layers: 1, heads: 2, feed: 3, of, dropout: 0.3 })(x),
      [3, 4],
      { leads: [0, 1], name: 'of queries that are the same for all, with dropout' },
    ),
  ],
};
