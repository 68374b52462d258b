import type { Dataset } from './dataset.ts';
import type { DataSource } from './source.ts';

/** Data as they were given, as a dataset, and as much of that as is used. */
export interface Collected {
  readonly source: DataSource;
  readonly whole: Dataset;
  readonly dataset: Dataset;
}
