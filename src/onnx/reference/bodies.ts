import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { invalid } from '../attributes.ts';
import type { OnnxGraph } from '../graph.ts';
import { reshaped, type Call, type ReferenceTensor } from './numbers.ts';

/** Returns the inputs of a body, which must match its declarations. */
export const bodyInputs = (
  { node }: Call,
  body: OnnxGraph,
  values: readonly ReferenceTensor[],
): readonly ReferenceTensor[] =>
  values.map((value, i) => {
    const info = body.inputs[i];
    if (info && !fits(info.shape, value.shape))
      throw invalid(node, `${info.name} of ${body.name} to be ${show(info.shape)}`, show(value.shape));
    return value;
  });

const fits = (declared: readonly (number | string)[], shape: readonly number[]): boolean =>
  declared.length === shape.length && declared.every((dim, i) => typeof dim === 'string' || dim === shape[i]);

/** Collects one output of a loop over its iterations; its shape must not change. */
export class Stack {
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
