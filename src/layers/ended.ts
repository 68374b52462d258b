import type { Tensors } from '../dsl/network.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { size } from '../shape/size.ts';
import { mul } from './arithmetic.ts';
import { repeatAt } from './repeat-at.ts';
import { reshape } from './reshape.ts';
import { seenMask, type TargetWiring } from './target-wiring.ts';
import { untilEnd } from './until-end.ts';

/** Leaves what is behind the end of a sequence out of its −log p, if it has an end. */
export const untilItsEnd = (target: Target, wiring: TargetWiring): TargetWiring => {
  const { end } = target;
  if (end === undefined) return wiring;
  return {
    ...wiring,
    nll: (parameters, y, mask) => {
      const counted = untilEnd(known(target, y, mask), end, true);
      return wiring.nll(parameters, y, mask ? mul(mask, counted) : counted);
    },
  };
};

/** Returns classes without those that are missing, in whose place may be any, even the end. */
const known = (target: Target, y: Tensor, mask: Tensor | undefined): Tensor =>
  mask ? mul(y, seenMask(target, mask)) : y;

/**
 * Returns the masks of sequences that end together, by the end that one of them has: of that one they count the end itself,
 * at which the others have nothing any more. No masks if none has an end.
 */
export const ended = (
  targets: Readonly<Record<string, Target>>,
  parts: Tensors,
  masks: Tensors,
): Readonly<Record<string, Tensor>> => {
  const [name = '', target] = Object.entries(targets).find(([, one]) => one.end !== undefined) ?? [];
  const { [name]: y } = parts;
  if (target?.end === undefined || !y) return {};
  const { end } = target;
  const classes = known(target, y, masks[name]);
  return Object.fromEntries(
    Object.entries(targets).map(([key, { dataShape }]) => [
      key,
      along(dataShape, untilEnd(classes, end, key === name)),
    ]),
  );
};

/** Returns a number for each step as one for each element. */
const along = (shape: readonly number[], steps: Tensor): Tensor =>
  shape.length === 1 ? steps : repeatAt(steps, 1, size(shape.slice(1))).pipe(reshape(...shape));
