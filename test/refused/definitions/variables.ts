import * as own from '../../../src/index.ts';
import { js, type Loose, type Refused } from '../loose.ts';
import { target } from './target.ts';

const digit = own.categorical(3);

/** A model of four coins, but for what is wrong with it. */
const model =
  (wrong: Readonly<Record<string, unknown>>): (() => unknown) =>
  () =>
    js.cvae({
      condition: { digit },
      target: own.bernoulli(4),
      latent: 2,
      decoder: ({ z, digit }: Readonly<Record<'z' | 'digit', Loose>>) => js.concat(z, digit).pipe(js.dense(4)),
      ...wrong,
    });

/** What variables and targets refuse. */
export const VARIABLES = {
  continuous: [
    [
      'text',
      () => js.continuous('3'),
      'continuous: expected positive whole dimensions, got "3"; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'a list',
      () => js.continuous([3]),
      'continuous: expected positive whole dimensions, got an array of 1; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'half a number',
      () => js.continuous(1.5),
      'continuous: expected positive whole dimensions, got 1.5; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      '0',
      () => js.continuous(0),
      'continuous: expected positive whole dimensions, got 0; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'null',
      () => js.continuous(null),
      'continuous: expected positive whole dimensions, got null; give the length of each axis, one by one: 28, 28, 1',
    ],
    [
      'a range',
      () => js.continuous(1, { min: 0, max: 1 }),
      'continuous: expected the options mask, got min; correct it or leave it out',
    ],
  ],
  image: [
    ['nothing', () => js.image(), 'image: expected a positive whole number as height, got nothing; give how many'],
    [
      'no channels',
      () => js.image(28, 28),
      'image: expected a positive whole number of channels, got nothing; give 1 for grey, 3 for colours',
    ],
    [
      'a list',
      () => js.image([28, 28, 1]),
      'image: expected a positive whole number as height, got an array of 3; give how many',
    ],
    ['text', () => js.image(28, '28', 1), 'image: expected a positive whole number as width, got "28"; give how many'],
    [
      'a side below 0',
      () => js.image(-28, 28, 1),
      'image: expected a positive whole number as height, got -28; give how many',
    ],
    ['four axes', () => js.image(28, 28, 1, 1), 'image: expected at most 3 arguments, got also 1; leave it out'],
    [
      'one larger than a file',
      () => js.network('net', { x: js.image(2 ** 16, 2 ** 16, 3) }, ({ x }: { x: Loose }) => x),
      'net/x: expected less than 2 GiB for an example, got [65536, 65536, 3] with 48.0 GiB; make it smaller',
    ],
  ],
  categorical: [
    [
      'nothing',
      () => js.categorical(),
      'categorical: expected at least 2 classes, got 0; give their number or their names',
    ],
    [
      'one class',
      () => js.categorical(1),
      'categorical: expected at least 2 classes, got 1; give their number or their names',
    ],
    [
      'half a class',
      () => js.categorical(2.5),
      'categorical: expected at least 2 classes, got 2.5; give their number or their names',
    ],
    [
      'one name',
      () => js.categorical('cat'),
      'categorical: expected at least 2 classes, got 1; give their number or their names',
    ],
    [
      'names as a list',
      () => js.categorical(['cat', 'dog']),
      "categorical: expected a number of classes, or their names one by one, got an array of 2; give categorical(10), categorical('cat', 'dog') or categorical(...NAMES)",
    ],
    [
      'names and a number',
      () => js.categorical('cat', 'dog', 3),
      "categorical: expected a number of classes, or their names one by one, got 3; give categorical(10), categorical('cat', 'dog') or categorical(...NAMES)",
    ],
    [
      'a number and a name',
      () => js.categorical(3, 'cat'),
      'categorical: expected options as an object, got "cat"; give { at, mask, end }, or nothing',
    ],
    [
      'a name twice',
      () => js.categorical('cat', 'dog', 'cat'),
      'categorical: expected names that differ, got cat, dog, cat; rename one',
    ],
    [
      'an empty name',
      () => js.categorical('cat', ''),
      "categorical: expected a number of classes, or their names one by one, got \"\"; give categorical(10), categorical('cat', 'dog') or categorical(...NAMES)",
    ],
    [
      'half a letter',
      () => js.categorical('cat', '\ud800'),
      "categorical: expected a number of classes, or their names one by one, got \"\\ud800\"; give categorical(10), categorical('cat', 'dog') or categorical(...NAMES)",
    ],
    [
      'names and a misspelt option',
      () => js.categorical('cat', 'dog', { shape: [28, 28] }),
      'categorical: expected the options at, mask, end, got shape; correct it or leave it out',
    ],
    [
      'an end that is no class',
      () => js.categorical('cat', 'dog', { at: [12], end: 'bird' }),
      'categorical: expected one of its classes as end, cat, dog, got bird; choose one',
    ],
    [
      'a number that is no class as end',
      () => js.categorical(3, { at: [12], end: 3 }),
      'categorical: expected one of its classes as end, a number from 0 to 2, got 3; choose one',
    ],
    [
      'an end of no sequence',
      () => js.categorical(3, { at: [28, 28], end: 2 }),
      'categorical: expected a sequence with an end, at: [steps], got at: [28, 28]; correct at, or leave end out',
    ],
    [
      'a misspelt option',
      () => js.categorical(3, { shape: [28, 28] }),
      'categorical: expected the options at, mask, end, got shape; correct it or leave it out',
    ],
    [
      'a place that is a number',
      () => js.categorical(3, { at: 28 }),
      'categorical: expected a list of positive whole numbers as at, got 28; pass the shape of the places, such as [28, 28]',
    ],
    [
      'places of 0',
      () => js.categorical(3, { at: [0, 28] }),
      'categorical: expected a list of positive whole numbers as at, got an array of 2; pass the shape of the places, such as [28, 28]',
    ],
    [
      'a mask that is a list',
      () => js.categorical(3, { mask: [1, 0] }),
      "categorical: expected true, false or a condition's name as mask, got an array of 2; say whether examples come with a mask",
    ],
    [
      'more than a file holds',
      model({ target: js.categorical(2 ** 31) }),
      'target: expected less than 2 GiB for an example, got [2147483648] with 8.0 GiB; make it smaller',
    ],
  ],
  normal: [
    ...target('normal', js.normal, ['sigma', 'floor']),
    [
      'an infinite deviation',
      () => js.normal(4, { sigma: Infinity }),
      "normal: expected 'learned' or a number from 1e-37 to 1e37 as sigma, got Infinity; give the standard deviation of the noise",
    ],
    [
      'a deviation of 0',
      () => js.normal(4, { sigma: 0 }),
      "normal: expected 'learned' or a number from 1e-37 to 1e37 as sigma, got 0; give the standard deviation of the noise",
    ],
    [
      'a deviation below 0',
      () => js.normal(4, { sigma: -1 }),
      "normal: expected 'learned' or a number from 1e-37 to 1e37 as sigma, got -1; give the standard deviation of the noise",
    ],
    [
      'a deviation of which float32 has no inverse',
      () => js.normal(4, { sigma: 1e-40 }),
      "normal: expected 'learned' or a number from 1e-37 to 1e37 as sigma, got 1e-40; give the standard deviation of the noise",
    ],
    [
      'a deviation as text',
      () => js.normal(4, { sigma: '1' }),
      'normal: expected \'learned\' or a number from 1e-37 to 1e37 as sigma, got "1"; give the standard deviation of the noise',
    ],
    [
      'a misspelt learned',
      () => js.normal(4, { sigma: 'learn' }),
      'normal: expected \'learned\' or a number from 1e-37 to 1e37 as sigma, got "learn"; give the standard deviation of the noise',
    ],
    [
      'a floor of NaN',
      () => js.normal(4, { sigma: 'learned', floor: NaN }),
      'normal: expected a number from 1e-37 to 1e37 as floor, got NaN; give what the learned standard deviation does not fall below',
    ],
    [
      'an infinite floor',
      () => js.normal(4, { sigma: 'learned', floor: Infinity }),
      'normal: expected a number from 1e-37 to 1e37 as floor, got Infinity; give what the learned standard deviation does not fall below',
    ],
    [
      'a floor without effect',
      () => js.normal(4, { sigma: 1, floor: 0.1 }),
      "normal: expected options that have an effect, got floor with a fixed sigma; leave it out, or give sigma: 'learned'",
    ],
    [
      'a variance',
      () => js.normal(4, { variance: 1 }),
      'normal: expected the options image, mask, per, sigma, floor, got variance; correct it or leave it out',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
