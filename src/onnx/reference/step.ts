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
  const types = typesOf({ ...step, node }).slice(0, Math.max(1, node.outputs.length));
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

const typesOf = ({ node, opset, inputs }: Step) =>
  outputTypes({
    node,
    opset,
    inputs,
    elements: (index) => {
      const value = inputs[index];
      return value && value.shape.length <= 1 && value.data.length <= MOST ? Array.from(value.data) : undefined;
    },
    inferGraph: () => [],
  }).map(({ dtype, shape }) => {
    if (!shape.every(isNumber)) throw invalid(node, 'lengths that follow from its inputs', show(shape));
    return { dtype, shape };
  });

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
