import { axisOf } from '../../onnx/attributes.ts';
import { number } from '../../onnx/defaults.ts';
import type { OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { size } from '../../shape/size.ts';
import { arrangement } from '../arrangement.ts';
import { isElementwise } from '../transpose-crossing.ts';
import { gathered } from '../fold.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import { derived, example, intsConstant, inverse, isSingle } from '../shapes.ts';
import type { View } from '../workspace.ts';

/** Constants with more elements than this are rearranged only if they have no other consumer. */
const LARGE = 65_536;

const movable = (view: View, name: string): OnnxTensor | undefined => {
  const tensor = view.constant(name);
  return tensor && (view.uses(name) === 1 || tensor.data.length <= LARGE) ? tensor : undefined;
};

const isProduct = ({ op, inputs: [a = '', b = ''] }: OnnxNode, view: View): boolean =>
  (op === 'Gemm' || op === 'MatMul') &&
  view.type(a)?.shape.length === 2 &&
  view.type(b)?.shape.length === 2 &&
  view.constant(b) !== undefined;

/** Returns the axis of a product's second matrix along which its rows (0) or columns (1) lie. */
const axisOfMatrix = (node: OnnxNode, axis: 0 | 1): number =>
  node.op === 'Gemm' && number(node, 'transB') === 1 ? 1 - axis : axis;

/**
 * Moves a rearrangement in front of a product with constants into the rows of its weights, even if it affects only one
 * of several concatenated parts.
 *
 *     Gemm(Reshape(Transpose(x), [-1, 6272]), w)             →  Gemm(Reshape(x, [-1, 6272]), w')
 *     Gemm(Concat(Reshape(Transpose(x), [-1, 6272]), y), w)  →  Gemm(Concat(Reshape(x, [-1, 6272]), y), w')
 */
const rows: Rule = (node, view) => {
  const [a = '', b = '', ...rest] = node.inputs;
  if (!isProduct(node, view) || (node.op === 'Gemm' && number(node, 'transA') === 1)) return undefined;
  const joined = view.producer(a);
  const isJoined = joined?.op === 'Concat' && view.uses(a) === 1 && axisOf(joined, number(joined, 'axis'), 2) === 1;
  const parts = isJoined ? joined.inputs : [a];
  const found = parts.map((part) => arrangement(part, view));
  const w = movable(view, b);
  if (!w || !found.some((part) => part?.transposes)) return undefined;

  const nodes: OnnxNode[] = [];
  const constants: Record<string, OnnxTensor> = {};
  const order: number[] = [];
  const inputs = parts.map((part, i) => {
    const before = found[i];
    const start = order.length;
    const length = example(view, part)?.[0] ?? 0;
    if (!before?.transposes) {
      for (let row = 0; row < length; row++) order.push(start + row);
      return part;
    }
    for (const row of inverse(before.places())) order.push(start + row);
    if (before.shape.length === 1) return before.source;
    const [name, tensor] = intsConstant(view, [-1, length]);
    const flat = view.fresh(part);
    constants[name] = tensor;
    const named = view.producer(part)?.name ?? 'Reshape';
    nodes.push({ name: named, op: 'Reshape', inputs: [before.source, name], outputs: [flat], attributes: {} });
    return flat;
  });
  const [only = ''] = inputs;
  const whole = isJoined ? view.fresh(a) : only;
  if (isJoined) nodes.push({ ...joined, inputs, outputs: [whole] });
  const own = derived(view, b);
  constants[own] = gathered(w, axisOfMatrix(node, 0), order);
  return { constants, nodes: [...nodes, { ...node, inputs: [whole, own, ...rest] }] };
};

/** The maximum number of elementwise operations to look through between a product and a transpose. */
const REACH = 16;

/**
 * Moves a rearrangement after a product with constants, and after elementwise operations, into the columns of its
 * weights.
 *
 *     Transpose(Reshape(Relu(Gemm(x, w, b)), [-1, 7, 7, 64]))  →  Reshape(Relu(Gemm(x, w', b')), [-1, 64, 7, 7])
 */
const columns: Rule = (node, view) => {
  if (node.op !== 'Transpose') return undefined;
  const [y = ''] = node.outputs;
  // The transpose's own value may have many consumers; those before it may not.
  const before = arrangementOf(node, view);
  const shape = example(view, y);
  if (!before || before.shape.length !== 1 || !shape) return undefined;
  const region = regionBefore(before.source, view);
  if (!region) return undefined;

  const places = before.places();
  const constants: Record<string, OnnxTensor> = {};
  const names = new Map<string, string>();
  const arranged = (name: string, axis: number, tensor: OnnxTensor): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const own = derived(view, name);
    names.set(name, own);
    constants[own] = gathered(tensor, axis, places);
    return own;
  };
  const nodes = region.map((inner): OnnxNode => {
    const inputs = inner.inputs.map((name, i) => {
      const given = names.get(name);
      const tensor = view.constant(name);
      if (given !== undefined) return given;
      if (isProduct(inner, view) && i === 0) return name;
      if (!tensor || isSingle(view, name)) return name;
      const axis = isProduct(inner, view) && i === 1 ? axisOfMatrix(inner, 1) : tensor.shape.length - 1;
      return arranged(name, axis, tensor);
    });
    const [output = ''] = inner.outputs;
    const own = view.fresh(output);
    names.set(output, own);
    return { ...inner, inputs, outputs: [own] };
  });
  const [to, tensor] = intsConstant(view, [-1, ...shape]);
  constants[to] = tensor;
  nodes.push({ ...node, op: 'Reshape', inputs: [names.get(before.source) ?? '', to], attributes: {} });
  return { constants, nodes };
};

/** Returns the rearrangement by a transpose and all transposes and reshapes before it. */
const arrangementOf = (node: OnnxNode, view: View) => {
  const [x = ''] = node.inputs;
  const inner = arrangement(x, view);
  const perm = node.attributes['perm'];
  if (!inner || !Array.isArray(perm) || perm[0] !== 0) return undefined;
  const shape = example(view, x) ?? [];
  return {
    ...inner,
    places: () => {
      const before = inner.places();
      return transposedPlaces(
        shape,
        perm.slice(1).map((axis) => Number(axis) - 1),
      ).map((place) => before[place] ?? 0);
    },
  };
};

/** Returns, for each element of a transpose's output, in order, its index in the input. */
const transposedPlaces = (shape: readonly number[], perm: readonly number[]): readonly number[] => {
  const strides = shape.map((_, axis) => size(shape.slice(axis + 1)));
  return perm.reduce<readonly number[]>(
    (places, axis) =>
      places.flatMap((place) => Array.from({ length: shape[axis] ?? 0 }, (_, i) => place + i * (strides[axis] ?? 0))),
    [0],
  );
};

/**
 * Returns the products with constants and the elementwise operations that compute a value of [N, K], in order, if their
 * results have no other consumers and all their other inputs are constants.
 */
const regionBefore = (value: string, view: View): readonly OnnxNode[] | undefined => {
  const found = new Set<OnnxNode>();
  const order: OnnxNode[] = [];
  const visit = (name: string): boolean => {
    const node = view.producer(name);
    if (!node || found.size >= REACH || view.isOutput(name) || view.type(name)?.shape.length !== 2) return false;
    if (found.has(node)) return true;
    found.add(node);
    const [, b = '', c = ''] = node.inputs;
    const taken = isProduct(node, view)
      ? movable(view, b) !== undefined && (c === '' || isRow(view, c))
      : isElementwise(node.op) &&
        node.inputs.every((input) => input === '' || isSingle(view, input) || isRow(view, input) || visit(input));
    order.push(node);
    return taken;
  };
  if (!visit(value)) return undefined;
  const inside = order.every(({ outputs: [y = ''] }) =>
    y === value ? view.uses(y) === 1 : view.consumers(y).every((consumer) => found.has(consumer)),
  );
  return inside ? order : undefined;
};

/** Whether a value is a constant of one number for each column. */
const isRow = (view: View, name: string): boolean => {
  const tensor = movable(view, name);
  return tensor !== undefined && tensor.shape.slice(0, -1).every((length) => length === 1);
};

/** Rearranges weights instead of the values they are multiplied with. */
export const arrangements = rewriting(rows, columns);
