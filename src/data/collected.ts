import type { Dataset } from './dataset.ts';
import type { DataSource } from './source.ts';

/** Data as they were given, as a dataset, and the part of it that is used. */
export interface Collected {
  readonly source: DataSource;
  readonly whole: Dataset;
  readonly dataset: Dataset;
}
