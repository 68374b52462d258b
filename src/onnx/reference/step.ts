import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid } from '../attributes.ts';
import { withDefaults } from '../defaults.ts';
import { isFloat } from '../dtype.ts';
import type { Dim, OnnxGraph, OnnxNode } from '../graph.ts';
import { outputTypes } from '../infer/node.ts';
import { MOST } from '../infer/rule.ts';
import { operationsOf } from '../operations.ts';
import type { Definition } from '../operators/definition.ts';
import { CONTROL, DEFINITIONS } from '../operators/table.ts';
import { isOperator } from '../schema.ts';
import type { Budget } from './budget.ts';
import type { ReferenceTensor } from './numbers.ts';

/** A node of a checked graph, with its inputs. */
export interface Step {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly budget: Budget;
  readonly inputs: readonly (ReferenceTensor | undefined)[];
  readonly run: (graph: OnnxGraph, inputs: readonly ReferenceTensor[]) => readonly ReferenceTensor[];
}

/**
 * Computes a node's outputs. Before anything is computed, checks the node against its operator's requirements for the
 * actual inputs, and against the remaining budget. Reserves the memory of the outputs.
 */
export const computed = (step: Step): readonly ReferenceTensor[] => {
  const { inputs, budget } = step;
  const node = withDefaults(step.node);
  if (!isOperator(node.op)) throw invalid(node, 'an operator in use', node.op || 'none');
  const call = { node, inputs, budget, run: step.run };
  const taken = inputs.reduce((sum, value) => sum + (value?.data.length ?? 0), 0);
  const { evaluate, exact = false }: Definition = DEFINITIONS[node.op];
  if (Object.hasOwn(CONTROL, node.op)) {
    budget.spend(node, taken);
    const results = evaluate(call);
    for (const { data } of results) budget.hold(node, data.length);
    return results;
  }
  const types = typesOf(step, node).slice(0, Math.max(1, node.outputs.length));
  const given = types.reduce((sum, { shape }) => sum + size(shape), 0);
  const shapes = inputs.map((value) => value?.shape ?? []);
  budget.hold(node, given);
  budget.spend(node, taken + given, operationsOf(node, shapes, given));
  const results = evaluate(call);
  return types.map(({ dtype, shape }, i) => {
    const result = results[i];
    if (!result || !same(result.shape, shape) || result.data.length !== size(shape))
      throw new Error(`${node.op}: gave ${show(result?.shape ?? [])} where ${show(shape)} was inferred`);
    if (exact && !isFloat(dtype) && dtype !== 'bool') requireWhole(node, result.data);
    return { dtype, shape, data: result.data };
  });
};

/** The types of a node's outputs, as they were inferred last, and of what. */
interface Inference {
  readonly opset: number;
  readonly inputs: readonly (ReferenceType | undefined)[];
  /** The elements that the operator's rule has read, by input. */
  readonly read: ReadonlyMap<number, readonly number[] | undefined>;
  readonly types: readonly ReferenceType[];
}
type ReferenceType = Pick<ReferenceTensor, 'dtype' | 'shape'>;

/** Graphs are evaluated many times with inputs of the same types, as for differences. */
const LAST = new WeakMap<OnnxNode, Inference>();

/** Returns the types of the outputs of a step, whose node `node` is with its defaults. */
const typesOf = (step: Step, node: OnnxNode): readonly ReferenceType[] => {
  const { opset, inputs } = step;
  const last = LAST.get(step.node);
  if (last && holds(last, step)) return last.types;
  const read = new Map<number, readonly number[] | undefined>();
  const elements = (index: number): readonly number[] | undefined => {
    const found = fewElements(inputs[index]);
    read.set(index, found);
    return found;
  };
  const types = outputTypes({ node, opset, inputs, elements, inferGraph: () => [] }).map(({ dtype, shape }) => {
    if (!shape.every(isNumber)) throw invalid(node, 'lengths that follow from its inputs', show(shape));
    return { dtype, shape };
  });
  const kept = inputs.map((input) => input && { dtype: input.dtype, shape: input.shape });
  LAST.set(step.node, { opset, inputs: kept, read, types });
  return types;
};

/** Returns whether what was inferred holds for a step: its inputs are of the same types, and have the elements that were read. */
const holds = (last: Inference, { opset, inputs }: Step): boolean =>
  last.opset === opset &&
  last.inputs.length === inputs.length &&
  inputs.every((input, i) => {
    const before = last.inputs[i];
    return input && before ? input.dtype === before.dtype && same(input.shape, before.shape) : input === before;
  }) &&
  [...last.read].every(([index, before]) => {
    const now = fewElements(inputs[index]);
    return now && before ? same(now, before) : now === before;
  });

const fewElements = (value: ReferenceTensor | undefined): readonly number[] | undefined =>
  value && value.shape.length <= 1 && value.data.length <= MOST ? Array.from(value.data) : undefined;

const isNumber = (dim: Dim): dim is number => typeof dim === 'number';

/**
 * Checks that whole numbers are exact, which float64 guarantees up to 2^53; those that mean "to the end" are larger,
 * and occur only in the original data.
 */
const requireWhole = (node: OnnxNode, numbers: Float64Array): void => {
  const wrong = numbers.find((value) => !Number.isSafeInteger(value));
  if (wrong !== undefined)
    throw invalid(
      node,
      'whole numbers below 2^53, which the reference computes with',
      String(wrong),
      'use smaller ones',
    );
};
