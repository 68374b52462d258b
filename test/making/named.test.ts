import { expect, it } from 'vitest';
import { conditionText, targetText } from '../../src/export/package/variable-text.ts';
import { summaryLines } from '../../src/cli/data-summary.ts';

// Columns of classes whose names no variable can have.

it('a card says in which column classes are', () => {
  const classes = ['ja', 'nein'];
  const smoker = { kind: 'categorical', shape: [2], dataShape: [], classes, names: ['Raucher?'] } as const;
  expect(conditionText(smoker)).toBe(
    'One of 2 classes, ja, nein (in Raucher?), or a blend of them: a Float32Array of 2 weights.',
  );
  expect(targetText({ ...smoker, distribution: 'categorical' })).toBe(
    'probabilities of the classes ja, nein, on the last axis (in Raucher?)',
  );
});

it('and so does the summary of data', () => {
  const variable = { name: 'Raucher', title: 'Raucher?', shape: [], missing: 0, standardised: false };
  const summary = {
    name: 'heart.csv',
    examples: { train: 3, validation: 1 },
    variables: [{ ...variable, classes: [{ name: 'ja', count: 3 }] }],
    unused: [],
    notices: [],
  };
  expect(summaryLines(summary, ['Raucher'], String, 80).slice(-2)).toEqual([
    'targets',
    '  Raucher (Raucher?)  ja (3)        one-hot',
  ]);
});
