import { size } from '../../../src/shape/size.ts';
import type { Manifest } from '../../../src/signature.ts';
import { maskName } from '../../../src/values/mask-name.ts';
import { valueOf } from '../ask/own.ts';
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
  const masks = targets.flatMap(([name]): [string, readonly Float32Array[]][] => {
    const mask = manifest.training?.batch[maskName(name)];
    // All of it counts: what is drawn is drawn whole.
    return mask ? [[maskName(name), rows.map(() => new Float32Array(size(mask)).fill(1))]] : [];
  });
  return {
    ...Object.fromEntries(
      Object.keys(manifest.conditions).map((name) => [name, rows.map(({ conditions }) => conditions[name])]),
    ),
    ...Object.fromEntries(
      targets.map(([name, target]) => [
        name,
        rows.map((row) => valueOf(target, row.targets[name] ?? new Float32Array())),
      ]),
    ),
    ...Object.fromEntries(masks),
  };
};

const inTurn = (all: readonly TrainingExample[], count: number, from: number): readonly TrainingExample[] =>
  Array.from({ length: count }, (_, i) => all[(from + i) % all.length]).filter((one) => one !== undefined);
