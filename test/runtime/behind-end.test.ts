import { expect, it } from 'vitest';
import { filledBehindEnd } from '../../src/runtime/behind-end.ts';
import type { TargetSignature } from '../../src/signature.ts';

const of = (more: Partial<TargetSignature>): TargetSignature => ({
  distribution: 'normal',
  shape: [4, 1],
  dataShape: [4, 1],
  ...more,
});
const targets = {
  more: of({ distribution: 'categorical', shape: [4, 2], dataShape: [4], classes: ['yes', 'end'], end: 1 }),
  gear: of({ distribution: 'categorical', shape: [4, 2], dataShape: [4], classes: ['low', 'high'] }),
  speed: of({}),
  place: of({ shape: [4, 2], dataShape: [4, 2] }),
  rain: of({ mask: true }),
  load: of({ shape: [3], dataShape: [3] }),
};
const filled = (given: Readonly<Record<string, unknown>>) => filledBehindEnd({ targets }, given);

it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
  [
    'lists of values',
    { more: ['yes', 'yes', 'end', 'end'], gear: ['low', 'high', null, null], speed: [1, 2, null, null] },
    { gear: ['low', 'high', 'low', 'low'], speed: [1, 2, 0, 0] },
  ],
  ['classes by number', { more: [0, 1, 1, 1], gear: [1, null, null, null] }, { gear: [1, 'low', 'low', 'low'] }],
  [
    'several numbers of a step, flat or in lists',
    { more: ['yes', 'yes', 'yes', 'end'], place: [1, 2, 3, 4, 5, 6, null, null] },
    { place: [1, 2, 3, 4, 5, 6, 0, 0] },
  ],
  [
    'a step that is null as a whole',
    { more: ['yes', 'end', 'end', 'end'], place: [[1, 2], null, [null, null], [3, null]] },
    {
      place: [
        [1, 2],
        [0, 0],
        [0, 0],
        [3, 0],
      ],
    },
  ],
  [
    'a batch, each by its own end',
    {
      more: [
        ['yes', 'end', 'end', 'end'],
        ['yes', 'yes', 'yes', 'end'],
      ],
      speed: [
        [1, null, null, null],
        [1, null, 3, null],
      ],
    },
    {
      speed: [
        [1, 0, 0, 0],
        [1, null, 3, 0],
      ],
    },
  ],
  ['what has no end', { more: ['yes', 'yes', 'yes', 'yes'], speed: [1, 2, 3, null] }, {}],
  [
    'what a mask says, and what has no steps',
    { more: ['end', 'end', 'end', 'end'], rain: [null, 1, 1, 1], load: [1, null, 2] },
    {},
  ],
  ['what is no list', { more: 'end', speed: 3, gear: new Float32Array(4) }, {}],
])('%s', (_, given, changed) => {
  expect(filled(given)).toEqual({ ...given, ...changed });
});

it('finds the end by a number that is its name', () => {
  const more = { ...targets.more, classes: ['1', '0'], end: 1 };
  const given = { more: Int32Array.of(1, 0, 0, 0), speed: [1, null, null, null] };
  expect(filledBehindEnd({ targets: { ...targets, more } }, given)).toEqual({ ...given, speed: [1, 0, 0, 0] });
});

it('changes nothing where no target says where a sequence ends', () => {
  const given = { speed: [1, null, 2, 3] };
  expect(filledBehindEnd({ targets: { speed: targets.speed } }, given)).toBe(given);
  expect(filledBehindEnd({}, given)).toBe(given);
  // What is given may be anything.
  for (const other of [null, undefined, 3, 'more'] as never[]) expect(filled(other)).toBe(other);
});
