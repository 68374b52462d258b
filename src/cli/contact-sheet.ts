import type { Column, Dataset } from '../data/dataset.ts';
import { exampleAt } from '../data/stored.ts';
import { classNames } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { InvalidData } from '../errors.ts';
import { viewOf } from '../report/images.ts';
import { mosaic, picture, toRgba, type Picture } from '../runtime/picture.ts';

const [ACROSS, DOWN] = [10, 12];

/**
 * Returns a picture of the first examples of a model's images: a row for each class of its first condition of classes, else as they
 * come. @throws InvalidData if it has no images.
 */
export const contactSheet = (model: Model, { train }: Dataset): Picture => {
  const found = Object.entries({ ...model.condition, ...(model.target.targets ?? { y: model.target }) }).flatMap(
    ([name, variable]) => {
      const column = train.columns[name];
      const view =
        'distribution' in variable ? viewOf(variable) : variable.kind === 'image' ? variable.shape : undefined;
      return column && view && [1, 3, 4].includes(view[2] ?? 0) ? [{ name, column, view }] : [];
    },
  );
  // The target, which is last, before images that are conditions.
  const shown = found.at(-1);
  if (shown === undefined)
    throw new InvalidData('out: expected images for a contact sheet, got a model without any; leave --out out');
  const [height = 1, width = 1, channels = 1] = shown.view;
  const one = (column: Column, index: number): Picture => {
    const values = Array.from(exampleAt(column, index), (value) => value * column.scale);
    return toRgba(picture(values, [height, width, channels]));
  };
  const rows = rowsOf(model, train.columns, train.count);
  const empty = picture(new Float32Array(height * width * 4), [height, width, 4]);
  const across = Math.max(...rows.map(({ length }) => length));
  const pictures = rows.flatMap((row) =>
    Array.from({ length: across }, (_, i) => (row[i] === undefined ? empty : one(shown.column, row[i]))),
  );
  return mosaic(pictures, across);
};

/** Returns the examples of each row. */
const rowsOf = (
  { condition }: Model,
  columns: Readonly<Record<string, Column>>,
  count: number,
): readonly (readonly number[])[] => {
  const name = Object.keys(condition).find((key) => condition[key]?.kind === 'categorical');
  const classes = name === undefined ? undefined : columns[name];
  if (classes === undefined || classes.data.length !== count)
    return Array.from({ length: Math.min(DOWN, Math.ceil(count / ACROSS)) }, (_, row) =>
      Array.from({ length: Math.min(ACROSS, count - row * ACROSS) }, (__, i) => row * ACROSS + i),
    );
  const of = classNames(classes)?.length ?? Number(classes.classes ?? 0);
  const rows = Array.from({ length: Math.min(of, DOWN) }, (): number[] => []);
  for (let i = 0; i < count; i++) {
    const row = rows[classes.data[i] ?? 0];
    if (row && row.length < ACROSS) row.push(i);
  }
  return rows.filter(({ length }) => length > 0);
};
