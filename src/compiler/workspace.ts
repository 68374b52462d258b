import { isGraph, renamed, type OnnxGraph, type OnnxNode, type OnnxTensor, type ValueType } from '../onnx/graph.ts';
import { infer, inferOnce, type Types } from '../onnx/infer.ts';
import { Names } from '../onnx/names.ts';

/** The queries that a rewriting rule may make about its graph. */
export interface View {
  readonly opset: number;
  /** Returns the node of this graph that produces a value, if there is one. */
  producer(value: string): OnnxNode | undefined;
  /**
   * Returns the number of nodes that consume a value, plus one if it is an output. Infinity for values of a surrounding
   * graph.
   */
  uses(value: string): number;
  /** Returns the nodes that consume a value. */
  consumers(value: string): readonly OnnxNode[];
  isOutput(value: string): boolean;
  /** Returns an initializer, even one of a surrounding graph. */
  constant(value: string): OnnxTensor | undefined;
  type(value: string): ValueType | undefined;
  /** Returns an unused name. */
  fresh(name: string): string;
}

/**
 * A node that is or was in the graph. The place preserves the order: a replacement takes the place of the replaced
 * node.
 */
export interface Entry {
  node: OnnxNode;
  readonly place: Entry[];
  alive: boolean;
}

/** Returns the names that a node uses, including in its subgraphs, and the names produced there. */
export const namesUsed = (node: OnnxNode): ReadonlySet<string> => {
  const names = new Set(node.inputs);
  const stack = Object.values(node.attributes).filter(isGraph);
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    for (const { name } of graph.outputs) names.add(name);
    for (const inner of graph.nodes) {
      for (const name of inner.inputs) names.add(name);
      stack.push(...Object.values(inner.attributes).filter(isGraph));
    }
  }
  names.delete('');
  return names;
};

/** Returns all names of values in a graph and its subgraphs, as taken. */
export const namesOf = (graph: OnnxGraph): Names => {
  const all = new Set<string>();
  const stack = [graph];
  for (let next = stack.pop(); next; next = stack.pop()) {
    for (const { name } of [...next.inputs, ...next.outputs]) all.add(name);
    for (const name of next.initializers.keys()) all.add(name);
    for (const node of next.nodes) {
      for (const name of node.outputs) all.add(name);
      stack.push(...Object.values(node.attributes).filter(isGraph));
    }
  }
  const names = new Names();
  for (const name of all) names.claim(name);
  return names;
};

/**
 * A graph that is being rewritten, with the producer and the consumers of each value. `outer` is the view of the
 * surrounding graph, with which it shares its names.
 */
export class Workspace {
  readonly view: View;
  readonly #graph: OnnxGraph;
  readonly #outer: View | undefined;
  readonly #places: readonly Entry[][];
  readonly #producers = new Map<string, Entry>();
  readonly #consumers = new Map<string, Set<Entry>>();
  readonly #constants: Map<string, OnnxTensor>;
  readonly #outputs: ReadonlySet<string>;
  /** Names of values of this graph, not of a surrounding one. */
  readonly #own: Set<string>;
  #types: Map<string, ValueType> | undefined;
  /** Whether this is still the graph that was given. */
  #isUnchanged = true;

  constructor(graph: OnnxGraph, opset: number, names: Names, outer?: View) {
    this.#graph = graph;
    this.#outer = outer;
    this.#constants = new Map(graph.initializers);
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    this.#own = new Set([...graph.inputs.map(({ name }) => name), ...this.#constants.keys()]);
    this.#places = graph.nodes.map((node) => {
      const place: Entry[] = [];
      place.push({ node, place, alive: true });
      return place;
    });
    for (const entry of this.entries()) this.#link(entry);
    this.view = {
      opset,
      producer: (value) => this.producerOf(value)?.node,
      uses: (value) => this.#uses(value),
      consumers: (value) => [...this.consumersOf(value)].map(({ node }) => node),
      isOutput: (value) => this.#outputs.has(value),
      constant: (value) => this.#constantOf(value),
      type: (value) => this.#typeOf(value),
      fresh: (name) => names.fresh(name),
    };
  }

  /** Returns all nodes, in order. */
  entries(): Entry[] {
    const all: Entry[] = [];
    for (const place of this.#places) for (const entry of place) all.push(entry);
    return all;
  }

  producerOf(value: string): Entry | undefined {
    return this.#producers.get(value);
  }

  consumersOf(value: string): ReadonlySet<Entry> {
    return this.#consumers.get(value) ?? new Set();
  }

  graph(): OnnxGraph {
    const nodes = this.entries().map(({ node }) => node);
    return { ...this.#graph, nodes, initializers: new Map(this.#constants) };
  }

  /** Sets a constant: a new one, or one whose only consumers are about to be removed. */
  set(name: string, tensor: OnnxTensor): void {
    this.#isUnchanged = false;
    this.#constants.set(name, tensor);
    this.#own.add(name);
    this.#types?.set(name, { dtype: tensor.dtype, shape: tensor.shape });
  }

  /** Replaces a node by others. */
  replace(entry: Entry, nodes: readonly OnnxNode[]): readonly Entry[] {
    this.#isUnchanged = false;
    this.#unlink(entry);
    entry.alive = false;
    const { place } = entry;
    const added = nodes.map((node): Entry => ({ node, place, alive: true }));
    place.splice(place.indexOf(entry), 1, ...added);
    for (const one of added) {
      this.#link(one);
      if (this.#types || this.#outer) this.#infer(one.node);
    }
    return added;
  }

  remove(entry: Entry): void {
    this.#isUnchanged = false;
    this.#unlink(entry);
    entry.alive = false;
    entry.place.splice(entry.place.indexOf(entry), 1);
  }

  /** Makes all consumers of a value consume another. */
  redirect(from: string, to: string): void {
    for (const consumer of this.consumersOf(from)) this.#rename(consumer, from, to);
  }

  /** Renames a value, in its producer and in all its consumers. */
  rename(from: string, to: string): void {
    const producer = this.producerOf(from);
    if (producer) this.#rename(producer, from, to);
    this.redirect(from, to);
    const type = this.#types?.get(from);
    if (type) this.#types?.set(to, type);
  }

  #rename(entry: Entry, from: string, to: string): void {
    this.#isUnchanged = false;
    this.#unlink(entry);
    entry.node = renamed(entry.node, (name) => (name === from ? to : name));
    this.#link(entry);
  }

  #link(entry: Entry): void {
    for (const name of entry.node.outputs) {
      if (name === '') continue;
      this.#producers.set(name, entry);
      this.#own.add(name);
    }
    for (const name of namesUsed(entry.node)) {
      const consumers = this.#consumers.get(name);
      if (consumers) consumers.add(entry);
      else this.#consumers.set(name, new Set([entry]));
    }
  }

  #unlink(entry: Entry): void {
    for (const name of entry.node.outputs) if (this.producerOf(name) === entry) this.#producers.delete(name);
    for (const name of namesUsed(entry.node)) this.#consumers.get(name)?.delete(entry);
  }

  #uses(value: string): number {
    if (!this.#own.has(value)) return Infinity;
    return this.consumersOf(value).size + (this.#outputs.has(value) ? 1 : 0);
  }

  #constantOf(value: string): OnnxTensor | undefined {
    return this.#constants.get(value) ?? (this.#own.has(value) ? undefined : this.#outer?.constant(value));
  }

  #typeOf(value: string): ValueType | undefined {
    return this.#typesNow().get(value) ?? this.#outer?.type(value);
  }

  /** Returns the types of all values, inferred at the first query. */
  #typesNow(): Map<string, ValueType> {
    const { opset } = this.view;
    const inferred = (): Types => (this.#isUnchanged ? inferOnce(this.#graph, opset) : infer(this.graph(), opset));
    this.#types ??= new Map(this.#outer ? [] : inferred());
    return this.#types;
  }

  /** Infers the types of a new node's outputs. */
  #infer(node: OnnxNode): void {
    const used = [...namesUsed(node)];
    const inputs = used.flatMap((name) => {
      const type = this.#constantOf(name) ? undefined : this.#typeOf(name);
      return type ? [{ name, ...type }] : [];
    });
    const initializers = used.flatMap((name) => {
      const tensor = this.#constantOf(name);
      return tensor ? [[name, tensor] as const] : [];
    });
    const alone = { name: node.name, inputs, outputs: [], nodes: [node], initializers: new Map(initializers) };
    const found = infer(alone, this.view.opset);
    for (const name of node.outputs) {
      const type = found.get(name);
      if (type && this.#typeOf(name) === undefined) this.#typesNow().set(name, type);
    }
  }
}
