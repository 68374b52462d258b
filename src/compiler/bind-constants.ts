import type { OnnxGraph, OnnxTensor } from '../onnx/graph.ts';

/** A graph of which some inputs are constants from now on. */
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
