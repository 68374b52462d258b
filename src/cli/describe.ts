import type { Model } from '../dsl/model.ts';
import { networkGraphs, print } from '../dsl/print.ts';
import { repeatedBy, valuesOf, type Graph, type GraphParam } from '../graph/graph.ts';
import { countOf } from '../graph/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import { targetFacts, type Extent, type Inspection, type Layer, type Section } from './inspection.ts';

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
      target: targetFacts(target),
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

/** How many rows alike are shown as one: `decoder/at_1 to decoder/at_120`. */
const ALIKE = 8;

/** Joins rows in succession that differ in their number alone, without parameters. */
const inRanges = (rows: readonly Layer[]): readonly Layer[] => {
  const joined: Layer[] = [];
  for (let from = 0; from < rows.length;) {
    const group = [rows[from] as Layer]; // below its length
    for (let next = rows[from + group.length]; next && follows(group.at(-1), next); next = rows[from + group.length])
      group.push(next);
    const [first, last] = [group[0]?.name ?? '', group.at(-1)?.name ?? ''];
    const [low, high] = numberOf(first) < numberOf(last) ? [first, last] : [last, first];
    joined.push(
      ...(group.length < ALIKE ? group : group.slice(0, 1).map((row) => ({ ...row, name: `${low} to ${high}` }))),
    );
    from += group.length;
  }
  return joined;
};

const numberOf = (name: string): number => Number(/_(\d+)$/.exec(name)?.[1]);

/** Whether a row is like the one before, with the next number, counted upwards or downwards. */
const follows = (before: Layer | undefined, row: Layer): boolean =>
  before !== undefined &&
  row.parameters === 0 &&
  before.parameters === 0 &&
  row.op === before.op &&
  JSON.stringify(row.shape) === JSON.stringify(before.shape) &&
  row.name.replace(/\d+$/, '') === before.name.replace(/\d+$/, '') &&
  Math.abs(numberOf(row.name) - numberOf(before.name)) === 1;

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
    layers: inRanges(layersOf(graph)),
    parameters,
    bytes: parameters * FLOAT32,
  };
};
