import { js, on, onSeries, type Loose, type Refused } from '../loose.ts';

/** What each layer of attention refuses; `options` are those that it needs. */
const attending = (name: string, layer: Loose, options: object, known: string): readonly Refused[] => [
  [
    'heads that do not divide the channels',
    onSeries((x) => x.pipe(layer({ ...options, heads: 3 }))),
    `net/${name}_1: expected channels that 3 heads divide, got 2; change one of them`,
  ],
  [
    'no heads',
    onSeries((x) => x.pipe(layer({ ...options, heads: 0 }))),
    `net/${name}_1: expected a positive whole number of heads as heads, got 0; give one that divides the channels`,
  ],
  [
    'a mask of other steps',
    onSeries((x) => x.pipe(layer({ ...options, mask: js.constant([63], 1) }))),
    `net/${name}_1: expected [64] as mask, got [63]; give a number for each step that can be seen`,
  ],
  [
    'a mask that is no tensor',
    onSeries((x) => x.pipe(layer({ ...options, mask: [1, 1] }))),
    `net/${name}_1: expected a tensor as mask, got an array of 2; pass a tensor, such as dense(10)(x)`,
  ],
  [
    'an option of PyTorch',
    onSeries((x) => x.pipe(layer({ ...options, attn_mask: 1 }))),
    `net/${name}_1: expected the options ${known}, got attn_mask; correct it or leave it out`,
  ],
  [
    'a share of 1',
    onSeries((x) => x.pipe(layer({ ...options, dropout: 1 }))),
    `net/${name}_1: expected a rate from 0 up to 1 as dropout, got 1; give the share to drop`,
  ],
  ['a vector', on((x) => x.pipe(layer(options))), `net/${name}_1: expected [steps, channels], got [4]; reshape it`],
];

const BLOCKS = 'layers, heads, feed, activation, norm, dropout, causal, mask';
const other = js.constant([5, 3], 1);

/** What layers of attention refuse. */
export const ATTENTION = {
  attention: [
    ...attending('attention', js.attention, {}, 'heads, causal, of, mask, dropout'),
    [
      'a vector as the other sequence',
      onSeries((x) => x.pipe(js.attention({ of: js.constant([5], 1) }))),
      'net/attention_1: expected [steps, channels] as of, got [5]; reshape it',
    ],
    [
      'causal attention to another sequence',
      onSeries((x) => x.pipe(js.attention({ of: other, causal: true }))),
      "net/attention_1: expected causal among x's own steps, got of as well; leave one of them out",
    ],
    [
      'a mask of its own steps for another sequence',
      onSeries((x) => x.pipe(js.attention({ of: other, mask: js.constant([64], 1) }))),
      'net/attention_1: expected [5] as mask, got [64]; give a number for each step that can be seen',
    ],
  ],
  transformerEncoder: [
    ...attending('transformerEncoder', js.transformerEncoder, { layers: 1, heads: 1 }, BLOCKS),
    [
      'no blocks',
      onSeries((x) => x.pipe(js.transformerEncoder({ heads: 1 }))),
      'net/transformerEncoder_1: expected a positive whole number as layers, got nothing; give how many blocks',
    ],
    [
      'the name of an activation',
      onSeries((x) => x.pipe(js.transformerEncoder({ layers: 1, heads: 1, activation: 'gelu' }))),
      'net/transformerEncoder_1: expected a layer of single elements as activation, got "gelu"; give one such as gelu',
    ],
    [
      'a place of norms',
      onSeries((x) => x.pipe(js.transformerEncoder({ layers: 1, heads: 1, norm: 'first' }))),
      'net/transformerEncoder_1: expected after or before as norm, got "first"; give one of them',
    ],
  ],
  transformerDecoder: [
    ...attending(
      'transformerDecoder',
      js.transformerDecoder,
      { layers: 1, heads: 1, of: other },
      `${BLOCKS}, of, ofMask`,
    ),
    [
      'nothing to attend to',
      onSeries((x) => x.pipe(js.transformerDecoder({ layers: 1, heads: 1 }))),
      'net/transformerDecoder_1: expected a tensor as of, got nothing; pass a tensor, such as dense(10)(x)',
    ],
    [
      'a mask of the wrong sequence',
      onSeries((x) => x.pipe(js.transformerDecoder({ layers: 1, heads: 1, of: other, ofMask: js.constant([64], 1) }))),
      'net/transformerDecoder_1: expected [5] as ofMask, got [64]; give a number for each step that can be seen',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
