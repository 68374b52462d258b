import { size } from '../../../src/shape/size.ts';
import type { Manifest } from '../../../src/signature.ts';
import { maskName } from '../../../src/values/mask-name.ts';
import { blankOf, rowOf } from '../ask/own.ts';
import { targetsOf } from '../view/results.ts';
import type { TrainingExample } from './training-examples.ts';

/** Rows of a batch that are of what is taught, … */
const TAUGHT = 16;
/** … and of what the model must still know, if it rehearses that. */
const REHEARSED = 16;

/**
 * The batch of a step, counted from 0: what is taught in turn, and as many again of what is rehearsed, in turn too. The same
 * step has the same batch, so that the same seed gives the same weights.
 */
export const batchOf = (
  manifest: Manifest,
  taught: readonly TrainingExample[],
  rehearsed: readonly TrainingExample[],
  step: number,
): Readonly<Record<string, unknown>> => {
  const rows = [
    ...inTurn(taught, TAUGHT, step * TAUGHT),
    ...(rehearsed.length > 0 ? inTurn(rehearsed, REHEARSED, step * REHEARSED) : []),
  ];
  const targets = targetsOf(manifest);
  const blank = blankOf(manifest);
  const masks = targets.flatMap(([name]): [string, readonly Float32Array[]][] => {
    const mask = manifest.training?.batch[maskName(name)];
    // What is drawn is drawn whole; of the data's examples, what is missing does not count.
    const countsOf = ({ targets: own }: TrainingExample) =>
      Float32Array.from({ length: size(mask ?? []) }, (_, i) => (Number.isNaN(own[name]?.[i] ?? 0) ? 0 : 1));
    return mask ? [[maskName(name), rows.map(countsOf)]] : [];
  });
  return {
    ...Object.fromEntries(
      Object.keys(manifest.conditions).map((name) => [name, rows.map(({ conditions }) => conditions[name])]),
    ),
    ...Object.fromEntries(
      targets.map(([name, target]) => [
        name,
        rows.map((row) => rowOf(target, whole(row.targets[name] ?? new Float32Array(), blank[name] ?? []))),
      ]),
    ),
    ...Object.fromEntries(masks),
  };
};

/** Values with others in place of what is missing, which the mask leaves out. */
const whole = (values: Float32Array, blank: readonly number[]): Float32Array =>
  values.map((value, i) => (Number.isNaN(value) ? (blank[i] ?? 0) : value));

const inTurn = (all: readonly TrainingExample[], count: number, from: number): readonly TrainingExample[] =>
  Array.from({ length: count }, (_, i) => all[(from + i) % all.length]).filter((one) => one !== undefined);
