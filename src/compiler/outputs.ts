import type { OnnxGraph } from '../onnx/graph.ts';

/**
 * Returns a graph in which a node that computes an output has that output's name: some engines (tract) name outputs
 * after nodes.
 *
 *     [output/sigmoid_1/Sigmoid] y = Sigmoid (x)  →  [y] y = Sigmoid (x)
 */
export const calledByOutputs = (graph: OnnxGraph): OnnxGraph => {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.map((node) => {
    const given = node.outputs.find((name) => outputs.has(name));
    return given === undefined ? node : { ...node, name: given };
  });
  return { ...graph, nodes };
};
