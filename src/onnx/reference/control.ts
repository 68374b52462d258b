import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { graph, invalid } from '../attributes.ts';
import type { OnnxGraph } from '../graph.ts';
import type { CONTROL } from '../schema/control.ts';
import { input, reshaped, type Call, type Kernel, type ReferenceTensor } from './numbers.ts';

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
  const scans = body.outputs.slice(1 + state.length).map(() => new Scan(call));
  for (let i = 0; i < most && going !== 0; i++) {
    // Each iteration takes time, even for a body without nodes.
    call.budget.spend(call.node, 0);
    const results = call.run(body, given(call, body, [scalar('int64', i), scalar('bool', going), ...state]));
    const [next, ...rest] = results;
    going = next ? single(call, next, 'condition') : 0;
    state = rest.slice(0, initial.length);
    rest.slice(initial.length).forEach((result, k) => scans[k]?.add(result));
  }
  return [...state, ...scans.map((scan, k) => scan.stacked(body.outputs[1 + initial.length + k]))];
};

/** Returns the inputs of a body, which must match its declarations. */
const given = ({ node }: Call, body: OnnxGraph, values: readonly ReferenceTensor[]): readonly ReferenceTensor[] =>
  values.map((value, i) => {
    const info = body.inputs[i];
    if (info && !fits(info.shape, value.shape))
      throw invalid(node, `${info.name} of ${body.name} to be ${show(info.shape)}`, show(value.shape));
    return value;
  });

const fits = (declared: readonly (number | string)[], shape: readonly number[]): boolean =>
  declared.length === shape.length && declared.every((dim, i) => typeof dim === 'string' || dim === shape[i]);

/** Collects one output of a loop over its iterations; its shape must not change. */
class Scan {
  readonly #parts: ReferenceTensor[] = [];
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  add(part: ReferenceTensor): void {
    const { node, budget } = this.#call;
    const first = this.#parts[0] ?? part;
    if (!same(first.shape, part.shape))
      throw invalid(node, `the same shape in each iteration, ${show(first.shape)}`, show(part.shape));
    budget.hold(node, part.data.length);
    this.#parts.push(part);
  }

  /** Returns all parts stacked along a new first axis. Without any iteration, only the declared type is known. */
  stacked(info: OnnxGraph['outputs'][number] | undefined): ReferenceTensor {
    const { shape = [], dtype = 'float32' } = info ?? {};
    const none: ReferenceTensor = { dtype, shape: shape.map((dim) => Number(dim) || 0), data: new Float64Array() };
    const first = this.#parts[0] ?? none;
    const data = new Float64Array(this.#parts.length * first.data.length);
    this.#parts.forEach((part, i) => data.set(part.data, i * first.data.length));
    this.#call.budget.release(data.length);
    return reshaped({ ...first, data }, [this.#parts.length, ...first.shape]);
  }
}

const branch: Kernel = (call) =>
  call.run(graph(call.node, single(call, input(call, 0), 'condition') ? 'then_branch' : 'else_branch'), []);

/** Kernels of operators that contain graphs. */
export const CONTROL_KERNELS: Readonly<Record<keyof typeof CONTROL, Kernel>> = { Loop: loop, If: branch };
