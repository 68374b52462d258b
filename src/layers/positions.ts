import { taking } from '../dsl/check-arguments.ts';
import { constant, parameter } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { glorot } from '../graph/init.ts';
import { flag, whole } from '../values/rules.ts';

/** Options of `positions`. */
export interface PositionsOptions {
  /** Whether training learns the table, which then starts at random. */
  readonly learned?: boolean;
}

/** The longest wavelength, in steps, divided by 2π. */
const LONGEST = 10_000;

/**
 * A table that tells steps apart, [steps, channels], to be added to a sequence: `add(x, positions(60, 256))`. Sines and
 * cosines of the step in turn, of wavelengths from 2π to 10,000·2π steps (Vaswani et al., 2017):
 *
 *     [t, 2i] = sin(t / 10,000^(2i / channels)), [t, 2i + 1] = cos(t / 10,000^(2i / channels))
 *
 * With `learned: true` it is a parameter, `positions_1/table`, initialised with Glorot's uniform. KerasHub:
 * `SinePositionEncoding` and `PositionEmbedding`.
 *
 * @throws InvalidModel for lengths that are not positive whole numbers.
 *
 * @example
 * ```ts
 * import { add, constant, positions } from 'cvae-compile';
 *
 * console.log(add(constant([60, 256], 0), positions(60, 256)).shape); // [60, 256]
 * console.log(add(constant([60, 256], 0), positions(60, 256, { learned: true })).shape); // [60, 256]
 * ```
 */
export const positions = taking(
  'positions',
  { args: [whole('of steps'), whole('of channels')], options: { learned: flag } },
  <T extends number, C extends number>(
    steps: T,
    channels: C,
    { learned = false }: PositionsOptions = {},
  ): Tensor<[T, C]> => {
    if (learned)
      return block('positions', (layer) =>
        parameter<[T, C]>('table', [steps, channels], glorot(steps, channels), layer),
      );
    const data = Float32Array.from({ length: steps * channels }, (_, i) => {
      const [step, channel] = [Math.floor(i / channels), i % channels];
      const angle = step / LONGEST ** ((channel - (channel % 2)) / channels);
      return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
    return constant([steps, channels], data);
  },
);
