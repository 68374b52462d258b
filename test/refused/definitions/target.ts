import * as own from '../../../src/index.ts';
import { js, type Loose, type Refused } from '../loose.ts';

const x = own.continuous(4);

/** What every target of numbers refuses; `options` are those that not all have. */
export const target = (name: string, f: Loose, options: readonly string[] = []): readonly Refused[] => [
  [
    'a size as text',
    () => f('784'),
    `${name}: expected positive whole dimensions, got "784"; give the length of each axis, one by one: 28, 28, 1`,
  ],
  [
    'half a number',
    () => f(2.5),
    `${name}: expected positive whole dimensions, got 2.5; give the length of each axis, one by one: 28, 28, 1`,
  ],
  [
    'a list of axes',
    () => f([28, 28, 1]),
    `${name}: expected positive whole dimensions, got an array of 3; give the length of each axis, one by one: 28, 28, 1`,
  ],
  [
    'null',
    () => f(4, null),
    `${name}: expected positive whole dimensions, got null; give the length of each axis, one by one: 28, 28, 1`,
  ],
  [
    'a misspelt option',
    () => f(4, { imag: [2, 2, 1] }),
    `${name}: expected the options image, mask, per${options.map((option) => `, ${option}`).join('')}, got imag; did you mean image?`,
  ],
  [
    'an image of two axes',
    () => f(4, { image: [2, 2] }),
    `${name}: expected [height, width, channels] with 1 to 4 channels as image, got an array of 2; give the shape in which the target is shown, such as [28, 28, 1]`,
  ],
  [
    'an image of negative axes',
    () => f(4, { image: [-2, -2, 1] }),
    `${name}: expected [height, width, channels] with 1 to 4 channels as image, got an array of 3; give the shape in which the target is shown, such as [28, 28, 1]`,
  ],
  [
    'an image of 16 channels',
    () => f(16, { image: [1, 1, 16] }),
    `${name}: expected [height, width, channels] with 1 to 4 channels as image, got an array of 3; give the shape in which the target is shown, such as [28, 28, 1]`,
  ],
  [
    'an image of another size',
    () => f(4, { image: [3, 3, 1] }),
    `${name}: expected an image of 4 values, as the target, got 3·3·1; correct image`,
  ],
  [
    'a mask that is a number',
    () => f(4, { mask: 1 }),
    `${name}: expected true, false or a condition's name as mask, got 1; say whether examples come with a mask`,
  ],
  [
    'a mask of no name',
    () => f(4, { mask: '' }),
    `${name}: expected true, false or a condition's name as mask, got ""; say whether examples come with a mask`,
  ],
  [
    'a size larger than a file',
    () => js.predictor({ condition: { x }, target: f(2 ** 31), network: () => 0 }),
    'target: expected less than 2 GiB for an example, got [2147483648] with 8.0 GiB; make it smaller',
  ],
];
