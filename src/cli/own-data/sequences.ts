import { InvalidData } from '../../errors.ts';
import type { Choice } from '../../making/choice.ts';
import type { Known } from '../../making/kinds.ts';
import { canBeGiven, Courses, lengthsText, MOST_STEPS, orderIn, type Sequences } from '../../making/sequences.ts';
import type { Survey } from '../../making/survey.ts';
import { list } from '../../values/value-text.ts';
import { tableAt } from '../table-files.ts';
import { columnsIn, namesIn, type Named } from './choice.ts';

/** Puts the rows of a long table together. @throws InvalidData for columns that there are not, and if no sequence has two rows. */
export const sequencesIn = async (
  found: Survey,
  columns: readonly Known[],
  { by = '', orderBy, target, condition }: Named,
): Promise<Sequences> => {
  const { path } = found;
  const keys = columnsIn(path, by, columns, 'by');
  const [order] = orderBy === undefined ? [] : columnsIn(path, orderBy, columns, 'order-by');
  const courses = new Courses(keys);
  await (await tableAt(path, found.options)).rows(courses.begin);
  const taken = [target, condition === false ? undefined : condition].flatMap((text) =>
    text === undefined || text === 'all' ? [] : namesIn(text, columns),
  );
  const { longest, count, orders } = courses.sequences();
  if (longest < 2)
    throw new InvalidData(
      `${path}: expected several rows of each ${list(keys)}, got ${count.toLocaleString('en')} of one row; leave --by out, or give the column that they share`,
    );
  return courses.sequences(order ?? orderIn(orders.filter((column) => !taken.includes(column))));
};

/** Checks that what changes within a sequence has a value in each row, and that targets do. @throws InvalidData */
export const checkSteps = (path: string, { targets, conditions }: Choice, sequences: Sequences): void => {
  const { by, constant } = sequences;
  const part = conditions.find(({ column }) => !canBeGiven(column, sequences));
  if (part)
    throw new InvalidData(
      `${path}: expected conditions that change within a ${list(by)} to have a value in each row, got ${part.column.name}, which lacks ${part.column.missing.toLocaleString('en')}; fill them in, or leave it out`,
    );
  const lacking = targets.find(({ missing }) => missing > 0);
  if (lacking)
    throw new InvalidData(
      `${path}: expected targets with a value in each row of a ${list(by)}, got ${lacking.name}, which lacks ${lacking.missing.toLocaleString('en')}; fill them in, or leave it out`,
    );
  const same = targets.find(({ name }) => constant.has(name));
  if (same)
    throw new InvalidData(
      `${path}: expected targets that change within a ${list(by)}, got ${same.name}, the same in all of its rows; give it as --condition, or leave it out`,
    );
};

/** Says what was put together, line by line. */
export const sequenceLines = (sequences: Sequences): readonly string[] => {
  const { by, orderBy, count, longest, orders } = sequences;
  return [
    `${count.toLocaleString('en')} sequences, by ${list(by)}, of ${lengthsText(sequences)} rows, ${
      orderBy === undefined
        ? `in the order of the file${orders.length > 0 ? ` (--order-by ${orders[0]} would sort them)` : ''}`
        : `sorted by ${orderBy}`
    }`,
    ...(longest > MOST_STEPS
      ? [`the first ${MOST_STEPS} rows of a sequence are taken: change the numbers of steps in model.ts for more`]
      : []),
  ];
};
