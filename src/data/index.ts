/**
 * Data to train on: MNIST, tables, folders of images, arrays; transforms and splits.
 *
 * @module cvae-compile/data
 */
export type { Augmentation, Raster } from './augment/augmentation.ts';
export {
  crop,
  flip,
  rotate,
  shift,
  type AugmentationOptions,
  type CropOptions,
  type FlipOptions,
  type RotateOptions,
  type ShiftOptions,
} from './augment/moves.ts';
export { colour, noise, type ColourOptions, type NoiseOptions } from './augment/tones.ts';
export { arrow } from './arrow.ts';
export { batch, type Batch, type BatchOptions } from './batches.ts';
export { binarise } from './binarise.ts';
export { toDataset } from './convert.ts';
export { csv, type Csv, type CsvOptions, type CsvTableOptions, type CsvVariable } from './csv.ts';
export type { Column, ColumnData, Dataset, Examples, Moment, Scale, Stored, Transform } from './dataset.ts';
export { hourOf, monthOf, seasonOf, timeOfDay, weekdayOf, yearOf, type DateOrder } from './dates.ts';
export { digits, type DigitsOptions } from './digits.ts';
export { idxFolder, type IdxFolderOptions } from './idx-folder.ts';
export { imageFolder, type ImageFolderOptions } from './image-folder.ts';
export { json } from './json.ts';
export { fashionMnist, mnist, type MnistOptions } from './mnist.ts';
export { npy, npz, type NumpyOptions } from './numpy.ts';
export { parquet } from './parquet.ts';
export { showProgress, type DataProgress } from './progress.ts';
export { quadrants, type QuadrantsOptions } from './quadrants.ts';
export { randomShift, type RandomShiftOptions } from './random-shift.ts';
export { records, type Records } from './records.ts';
export { unscaled, withScaling } from './scaling.ts';
export type { Columns, Data, DataSource, Example, Parts, PartSource, PlainColumn, Table, Value } from './source.ts';
export { select, split, take } from './split.ts';
export type { Derivations, Derived, Row } from './table/derived.ts';
export type { TableOptions } from './table/options.ts';
export { changeParts, withTransform } from './transform.ts';
export type { Variable, Variables } from './variable.ts';
// The random numbers for transforms: functions of random seed, epoch and example only.
export { normals, stream, uniforms, type Key } from '../random.ts';
