import { repeatedBy, type Graph, type Step } from './graph.ts';

/** Names of inputs. */
type Names = ReadonlySet<string>;

/**
 * Returns the names of a graph's inputs that decide, by being 0 or not, what exists: those that `where` chooses by, that a
 * recurrent layer takes as its mask, or that others are multiplied with, as they are or moved to another place.
 *
 *     attention({ of: others, mask: exist }), where(exist, x, 0), mul(x, expand(8)(exist))  →  exist
 */
export const maskInputs = (graph: Graph): Names => {
  const found = new Set<string>();
  visit(graph, new Map(graph.inputs.map(({ id, name }) => [id, new Set([name])])), found);
  return found;
};

/** Adds to `found` what decides in a graph, of whose values some hold inputs: by their ids. */
const visit = (graph: Graph, held: Map<number, Names>, found: Set<string>): void => {
  const fixed = new Set([...graph.constants, ...graph.params].map(({ id }) => id));
  for (const step of graph.steps) {
    const inputs = step.inputs.map((id) => held.get(id) ?? NONE);
    for (const at of decidingOf(step, fixed)) for (const name of inputs[at] ?? NONE) found.add(name);
    const inner = repeatedBy(step);
    if (inner) visit(inner, new Map(inner.inputs.map(({ id }, i) => [id, inputs[i] ?? NONE])), found);
    if (step.op['~library'] && MOVING.has(step.op.name)) held.set(step.id, new Set(inputs.flatMap((own) => [...own])));
  }
};

const NONE: Names = new Set();

/** Which of a step's inputs decide. A product with what is the same for all examples is only a unit. */
const decidingOf = ({ op, attrs, inputs }: Step, fixed: ReadonlySet<number>): readonly number[] => {
  if (!op['~library']) return [];
  if (op.name === 'where') return [0];
  if (op.name === 'mul') return inputs.some((id) => fixed.has(id)) ? [] : [0, 1];
  return 'masked' in attrs && attrs.masked === true ? [1] : [];
};

/** Ops whose result has the numbers of their inputs, and a 0 where these have one. */
const MOVING: Names = new Set([
  'at',
  'concat',
  'concatAt',
  'expand',
  'permute',
  'repeat',
  'reshape',
  'slice',
  'sliceAt',
  'stack',
  'matMul',
  'maximum',
  'minimum',
  'mul',
  'reduceMax',
  'upsample1d',
]);
