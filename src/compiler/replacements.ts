import { OnnxBuilder, type Value } from '../onnx/builder.ts';
import { renamed, type OnnxNode, type ValueInfo } from '../onnx/graph.ts';
import type { Replacement } from './rewrite.ts';
import type { View } from './workspace.ts';

/** Replaces a node with one output by the nodes that `write` writes, given the node's inputs (undefined if omitted). */
export const replacedBy = (
  node: OnnxNode,
  view: View,
  write: (onnx: OnnxBuilder, inputs: readonly (Value | undefined)[]) => Value,
): Replacement | undefined => {
  const [y = ''] = node.outputs;
  const type = view.type(y);
  return type && added(node, view, [{ name: y, ...type }], (onnx, inputs) => [write(onnx, inputs)]);
};

/** Replaces a node by the nodes that `write` writes, which returns a value for each of the node's outputs. */
export const allReplacedBy = (
  node: OnnxNode,
  view: View,
  write: (onnx: OnnxBuilder, inputs: readonly (Value | undefined)[]) => readonly Value[],
): Replacement | undefined => {
  const outputs = node.outputs.flatMap((name, i) => {
    const type = name === '' ? undefined : view.type(name);
    return type ? [{ name, ...type, i }] : [];
  });
  return added(node, view, outputs, (onnx, inputs) => {
    const values = write(onnx, inputs);
    return outputs.flatMap(({ i }) => values[i] ?? []);
  });
};

/**
 * Replaces a node's first input: `write` writes the new one, of the same shape. If this changes the meaning of an
 * output, the function for it in `outputs` corrects it, given the node's output and its original first input.
 */
export const precededBy = (
  node: OnnxNode,
  view: View,
  write: (onnx: OnnxBuilder, x: Value) => Value,
  outputs: Readonly<Record<string, (onnx: OnnxBuilder, found: Value, x: Value) => Value>> = {},
): Replacement | undefined => {
  const [x = '', ...rest] = node.inputs;
  const type = view.type(x);
  if (!type) return undefined;
  const given = { ...node, inputs: [x] };
  const own = view.fresh(x);
  const first = added(given, view, [{ name: own, ...type }], (onnx, [value]) => [write(onnx, value ?? { name: x })]);
  const found = new Map(Object.keys(outputs).map((name) => [name, view.fresh(name)] as const));
  const changed = { ...node, inputs: [own, ...rest], outputs: node.outputs.map((name) => found.get(name) ?? name) };
  const parts = Object.entries(outputs).map(([name, right]) => {
    const of = view.type(name);
    if (!of) throw new Error(`${node.name}: ${name} has no known type`);
    const inputs = [
      { name: found.get(name) ?? name, ...of },
      { name: x, ...type },
    ];
    const corrected = (onnx: OnnxBuilder, [a, b]: readonly (Value | undefined)[]) => [
      right(onnx, a ?? { name }, b ?? { name: x }),
    ];
    return added(node, view, [{ name, ...of }], corrected, inputs);
  });
  return {
    nodes: [...first.nodes, changed, ...parts.flatMap((part) => part.nodes)],
    constants: Object.assign({}, first.constants, ...parts.map((part) => part.constants)),
  };
};

/**
 * Returns the nodes that `write` writes for some values, in the scope of a node, with the names of the surrounding
 * graph.
 */
const added = (
  node: OnnxNode,
  view: View,
  outputs: readonly ValueInfo[],
  write: (onnx: OnnxBuilder, inputs: readonly (Value | undefined)[]) => readonly Value[],
  inputs: readonly ValueInfo[] = node.inputs.map((name) => {
    const { dtype = 'float32', shape = [] } = view.type(name) ?? {};
    return { name, dtype, shape };
  }),
): Required<Pick<Replacement, 'nodes' | 'constants'>> => {
  const onnx = new OnnxBuilder(node.name, { opset: view.opset });
  // Under names that no constant can have: constants are named by their content, and a node's axes may equal those that
  // are written.
  const declared = new Map<string, Value>();
  const given = inputs.map(({ name, dtype, shape }, i) => {
    if (name === '') return undefined;
    const value = declared.get(name) ?? onnx.input(`input/${i}`, dtype, shape);
    declared.set(name, value);
    return value;
  });
  const values = onnx.scope(node.name, () => write(onnx, given));
  outputs.forEach(({ name, dtype, shape }, i) => onnx.output(name, values[i] ?? { name: '' }, dtype, shape));
  const { nodes, initializers } = onnx.graph();
  const names = new Map<string, string>([
    ['', ''],
    ...outputs.map(({ name }) => [name, name] as const),
    ...[...declared].map(([name, value]) => [value.name, name] as const),
  ]);
  const nameOf = (name: string): string => {
    const known = names.get(name) ?? view.fresh(name);
    names.set(name, known);
    return known;
  };
  return {
    nodes: nodes.map((one) => renamed(one, nameOf)),
    constants: Object.fromEntries([...initializers].map(([name, tensor]) => [nameOf(name), tensor])),
  };
};
