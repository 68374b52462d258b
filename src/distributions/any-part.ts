import { taking } from '../dsl/check-arguments.ts';
import { oneOf, rule } from '../values/rules.ts';
import { partsOf, type Parts, type PartUnit } from './data/parts.ts';

export type { PartMasks, Parts, PartShape, PartShapes, PartUnit } from './data/parts.ts';

/** Which parts of a target are known while a model is trained and measured. */
export interface AnyPartOptions {
  /** What is known as one; of several units each example has one of them, at random. `element` by default. */
  readonly by?: PartUnit | readonly PartUnit[];
  /** The least and the largest share that is known, which is uniform between them: [0, 1] by default. */
  readonly share?: readonly [least: number, most: number];
}

const UNITS: readonly PartUnit[] = ['element', 'target', 'block'];
const unit = oneOf(...UNITS);

/**
 * Returns the rule that any part of the target may be known, for the member `known` of a definition. While the model is trained, a part
 * of each example that is drawn anew in each epoch is given to all networks, as `known` and `known_mask`, and only the rest counts in the
 * loss: p(rest | part, x), as in Ivanov, Figurnov and Vetrov, "Variational Autoencoder with Arbitrary Conditioning" (ICLR 2019). The
 * trained model then draws what is missing, given any part.
 *
 * @throws InvalidModel for units that there are not, and shares outside 0 to 1.
 *
 * @example
 * ```ts
 * import { anyPart, concat, cvae, gaussian, mlp, normal } from 'cvae-compile';
 *
 * export default cvae({
 *   condition: {},
 *   target: normal(4),
 *   latent: 2,
 *   known: anyPart(),
 *   prior: ({ known, known_mask }) => concat(known, known_mask).pipe(mlp([32]), gaussian(2)),
 *   recognition: ({ y, known_mask }) => concat(y, known_mask).pipe(mlp([32]), gaussian(2)),
 *   decoder: ({ z, known, known_mask }) => concat(z, known, known_mask).pipe(mlp([32, 4])),
 * });
 * ```
 */
export const anyPart = taking(
  'anyPart',
  {
    options: {
      by: rule(
        'element, target or block, or a list of these',
        (value) => (Array.isArray(value) ? value.length > 0 && value.every(unit.holds) : unit.holds(value)),
        "write by: 'element'",
      ),
      share: rule(
        'two numbers from 0 to 1, the smaller first',
        (value) =>
          Array.isArray(value) &&
          value.length === 2 &&
          value.every((one) => typeof one === 'number' && one >= 0 && one <= 1) &&
          Number(value[0]) <= Number(value[1]),
        'write share: [0, 1]',
      ),
    },
  },
  ({ by = 'element', share = [0, 1] }: AnyPartOptions = {}): Parts =>
    partsOf(typeof by === 'string' ? [by] : by, share),
);
