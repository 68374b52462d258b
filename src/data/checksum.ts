import { createHash } from 'node:crypto';
import { PARTS, type Dataset } from './dataset.ts';
import { blocksOf, kindOf, lengthOf } from './stored.ts';

/** Returns the SHA-256, in hexadecimal, of a dataset's columns with their names, shapes and scales: equal for equal
 * data, whether they are in memory or in a file. */
export const checksum = (dataset: Dataset): string => {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    for (const [name, column] of Object.entries(dataset[part]?.columns ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { shape, scale, classes = null } = column;
      hash.update(JSON.stringify([part, name, shape, scale, classes, kindOf(column), lengthOf(column)]));
      for (const [, { buffer, byteOffset, byteLength }] of blocksOf(column))
        hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
};
