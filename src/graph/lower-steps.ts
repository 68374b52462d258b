import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { valuesOf, type Graph, type Step } from './graph.ts';
import { each } from './op.ts';

/**
 * Writes a graph's constants and steps as ONNX, each step's op in the scope of its name; `values` holds inputs and
 * parameters by id, and receives all others.
 */
export const lowerSteps = (
  onnx: OnnxBuilder,
  graph: Graph,
  values: Map<number, Value>,
  scopeOf: (step: Step) => string = ({ name }) => name,
): void => {
  const known = valuesOf(graph);
  const missing = (id: number): never => {
    throw new Error(`${graph.name}: value ${id} is not defined`);
  };
  const typeOf = (id: number) => known.get(id) ?? missing(id);
  const valueOf = (id: number) => values.get(id) ?? missing(id);
  for (const { id, shape, data } of graph.constants) values.set(id, onnx.constant({ dtype: 'float32', shape, data }));
  for (const step of graph.steps) {
    const { id, op, inputs, attrs, params, shape, lead } = step;
    const site = {
      shapes: each(inputs, (input) => typeOf(input).shape),
      leads: each(inputs, (input) => typeOf(input).lead),
      shape,
      lead,
    };
    const owned = Object.fromEntries(Object.entries(params).map(([own, param]) => [own, valueOf(param)]));
    values.set(
      id,
      onnx.scope(scopeOf(step), () => op.lower(onnx, each(inputs, valueOf), attrs, owned, site)),
    );
  }
};
