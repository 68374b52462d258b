import { layer, TENSOR } from '../dsl/check-arguments.ts';
import { apply, describe, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { glorot, type Init } from '../graph/init.ts';
import { exampleOp } from '../graph/lift.ts';
import type { Op, Some } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Axis, Series } from '../shape/axes.ts';
import type { Counts } from '../shape/require.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { callRefusal, flag, oneOf, whole, type Call, type Rule, type Rules } from '../values/rules.ts';
import { repeatedRows, repeatedRowsOnnx } from '../graph/rows.ts';
import type { OnnxInputs } from './onnx-recurrent.ts';
import { directionsOf, type RecurrentAttrs } from './recurrent-attrs.ts';
import { recurrence, type TfjsCell } from './tfjs-recurrent.ts';

/**
 * A recurrent layer of U units, of [steps, channels]. Its type also has what it gives as members, so that
 * `bidirectional` can read it: the last state, [U], if L, and otherwise the state after each step, [steps, U].
 */
export interface Recurrent<U extends number, L extends boolean, M extends number = number> {
  <S extends Shape>(
    x: Tensor<S> &
      Series<S, 'recurrent layer'> &
      Counts<Axis<S, 0>, M, `expected a mask of shape [${Axis<S, 0>}], got [${M}]; give a number for each step`>,
  ): Tensor<L extends true ? [U] : [Axis<S, 0>, U]>;
  readonly '~units': U;
  readonly '~last': L;
}

/** Options of a recurrent layer whose first state is given as `I`. */
export interface RecurrentOptions<L, I, M extends number = number> {
  /** Whether it reads the steps from the last to the first; the states it gives stay in the order of the steps. */
  readonly reverse?: boolean;
  /** Whether it gives the state after the last step that it reads, instead of the state after each step. */
  readonly last?: L;
  /** The first state; zeros if omitted. */
  readonly initial?: I;
  /**
   * 0 for each step that is missing, 1 (or another number) for each that exists. Missing steps leave the state as it
   * is, wherever they are, whatever they hold. No gradient flows to the mask. A condition is a mask only if it is not
   * standardised: give the data through `unscaled`.
   */
  readonly mask?: Tensor<[M]>;
}

type Last = boolean | 'state';

/** A kind of recurrent layer. */
export interface RecurrentKind {
  readonly name: string;
  readonly gates: number;
  /** The initial shifts, [D, 2·G·U]. */
  readonly bias: Init;
  readonly cell: TfjsCell;
  /** Whether its last state may be asked for whole, as `last: 'state'`, because h is not all of it. */
  readonly isCell?: true;
  /** Writes the hidden state of all steps, [N, T, D·U], or the last one, [N, D·U], or the last state whole. */
  readonly lower: (onnx: OnnxBuilder, inputs: OnnxInputs) => Value;
}

const stepsOf = (x: Shape): readonly [steps: number, channels: number] => {
  const [steps, channels, ...more] = x;
  if (steps === undefined || channels === undefined || more.length > 0)
    throw new ShapeMismatch(`expected [steps, channels], got ${show(x)}; put reshape before it`);
  return [steps, channels];
};

const shapeOf = ([x, ...rest]: Some<Shape>, attrs: RecurrentAttrs): Shape => {
  const [steps] = stepsOf(x);
  const states = attrs.masked ? rest.slice(1) : rest;
  const mask = attrs.masked ? rest[0] : undefined;
  if (mask && !same(mask, [steps]))
    throw new ShapeMismatch(
      `expected a mask of shape ${show([steps])}, got ${show(mask)}; give a number for each step`,
    );
  for (const state of states)
    if (!same(state, [attrs.units]))
      throw new ShapeMismatch(
        `expected a first state of shape ${show([attrs.units])}, got ${show(state)}; give a number for each unit`,
      );
  if (attrs.whole) return [2 * attrs.units];
  const width = directionsOf(attrs) * attrs.units;
  return attrs.last ? [width] : [steps, width];
};

/** Returns the op of a kind of recurrent layer. Its parameters are ONNX's, in ONNX's order of gates. */
const opOf = ({ name, gates, bias, cell, lower }: RecurrentKind): Op<RecurrentAttrs, 'kernel' | 'recurrent' | 'bias'> =>
  exampleOp({
    name,
    shape: shapeOf,
    // A gate's weights of the state have the variance of an orthogonal matrix, 1/U.
    params: ([x], attrs) => {
      const [directions, { units }, [, channels]] = [directionsOf(attrs), attrs, stepsOf(x)];
      return {
        kernel: { shape: [directions, gates * units, channels], init: glorot(channels, units) },
        recurrent: { shape: [directions, gates * units, units], init: glorot(units, units) },
        bias: { shape: [directions, 2 * gates * units], init: bias },
      };
    },
    run: (tf, inputs, attrs, params, site) => {
      const [x, ...rest] = repeatedRows(tf, inputs, site);
      const [mask, states] = attrs.masked ? [rest[0], rest.slice(1)] : [undefined, rest];
      return recurrence(tf, cell, { x, ...(mask && { mask }), states, params, attrs });
    },
    lower: (onnx, inputs, attrs, params, site) => {
      const [x, ...rest] = repeatedRowsOnnx(onnx, inputs, site);
      const [given, states] = attrs.masked ? [rest[0], rest.slice(1)] : [undefined, rest];
      const [steps, channels] = stepsOf(site.shapes[0]);
      const missing = given && onnx.Equal(given, 0);
      const mask = missing && onnx.Cast(onnx.Not(missing), 'float32');
      // A step that is missing may hold anything, such as a file's number for missing values.
      const seen = missing ? onnx.Where(onnx.Unsqueeze(missing, [2]), 0, x) : x;
      return lower(onnx, { x: seen, ...(mask && { mask }), states, params, attrs, steps, channels });
    },
  });

/** What `bidirectional` needs of a layer, besides its types. */
export interface Reversible {
  /** Applies the layer in both directions, with weights for each. */
  readonly '~both': (x: Tensor) => Tensor;
  readonly '~reverse': boolean;
}

/**
 * Creates a kind of recurrent layer; `states` lists the tensors of a first state, which `initial` describes.
 *
 * @returns a function of units and options that makes a `Recurrent`.
 */
export const recurrentLayer = <I>(kind: RecurrentKind, initial: Rule, states: (given: I) => readonly Tensor[]) => {
  const op = opOf(kind);
  const last = kind.isCell ? oneOf(true, false, 'state') : flag;
  const options: Rules = { reverse: flag, last, initial, mask: TENSOR };
  const applied = (units: number, given: RecurrentOptions<Last, I>, x: Tensor, both: boolean): Tensor => {
    const { reverse = false, last = false, initial: first, mask } = given;
    const from = first === undefined ? [] : states(first);
    if (last === 'state' && mask)
      throw new InvalidModel(
        `${upcoming(kind.name)}: expected no mask with last: 'state', got one; leave it out, or give last: true`,
      );
    const direction = both ? 'bidirectional' : 'reverse';
    return apply<RecurrentAttrs, Shape, 'kernel' | 'recurrent' | 'bias'>(op, [x, ...(mask ? [mask] : []), ...from], {
      units,
      ...((both || reverse) && { direction }),
      ...(last !== false && { last: true as const }),
      ...(last === 'state' && { whole: true as const }),
      ...(mask && { masked: true }),
      ...(from.length > 0 && { initial: from.length }),
    });
  };
  const call: Call = { args: [whole('of units', 'give how many numbers its state has')], options };
  const checked = layer(
    kind.name,
    call,
    (units: number, given: RecurrentOptions<Last, I> = {}) =>
      (x: Tensor): Tensor =>
        applied(units, given, x, false),
  );
  return (units: number, given: RecurrentOptions<Last, I> = {}): ((x: Tensor) => Tensor) & Reversible => {
    const forward = checked(units, given);
    const refused = callRefusal(call, [units, given], describe) !== undefined;
    return Object.assign(forward, {
      '~units': units,
      '~last': given?.last === true,
      '~reverse': given?.reverse === true,
      '~both': (x: Tensor) => (refused ? forward(x) : applied(units, given, x, true)),
    });
  };
};
