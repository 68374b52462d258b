import type { OnnxGraph, OnnxTensor } from '../onnx/graph.ts';

/** Returns a graph in which some inputs have become constants. */
export const bindConstants = (graph: OnnxGraph, values: ReadonlyMap<string, OnnxTensor>): OnnxGraph => ({
  ...graph,
  inputs: graph.inputs.filter(({ name }) => !values.has(name)),
  initializers: new Map([
    ...graph.initializers,
    ...graph.inputs.flatMap(({ name }): [string, OnnxTensor][] => {
      const value = values.get(name);
      return value ? [[name, value]] : [];
    }),
  ]),
});
