import type { Dim, OnnxTensor } from '../onnx/graph.ts';
import { tensorOf } from '../onnx/tensor.ts';
import { same } from '../shape/same.ts';
import type { View } from './workspace.ts';

/** Whether two shapes are known and equal. */
export const knownSame = (a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean =>
  a !== undefined && b !== undefined && same(a, b) && !a.includes('?');

/** Whether a value is known to hold a single element. */
export const isSingle = (view: View, value: string): boolean =>
  view.type(value)?.shape.every((dim) => dim === 1) ?? false;

/**
 * Returns the lengths of a value's axes after the first, if they are known and the first may be a batch; otherwise
 * undefined.
 */
export const example = (view: View, value: string): readonly number[] | undefined => {
  const [batch, ...rest] = view.type(value)?.shape ?? [];
  if (batch === undefined || batch === '?') return undefined;
  return rest.every((dim) => typeof dim === 'number') ? rest.map(Number) : undefined;
};

/** Returns a constant of whole numbers that a rule adds: its name, which shows its content, and its tensor. */
export const intsConstant = (view: View, numbers: readonly number[]): readonly [string, OnnxTensor] => [
  view.fresh(`constant/int64[${numbers.join(',')}]`),
  tensorOf('int64', [numbers.length], numbers),
];

/** Returns the name for a constant derived from another: the same name if only the rewritten nodes use it. */
export const derived = (view: View, name: string): string => (view.uses(name) === 1 ? name : view.fresh(name));

/** Returns the inverse of a permutation. */
export const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

/** Whether a permutation is the identity. */
export const isIdentity = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);
