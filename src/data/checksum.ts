import { createHash } from 'node:crypto';
import { typedKind } from '../values/lists.ts';
import { PARTS, type Dataset } from './dataset.ts';

/** Returns the SHA-256, in hexadecimal, of a dataset's columns with their names, shapes and scales: equal for equal data. */
export const checksum = (dataset: Dataset): string => {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    for (const [name, column] of Object.entries(dataset[part]?.columns ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { shape, scale, data } = column;
      hash.update(JSON.stringify([part, name, shape, scale, column.classes ?? null, typedKind(data), data.length]));
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex');
};
