import { number, word } from '../../onnx/attributes.ts';
import { i32, int, v128, type Expr } from '../code/expression.ts';
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
  return { ...constant, data: Array.prototype.slice.call(constant.data, index * size, (index + 1) * size) as number[] };
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

const direction = (context: Context, about: Direction, states: number, cell: Cell, resetsFirst: boolean): void => {
  const { node, code, rows, module, input, has, scratch, isUsed, place, output } = context;
  const { index, steps, examples, units, directions, gates } = about;
  const width = gates * units;
  const [x] = [input(0)];
  const [channels = 0] = fixed(node, x.dims.slice(2));
  const bias = has(3) ? part(context, 3, index, directions).data : Array.from({ length: 2 * width }, () => 0);
  const biasOf = (from: number, to: number): Expr<'i32'> =>
    int(place(padded(bias.slice(from, to), to - from), 'float32'));
  const all = times(node.name, length(steps), examples);
  const products = scratch(bytesOf([all, length(width)]));
  const at = int(0);
  const weights = panels(context, { constant: part(context, 1, index, directions), at }, [channels, width], true);
  multiply(context, 'columns', {
    a: x.at,
    b: weights,
    c: products,
    bias: biasOf(0, width),
    m: all,
    n: width,
    k: channels,
  });
  const recurrentPart = part(context, 2, index, directions);
  const matrix = (from: number, to: number): Expr<'i32'> => {
    const data = recurrentPart.data.slice(from * units, to * units);
    return panels(context, { constant: { ...recurrentPart, data }, at }, [units, to - from], true);
  };
  // Where the reset comes first, the last gate's product is of the state that is reset.
  const early = resetsFirst ? width - units : width;
  const first = matrix(0, early);
  const last = resetsFirst ? matrix(early, width) : first;
  const ofState = scratch(bytesOf([examples, length(width)]));
  const reset = resetsFirst ? scratch(bytesOf([examples, length(units)])) : ofState;
  const stateBytes = code.int(valueOf(times(node.name, examples, length(units)), rows, 4));
  const before = Array.from({ length: states }, () => code.int(scratch(bytesOf([examples, length(units)]))));
  const after = before.map(() => code.int(scratch(bytesOf([examples, length(units)]))));
  before.forEach((state, i) => {
    if (has(5 + i)) code.copy(state, i32.add(input(5 + i).at, i32.mul(stateBytes, index)), stateBytes);
    else code.clear(state, stateBytes);
  });
  const backwards = index === 1 || word(node, 'direction') === 'reverse';
  const stepBytes = code.int(valueOf(times(node.name, examples, length(width)), rows, 4));
  const swap = code.int(0);
  code.range(0, steps, 1, (given) => {
    const t = code.int(backwards ? i32.sub(steps - 1, given) : given);
    const now = code.int(i32.add(products, i32.mul(t, stepBytes)));
    const [hidden = now] = before;
    const from = { m: examples, k: units };
    multiplyInto(context, {
      ...from,
      a: hidden,
      b: first,
      c: ofState,
      n: early,
      width,
      bias: biasOf(width, width + early),
    });
    const eachExample = (
      rowsOf: readonly Expr<'i32'>[],
      sizes: readonly number[],
      body: (...at: readonly Expr<'i32'>[]) => void,
    ) => {
      const own = rowsOf.map((one) => code.int(one));
      code.range(0, valueOf(examples, rows), 1, () => {
        body(...own);
        own.forEach((one, i) => code.increase(one, 4 * (sizes[i] ?? 0)));
      });
    };
    if (resetsFirst) {
      eachExample(
        [reset, now, ofState, hidden],
        [units, width, width, units],
        (to = now, xs = now, hs = now, h = now) =>
          overRow(code, units, [to, xs, hs, h], (into = code.int(0), a = into, b = into, c = into) => {
            const gate = sigmoid(module, v128.add(v128.load(a, 4 * units), v128.load(b, 4 * units)));
            code.store(into, v128.mul(gate, v128.load(c)));
          }),
      );
      multiplyInto(context, {
        ...from,
        a: reset,
        b: last,
        c: i32.add(ofState, 4 * early),
        n: units,
        width,
        bias: biasOf(width + early, 2 * width),
      });
    }
    const lists = [now, ofState, ...before, ...after];
    const sizes = [width, width, ...before.map(() => units), ...after.map(() => units)];
    eachExample(lists, sizes, (...own) =>
      overRow(code, units, own, (xs = now, hs = now, ...others) => {
        const ofInput = (gate: number): Four => v128.load(xs, 4 * gate * units);
        const ofHidden = (gate: number): Four => v128.load(hs, 4 * gate * units);
        const next = cell(context, {
          gate: (gate) => v128.add(ofInput(gate), ofHidden(gate)),
          ofInput,
          ofState: ofHidden,
          states: others.slice(0, states).map((one) => v128.load(one)),
        });
        const kept = next.map((one) => code.local('v128', one));
        kept.forEach((one, i) => code.store(others[states + i] ?? xs, one));
      }),
    );
    before.forEach((state, i) => {
      const other = after[i] ?? state;
      code.set(swap, state);
      code.set(state, other);
      code.set(other, swap);
    });
    // All states of the first output, [steps, directions, examples, units].
    if (isUsed(0)) {
      const row = i32.add(i32.mul(t, directions), index);
      code.copy(i32.add(output(0).at, i32.mul(row, stateBytes)), hidden, stateBytes);
    }
  });
  before.forEach((state, i) => {
    if (isUsed(i + 1)) code.copy(i32.add(output(i + 1).at, i32.mul(stateBytes, index)), state, stateBytes);
  });
};

/** Writes a product whose result is some columns of a wider one. */
const multiplyInto = (context: Context, given: Parameters<typeof multiply>[2] & { readonly width: number }): void =>
  multiply(context, 'columns', { ...given, row: given.width });

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
