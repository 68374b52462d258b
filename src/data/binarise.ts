import { stream, uniforms } from '../random.ts';
import type { Dataset, Examples, Transform } from './dataset.ts';
import { InvalidData } from '../errors.ts';
import { optional, rule } from '../values/rules.ts';
import { DATASET, taking } from './options.ts';
import { mapped } from './stored.ts';
import { changeParts, withTransform } from './transform.ts';

/**
 * Returns a change to a dataset: y becomes 0 or 1. With a threshold, 1 where y is above it; with `'dynamic'`, 1 with probability
 * y, drawn anew in each epoch (R. Salakhutdinov and I. Murray, ICML 2008, section 5.3). Apply it before `quadrants`.
 */
export const binarise = taking(
  'binarise',
  { args: [optional(rule("a number or 'dynamic'", (value) => value === 'dynamic' || Number.isFinite(value)))] },
  (by: number | 'dynamic' = 0.5): ((dataset: Dataset) => Dataset) =>
    taking('binarise', { args: [DATASET] }, (dataset: Dataset) =>
      changeParts(dataset, (examples) =>
        by === 'dynamic' ? withTransform(numbersOf(examples), draw) : threshold(examples, by),
      ),
    ),
);

/** Checks that y of these examples is numeric, and returns them. */
const numbersOf = (examples: Examples): Examples => {
  const { y } = examples.columns;
  if (y === undefined || y.classes !== undefined)
    throw new InvalidData(
      `binarise: expected numbers as y, got ${y === undefined ? 'no y' : 'classes'}; leave it out, or give data whose y are pixels`,
    );
  return examples;
};

const threshold = (examples: Examples, by: number): Examples => {
  const { y } = numbersOf(examples).columns;
  if (y === undefined) return examples;
  const { scale } = y;
  const binary = mapped({ ...y, scale: 1 }, 'Uint8Array', (values, into) => {
    for (let i = 0; i < into.length; i++) into[i] = (values[i] ?? 0) * scale > by ? 1 : 0;
  });
  return { ...examples, columns: { ...examples.columns, y: binary } };
};

const draw: Transform = ({ y }, { seed, epoch, index }) => {
  if (y === undefined) return;
  const noise = uniforms(stream(seed, 'binarise', epoch), 1, y.length, index);
  for (let i = 0; i < y.length; i++) y[i] = (noise[i] ?? 0) < (y[i] ?? 0) ? 1 : 0;
};
