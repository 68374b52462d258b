import { axisOf, invalid } from '../attributes.ts';
import { scanOf } from '../scan-node.ts';
import { bodyInputs, Stack } from './bodies.ts';
import {
  around,
  input,
  stridesOf,
  take,
  walk,
  zeros,
  type Call,
  type Kernel,
  type ReferenceTensor,
} from './numbers.ts';

/** Runs the body once for each slice of the scanned inputs. */
export const scan: Kernel = (call) => {
  const { node, budget } = call;
  const { body, states, inputs, outputs } = scanOf(node);
  const scanned = inputs.map(({ axis, backwards }, i) => {
    const x = input(call, states + i);
    return { x, axis: axisOf(node, axis, x.shape.length), backwards };
  });
  const [steps = 0, ...others] = scanned.map(({ x, axis }) => x.shape[axis] ?? 0);
  const unlike = others.find((length) => length !== steps);
  if (unlike !== undefined) throw invalid(node, `${steps} steps, as in the inputs before`, String(unlike));
  let state: readonly ReferenceTensor[] = Array.from({ length: states }, (_, i) => input(call, i));
  const stacks = outputs.map(() => new Stack(call));
  for (let t = 0; t < steps; t++) {
    // Each step takes time, even for a body without nodes.
    budget.spend(node, 0);
    const slices = scanned.map(({ x, axis, backwards }) => sliceAt(x, axis, backwards ? steps - 1 - t : t));
    const results = call.run(body, bodyInputs(call, body, [...state, ...slices]));
    state = results.slice(0, states);
    results.slice(states).forEach((result, k) => stacks[k]?.add(result));
  }
  return [
    ...state,
    ...stacks.map((stack, k) => {
      const { axis = 0, backwards = false } = outputs[k] ?? {};
      const stacked = stack.stacked(body.outputs[states + k]);
      return placed(call, backwards ? reversed(stacked) : stacked, axis);
    }),
  ];
};

/** Returns the slice of a value at one place of an axis. */
const sliceAt = (x: ReferenceTensor, axis: number, at: number): ReferenceTensor => {
  const [outer, length, inner] = around(x.shape, axis);
  const result = zeros(
    x.dtype,
    x.shape.filter((_, k) => k !== axis),
  );
  for (let o = 0; o < outer; o++) {
    const from = (o * length + at) * inner;
    result.data.set(x.data.subarray(from, from + inner), o * inner);
  }
  return result;
};

/** Reverses the first axis. */
const reversed = (x: ReferenceTensor): ReferenceTensor => {
  const [, length, inner] = around(x.shape, 0);
  const result = zeros(x.dtype, x.shape);
  for (let t = 0; t < length; t++)
    result.data.set(x.data.subarray(t * inner, (t + 1) * inner), (length - 1 - t) * inner);
  return result;
};

/** Moves the first axis to another place. */
const placed = ({ node }: Call, x: ReferenceTensor, axis: number): ReferenceTensor => {
  const at = axisOf(node, axis, x.shape.length);
  if (at === 0) return x;
  const moved = (list: readonly number[]): number[] => [...list.slice(1, at + 1), list[0] ?? 1, ...list.slice(at + 1)];
  const shape = moved(x.shape);
  return take(x, shape, walk(shape, moved(stridesOf(x.shape))));
};
