import { stream, uniforms } from '../random.ts';
import type { Column, Dataset, Examples, Transform } from './dataset.ts';
import { checkOption } from './options.ts';
import { changeParts, withTransform } from './transform.ts';

/**
 * A change to a dataset: y becomes 0 or 1. With a threshold, 1 where y is above it; with `'dynamic'`, 1 with probability y,
 * drawn anew in each epoch (R. Salakhutdinov and I. Murray, ICML 2008, section 5.3). Comes before `quadrants`.
 */
export const binarise = (by: number | 'dynamic' = 0.5): ((dataset: Dataset) => Dataset) => {
  checkOption('binarise', 'threshold', by === 'dynamic' || Number.isFinite(by), "a number or 'dynamic'", by);
  return (dataset) =>
    changeParts(dataset, (examples) => (by === 'dynamic' ? withTransform(examples, draw) : threshold(examples, by)));
};

const threshold = (examples: Examples, by: number): Examples => {
  const { y } = examples.columns;
  if (y === undefined) return examples;
  const data = Uint8Array.from(y.data, (value) => (value * y.scale > by ? 1 : 0));
  const binary: Column = { ...y, data, scale: 1 };
  return { ...examples, columns: { ...examples.columns, y: binary } };
};

const draw: Transform = ({ y }, { seed, epoch, index }) => {
  if (y === undefined) return;
  const noise = uniforms(stream(seed, 'binarise', epoch), 1, y.length, index);
  for (let i = 0; i < y.length; i++) y[i] = (noise[i] ?? 0) < (y[i] ?? 0) ? 1 : 0;
};
