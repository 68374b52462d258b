import { expect, test } from 'vitest';
import { overlaid } from '../../src/report/curves.ts';

/** A loss that falls fast from its first value. */
const line = (first: number, rest: number) => ({
  name: `${first}`,
  colour: 'black',
  points: Array.from({ length: 30 }, (_, i) => ({ epoch: i + 1, value: i === 0 ? first : rest + 1 / i })),
});

test('a chart of several runs says which epochs are outside, of values that none of them shows', () => {
  expect(overlaid([line(1000, 10)], 'Loss', 'nats').text).toBe('in nats; some of epoch 1 is outside the picture');
  // The first value of one lies among the other's.
  expect(overlaid([line(50, 10), line(1000, 90)], 'Loss', 'nats').text).toBe(
    'in nats; some of epoch 1 is outside the picture',
  );
  const slow = { ...line(0, 0), points: Array.from({ length: 30 }, (_, i) => ({ epoch: i + 1, value: 60 - i })) };
  expect(overlaid([line(50, 10), slow], 'Loss', 'nats').text).toBe('in nats');
});
