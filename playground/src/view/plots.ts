import { size } from '../../../src/shape/size.ts';
import { isClasses, type TargetSignature } from '../../../src/signature.ts';
import { likeliestOf } from './likeliest.ts';
import { viewOf } from './view-of.ts';

/** Whether y is a sequence: a row of numbers at each of several steps, or a class at each of many. */
export const isSequence = (target: TargetSignature): boolean =>
  viewOf(target) === undefined &&
  target.targets === undefined &&
  (isClasses(target) ? size(target.dataShape) > 8 : target.dataShape.length === 2);

/** Whether y is plotted, as a sequence or as it has more numbers than one reads. */
export const isLong = (target: TargetSignature): boolean =>
  isSequence(target) || (viewOf(target) === undefined && size(target.dataShape) > 24);

/** The name of a series with its unit, if a sequence's elements are called by their steps: `speed 1` is speed at the first. */
export const seriesName = ({ names, units }: TargetSignature, series: number): string | undefined => {
  const name = names?.[series]?.match(/^(.+) 1$/)?.[1];
  return name !== undefined && units?.[series] ? `${name} (${units[series]})` : name;
};

/** The series of a sequence: its last axis where there are two, one for each class-valued or plain list. */
export const seriesOf = (target: TargetSignature, values: ArrayLike<number>): readonly (readonly number[])[] => {
  const { dataShape } = target;
  // Probabilities of classes are shown by the likeliest.
  const places = size(dataShape);
  const count = values.length / places;
  const all = Array.from(values);
  const shown = isClasses(target) && count > 1 ? likeliestOf(all, places) : all;
  const channels = dataShape.length > 1 ? (dataShape.at(-1) ?? 1) : 1;
  return Array.from({ length: channels }, (_, channel) => shown.filter((_, i) => i % channels === channel));
};

/** The points of a line with a height for each step that has one; a single one twice, since a line of one point is not drawn. */
export const pointsOf = (heights: readonly number[]): string => {
  const points = heights.flatMap((height, at) => (Number.isNaN(height) ? [] : [`${at},${height}`]));
  return (points.length === 1 ? [...points, ...points] : points).join(' ');
};

/** Whether classes are letters, which are written as one word. */
export const areSpelt = (classes: readonly string[]): boolean => classes.every((name) => name.length === 1);

/** Words, of which four and more of one kind that follow each other are counted: `up`, `down ×7`. */
export const runsOf = (words: readonly string[]): readonly string[] => {
  const starts = words.flatMap((word, at) => (word === words[at - 1] ? [] : [at]));
  return starts.flatMap((from, i) => {
    const run = words.slice(from, starts[i + 1]);
    return run.length < 4 ? run : [`${run[0] ?? ''}\u00a0×${run.length}`];
  });
};
