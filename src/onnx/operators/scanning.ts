import { show } from '../../shape/show.ts';
import { axisOf, invalid } from '../attributes.ts';
import { mayEqual } from '../dims.ts';
import type { Dim, ValueType } from '../graph.ts';
import type { Rule } from '../infer/rule.ts';
import { bodyInputs, Stack } from '../reference/bodies.ts';
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
} from '../reference/numbers.ts';
import { scanOf } from '../scan-node.ts';
import type { Definition } from './definition.ts';
import { optional, required } from './spec.ts';

const scanShape: Rule = (context) => {
  const { node, inputs } = context;
  const { body, states, inputs: scanned, outputs } = scanOf(node);
  const initial = inputs.slice(0, states).map((input) => {
    if (!input) throw invalid(node, 'a value for every part of the state', 'one that is left out');
    return input;
  });
  let steps: Dim = '?';
  const slices = scanned.map(({ axis }, i): ValueType => {
    const input = inputs[states + i];
    if (!input) throw invalid(node, `an input ${states + i}`, 'none');
    const at = axisOf(node, axis, input.shape.length);
    const length = input.shape[at] ?? '?';
    if (!mayEqual(steps, length)) throw invalid(node, `${steps} steps, as in the inputs before`, String(length));
    if (steps === '?' || typeof length === 'number') steps = length;
    return { dtype: input.dtype, shape: input.shape.filter((_, k) => k !== at) };
  });
  const results = context.inferGraph(body, [...initial, ...slices]);
  const state = initial.map((before, i) => {
    const after = results[i] ?? before;
    const kept = before.dtype === after.dtype && before.shape.length === after.shape.length;
    if (!kept || !before.shape.every((dim, k) => mayEqual(dim, after.shape[k] ?? '?')))
      throw invalid(
        node,
        `state ${i} to stay ${before.dtype}${show(before.shape)}`,
        `${after.dtype}${show(after.shape)}`,
      );
    return before;
  });
  const stacked = results.slice(states).map(({ dtype, shape }, i) => {
    const at = axisOf(node, outputs[i]?.axis ?? 0, shape.length + 1);
    return { dtype, shape: [...shape.slice(0, at), steps, ...shape.slice(at)] };
  });
  return [...state, ...stacked];
};

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

/** A Loop with a fixed number of iterations, which reads a slice of its last inputs in each of them. */
export const SCANNING = {
  /** A Loop with a fixed number of iterations, which reads a slice of its last inputs in each of them. */
  Scan: {
    inputs: { initial_state_and_scan_inputs: '...*' },
    outputs: { final_state_and_scan_outputs: '...*' },
    types: {},
    attributes: {
      body: required('graph'),
      num_scan_inputs: required('int'),
      scan_input_axes: optional('ints'),
      scan_input_directions: optional('ints'),
      scan_output_axes: optional('ints'),
      scan_output_directions: optional('ints'),
    },
    webgpu: 0,
    infer: scanShape,
    evaluate: scan,
  },
} satisfies Record<string, Definition>;
