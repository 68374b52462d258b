import { jsData, type Refused } from '../loose.ts';

const examples = {
  count: 2,
  columns: {
    kind: { shape: [], data: Int32Array.of(0, 1), scale: 1, classes: 2 },
    y: { shape: [2, 2, 1], data: Float32Array.of(0, 1, 0, 1, 1, 0, 1, 0), scale: 1 },
  },
};
const dataset = { name: 'four', train: examples };
const { y } = examples.columns;
const sorted = { name: 'kinds', train: { count: 2, columns: { y: examples.columns.kind } } };
const flat = { name: 'flat', train: { count: 2, columns: { y: { ...y, shape: [4] } } } };

/** What changes to data, and parts of them, refuse. */
export const CHANGES = {
  binarise: [
    ['text', () => jsData.binarise('0.5'), 'binarise: expected a number or \'dynamic\', got "0.5"; correct it'],
    ['NaN', () => jsData.binarise(NaN), "binarise: expected a number or 'dynamic', got NaN; correct it"],
    [
      'a misspelt dynamic',
      () => jsData.binarise('dynamical'),
      'binarise: expected a number or \'dynamic\', got "dynamical"; correct it',
    ],
    [
      'a promise',
      () => jsData.binarise()(Promise.resolve(dataset)),
      'binarise: expected a dataset, got a Promise; give one such as await digits()',
    ],
    [
      'a part',
      () => jsData.binarise()(examples),
      'binarise: expected a dataset, got an object; give one such as await digits()',
    ],
    [
      'classes',
      () => jsData.binarise()(sorted),
      'binarise: expected numbers as y, got classes; leave it out, or give data whose y are pixels',
    ],
    ['a seed', () => jsData.binarise('dynamic', 1), 'binarise: expected one argument, got also 1; leave it out'],
  ],
  quadrants: [
    ['nothing', () => jsData.quadrants(), 'quadrants: expected 1, 2 or 3, got nothing; give one of them'],
    ['4 of them', () => jsData.quadrants(4), 'quadrants: expected 1, 2 or 3, got 4; give one of them'],
    ['a number as text', () => jsData.quadrants('1'), 'quadrants: expected 1, 2 or 3, got "1"; give one of them'],
    [
      'a condition called y',
      () => jsData.quadrants(1, { condition: 'y' }),
      'quadrants: expected a name of letters, digits and _, other than y and mask, as condition, got "y"; name the condition',
    ],
    [
      'a mask by name',
      () => jsData.quadrants(1, { mask: 'mask' }),
      'quadrants: expected true or false as mask, got "mask"; give one of them',
    ],
    [
      'an unknown option',
      () => jsData.quadrants(1, { name: 'x' }),
      'quadrants: expected the options condition, mask, got name; correct it or leave it out',
    ],
    [
      'a dataset too early',
      () => jsData.quadrants(1, dataset),
      'quadrants: expected the options condition, mask, got name; correct it or leave it out',
    ],
    [
      'y that is no image',
      () => jsData.quadrants(1)(flat),
      'quadrants: expected images as y, got the shape [4]; give y the shape [height, width, channels]',
    ],
  ],
  randomShift: [
    [
      'pixels without their name',
      () => jsData.randomShift(2),
      'randomShift: expected options as an object, got 2; give { pixels, share }, or nothing',
    ],
    [
      'pixels as text',
      () => jsData.randomShift({ pixels: '2' }),
      'randomShift: expected a positive whole number as pixels, got "2"; 1 suits small images',
    ],
    [
      'half a pixel',
      () => jsData.randomShift({ pixels: 0.5 }),
      'randomShift: expected a positive whole number as pixels, got 0.5; 1 suits small images',
    ],
    [
      'more than all',
      () => jsData.randomShift({ share: 2 }),
      'randomShift: expected a number from 0 to 1 as share, got 2; give 0.5 for every second image',
    ],
    [
      'a misspelt share',
      () => jsData.randomShift({ shares: 0.5 }),
      'randomShift: expected the options pixels, share, got shares; did you mean share?',
    ],
    [
      'a promise',
      () => jsData.randomShift()(Promise.resolve(dataset)),
      'randomShift: expected a dataset, got a Promise; give one such as await digits()',
    ],
  ],
  flip: [
    [
      'a way',
      () => jsData.flip({ axis: 'left' }),
      'flip: expected horizontal, vertical or both as axis, got "left"; give one of them',
    ],
    [
      'no variable',
      () => jsData.flip({ of: [] }),
      "flip: expected the name of a variable, or several, as of, got an array of 0; give 'x', or leave it out for all images",
    ],
  ],
  shift: [
    [
      'half a pixel',
      () => jsData.shift({ pixels: 0.5 }),
      'shift: expected a positive whole number as pixels, got 0.5; 2 suits small images',
    ],
  ],
  crop: [
    [
      'nothing left',
      () => jsData.crop({ least: 0 }),
      'crop: expected a share from 0.1 to 1 as least, got 0; give 0.8, say',
    ],
  ],
  rotate: [
    [
      'no angle',
      () => jsData.rotate({ degrees: 0 }),
      'rotate: expected a positive number as degrees, got 0; give 10, say',
    ],
  ],
  colour: [
    [
      'more than all',
      () => jsData.colour({ contrast: 2 }),
      'colour: expected a number from 0 to 1 as contrast, got 2; give 0.1, say',
    ],
  ],
  noise: [
    [
      'none',
      () => jsData.noise({ deviation: 0 }),
      'noise: expected a positive number as deviation, got 0; give 0.05, say',
    ],
  ],
  changeParts: [
    [
      'a promise',
      () => jsData.changeParts(Promise.resolve(dataset), () => examples),
      'changeParts: expected a dataset, got a Promise; give one such as await digits()',
    ],
    [
      'no function',
      () => jsData.changeParts(dataset),
      'changeParts: expected a function of examples, got nothing; give what changes a part',
    ],
  ],
  withTransform: [
    [
      'a dataset',
      () => jsData.withTransform(dataset, () => undefined),
      'withTransform: expected examples, got an object; give a part of a dataset, such as dataset.train',
    ],
    [
      'no function',
      () => jsData.withTransform(examples, 'draw'),
      'withTransform: expected a function of an example, got "draw"; give what changes it in place',
    ],
  ],
  split: [
    [
      'a dataset',
      () => jsData.split(dataset, 0.1, 1),
      'split: expected examples, got an object; give a part of a dataset, such as dataset.train',
    ],
    [
      'a fraction of 0',
      () => jsData.split(examples, 0, 1),
      'split: expected a fraction between 0 and 1, got 0; hold out 0.1, say',
    ],
    [
      'a fraction as text',
      () => jsData.split(examples, '0.1', 1),
      'split: expected a fraction between 0 and 1, got "0.1"; hold out 0.1, say',
    ],
    [
      'no seed',
      () => jsData.split(examples, 0.5),
      'split: expected a whole number from 0, got nothing; give a seed such as 1',
    ],
    [
      'a seed below 0',
      () => jsData.split(examples, 0.5, -1),
      'split: expected a whole number from 0, got -1; give a seed such as 1',
    ],
  ],
  select: [
    [
      'an index that is not there',
      () => jsData.select(examples, [0, 2]),
      'select: expected indices from 0 to 1, got 2; give those of examples that are there',
    ],
    [
      'an index below 0',
      () => jsData.select(examples, [-1]),
      'select: expected indices from 0 to 1, got -1; give those of examples that are there',
    ],
    [
      'half an index',
      () => jsData.select(examples, [0.5]),
      'select: expected indices from 0 to 1, got 0.5; give those of examples that are there',
    ],
    [
      'one index',
      () => jsData.select(examples, 0),
      'select: expected a list of indices, got 0; give whole numbers from 0',
    ],
  ],
  take: [
    [
      'NaN',
      () => jsData.take(examples, NaN),
      'take: expected a positive whole number of examples, got NaN; give how many to take',
    ],
    [
      'text',
      () => jsData.take(examples, '1'),
      'take: expected a positive whole number of examples, got "1"; give how many to take',
    ],
    [
      'less than none',
      () => jsData.take(examples, -1),
      'take: expected a positive whole number of examples, got -1; give how many to take',
    ],
    [
      'a dataset',
      () => jsData.take(dataset, 1),
      'take: expected examples, got an object; give a part of a dataset, such as dataset.train',
    ],
  ],
  withScaling: [
    [
      'a column that is not there',
      () => jsData.withScaling(dataset, ['z']),
      'withScaling: expected columns of numbers (kind, y are there), got z; correct the name',
    ],
    [
      'a column of classes',
      () => jsData.withScaling(dataset, ['kind']),
      'withScaling: expected columns of numbers (kind, y are there), got kind, which are classes; correct the name',
    ],
    [
      'a name without a list',
      () => jsData.withScaling(dataset, 'y'),
      'withScaling: expected names of columns, got "y"; give a list, or nothing for all numbers',
    ],
    [
      'a promise',
      () => jsData.withScaling(Promise.resolve(dataset)),
      'withScaling: expected a dataset, got a Promise; give one such as await digits()',
    ],
  ],
  unscaled: [
    [
      'a column that is not there',
      () => jsData.unscaled(dataset, ['z']),
      'unscaled: expected columns of numbers (kind, y are there), got z; correct the name',
    ],
    [
      'a part',
      () => jsData.unscaled(examples),
      'unscaled: expected a dataset, got an object; give one such as await digits()',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
