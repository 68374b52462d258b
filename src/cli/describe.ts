import type { Model } from '../dsl/model.ts';
import { networkGraphs, print } from '../dsl/print.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { valuesOf } from '../graph/graph.ts';
import { countOf } from '../graph/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import type { Extent, Inspection, Section } from './inspection.ts';

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

const section = (graph: Graph): Section => {
  const params = new Map(graph.params.map((param) => [param.id, param]));
  const values = valuesOf(graph);
  const parameters = countOf(graph.params);
  return {
    name: graph.name,
    inputs: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape])),
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, values.get(id)?.shape ?? []])),
    layers: graph.steps.map(({ name, op, shape, params: own }) => {
      const count = countOf(Object.values(own).flatMap((id) => params.get(id) ?? []));
      return { name, op: op.name, shape, parameters: count, bytes: count * FLOAT32 };
    }),
    parameters,
    bytes: parameters * FLOAT32,
  };
};
