import { PARTS, type Dataset, type Examples } from './dataset.ts';
import type { Table } from './source.ts';

// Determines which of the permitted forms of data a value has; `source.ts` has their types.

/** Whether a value is an object of any kind. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether examples come one by one, synchronously or asynchronously. */
export const isIterable = (value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> =>
  isRecord(value) && (Symbol.iterator in value || Symbol.asyncIterator in value);

/** Whether a part is a part of a dataset. */
export const isExamples = (value: unknown): value is Examples =>
  isRecord(value) && typeof value['count'] === 'number' && isRecord(value['columns']);

/** Whether data are already a dataset, which may hold more variables than a model takes. */
export const isDataset = (value: unknown): value is Dataset =>
  isRecord(value) && typeof value['name'] === 'string' && isExamples(value['train']);

/** Whether data are a table that is read as a model needs it. */
export const isTable = (value: unknown): value is Table =>
  isRecord(value) && typeof value['name'] === 'string' && typeof value['read'] === 'function';

/**
 * Whether data are given in parts. `train` is a part, not a condition of that name, if it holds more than one value per example.
 */
export const isParted = (value: unknown): value is Readonly<Partial<Record<(typeof PARTS)[number], unknown>>> =>
  isRecord(value) &&
  !isIterable(value) &&
  !isExamples(value) &&
  Object.keys(value).some((key) => PARTS.some((part) => part === key)) &&
  (isDataset(value) || Object.keys(value).every((key) => PARTS.some((part) => part === key)));
