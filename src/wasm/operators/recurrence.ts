import { number, word } from '../../onnx/attributes.ts';
import { i32, int, v128, type Expr } from '../code/expression.ts';
import type { Local } from '../code/function.ts';
import { sigmoid, tanh } from '../kernels/functions.ts';
import { overRow } from '../kernels/rows.ts';
import { length, times, valueOf, type Length } from '../length.ts';
import { bytesOf, fixed, unable, type Context, type Lowering } from '../lowering.ts';
import { multiply, padded, panels } from './products.ts';

type Four = Expr<'v128'>;

/** What a cell computes with: the products of the gates with input and state, at the same unit of each gate. */
interface Step {
  /** The sum of both products of a gate. */
  readonly gate: (index: number) => Four;
  readonly ofInput: (index: number) => Four;
  readonly ofState: (index: number) => Four;
  /** The states before. */
  readonly states: readonly Four[];
}

/** Returns the states after a step. */
type Cell = (context: Context, step: Step) => readonly Four[];

/** One direction of a recurrent network: the address of everything, and the lengths. */
interface Direction {
  readonly index: number;
  readonly steps: number;
  readonly examples: Length;
  readonly units: number;
  readonly directions: number;
  readonly gates: number;
}

/** Returns some of a constant, as one: the weights of one direction. */
const part = (context: Context, input: number, index: number, of: number) => {
  const { constant } = context.input(input);
  if (!constant) return unable(context.node, 'with constant weights', 'ones that are computed');
  const size = constant.data.length / of;
  const { stored, scales } = constant;
  const [from, to] = [index * size, (index + 1) * size];
  const data = Float32Array.from({ length: size }, (_, i) => constant.data[from + i] ?? 0);
  return { shape: [], data, stored, ...(scales && { scales: scales.slice(from, to) }) };
};

/** Writes a recurrent network: all steps' products with the input at once, and then step by step those with the state. */
const recurrent =
  (gates: number, states: number, cell: Cell, resetsFirst: (context: Context) => boolean = () => false) =>
  (context: Context): void => {
    const { node, input, has } = context;
    if (has(4)) return unable(node, 'of as many steps for all examples', 'numbers of steps');
    const [steps = length(1), examples = length(1)] = input(0).dims;
    const [count = 0] = fixed(node, [steps]);
    const units = number(node, 'hidden_size');
    const directions = word(node, 'direction') === 'bidirectional' ? 2 : 1;
    for (let index = 0; index < directions; index++)
      direction(
        context,
        { index, steps: count, examples, units, directions, gates },
        states,
        cell,
        resetsFirst(context),
      );
  };

/** What the steps of a direction share: addresses, and lengths in bytes. */
interface Running {
  readonly about: Direction;
  /** The products of all steps with the input, and of one step with the state. */
  readonly products: Expr<'i32'>;
  readonly ofState: Expr<'i32'>;
  /** The states before a step, and after it. */
  readonly before: readonly Local<'i32'>[];
  readonly after: readonly Local<'i32'>[];
  readonly stateBytes: Local<'i32'>;
  readonly stepBytes: Local<'i32'>;
  /** Writes the product of all gates with a state; `now` are the products of the step with the input. */
  readonly multiplyState: (now: Local<'i32'>, hidden: Local<'i32'>) => void;
}

const direction = (context: Context, about: Direction, states: number, cell: Cell, resetsFirst: boolean): void => {
  const { node, code, rows, input, has, scratch, isUsed, place, output } = context;
  const { index, steps, examples, units, directions, gates } = about;
  const width = gates * units;
  const [channels = 0] = fixed(node, input(0).dims.slice(2));
  const bias = has(3) ? part(context, 3, index, directions).data : new Float32Array(2 * width);
  const biasOf = (from: number, to: number): Expr<'i32'> =>
    int(place(padded(bias.slice(from, to), to - from), 'float32'));
  const all = times(node.name, length(steps), examples);
  const products = scratch(bytesOf([all, length(width)]));
  const weights = panels(
    context,
    { constant: part(context, 1, index, directions), at: int(0) },
    [channels, width],
    true,
  );
  const given = { a: input(0).at, b: weights, c: products, m: all, n: width, k: channels };
  multiply(context, { ...given, bias: biasOf(0, width) });
  const ofState = scratch(bytesOf([examples, length(width)]));
  const state = (): Local<'i32'> => code.int(scratch(bytesOf([examples, length(units)])));
  const before = Array.from({ length: states }, state);
  const running: Running = {
    about,
    products,
    ofState,
    before,
    after: before.map(state),
    stateBytes: code.int(valueOf(times(node.name, examples, length(units)), rows, 4)),
    stepBytes: code.int(valueOf(times(node.name, examples, length(width)), rows, 4)),
    multiplyState: stateProduct(context, about, ofState, biasOf, resetsFirst),
  };
  const { stateBytes } = running;
  before.forEach((one, i) => {
    if (has(5 + i)) code.copy(one, i32.add(input(5 + i).at, i32.mul(stateBytes, index)), stateBytes);
    else code.clear(one, stateBytes);
  });
  const backwards = index === 1 || word(node, 'direction') === 'reverse';
  code.range(0, steps, 1, (at) => step(context, running, code.int(backwards ? i32.sub(steps - 1, at) : at), cell));
  before.forEach((one, i) => {
    if (isUsed(i + 1)) code.copy(i32.add(output(i + 1).at, i32.mul(stateBytes, index)), one, stateBytes);
  });
};

/** Writes one step of all examples: the state's product, the cell, and the output of the step. */
const step = (context: Context, running: Running, t: Local<'i32'>, cell: Cell): void => {
  const { code, isUsed, output } = context;
  const { about, products, ofState, before, after, stateBytes, stepBytes, multiplyState } = running;
  const { index, units, directions, gates } = about;
  const width = gates * units;
  const now = code.int(i32.add(products, i32.mul(t, stepBytes)));
  const [hidden = now] = before;
  multiplyState(now, hidden);
  const sizes = [width, width, ...[...before, ...after].map(() => units)];
  eachExample(context, about, [now, ofState, ...before, ...after], sizes, (...own) =>
    overRow(code, units, own, (xs = now, hs = now, ...others) => {
      const ofInput = (gate: number): Four => v128.load(xs, 4 * gate * units);
      const ofHidden = (gate: number): Four => v128.load(hs, 4 * gate * units);
      const next = cell(context, {
        gate: (gate) => v128.add(ofInput(gate), ofHidden(gate)),
        ofInput,
        ofState: ofHidden,
        states: others.slice(0, before.length).map((one) => v128.load(one)),
      });
      const kept = next.map((one) => code.local('v128', one));
      kept.forEach((one, i) => code.store(others[before.length + i] ?? xs, one));
    }),
  );
  const swap = code.int(0);
  before.forEach((one, i) => {
    const other = after[i] ?? one;
    code.set(swap, one);
    code.set(one, other);
    code.set(other, swap);
  });
  // All states of the first output, [steps, directions, examples, units].
  if (!isUsed(0)) return;
  const row = i32.add(i32.mul(t, directions), index);
  code.copy(i32.add(output(0).at, i32.mul(row, stateBytes)), hidden, stateBytes);
};

/** Returns what writes the product of the gates with the state: of the last gate, with the state that is reset, if that comes first. */
const stateProduct = (
  context: Context,
  about: Direction,
  ofState: Expr<'i32'>,
  biasOf: (from: number, to: number) => Expr<'i32'>,
  resetsFirst: boolean,
): Running['multiplyState'] => {
  const { code, module, scratch } = context;
  const { index, examples, units, directions, gates } = about;
  const width = gates * units;
  const kernel = part(context, 2, index, directions);
  const matrix = (from: number, to: number): Expr<'i32'> => {
    const cut = (all: Float32Array): Float32Array => all.slice(from * units, to * units);
    const { data, scales } = kernel;
    const constant = { ...kernel, data: cut(data), ...(scales && { scales: cut(scales) }) };
    return panels(context, { constant, at: int(0) }, [units, to - from], true);
  };
  const into = (a: Expr<'i32'>, b: Expr<'i32'>, from: number, to: number): void => {
    const c = i32.add(ofState, 4 * from);
    const bias = biasOf(width + from, width + to);
    multiply(context, { a, b, c, bias, m: examples, n: to - from, k: units, row: width });
  };
  if (!resetsFirst) {
    const whole = matrix(0, width);
    return (_, hidden) => into(hidden, whole, 0, width);
  }
  const early = width - units;
  const [first, last] = [matrix(0, early), matrix(early, width)];
  const reset = scratch(bytesOf([examples, length(units)]));
  return (now, hidden) => {
    into(hidden, first, 0, early);
    const sizes = [units, width, width, units];
    eachExample(context, about, [reset, now, ofState, hidden], sizes, (...own) =>
      overRow(code, units, own, (to = now, xs = now, hs = now, h = now) => {
        const gate = sigmoid(module, v128.add(v128.load(xs, 4 * units), v128.load(hs, 4 * units)));
        code.store(to, v128.mul(gate, v128.load(h)));
      }),
    );
    into(reset, last, early, width);
  };
};

/** Writes the loop over examples, each of which has a number of numbers at each address. */
const eachExample = (
  { code, rows }: Context,
  { examples }: Direction,
  addresses: readonly Expr<'i32'>[],
  sizes: readonly number[],
  body: (...at: readonly Local<'i32'>[]) => void,
): void => {
  const own = addresses.map((one) => code.int(one));
  code.range(0, valueOf(examples, rows), 1, () => {
    body(...own);
    own.forEach((one, i) => code.increase(one, 4 * (sizes[i] ?? 0)));
  });
};

const one = v128.splat(1);

/** Gates z, r and h. h' = (1 − z)·n + z·h, where the reset is applied to the product with h, or to h itself. */
const gru: Cell = ({ node, module, code }, { gate, ofInput, ofState, states: [h = one] }) => {
  const z = code.local('v128', sigmoid(module, gate(0)));
  const after = number(node, 'linear_before_reset') === 1;
  const product = after ? v128.mul(sigmoid(module, gate(1)), ofState(2)) : ofState(2);
  const candidate = tanh(module, v128.add(ofInput(2), product));
  return [v128.add(v128.mul(v128.sub(one, z), candidate), v128.mul(z, h))];
};

/** Gates i, o, f and c. c' = f·c + i·tanh(…) and h' = o·tanh(c'). */
const lstm: Cell = ({ module, code }, { gate, states: [, c = one] }) => {
  const kept = v128.mul(sigmoid(module, gate(2)), c);
  const next = code.local('v128', v128.add(kept, v128.mul(sigmoid(module, gate(0)), tanh(module, gate(3)))));
  return [v128.mul(sigmoid(module, gate(1)), tanh(module, next)), next];
};

/** Recurrent networks. */
export const RECURRENCE: Readonly<Record<string, Lowering>> = {
  GRU: {
    kind: 'kernel',
    emit: recurrent(3, 1, gru, ({ node }) => number(node, 'linear_before_reset') !== 1),
  },
  LSTM: { kind: 'kernel', emit: recurrent(4, 2, lstm) },
};
