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

/** Returns the layers of a graph; a network that is called again is one row for all further calls. */
const layersOf = (graph: Graph): readonly Layer[] => {
  const rows: Layer[] = [];
  const seen = new Set<string>();
  const again = new Map<string, { readonly at: number; readonly calls: Set<string> }>();
  for (const row of allLayersOf(graph)) {
    const [, network = '', count, layer = ''] = /^(.*?)#(\d+)(\/.*)$/.exec(row.name) ?? [];
    if (count === undefined || !seen.has(`${network}${layer}`)) {
      seen.add(row.name);
      rows.push(row);
      continue;
    }
    const known = again.get(network) ?? { at: rows.length, calls: new Set() };
    known.calls.add(count);
    again.set(network, known);
    // Its parameters are those of the first call; its shape is that of the last layer.
    rows[known.at] = {
      name: calledAgain(network, [...known.calls]),
      op: 'network',
      shape: row.shape,
      parameters: 0,
      bytes: 0,
    };
  }
  return rows;
};

const calledAgain = (network: string, [first = '', ...others]: readonly string[]): string => {
  const last = others.at(-1);
  return `${network}#${first}${last === undefined ? '' : ` to ${network}#${last}`}`;
};

/** Returns all layers of a graph; those of a step that is repeated come after the row of all steps. */
const allLayersOf = (graph: Graph): readonly Layer[] => {
  const params = new Map(graph.params.map((param) => [param.id, param]));
  return graph.steps.flatMap((step) => {
    const { name, op, shape, params: own } = step;
    const inner = repeatedBy(step);
    const count = inner ? 0 : countOf(Object.values(own).flatMap((id) => params.get(id) ?? []));
    const row = { name, op: op.name, shape, parameters: count, bytes: count * FLOAT32 };
    return [row, ...(inner ? allLayersOf(inner) : [])];
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
