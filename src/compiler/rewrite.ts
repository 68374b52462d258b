import { isGraph, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../onnx/graph.ts';
import { Names } from '../onnx/names.ts';
import { namesOf, namesUsed, Workspace, type Entry, type View } from './workspace.ts';

export type { View } from './workspace.ts';

/** The replacement of a node. */
export interface Replacement {
  /** Nodes that take its place; they, or `values`, provide those of its outputs that have consumers. */
  readonly nodes?: readonly OnnxNode[];
  /** Constants that the nodes use. One may have the name of an initializer without other consumers. */
  readonly constants?: Readonly<Record<string, OnnxTensor>>;
  /** For an output of the node: the value that replaces it. */
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * A rule: returns the replacement of a node, or undefined if the rule does not apply. A name always refers to the same
 * value, so a node that computes a different one gives it a name from `view.fresh`. A rule looks only at a bounded
 * number of nodes.
 */
export type Rule = (node: OnnxNode, view: View) => Replacement | undefined;

/** A pass: returns another graph that computes the same, or the same object if there is nothing to do. */
export type Pass = (graph: OnnxGraph, opset: number, watch?: Watch) => OnnxGraph;

/** Called for each node on which rules are tried, and each time that one applies. */
export type Watch = (event: 'tried' | 'applied', node: OnnxNode) => void;

/** Returns a pass that applies rules, the first that fits, until none does; also in the graphs inside nodes. */
export const rewriting =
  (...rules: readonly Rule[]): Pass =>
  (graph, opset, watch = () => undefined) =>
    rewrite(graph, rules, { opset, watch, names: namesOf(graph) });

interface Setting {
  readonly opset: number;
  readonly watch: Watch;
  readonly names: Names;
  readonly outer?: View;
}

/** More applications than this for each node mean that rules undo each other: a bug. */
const LIMIT = 50;

/**
 * Rewrites from the first node to the last. After a rule has applied, only nodes that it may affect are tried again:
 * the new ones, their consumers, and those at a value that is down to one use. So the work is linear in the graph.
 */
function rewrite(graph: OnnxGraph, rules: readonly Rule[], setting: Setting): OnnxGraph {
  const { opset, watch, names, outer } = setting;
  const work = new Workspace(graph, opset, names, outer);
  const waiting: Entry[] = [];
  const queued = new Set<Entry>();
  const queue = (entries: Iterable<Entry>): void => {
    for (const entry of [...entries].reverse()) {
      if (queued.has(entry)) continue;
      queued.add(entry);
      waiting.push(entry);
    }
  };

  queue(work.entries());
  let applied = 0;
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    queued.delete(entry);
    if (!entry.alive) continue;
    watch('tried', entry.node);
    for (const rule of rules) {
      const replacement = rule(entry.node, work.view);
      if (!replacement || !possible(entry.node, replacement, work)) continue;
      watch('applied', entry.node);
      if (++applied > LIMIT * (graph.nodes.length + 1)) throw new Error(`${graph.name}: rules that undo each other`);
      queue(apply(entry, replacement, work));
      break;
    }
  }

  let bodies = 0;
  for (const entry of work.entries()) {
    const attributes = Object.entries(entry.node.attributes).map(([key, value]) => {
      if (!isGraph(value)) return [key, value] as const;
      const inner = rewrite(value, rules, { ...setting, outer: work.view });
      if (inner !== value) bodies++;
      return [key, inner] as const;
    });
    if (attributes.some(([key, value]) => entry.node.attributes[key] !== value))
      entry.node = { ...entry.node, attributes: Object.fromEntries(attributes) };
  }
  if (applied + bodies === 0) return graph;
  return outer ? work.graph() : withUniqueNames(work.graph());
}

/**
 * Whether a replacement keeps every output of the graph the output of a node, under its name: one of the new nodes, or
 * the node whose value replaces it, which then takes over the name.
 */
const possible = ({ outputs }: OnnxNode, { nodes = [], values = {} }: Replacement, { view }: Workspace): boolean =>
  outputs.every((name) => {
    if (!view.isOutput(name) || nodes.some((node) => node.outputs.includes(name))) return true;
    const to = values[name];
    return to !== undefined && view.producer(to) !== undefined && !view.isOutput(to);
  });

/** Applies a replacement; returns the nodes on which to try rules next: consumers of the new nodes before these. */
function apply(entry: Entry, { nodes = [], constants = {}, values = {} }: Replacement, work: Workspace): Set<Entry> {
  const concerned = new Set<Entry>();
  const before = entry.node;
  for (const [name, tensor] of Object.entries(constants)) work.set(name, tensor);
  const added = work.replace(entry, nodes);
  for (const [from, to] of Object.entries(values)) {
    const kept = work.view.isOutput(from) ? from : to;
    if (kept === to) work.redirect(from, to);
    else work.rename(to, from);
    for (const consumer of work.consumersOf(kept)) concerned.add(consumer);
    const producer = work.producerOf(kept);
    if (producer) concerned.add(producer);
  }
  for (const name of before.outputs) for (const consumer of work.consumersOf(name)) concerned.add(consumer);
  for (const each of added.toReversed()) concerned.add(each);

  const released = [...namesUsed(before)];
  for (let name = released.pop(); name !== undefined; name = released.pop()) {
    const uses = work.view.uses(name);
    const producer = work.producerOf(name);
    if (producer && producer.node.outputs.every((output) => output === '' || work.view.uses(output) === 0)) {
      released.push(...namesUsed(producer.node));
      work.remove(producer);
      concerned.delete(producer);
    } else if (uses === 1) {
      if (producer) concerned.add(producer);
      for (const consumer of work.consumersOf(name)) concerned.add(consumer);
    }
  }
  return concerned;
}

/**
 * Makes the names of nodes unique, even across nested graphs: a name that a rule gave to several nodes gets a number.
 */
const withUniqueNames = (graph: OnnxGraph, names = new Names()): OnnxGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    const name = names.fresh(node.name);
    const attributes = Object.entries(node.attributes).map(
      ([key, value]) => [key, isGraph(value) ? withUniqueNames(value, names) : value] as const,
    );
    return { ...node, name, attributes: Object.fromEntries(attributes) };
  }),
});
