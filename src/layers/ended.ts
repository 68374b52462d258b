import type { Tensors } from '../dsl/network.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { size } from '../shape/size.ts';
import { mul } from './arithmetic.ts';
import { repeatAt } from './repeat-at.ts';
import { reshape } from './reshape.ts';
import type { TargetWiring } from './target-wiring.ts';
import { untilEnd } from './until-end.ts';

/** Leaves what is behind the end of a sequence out of its −log p, if it has an end. */
export const untilItsEnd = ({ end }: Target, wiring: TargetWiring): TargetWiring => {
  if (end === undefined) return wiring;
  return {
    ...wiring,
    nll: (parameters, y, mask) => {
      const counted = untilEnd(y, end, true);
      return wiring.nll(parameters, y, mask ? mul(mask, counted) : counted);
    },
  };
};

/**
 * Returns the masks of sequences that end together, by the end that one of them has: of that one they count the end itself,
 * at which the others have nothing any more. No masks if none has an end.
 */
export const ended = (targets: Readonly<Record<string, Target>>, parts: Tensors): Readonly<Record<string, Tensor>> => {
  const [name, { end } = {}] = Object.entries(targets).find(([, one]) => one.end !== undefined) ?? [];
  const y = parts[name ?? ''];
  if (end === undefined || !y) return {};
  return Object.fromEntries(
    Object.entries(targets).map(([key, { dataShape }]) => [key, along(dataShape, untilEnd(y, end, key === name))]),
  );
};

/** Returns a number for each step as one for each element. */
const along = (shape: readonly number[], steps: Tensor): Tensor =>
  shape.length === 1 ? steps : repeatAt(steps, 1, size(shape.slice(1))).pipe(reshape(...shape));
