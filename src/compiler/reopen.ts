import { OnnxBuilder, type Value } from '../onnx/builder.ts';
import { renamed, type OnnxGraph } from '../onnx/graph.ts';

/** A graph to which nodes can be added, and its values by name. */
export interface Reopened {
  readonly onnx: OnnxBuilder;
  readonly values: ReadonlyMap<string, Value>;
}

/** Returns a builder that holds a graph's inputs and nodes under their names, but declares no outputs yet. */
export const reopen = (graph: OnnxGraph, name: string, opset: number): Reopened => {
  const onnx = new OnnxBuilder(name, { opset });
  const inputs = graph.inputs.map(({ name, dtype, shape }) => [name, onnx.input(name, dtype, shape)] as const);
  const initializers = [...graph.initializers].map(([name, tensor]) => [name, onnx.initializer(name, tensor)] as const);
  // Keeps an output's name free for the output to be declared.
  const given = new Set(graph.outputs.map(({ name }) => name));
  const inner = (name: string): string => (given.has(name) ? `${name}:value` : name);
  const names = graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''));
  const written = onnx.inline(
    {
      ...graph,
      nodes: graph.nodes.map((node) => renamed(node, inner)),
      // All values, so that they can be found: `inline` needs only their names.
      outputs: names.map((name) => ({ name: inner(name), dtype: 'float32', shape: [] })),
    },
    Object.fromEntries(inputs),
  );
  const made = names.map((name) => {
    const value = written[inner(name)];
    if (!value) throw new Error(`${graph.name}: ${name} was not written`);
    return [name, value] as const;
  });
  return { onnx, values: new Map([...inputs, ...initializers, ...made]) };
};
