import { graph } from '../attributes.ts';
import type { CONTROL } from '../schema/control.ts';
import { input, reshaped, type Kernel, type Numbers } from './numbers.ts';

const scalar = (dtype: 'int64' | 'bool', value: number): Numbers => ({
  dtype,
  shape: [],
  data: Float64Array.of(value),
});

const loop: Kernel = (call) => {
  const body = graph(call.node, 'body');
  const most = call.inputs[0]?.data[0] ?? Infinity;
  let going = call.inputs[1]?.data[0] ?? 1;
  let state = call.inputs.slice(2).map((_, i) => input(call, i + 2));
  const scans: Numbers[][] = body.outputs.slice(1 + state.length).map(() => []);
  for (let i = 0; i < most && going !== 0; i++) {
    const [condition, ...results] = call.run(body, [scalar('int64', i), scalar('bool', going), ...state]);
    going = condition?.data[0] ?? 0;
    const { length } = state;
    state = results.slice(0, length);
    results.slice(length).forEach((result, k) => scans[k]?.push(result));
  }
  return [...state, ...scans.map((parts, k) => stacked(parts, body.outputs[1 + state.length + k]?.dtype ?? 'float32'))];
};

/** Tensors of one shape as one, along a new first axis. */
const stacked = (parts: readonly Numbers[], dtype: Numbers['dtype']): Numbers => {
  const [first] = parts;
  if (!first) return { dtype, shape: [0], data: new Float64Array() };
  const data = new Float64Array(parts.length * first.data.length);
  parts.forEach((part, i) => data.set(part.data, i * first.data.length));
  return reshaped({ ...first, data }, [parts.length, ...first.shape]);
};

const branch: Kernel = (call) => call.run(graph(call.node, input(call, 0).data[0] ? 'then_branch' : 'else_branch'), []);

/** Operators that hold graphs. */
export const CONTROL_KERNELS: Readonly<Record<keyof typeof CONTROL, Kernel>> = { Loop: loop, If: branch };
