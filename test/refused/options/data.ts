import type * as doors from '../../../src/data/index.ts';
import { bernoulli } from '../../../src/index.ts';
import { jsData, type Functions } from '../loose.ts';
import { NOWHERE, type Door } from './taking.ts';

const ended = AbortSignal.abort();
const examples = { count: 1, columns: { y: { shape: [4], data: new Float32Array(4), scale: 1 } } };
/** Nothing is downloaded: where a signal is not the option that is tried, it has ended all. */
const archive = (options: unknown): unknown =>
  typeof options === 'object' && options !== null && Object.getPrototypeOf(options) === Object.prototype
    ? { signal: ended, progress: false, ...options }
    : options;

/** The options of every table. */
const OF_TABLES = [
  'test',
  'validation',
  'seed',
  'missing',
  'missingValues',
  'units',
  'scaling',
  'columns',
  'derive',
  'by',
  'orderBy',
  'longer',
  'memory',
];

/** The door to data. */
export const DATA: Door<Functions<typeof doors>> = {
  csv: {
    call: (options) => jsData.csv(NOWHERE, options),
    known: [
      'condition',
      'target',
      'delimiter',
      'encoding',
      'decimal',
      'test',
      'validation',
      'seed',
      'missing',
      'missingValues',
      'units',
      'scaling',
      'derive',
      'by',
      'orderBy',
      'longer',
      'memory',
    ],
    needed: { target: 'y' },
  },
  json: { call: (options) => jsData.json(NOWHERE, options), known: OF_TABLES },
  parquet: { call: (options) => jsData.parquet(NOWHERE, options), known: OF_TABLES },
  arrow: { call: (options) => jsData.arrow(NOWHERE, options), known: OF_TABLES },
  npz: { call: (options) => jsData.npz(NOWHERE, options), known: ['columns', 'test', 'validation', 'seed', 'scaling'] },
  npy: { call: (options) => jsData.npy(NOWHERE, options), known: ['test', 'validation', 'seed', 'scaling'] },
  records: { call: (options) => jsData.records([], options), known: OF_TABLES },
  imageFolder: {
    call: (options) => jsData.imageFolder(NOWHERE, options),
    known: ['channels', 'label', 'classes', 'size', 'fit', 'background', 'memory'],
  },
  idxFolder: { call: (options) => jsData.idxFolder(NOWHERE, options), known: ['label', 'classes'] },
  digits: { call: (options) => jsData.digits(options), known: ['label'] },
  mnist: { call: (options) => jsData.mnist(archive(options)), known: ['label', 'progress', 'signal'] },
  fashionMnist: { call: (options) => jsData.fashionMnist(archive(options)), known: ['label', 'progress', 'signal'] },
  quadrants: { call: (options) => jsData.quadrants(1, options), known: ['condition', 'mask'] },
  flip: { call: (options) => jsData.flip(options), known: ['axis', 'share', 'of'] },
  shift: { call: (options) => jsData.shift(options), known: ['pixels', 'outside', 'of'] },
  crop: { call: (options) => jsData.crop(options), known: ['least', 'of'] },
  rotate: { call: (options) => jsData.rotate(options), known: ['degrees', 'outside', 'of'] },
  colour: { call: (options) => jsData.colour(options), known: ['brightness', 'contrast', 'saturation', 'of'] },
  noise: { call: (options) => jsData.noise(options), known: ['deviation', 'of'] },
  randomShift: { call: (options) => jsData.randomShift(options), known: ['pixels', 'share'] },
  batch: {
    call: (options) => jsData.batch(examples, [0], { y: bernoulli(4) }, options),
    known: ['seed', 'epoch', 'into'],
  },
  yearOf: 'none',
  monthOf: 'none',
  weekdayOf: 'none',
  hourOf: 'none',
  seasonOf: 'none',
  timeOfDay: 'none',
  binarise: 'none',
  toDataset: 'none',
  showProgress: 'none',
  unscaled: 'none',
  withScaling: 'none',
  select: 'none',
  split: 'none',
  take: 'none',
  changeParts: 'none',
  withTransform: 'none',
  normals: 'none',
  stream: 'none',
  uniforms: 'none',
};
