import { stream } from '../random.ts';
import { same } from '../shape/same.ts';
import type { Graph, GraphConstant, GraphParam } from './graph.ts';
import { print } from './print.ts';

/**
 * Whether two graphs compute the same function of the same parameters, step by step, with the same initial values. A
 * definition may be read twice, or by two copies of this package: equal content then counts as identical.
 */
export const sameGraph = (a: Graph, b: Graph): boolean =>
  print(a) === print(b) &&
  sameUpdates(a, b) &&
  alike(a.constants, b.constants, sameConstant) &&
  alike(a.params, b.params, sameStart);

const alike = <T>(a: readonly T[], b: readonly T[], equal: (a: T, b: T) => boolean): boolean =>
  a.length === b.length && a.every((one, i) => b[i] !== undefined && equal(one, b[i]));

/** Updates refer to steps by id; graphs with equal texts number their steps in the same way. */
const sameUpdates = (a: Graph, b: Graph): boolean => JSON.stringify(a.updates) === JSON.stringify(b.updates);

const sameConstant = (a: GraphConstant, b: GraphConstant): boolean =>
  same(a.shape, b.shape) && sameData(a.data, b.data);

const sameStart = (a: GraphParam, b: GraphParam): boolean => {
  if (a.init === b.init) return true;
  const key = stream(0, a.name);
  return sameData(a.init(a.shape, key), b.init(b.shape, key));
};

/** Element by element; NaN equals itself, 0 is not −0. */
const sameData = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
