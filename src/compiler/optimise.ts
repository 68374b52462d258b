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

/** The passes, in order. Each is a file of its own, with fixtures in test/passes. */
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

/** More rounds than any graph has needed: three for those of the examples. */
const ROUNDS = 8;

/**
 * A graph that computes the same with fewer nodes: the passes, round after round until none finds anything. Inputs and
 * outputs keep their names; the types that the graph declares stay true.
 */
export const optimise = (graph: OnnxGraph, opset: number, watch?: Watch): OnnxGraph => {
  let now = graph;
  for (let round = 0; round < ROUNDS; round++) {
    const before = now;
    for (const pass of Object.values(PASSES)) now = pass(now, opset, watch);
    if (now === before) break;
  }
  return now;
};

/**
 * The same for a file, which is run by engines that are not known: what some of them compute differently is then written with
 * what all compute alike.
 */
export const optimisePortably = (graph: OnnxGraph, opset: number): OnnxGraph =>
  optimise(portable(optimise(graph, opset), opset), opset);
