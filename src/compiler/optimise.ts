import type { OnnxGraph } from '../onnx/graph.ts';
import { arrangements } from './passes/arrangements.ts';
import { batchNorm } from './passes/batchNorm.ts';
import { broadcasts } from './passes/broadcasts.ts';
import { constants } from './passes/constants.ts';
import { convolutions } from './passes/convolutions.ts';
import { duplicates } from './passes/duplicates.ts';
import { identities } from './passes/identities.ts';
import { names } from './passes/names.ts';
import { sums } from './passes/sums.ts';
import { transposes } from './passes/transposes.ts';
import { unused } from './passes/unused.ts';
import { portable } from './portable.ts';
import type { Pass, Watch } from './rewrite.ts';

/** The passes, in order. Each has its own file, and fixtures in test/passes. */
export const PASSES: Readonly<Record<string, Pass>> = {
  unused,
  duplicates,
  constants,
  identities,
  convolutions,
  broadcasts,
  sums,
  transposes,
  arrangements,
  batchNorm,
  names,
};

/** More rounds than any graph has needed; those of the examples need three. */
const ROUNDS = 8;

/**
 * Returns a graph that computes the same with fewer nodes: applies the passes repeatedly until none finds anything.
 * Inputs and outputs keep their names; the types that the graph declares stay true.
 */
export const optimise = (graph: OnnxGraph, opset: number, watch?: Watch): OnnxGraph => {
  const passes = Object.values(PASSES);
  let now = graph;
  // As soon as all passes have left this graph as it is, none finds anything any more.
  let unchanged = 0;
  for (let i = 0; i < ROUNDS * passes.length && unchanged < passes.length; i++) {
    const after = passes[i % passes.length]?.(now, opset, watch) ?? now;
    unchanged = after === now ? unchanged + 1 : 0;
    now = after;
  }
  return now;
};

/**
 * Like `optimise`, for a file, whose engine is not known: operators that some engines compute differently are replaced
 * by ones that all compute alike.
 */
export const optimisePortably = (graph: OnnxGraph, opset: number): OnnxGraph => {
  const optimised = optimise(graph, opset);
  const replaced = portable(optimised, opset);
  return replaced === optimised ? optimised : optimise(replaced, opset);
};
