import { describe, expect, it } from 'vitest';
import type { Derivation } from '../../src/exchange.ts';
import { readDerivation } from '../../src/formats/derivation.ts';
import { exportTraining } from '../../src/export/training.ts';
import { MODELS } from '../compiler/models.ts';
import { trainedWeights } from '../compiler/weights.ts';

const refuse = (expected: string, got: string): never => {
  throw new Error(`expected ${expected}, got ${got}`);
};
const read = (value: unknown, shape: readonly number[]) => readDerivation(shape, value, 'from', refuse);
const x = { op: 'parameter', name: 'x', shape: [2, 3] };

describe('how an initializer follows from parameters', () => {
  it('is read as it was written', () => {
    const { pictures } = MODELS;
    if (!pictures) throw new Error('no pictures');
    const { manifest } = exportTraining(pictures, trainedWeights(pictures), { recognition: true });
    const all = Object.values(manifest.files).flatMap(({ initializers = {} }) => Object.values(initializers));
    expect(new Set(all.map(({ from }) => from.op)).size).toBeGreaterThan(2);
    for (const { shape, from } of all) expect(read(JSON.parse(JSON.stringify(from)), shape)).toEqual(from);
  });

  it.each<[string, unknown, readonly number[], string]>([
    ['nothing', undefined, [6], 'expected from to be an object, got nothing'],
    ['another operation', { op: 'eval', of: x }, [6], 'expected from.op to be a known operation, got "eval"'],
    ['another size', x, [7], 'expected from to give 7 numbers, got 6'],
    ['a name that is none', { op: 'parameter', name: 3, shape: [6] }, [6], 'expected from.name to be text, got 3'],
    [
      'constants too few',
      { op: 'constant', values: [1], shape: [2] },
      [2],
      'expected from.values to be as many as from.shape has, got [2]',
    ],
    [
      'another number in a reshape',
      { op: 'reshape', of: x, shape: [7] },
      [7],
      'expected from.shape to be of 6 numbers, got [7]',
    ],
    [
      'axes twice',
      { op: 'transpose', of: x, perm: [0, 0] },
      [6],
      'expected from.perm to be the axes of [2,3], got [0,0]',
    ],
    [
      'an axis that is not there',
      { op: 'sum', of: x, axes: [2] },
      [6],
      'expected from.axes to be axes of [2,3], got [2]',
    ],
    [
      'an axis to gather from that is not there',
      { op: 'gather', of: x, axis: 2, places: [] },
      [6],
      'expected from.axis to be an axis of [2,3], got 2',
    ],
    [
      'places that are not there',
      { op: 'gather', of: x, axis: 0, places: [{ start: 0, lengths: [3], steps: [1] }] },
      [9],
      'expected from.places.0 to be places below 2, got {"start":0,"lengths":[3],"steps":[1]}',
    ],
    [
      'places before the first',
      { op: 'gather', of: x, axis: 0, places: [{ start: 0, lengths: [2], steps: [-1] }] },
      [6],
      'expected from.places.0 to be places below 2, got {"start":0,"lengths":[2],"steps":[-1]}',
    ],
    [
      'shapes that do not broadcast',
      { op: 'add', of: x, by: { op: 'parameter', name: 'y', shape: [2] } },
      [6],
      'expected from to be of shapes that broadcast, got [[2,3],[2]]',
    ],
    [
      'a bomb',
      {
        op: 'gather',
        of: { op: 'parameter', name: 'y', shape: [1] },
        axis: 0,
        places: [{ start: 0, lengths: [2 ** 30], steps: [0] }],
      },
      [6],
      'expected from.places.0 to be places below 1, got {"start":0,"lengths":[1073741824],"steps":[0]}',
    ],
  ])('%s is refused', (_, value, shape, sentence) => expect(() => read(value, shape)).toThrow(sentence));

  it('of any depth is refused before the stack ends', () => {
    let deep: unknown = x;
    for (let i = 0; i < 100_000; i++) deep = { op: 'neg', of: deep };
    expect(() => read(deep, [6])).toThrow(/to be less deep, got a deeper one$/);
    const shallow = Array.from({ length: 900 }).reduce<unknown>((of) => ({ op: 'neg', of }), x);
    expect((read(shallow, [6]) as Derivation).op).toBe('neg');
  });
});
