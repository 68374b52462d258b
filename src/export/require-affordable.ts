import { InvalidGraph } from '../errors.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import { LIMITS } from '../onnx/reference/budget.ts';
import { costOf, limitsOf } from './cost.ts';
import type { Values } from './engine.ts';
import { tensors } from './first-difference.ts';

/**
 * Refuses, with InvalidGraph, a graph that needs more time or memory for a row than any model does, before an engine receives it:
 * a file of a few bytes can request any amount, and a computing engine cannot be stopped. If the cost does not follow from the
 * graph, the reference computes the row, within its limits.
 */
export const requireAffordable = (file: string, { graph, opset }: OnnxModel, row: () => Values): void => {
  const cost = costOf(graph, opset);
  const { operations, largest, isKnown } = cost;
  for (const [what, least, most] of [
    ['operations for a row', operations, LIMITS.operations],
    ['numbers in a value', largest, LIMITS.numbers],
  ] as const)
    if (!(least <= most))
      throw new InvalidGraph(
        `${file}: expected at most ${most.toPrecision(2)} ${what}, got ${least.toPrecision(2)}; make the model smaller`,
      );
  if (!isKnown) evaluate(graph, tensors(row()), { opset, limits: limitsOf(cost, 1) });
};
