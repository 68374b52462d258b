import { number } from '../../onnx/defaults.ts';
import type { Dim, OnnxNode } from '../../onnx/graph.ts';
import { crossing, isCrossable, isElementwise, isReduction } from '../transpose-crossing.ts';
import { rewriting, type Pass, type Replacement, type Rule } from '../rewrite.ts';
import { intsConstant, inverse, isIdentity, isSingle } from '../shapes.ts';
import type { View } from '../workspace.ts';
import { isTransposed, isWorth, permOf } from '../transpose-benefit.ts';

/**
 * Removes a transpose that moves nothing, and merges two into one, or none.
 *
 *     Transpose<[0, 1, 2]>(x)       →  x
 *     Transpose<p>(Transpose<q>(x))  →  Transpose<q∘p>(x), or x
 */
const merge: Rule = (node, view) => {
  const perm = permOf(node, view);
  if (!perm) return undefined;
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const before = permOf(view.producer(x), view);
  const source = before ? (view.producer(x)?.inputs[0] ?? '') : x;
  const both = before ? perm.map((axis) => before[axis] ?? 0) : perm;
  if (!isIdentity(both)) return before && { nodes: [{ ...node, inputs: [source], attributes: { perm: both } }] };
  if (!view.isOutput(y) || view.producer(source)) return { values: { [y]: source } };
  return { nodes: [{ ...node, op: 'Identity', inputs: [source], attributes: {} }] };
};

/**
 * Moves a transpose past operations on elements, channels or windows of constants, towards one that undoes it or a
 * reduction that absorbs it; but only if that leaves fewer transposes, or it was the only one.
 *
 *     Relu(Transpose<p>(x))                        →  Transpose<p>(Relu(x))
 *     Add(Transpose<p>(x), bias)                   →  Transpose<p>(Add(x, bias'))
 *     Concat<axis>(Transpose<p>(x), Transpose<p>(y))  →  Transpose<p>(Concat<p[axis]>(x, y))
 *     ReduceMean<[1, 2]>(Transpose<p>(x))          →  ReduceMean<[p[1], p[2]]>(x)
 */
const sink: Rule = (node, view) => {
  if (!isCrossable(node.op) && !isReduction(node.op)) return undefined;
  const [y = ''] = node.outputs;
  const given = node.inputs.filter((name) => name !== '' && !view.constant(name) && !isSingle(view, name));
  const perm = given.map((name) => permOf(view.producer(name), view)).find((found) => found !== undefined);
  if (!perm) return undefined;
  const rank = view.type(y)?.shape.length;
  if (!isReduction(node.op) && rank !== perm.length) return undefined;
  const alone = given.every((name) => isTransposed(view, name, perm) && view.uses(name) === 1);
  if (!alone && !isReduction(node.op) && !isWorth(node, perm, view)) return undefined;

  const other = crossing(node, perm, view);
  if (!other || (!alone && isReduction(node.op) && !isIdentity(other.perm))) return undefined;
  const undo = inverse(perm);
  const added: OnnxNode[] = [];
  const entered = new Map<string, string>();
  const inputs = other.inputs.map((input) => {
    if ('as' in input) return input.as;
    const { across } = input;
    if (isTransposed(view, across, perm)) return view.producer(across)?.inputs[0] ?? '';
    const known = entered.get(across);
    if (known !== undefined) return known;
    const name = view.fresh(across);
    entered.set(across, name);
    added.push(transpose(node.name, across, name, undo));
    return name;
  });
  if (isIdentity(other.perm))
    return { constants: other.constants, nodes: [...added, { ...node, inputs, attributes: other.attributes }] };
  const inner = view.fresh(y);
  const last = view.producer(given.find((name) => isTransposed(view, name, perm)) ?? '')?.name ?? node.name;
  return {
    constants: other.constants,
    nodes: [
      ...added,
      { ...node, inputs, outputs: [inner], attributes: other.attributes },
      transpose(last, inner, y, other.perm),
    ],
  };
};

const transpose = (name: string, x: string, y: string, perm: readonly number[]): OnnxNode => ({
  name,
  op: 'Transpose',
  inputs: [x],
  outputs: [y],
  attributes: { perm },
});

/**
 * Moves an elementwise operation before a Reshape of a transpose, so that the two may meet a matrix product.
 *
 *     Relu(Reshape(Transpose(x)))  →  Reshape(Relu(Transpose(x)))
 */
const lift: Rule = (node, view) => {
  if (!isElementwise(node.op)) return undefined;
  const [y = ''] = node.outputs;
  const given = node.inputs.filter((name) => name !== '' && !isSingle(view, name));
  const [x = ''] = given;
  const shape = view.producer(x);
  const moved = view.producer(shape?.inputs[0] ?? '');
  if (given.length !== 1 || shape?.op !== 'Reshape' || moved?.op !== 'Transpose' || view.uses(x) > 1) return undefined;
  if (view.type(y)?.shape.length !== view.type(x)?.shape.length) return undefined;
  const inner = view.fresh(y);
  const inputs = node.inputs.map((name) => (name === x ? (shape.inputs[0] ?? '') : name));
  return {
    nodes: [
      { ...node, inputs, outputs: [inner] },
      { ...shape, inputs: [inner, ...shape.inputs.slice(1)], outputs: [y] },
    ],
  };
};

/**
 * Merges a transposed matrix into a product.
 *
 *     Gemm(Transpose(a), b)    →  Gemm<transA>(a, b)
 *     MatMul(Transpose(a), b)  →  Gemm<transA>(a, b)
 */
const product: Rule = (node, view) => {
  if (node.op !== 'Gemm' && node.op !== 'MatMul') return undefined;
  const [a = '', b = '', ...rest] = node.inputs;
  const matrices = [a, b].every((name) => view.type(name)?.shape.length === 2);
  const [flipA, flipB] = [isTransposed(view, a, [1, 0]), isTransposed(view, b, [1, 0])];
  if (!matrices || (!flipA && !flipB)) return undefined;
  const flag = (name: string, flip: boolean): number => {
    const before = node.op === 'Gemm' ? number(node, name) : 0;
    return flip ? 1 - before : before;
  };
  const source = (name: string, flip: boolean): string => (flip ? (view.producer(name)?.inputs[0] ?? '') : name);
  return {
    nodes: [
      {
        ...node,
        op: 'Gemm',
        inputs: [source(a, flipA), source(b, flipB), ...rest],
        attributes: { ...node.attributes, transA: flag('transA', flipA), transB: flag('transB', flipB) },
      },
    ],
  };
};

/**
 * Turns a transpose that moves only axes of length 1 into a Reshape, which costs nothing.
 *
 *     Transpose<[0, 2, 3, 1]>(x: [N, 1, 28, 28])  →  Reshape(x, [-1, 28, 28, 1])
 */
const free: Rule = (node, view) => {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  return asReshape(node.name, x, y, permOf(node, view), view);
};

/**
 * Moves a transpose before a Concat if the transposes of all its inputs are free.
 *
 *     Transpose<p>(Concat(x, y))  →  Concat(Reshape(x), Reshape(y))
 */
const spread: Rule = (node, view) => {
  const perm = permOf(node, view);
  const [x = ''] = node.inputs;
  const joined = view.producer(x);
  if (!perm || joined?.op !== 'Concat' || view.uses(x) > 1) return undefined;
  const parts = joined.inputs.map((name) => asReshape(joined.name, name, view.fresh(name), perm, view));
  const replaced = parts.flatMap((part) => part ?? []);
  if (replaced.length < parts.length) return undefined;
  const nodes = replaced.flatMap((part) => part.nodes ?? []);
  const axis = number(joined, 'axis');
  const at = perm.indexOf(axis < 0 ? axis + perm.length : axis);
  return {
    constants: Object.assign({}, ...replaced.map((part) => part.constants)),
    nodes: [
      ...nodes,
      { ...joined, inputs: nodes.flatMap((part) => part.outputs), outputs: node.outputs, attributes: { axis: at } },
    ],
  };
};

const asReshape = (
  name: string,
  x: string,
  y: string,
  perm: readonly number[] | undefined,
  view: View,
): Replacement | undefined => {
  const shape = view.type(x)?.shape;
  if (!perm || !shape) return undefined;
  const long = perm.filter((axis) => shape[axis] !== 1);
  if (long.some((axis, i) => i > 0 && axis < (long[i - 1] ?? 0))) return undefined;
  const lengths = perm.map((axis): Dim => shape[axis] ?? '?');
  if (lengths.filter((dim) => typeof dim === 'string').length > 1) return undefined;
  const [to, tensor] = intsConstant(
    view,
    lengths.map((dim) => (typeof dim === 'number' ? dim : -1)),
  );
  return {
    constants: { [to]: tensor },
    nodes: [{ name, op: 'Reshape', inputs: [x, to], outputs: [y], attributes: {} }],
  };
};

const move = rewriting(merge, sink, lift, product);
const settle = rewriting(spread, free);

/** Moves transposes together until they cancel, and turns remaining ones that move nothing into Reshapes. */
export const transposes: Pass = (graph, opset, watch) => settle(move(graph, opset, watch), opset, watch);
