import { OnnxBuilder, type Value } from '../onnx/builder.ts';
import { renamed, type OnnxNode } from '../onnx/graph.ts';
import type { Replacement } from './rewrite.ts';
import type { View } from './workspace.ts';

/** What a node with one output becomes: what `write` writes, given the node's inputs (undefined where one is left out). */
export const written = (
  node: OnnxNode,
  view: View,
  write: (onnx: OnnxBuilder, inputs: readonly (Value | undefined)[]) => Value,
): Replacement | undefined => {
  const [y = ''] = node.outputs;
  const type = view.type(y);
  if (!type) return undefined;
  const onnx = new OnnxBuilder(node.name, { opset: view.opset });
  const declared = new Map<string, Value>();
  const inputs = node.inputs.map((name) => {
    if (name === '') return undefined;
    const { dtype = 'float32', shape = [] } = view.type(name) ?? {};
    const value = declared.get(name) ?? onnx.input(name, dtype, shape);
    declared.set(name, value);
    return value;
  });
  const value = onnx.scope(node.name, () => write(onnx, inputs));
  onnx.output(y, value, type.dtype, type.shape);
  const { nodes, initializers } = onnx.graph();
  const names = new Map<string, string>([
    ['', ''],
    [y, y],
    ...[...declared.keys()].map((name) => [name, name] as const),
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
