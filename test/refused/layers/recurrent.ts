import { js, on, onSeries, type Loose, type Refused } from '../loose.ts';

const recurrent = (
  name: string,
  layer: Loose,
  initial: string,
  remedy: string,
  last = 'true or false',
): readonly Refused[] => [
  [
    'no units',
    onSeries((x) => x.pipe(layer())),
    `net/${name}_1: expected a positive whole number of units, got nothing; give how many numbers its state has`,
  ],
  [
    'an option of Keras',
    onSeries((x) => x.pipe(layer(4, { return_sequences: true }))),
    `net/${name}_1: expected the options reverse, last, initial, mask, got return_sequences; correct it or leave it out`,
  ],
  [
    'a number as last',
    onSeries((x) => x.pipe(layer(4, { last: 1 }))),
    `net/${name}_1: expected ${last} as last, got 1; give one of them`,
  ],
  [
    'a first state that is a number',
    onSeries((x) => x.pipe(layer(4, { initial: 0 }))),
    `net/${name}_1: expected ${initial} as initial, got 0; ${remedy}`,
  ],
  [
    'a first state of other units',
    onSeries((x) => x.pipe(layer(4, { initial: js.constant([3], 0) }))),
    `net/${name}_1: expected a first state of shape [4], got [3]; give a number for each unit`,
  ],
  [
    'a mask of other steps',
    onSeries((x) => x.pipe(layer(4, { mask: js.constant([63], 1) }))),
    `net/${name}_1: expected a mask of shape [64], got [63]; give a number for each step`,
  ],
  [
    'a vector',
    on((x) => x.pipe(layer(4))),
    `net/${name}_1: expected [steps, channels], got [4]; put reshape before it`,
  ],
];

/** What recurrent layers refuse. */
export const RECURRENT = {
  gru: recurrent('gru', js.gru, 'a tensor', 'pass a tensor, such as dense(10)(x)'),
  lstm: [
    ...recurrent(
      'lstm',
      js.lstm,
      'a tensor, or { h, c },',
      'give the hidden state, or both states',
      'true, false or state',
    ),
    [
      'both last states of steps with a mask',
      onSeries((x) => x.pipe(js.lstm(4, { last: 'state', mask: js.constant([64], 1) }))),
      "net/lstm_1: expected no mask with last: 'state', got one; leave it out, or give last: true",
    ],
    [
      'both last states in both directions',
      onSeries((x) => x.pipe(js.bidirectional(js.lstm(4, { last: 'state' })))),
      'net/bidirectional_1: expected a recurrent layer, got a function; give one such as gru(64)',
    ],
  ] satisfies readonly Refused[],
  bidirectional: [
    [
      'a layer that is none',
      onSeries((x) => x.pipe(js.bidirectional(js.relu))),
      'net/bidirectional_1: expected a recurrent layer, got a function; give one such as gru(64)',
    ],
    [
      'a layer in reverse',
      onSeries((x) => x.pipe(js.bidirectional(js.gru(4, { reverse: true })))),
      'net/bidirectional_1: expected a layer that reads forward, got one in reverse; leave its reverse out',
    ],
    [
      'a layer of no units',
      onSeries((x) => x.pipe(js.bidirectional(js.gru(0)))),
      'net/gru_1: expected a positive whole number of units, got 0; give how many numbers its state has',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
