import type { Model } from '../dsl/model.ts';
import { networkGraphs, print } from '../dsl/print.ts';
import { repeatedBy, valuesOf, type Graph, type GraphParam } from '../graph/graph.ts';
import { countOf } from '../graph/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import type { Extent, Inspection, Layer, Section } from './inspection.ts';

/** Describes a definition's networks, layer by layer. Parameters are float32: four bytes each. */
export function describe(model: Model): Inspection {
  const { condition, target, latent } = model;
  const graphs = networkGraphs(model);
  const distinct = new Map<string, GraphParam>(graphs.flatMap(({ params }) => params.map((p) => [p.name, p] as const)));
  const parameters = countOf([...distinct.values()]);
  const variable = ({ kind, shape }: { readonly kind: string; readonly shape: Extent }) => ({ kind, shape });
  return {
    of: 'definition',
    facts: {
      model: model['~kind'],
      conditions: Object.fromEntries(Object.entries(condition).map(([name, v]) => [name, variable(v)])),
      target: { distribution: target.distribution, shape: target.shape },
      latent,
      fingerprint: fingerprint(print(model)),
    },
    sections: graphs.map(section),
    parameters,
    bytes: parameters * FLOAT32,
  };
}

const FLOAT32 = 4;

/** Returns the layers of a graph; those of a step that is repeated come after the row of all steps. */
const layersOf = (graph: Graph): readonly Layer[] => {
  const params = new Map(graph.params.map((param) => [param.id, param]));
  return graph.steps.flatMap((step) => {
    const { name, op, shape, params: own } = step;
    const inner = repeatedBy(step);
    const count = inner ? 0 : countOf(Object.values(own).flatMap((id) => params.get(id) ?? []));
    const row = { name, op: op.name, shape, parameters: count, bytes: count * FLOAT32 };
    return [row, ...(inner ? layersOf(inner) : [])];
  });
};

const section = (graph: Graph): Section => {
  const values = valuesOf(graph);
  const parameters = countOf(graph.params);
  return {
    name: graph.name,
    inputs: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape])),
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, values.get(id)?.shape ?? []])),
    layers: layersOf(graph),
    parameters,
    bytes: parameters * FLOAT32,
  };
};
