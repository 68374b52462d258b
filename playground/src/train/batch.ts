import { size } from '../../../src/shape/size.ts';
import { isClasses, type Manifest } from '../../../src/signature.ts';
import { callOf, callsOf } from '../condition/values.ts';
import type { Taught } from './taught.ts';

/** Rows of a batch that are of what is taught, … */
const TAUGHT = 16;
/** … and of what the model shall still know, where it rehearses that. */
const REHEARSED = 16;

/**
 * The batch of a step, counted from 0: what is taught in turn, and as many again of what is rehearsed, in turn too. The same
 * step has the same batch, so that the same seed gives the same weights.
 */
export const batchOf = (
  manifest: Manifest,
  taught: readonly Taught[],
  rehearsed: readonly Taught[],
  step: number,
): Readonly<Record<string, unknown>> => {
  const rows = [
    ...inTurn(taught, TAUGHT, step * TAUGHT),
    ...(rehearsed.length > 0 ? inTurn(rehearsed, REHEARSED, step * REHEARSED) : []),
  ];
  const mask = manifest.training?.batch['mask'];
  return {
    ...Object.fromEntries(
      Object.keys(manifest.conditions).map((name) => [name, rows.map(({ conditions }) => conditions[name])]),
    ),
    y: rows.map(({ target }) => yOf(manifest, target)),
    // All of y counts: what is drawn is drawn whole.
    ...(mask && { mask: rows.map(() => new Float32Array(size(mask)).fill(1)) }),
  };
};

/** y as a trainer takes it: examples and draws have the places of classes, which are called by their names. */
const yOf = ({ target }: Manifest, values: Float32Array): unknown => {
  if (!isClasses(target)) return values;
  return target.dataShape.length === 0 ? callOf(target, values[0] ?? 0) : callsOf(target, [...values]);
};

const inTurn = (all: readonly Taught[], count: number, from: number): readonly Taught[] =>
  Array.from({ length: count }, (_, i) => all[(from + i) % all.length]).filter((one) => one !== undefined);
