import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { classCountOf } from '../../../src/values/class-count.ts';
import { viewOf } from './view-of.ts';
import { isSequence, seriesOf } from './plots.ts';
import { targetsOf } from './results.ts';

/** A target of which each step is shown. */
export interface SequenceTarget {
  readonly name: string;
  readonly target: TargetSignature;
  /** Whether it only says, next to other targets, where the sequence ends. */
  readonly isEnd: boolean;
}

/** The targets of a model whose results are sequences, all of them; undefined if one is something else. */
export const sequencesOf = (manifest: Manifest): readonly SequenceTarget[] | undefined => {
  const targets = targetsOf(manifest);
  const hasSteps = (target: TargetSignature): boolean =>
    manifest.steps !== undefined && viewOf(target) === undefined && target.dataShape[0] === manifest.steps;
  if (!targets.every(([, target]) => isSequence(target) || hasSteps(target))) return undefined;
  return targets.map(([name, target]) => ({
    name,
    target,
    isEnd: targets.length > 1 && target.end !== undefined && isClasses(target) && classCountOf(target) === 2,
  }));
};

/** One target of one sequence: a line of numbers, or of class indices, for each of its series, up to the end. */
export interface SequenceLines extends SequenceTarget {
  readonly lines: readonly (readonly number[])[];
}

/** Returns the lines of all targets of one sequence, given its values by target; they stop where it ends. */
export const linesOf = (
  targets: readonly SequenceTarget[],
  valuesOf: (name: string) => ArrayLike<number> | undefined,
): readonly SequenceLines[] => {
  const all = targets.map((one) => ({ ...one, lines: seriesOf(one.target, valuesOf(one.name) ?? []) }));
  const ends = all.flatMap(({ target: { end }, lines: [line = []] }) => {
    const at = end === undefined ? -1 : line.indexOf(end);
    return at < 0 ? [] : [at];
  });
  const length = Math.min(Infinity, ...ends);
  return all.map((one) => ({ ...one, lines: one.lines.map((line) => line.slice(0, length)) }));
};

/** The number of steps of a sequence. */
export const stepsIn = (lines: readonly SequenceLines[]): number =>
  Math.max(0, ...lines.flatMap((one) => one.lines.map(({ length }) => length)));

/** Whether all that is shown of the targets are classes, which are written as words. */
export const areWords = (targets: readonly SequenceTarget[]): boolean =>
  targets.every(({ target, isEnd }) => isEnd || isClasses(target));
