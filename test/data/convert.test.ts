import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { toDataset } from '../../src/data/convert.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { withScaling } from '../../src/data/scaling.ts';
import type { Data, Example } from '../../src/data/source.ts';
import type { Variable, Variables } from '../../src/data/variable.ts';
import { InvalidData } from '../../src/errors.ts';
import { stream, uniforms } from '../../src/random.ts';

const digit: Variable = { kind: 'categorical', shape: [10], dataShape: [], classes: 10 };
const pet: Variable = { kind: 'categorical', shape: [2], dataShape: [], classes: ['cat', 'dog'] };
const vector: Variable = { kind: 'continuous', shape: [2], dataShape: [2], distribution: 'normal' };
const picture: Variable = { kind: 'image', shape: [2, 2, 1], dataShape: [2, 2, 1] };
const binary: Variable = { kind: 'continuous', shape: [4], dataShape: [4], distribution: 'bernoulli' };
const variables: Variables = { digit, y: vector };

const refusal = async (data: unknown, wanted: Variables = variables): Promise<string> => {
  // The types do not allow most of this, which is why users of JavaScript need the messages.
  const error = await toDataset(data as Data, wanted).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InvalidData);
  return error instanceof Error ? error.message : '';
};

async function* slowly(examples: readonly Example[]): AsyncGenerator<Example> {
  for (const example of examples) yield await Promise.resolve(example);
}

describe('what data may be given as', () => {
  const examples: readonly Example[] = [
    { digit: 3, y: [0.5, -1] },
    { digit: 9, y: Float64Array.of(2, 4) },
  ];
  const nested = { digit: [3, 9], y: [[0.5, -1], [2, 4]] }; // prettier-ignore
  const flat = { digit: Uint8Array.of(3, 9), y: Float32Array.of(0.5, -1, 2, 4) };
  const whole: Dataset = {
    name: 'whole',
    train: {
      count: 2,
      columns: {
        digit: { shape: [], data: Int32Array.of(3, 9), scale: 1 },
        y: { shape: [2], data: Int32Array.of(1, -2, 4, 8), scale: 0.5 },
        other: { shape: [], data: Uint8Array.of(1, 2), scale: 1 },
      },
    },
  };
  const given: Readonly<Record<string, Data>> = {
    examples,
    'an iterable': new Set(examples),
    'an async iterable': slowly(examples),
    'nested columns': nested,
    'flat columns': flat,
    'flat plain arrays': { digit: [3, 9], y: [0.5, -1, 2, 4] },
    'columns with a scale': { digit: [3, 9], y: { data: Int32Array.of(1, -2, 4, 8), scale: 0.5 } },
    'a dataset': whole,
    'a promise': Promise.resolve(nested),
    'a function': () => flat,
    'an async function': async () => whole,
    parts: { train: nested, validation: examples, test: slowly(examples) },
  };

  it.each(Object.entries(given))('%s', async (_, data) => {
    const { train } = await toDataset(data, variables);
    expect(train.count).toBe(2);
    expect(Object.keys(train.columns)).toEqual(['digit', 'y']);
    const { digit: d, y } = train.columns;
    expect(d).toEqual({ shape: [], data: Uint8Array.of(3, 9), scale: 1, classes: 10 });
    expect(y?.shape).toEqual([2]);
    expect(Array.from(y?.data ?? [], (value) => value * (y?.scale ?? 1))).toEqual([0.5, -1, 2, 4]);
  });

  it('keeps parts apart, and a dataset by its name and scaling', async () => {
    const parts = await toDataset({ train: nested, test: flat }, variables);
    expect([parts.validation, parts.test?.count, parts.name]).toEqual([undefined, 2, 'data']);
    const kept = await toDataset(withScaling(whole, ['y', 'other']), variables);
    expect(kept.name).toBe('whole');
    expect(kept.scaling).toEqual({ y: { mean: [1.25, 1.5], deviation: [0.75, 2.5] } });
  });

  it('has a checksum of the values, whatever form they came in', async () => {
    const sum = async (data: Data) => (await toDataset(data, variables)).checksum;
    expect(await sum(examples)).toMatch(/^[0-9a-f]{64}$/);
    expect(await sum(examples)).toBe(await sum(flat));
    expect(await sum({ ...nested, digit: [3, 8] })).not.toBe(await sum(nested));
    expect(await sum({ train: nested, test: nested })).not.toBe(await sum(nested));
  });

  it('reads many examples, one by one', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ digit: i % 10, y: [i, -i] }));
    const { train } = await toDataset(slowly(many), variables);
    expect([train.count, train.columns['y']?.data.length, train.columns['y']?.data[1999]]).toEqual([1000, 2000, -999]);
  });

  it('takes images flat, by rows, or with channels', async () => {
    const wanted = { x: picture, y: binary };
    const { train } = await toDataset(
      [
        { x: [0, 0.25, 0.5, 1], y: [0, 0, 1, 1] },
        { x: [[0, 0.25], [0.5, 1]], y: [[0, 0], [1, 1]].flat() }, // prettier-ignore
        { x: [[[0], [0.25]], [[0.5], [1]]], y: Uint8Array.of(0, 0, 1, 1) }, // prettier-ignore
        { x: [Float32Array.of(0, 0.25), Float32Array.of(0.5, 1)], y: [0, 0, 1, 1] },
      ],
      wanted,
    );
    for (let i = 0; i < 4; i++)
      expect([...(train.columns['x']?.data.subarray(4 * i, 4 * i + 4) ?? [])]).toEqual([0, 0.25, 0.5, 1]);
  });
});

describe('classes', () => {
  const only = { y: pet };

  it('are given by name, by number, or as weights', async () => {
    const data = async (y: unknown) => (await toDataset({ y } as Data, only)).train.columns['y'];
    expect((await data(['dog', 'cat']))?.data).toEqual(Uint8Array.of(1, 0));
    expect((await data([1, 'cat']))?.data).toEqual(Uint8Array.of(1, 0));
    expect(await data([[0.25, 0.75], [1, 0]])).toEqual({ shape: [2], data: Float32Array.of(0.25, 0.75, 1, 0), scale: 1, classes: ['cat', 'dog'] }); // prettier-ignore
  });

  it('of a dataset are put into the order of the definition, by name', async () => {
    const column = { shape: [], data: Uint8Array.of(0, 1, 2, 0), scale: 1, classes: ['dog', 'cat', 'emu'] };
    const dataset = (data: Uint8Array): Dataset => ({
      name: 'pets',
      train: { count: data.length, columns: { y: { ...column, data } } },
    });
    const { train } = await toDataset(dataset(Uint8Array.of(0, 1, 1, 0)), only);
    expect(train.columns['y']).toEqual({ ...column, data: Uint8Array.of(1, 0, 0, 1), classes: ['cat', 'dog'] });
    expect(await refusal(dataset(Uint8Array.of(0, 1, 2)), only)).toBe(
      'data: y of example 2 is "emu"; give one of cat, dog',
    );
    expect(await refusal(dataset(Uint8Array.of(0)), { y: digit })).toBe(
      "data: expected y of 10 classes, got 3 (dog, cat, emu); change the definition's categorical(…)",
    );
  });

  it('of each pixel are indices, or weights on a last axis', async () => {
    const pixels: Variable = { kind: 'categorical', shape: [1, 2, 3], dataShape: [1, 2], classes: 3 };
    const given = async (y: unknown) => (await toDataset({ y } as Data, { y: pixels })).train;
    expect((await given([[[0, 2]], [[1, 1]]])).columns['y']).toEqual({ shape: [1, 2], data: Uint8Array.of(0, 2, 1, 1), scale: 1, classes: 3 }); // prettier-ignore
    const weighted = await given([[[[0, 0, 1], [0.5, 0.5, 0]]]]); // prettier-ignore
    expect([weighted.count, weighted.columns['y']?.shape]).toEqual([1, [1, 2, 3]]);
  });

  it.each([
    [{ y: [0, 2] }, 'data: y of example 1 is 2; give a class from 0 to 1'],
    [{ y: [-1] }, 'data: y of example 0 is -1; give a class from 0 to 1'],
    [{ y: [0.5] }, 'data: y of example 0 is 0.5; give a class from 0 to 1'],
    [
      { y: [1, NaN] },
      'data: y of example 1 is NaN; fill it in, leave the example out, or define the variable with { mask: true }',
    ],
    [{ y: ['cat', 'cow'] }, 'data: y of example 1 is "cow"; give one of cat, dog'],
    [{ y: [[0.5, 0.25]] }, 'data: y of example 0 is weights that sum to 0.75; make them sum to 1'],
    [{ y: [[1.5, -0.5]] }, 'data: y of example 0 is -0.5; give weights of classes from 0 to 1'],
    [{ y: [[1, 0], 1] }, 'data: y of example 1 is 1; give numbers of shape [2]'],
    [{ y: [true] }, 'data: y of example 0 is true; give a number'],
  ])('%j is refused', async (data, message) => {
    expect(await refusal(data, only)).toBe(message);
  });

  describe('whose names are numbers', () => {
    const stars: Variable = { ...pet, shape: [5], classes: ['1', '2', '3', '4', '5'] };
    const read = async (y: unknown, variable = stars) =>
      (await toDataset({ y } as Data, { y: variable })).train.columns['y']?.data;
    const named = (names: readonly string[], data: Uint8Array): Dataset => ({
      name: 'named',
      train: { count: data.length, columns: { y: { shape: [], data, scale: 1, classes: names } } },
    });

    it.each<readonly [string, unknown]>([
      ['numbers', [1, 2, 5]],
      ['names', ['1', '2', '5']],
      ['whole numbers in a typed array', Int32Array.of(1, 2, 5)],
      ['floats in a typed array', Float32Array.of(1, 2, 5)],
      ['a column of its own', { data: Uint8Array.of(1, 2, 5) }],
      ['lists of one', [[1], [2], [5]]],
    ])('mean the class that is called so: %s', async (_, y) => {
      expect(await read(y)).toEqual(Uint8Array.of(0, 1, 4));
    });

    it('are never places', async () => {
      expect(await refusal({ y: [1, 0] }, { y: stars })).toBe(
        'data: y of example 1 is 0; a number is the class of that name; give one of 1, 2, 3, 4, 5',
      );
      expect(await refusal({ y: { data: Uint8Array.of(5, 0) } }, { y: stars })).toBe(
        'data: y of example 1 is 0; a number is the class of that name; give one of 1, 2, 3, 4, 5',
      );
      expect(await refusal({ y: [6] }, { y: stars })).toMatch(/^data: y of example 0 is 6; /);
      const codes = { ...stars, shape: [3], classes: ['01', '1', 'none'] };
      expect(await refusal({ y: ['none', 1] }, { y: codes })).toBe(
        'data: y of example 1 is 1, which several classes are called; give the name as text',
      );
      expect(await refusal({ y: [2] }, { y: codes })).toMatch(/a number is the class of that name/);
      expect(await read(['1', '01', 'none'], codes)).toEqual(Uint8Array.of(1, 0, 2));
    });

    it('are counted by the definition where they count themselves, whatever their order and which are missing', async () => {
      const counted: Variable = { ...pet, shape: [12], classes: 12 };
      const names = ['0', '1', '10', '11', '2'];
      const { train, names: kept } = await toDataset(named(names, Uint8Array.of(0, 2, 3, 4)), { y: counted });
      expect(train.columns['y']).toMatchObject({ data: Uint8Array.of(0, 10, 11, 2), classes: 12 });
      expect(kept).toBeUndefined();
    });

    it('are refused where the definition counts from 0 and they do not', async () => {
      const months = Array.from({ length: 12 }, (_, i) => `${i + 1}`);
      const dataset = named(months, Uint8Array.of(0, 11));
      expect(await refusal(dataset, { y: { ...pet, shape: [12], classes: 12 } })).toBe(
        "data: expected y of classes called 0 to 11, as the definition only counts them, got 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …; name them there: categorical('1', '2', …)",
      );
      const { train } = await toDataset(dataset, { y: { ...pet, shape: [12], classes: months } });
      expect(train.columns['y']?.data).toEqual(Uint8Array.of(0, 11));
      expect(await refusal(named(['1.5', '2.5'], Uint8Array.of(0)), { y: { ...pet, classes: 2 } })).toMatch(
        /categorical\('1\.5', '2\.5'\)$/,
      );
    });

    it('of a dataset go to the classes of these names, counted or not', async () => {
      const dataset = named(['10', '2', '1'], Uint8Array.of(0, 1, 2));
      const { train } = await toDataset(dataset, { y: { ...pet, shape: [3], classes: ['1', '2', '10'] } });
      expect(train.columns['y']?.data).toEqual(Uint8Array.of(2, 1, 0));
    });
  });

  describe('that the definition only counts, and the data name', () => {
    const kind: Variable = { ...pet, classes: 2 };
    const part = (classes: readonly string[], ...data: readonly number[]) => ({
      count: data.length,
      columns: { y: { shape: [], data: Uint8Array.from(data), scale: 1, classes } },
    });

    it('keep their names with the data, in the order of the part to train on', async () => {
      const dataset = { name: 'pets', train: part(['cat', 'dog'], 0, 1, 1), test: part(['dog', 'cat'], 0, 1) };
      const read = await toDataset(dataset, { y: kind });
      expect(read.names).toEqual({ y: { classes: ['cat', 'dog'] } });
      expect(read.test?.columns['y']).toMatchObject({ data: Uint8Array.of(1, 0), classes: 2 });
      expect(await toDataset(read, { y: kind })).toEqual(read);
      expect(await refusal({ ...dataset, test: part(['emu', 'cat'], 0) }, { y: kind })).toBe(
        'data: y of example 0 of test is "emu"; give one of cat, dog',
      );
    });

    it('are refused where there are more or fewer', async () => {
      expect(await refusal({ name: 'pets', train: part(['cat', 'dog', 'emu'], 0, 1) }, { y: kind })).toBe(
        "data: expected y of 2 classes, got 3 (cat, dog, emu); change the definition's categorical(…)",
      );
    });

    it('as weights go to the classes of their names', async () => {
      const column = { shape: [2], data: Float32Array.of(0.25, 0.75), scale: 1, classes: ['dog', 'cat'] };
      const dataset = { name: 'weighted', train: { count: 1, columns: { y: column } } };
      expect((await toDataset(dataset, { y: pet })).train.columns['y']?.data).toEqual(Float32Array.of(0.75, 0.25));
      const read = await toDataset(dataset, { y: kind });
      expect([read.train.columns['y']?.data, read.names]).toEqual([column.data, { y: { classes: ['dog', 'cat'] } }]);
    });
  });

  it('without names cannot be given by name', async () => {
    expect(await refusal({ digit: ['three'], y: [[1, 2]] })).toBe(
      'data: digit of example 0 is "three"; give an index from 0 to 9, or name the classes in the definition',
    );
  });
});

describe('data that are refused, with the variable, the example and the remedy', () => {
  const y = [
    [1, 2],
    [3, 4],
  ];

  it.each<readonly [string, unknown, string]>([
    ['NaN', { digit: [1, 2], y: [[1, 2], [3, NaN]] }, 'data: y of example 1 is NaN; fill it in, leave the example out, or define the variable with { mask: true }'], // prettier-ignore
    ['infinity', { digit: [1], y: [[1, -Infinity]] }, 'data: y of example 0 is -Infinity; fill the value in or leave the example out'], // prettier-ignore
    ['too large for float32', { digit: [1], y: [[1e39, 0]] }, 'data: y of example 0 is Infinity; fill the value in or leave the example out'], // prettier-ignore
    ['in a test part', { train: { digit: [1, 2], y }, test: { digit: [1, 11], y } }, 'data: digit of example 1 of test is 11; give a class from 0 to 9'], // prettier-ignore
    ['a missing column', { y }, "data: expected a column digit, got y; give digit, or rename the definition's condition"], // prettier-ignore
    ['no target', { digit: [1, 2] }, 'data: expected a column y, got digit; give the target as y'],
    ['a misspelt column', { digits: [1, 2], y }, "data: expected a column digit, got digits, y; give digit, or rename the definition's condition"], // prettier-ignore
    ['a column too many', { digit: [1, 2], y, weight: [1, 1] }, 'data: expected the columns digit, y, got also weight, which the model does not take; leave it out'], // prettier-ignore
    ['a mask for nothing', { digit: [1, 2], y, mask: y }, 'data: expected no mask, which the target does not take, got one; write { mask: true } in the target or leave the column out'], // prettier-ignore
    ['columns of unlike length', { digit: [1, 2, 3], y }, 'data: expected 3 examples of y, as many as of the others, got 2; give each variable a value in each example'], // prettier-ignore
    ['a flat column cut short', { digit: [1, 2], y: [1, 2, 3] }, 'data: expected y to hold a multiple of 2 numbers, got 3; give 2 for each example'], // prettier-ignore
    ['an example of the wrong length', { digit: [1, 2], y: [[1, 2], [3]] }, 'data: y of example 1 is an array of 1; give 2 numbers, of shape [2]'], // prettier-ignore
    ['text for a number', { digit: [1], y: [['1', 2]] }, 'data: y of example 0 is "1"; give numbers of shape [2]'], // prettier-ignore
    ['a column that is none', { digit: 3, y }, 'data: expected an array for digit, got 3; give one value for each example'], // prettier-ignore
    ['an example without a variable', [{ digit: 1, y: [1, 2] }, { digit: 1 }], 'data: expected digit, y in example 1, got no y; give it or leave the example out'], // prettier-ignore
    ['an example with one too many', [{ digit: 1, y: [1, 2], z: 0 }], 'data: expected digit, y in example 0, got also z, which the model does not take; leave it out'], // prettier-ignore
    ['an example that is none', [3], 'data: expected example 0 as an object of digit, y, got 3; give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset'], // prettier-ignore
    ['an example with a misspelt one', [{ Digit: 1, y: [1, 2] }], 'data: expected digit, y in example 0, got also Digit, which the model does not take; did you mean digit?'], // prettier-ignore
    ['null', [{ digit: 1, y: [1, null] }], 'data: y of example 0 is null; fill it in, leave the example out, or define the variable with { mask: true }'], // prettier-ignore
    ['null for all', [{ digit: 1, y: null }], 'data: y of example 0 is null; fill it in, leave the example out, or define the variable with { mask: true }'], // prettier-ignore
    ['a misspelt part', { train: [{ digit: 1, y: [1, 2] }], tset: [] }, 'data: expected the parts train, validation, test, got tset; did you mean test?'], // prettier-ignore
    ['no columns', {}, "data: expected a column digit, got none; give digit, or rename the definition's condition"],
    ['no examples', [], 'data: expected columns or examples, got none; give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset'], // prettier-ignore
    ['empty columns', { digit: [], y: [] }, 'data: expected at least one example, got none; give some or leave train out'], // prettier-ignore
    ['nothing', undefined, 'data: expected columns or examples, got undefined; give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset'], // prettier-ignore
    ['parts without train', { test: { digit: [1, 2], y } }, 'data: expected train among its parts, got none; give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset'], // prettier-ignore
    ['another shape', { digit: [1, 2], y: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3] } }, 'data: expected y of shape [2] in each example, got [3]; reshape the data or change the definition'], // prettier-ignore
  ])('%s', async (_, data, message) => {
    expect(await refusal(data)).toBe(message);
  });

  it('pixels and probabilities outside 0 to 1', async () => {
    expect(await refusal({ x: [[0, 128, 255, 0]], y: [[0, 0, 0, 0]] }, { x: picture, y: binary })).toBe(
      'data: x of example 0 is 128, not between 0 and 1; divide by 255, or give bytes as { data, scale: 1 / 255 }',
    );
    expect(await refusal({ y: [[0, -0.1, 0, 0]] }, { y: binary })).toMatch(
      /^data: y of example 0 is -0\.1\d*, not between 0 and 1; scale it, or give the variable another kind$/,
    );
    const bytes = { data: Uint8Array.of(0, 128, 255, 0), scale: 1 / 255 };
    await expect(toDataset({ x: bytes, y: bytes }, { x: picture, y: binary })).resolves.toBeDefined();
    expect(await refusal({ y: { ...bytes, scale: 1 / 128 } }, { y: binary })).toMatch(
      /is 1\.99\d*, not between 0 and 1/,
    );
  });

  it('channels first, where they should be last', async () => {
    const colours: Variable = { kind: 'image', shape: [2, 2, 3], dataShape: [2, 2, 3] };
    const y = { data: new Float32Array(12), shape: [3, 2, 2] };
    expect(await refusal({ y }, { y: colours })).toMatch(
      /expected y of shape \[2, 2, 3\] in each example, got \[3, 2, 2\]/,
    );
  });

  it('no mask, or one that is not a mask, where the target takes one', async () => {
    const wanted = { y: { ...binary, mask: true } };
    expect(await refusal({ y: [[0, 1, 0, 1]] }, wanted)).toMatch(
      /^data: expected a column mask, which the target takes, got y; give one of its shape, or null for what is missing, /,
    );
    expect(await refusal({ y: [[0, 1, 0, 1]], mask: [[0, 1, 2, 1]] }, wanted)).toMatch(/^data: mask of example 0 is 2/);
    await expect(toDataset({ y: [[0, 1, 0, 1]], mask: [[0, 1, 1, 1]] }, wanted)).resolves.toBeDefined();
  });
});

describe('numbers that float32 makes equal', () => {
  const time: Variables = { y: { kind: 'continuous', shape: [1], dataShape: [1], distribution: 'normal' } };
  const hour = Array.from({ length: 3600 }, (_, i) => 1_700_000_000 + i);
  const lost =
    'data: y: expected values that float32 can tell apart, got 3,600 of which it leaves 29; subtract 1700000000 first';
  const given: Readonly<Record<string, unknown>> = {
    columns: { y: hour },
    doubles: { y: Float64Array.from(hour) },
    'unsigned integers': { y: Uint32Array.from(hour) },
    'a column of integers': { y: { data: Int32Array.from(hour) } },
    'a column of doubles': { y: { data: Float64Array.from(hour, (second) => second / 10), scale: 10 } },
    rows: hour.map((second) => ({ y: second })),
    'a dataset': {
      name: 'hour',
      train: { count: 3600, columns: { y: { shape: [1], data: Int32Array.from(hour), scale: 1 } } },
    },
  };

  it.each(Object.entries(given))('are refused with the remedy: %s', async (_, data) => {
    expect((await refusal(data, time)).replace('1.7e9', '1700000000')).toBe(lost);
  });

  it('are accepted after the subtraction that the remedy names', async () => {
    const read = await toDataset({ y: hour.map((second) => second - 1.7e9) }, time);
    expect([read.notices, new Set(read.train.columns['y']?.data).size]).toEqual([undefined, 3600]);
  });

  it('name the element and the part', async () => {
    const pair: Variables = { y: { ...time['y'], shape: [2], dataShape: [2] } as Variable };
    const rows = hour.map((second, i) => [i, second]);
    expect(await refusal({ train: { y: rows.map(([i = 0]) => [i, i]) }, test: { y: rows } }, pair)).toMatch(
      /^data: y\[1\] of test: expected values that float32 can tell apart, /,
    );
  });

  it('are reported where little is lost: whole numbers that become one', async () => {
    const year = Array.from(uniforms(stream(1, 'year'), 20_000, 1), (u) => 1_700_000_000 + Math.floor(u * 31_536_000));
    const { notices } = await toDataset({ y: year }, time);
    expect(notices).toEqual([
      expect.stringMatching(
        /^data: y: of 19,9\d\d distinct values float32, which networks compute in, leaves 1\d,\d+; subtract 1\.7\d*e9 first, if only differences matter$/,
      ),
    ]);
    const ids = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? i : 90_000_001 + i));
    expect((await toDataset({ y: ids }, time)).notices?.[0]).toMatch(
      /give differences between them, or leave out what only identifies an example$/,
    );
  });

  it('are not reported when it merely rounds decimals', async () => {
    for (const y of [
      Array.from({ length: 50_000 }, (_, i) => Math.sin(i)),
      Array.from({ length: 5000 }, (_, i) => 1e-6 * Math.cos(i)),
      Array.from({ length: 100 }, (_, i) => 1_600_000_000 + 86_400 * i),
      [16_777_216, 16_777_218],
      // Pressures, of which two happen to be next to each other.
      [...Array.from({ length: 299 }, (_, i) => 1000 + i / 49), 1000 + 1e-9],
    ])
      expect((await toDataset({ y }, time)).notices).toBeUndefined();
  });

  it('do not matter for pixels', async () => {
    const many = Float64Array.from({ length: 4000 }, (_, i) => i / 4000 + 1e-12 * i);
    await expect(toDataset({ y: many }, { y: binary })).resolves.toBeDefined();
  });
});

describe('arrays of another realm', () => {
  it('are what they are called', async () => {
    const { digit: d, y } = (
      await toDataset(
        runInNewContext('({ digit: Uint8Array.of(3, 9), y: { data: Float32Array.of(1, 2, 3, 4), scale: 2 } })') as Data,
        variables,
      )
    ).train.columns;
    expect([d?.data, y?.data, y?.scale]).toEqual([Uint8Array.of(3, 9), Float32Array.of(1, 2, 3, 4), 2]);
    expect(await refusal({ digit: [1n], y: [[1, 2]] })).toBe('data: digit of example 0 is 1n; give a number');
    expect(await refusal({ digit: [1], y: BigInt64Array.of(1n, 2n) })).toMatch(/y of example 0 is 1n; give numbers/);
  });
});
