import { show } from '../../shape/show.ts';
import { graph, invalid } from '../attributes.ts';
import type { CONTROL } from '../schema/control.ts';
import { bodyInputs, Stack } from './bodies.ts';
import { input, type Call, type Kernel, type ReferenceTensor } from './numbers.ts';
import { scan } from './scan.ts';

const scalar = (dtype: 'int64' | 'bool', value: number): ReferenceTensor => ({
  dtype,
  shape: [],
  data: Float64Array.of(value),
});

/** Returns the single element of a value that must have exactly one. */
const single = ({ node }: Call, value: ReferenceTensor, what: string): number => {
  const [first] = value.data;
  if (first === undefined || value.data.length > 1 || value.shape.length > 1)
    throw invalid(node, `one ${what}`, `the shape ${show(value.shape)}`);
  return first;
};

const loop: Kernel = (call) => {
  const body = graph(call.node, 'body');
  const [iterations, condition, ...initial] = call.inputs;
  const most = iterations ? single(call, iterations, 'number of iterations') : Infinity;
  let going = condition ? single(call, condition, 'condition') : 1;
  let state: readonly ReferenceTensor[] = initial.map((_, i) => input(call, i + 2));
  const scans = body.outputs.slice(1 + state.length).map(() => new Stack(call));
  for (let i = 0; i < most && going !== 0; i++) {
    // Each iteration takes time, even for a body without nodes.
    call.budget.spend(call.node, 0);
    const results = call.run(body, bodyInputs(call, body, [scalar('int64', i), scalar('bool', going), ...state]));
    const [next, ...rest] = results;
    going = next ? single(call, next, 'condition') : 0;
    state = rest.slice(0, initial.length);
    rest.slice(initial.length).forEach((result, k) => scans[k]?.add(result));
  }
  return [...state, ...scans.map((scan, k) => scan.stacked(body.outputs[1 + initial.length + k]))];
};

const branch: Kernel = (call) =>
  call.run(graph(call.node, single(call, input(call, 0), 'condition') ? 'then_branch' : 'else_branch'), []);

/** Kernels of operators that contain graphs. */
export const CONTROL_KERNELS: Readonly<Record<keyof typeof CONTROL, Kernel>> = {
  Loop: loop,
  Scan: scan,
  If: branch,
};
