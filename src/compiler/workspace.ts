import { isGraph, renamed, type OnnxGraph, type OnnxNode, type OnnxTensor, type ValueType } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { Names } from '../onnx/names.ts';

/** What a rule may ask of the graph that it rewrites. */
export interface View {
  readonly opset: number;
  /** The node that gives a value, if a node of this graph does. */
  giver(value: string): OnnxNode | undefined;
  /** How many nodes take a value, and one more where it is an output of the graph. Values from around count as infinitely many. */
  uses(value: string): number;
  /** The nodes that take a value. */
  users(value: string): readonly OnnxNode[];
  isOutput(value: string): boolean;
  /** An initializer, also one of a graph around this one. */
  constant(value: string): OnnxTensor | undefined;
  type(value: string): ValueType | undefined;
  /** A name that nothing has yet. */
  fresh(name: string): string;
}

/** A node that is in the graph, or was. The place keeps the order: a replacement stands where the replaced node stood. */
export interface Entry {
  node: OnnxNode;
  readonly place: Entry[];
  alive: boolean;
}

/** A graph that is being rewritten, with who gives and who takes each value. */
export interface Workspace {
  readonly view: View;
  /** All nodes, in order. */
  entries(): Entry[];
  giverOf(value: string): Entry | undefined;
  usersOf(value: string): ReadonlySet<Entry>;
  /** Sets a constant: a new one, or one whose only users are about to go. */
  set(name: string, tensor: OnnxTensor): void;
  /** Puts nodes where `at` is, and takes that away. */
  replace(at: Entry, nodes: readonly OnnxNode[]): readonly Entry[];
  /** Lets all users of a value take another. */
  redirect(from: string, to: string): void;
  /** Calls a value otherwise, where it is made and where it is taken. */
  rename(from: string, to: string): void;
  remove(entry: Entry): void;
  graph(): OnnxGraph;
}

/** The names that a node takes, also in the graphs that it holds; there, also those that are made inside. */
export const namesTaken = (node: OnnxNode): ReadonlySet<string> => {
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

/** All names of values in a graph and in those within it, taken. */
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

/** A workspace for a graph; `outer` is the view of the graph around it. Names are shared with it. */
export function workspace(graph: OnnxGraph, opset: number, names: Names, outer?: View): Workspace {
  const places: Entry[][] = [];
  const givers = new Map<string, Entry>();
  const users = new Map<string, Set<Entry>>();
  const constants = new Map(graph.initializers);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const own = new Set<string>([...graph.inputs.map(({ name }) => name), ...constants.keys()]);
  let types: Map<string, ValueType> | undefined;

  const link = (entry: Entry): void => {
    for (const name of entry.node.outputs) {
      if (name === '') continue;
      givers.set(name, entry);
      own.add(name);
    }
    for (const name of namesTaken(entry.node)) {
      const set = users.get(name);
      if (set) set.add(entry);
      else users.set(name, new Set([entry]));
    }
  };
  const unlink = (entry: Entry): void => {
    for (const name of entry.node.outputs) if (givers.get(name) === entry) givers.delete(name);
    for (const name of namesTaken(entry.node)) users.get(name)?.delete(entry);
  };
  const change = (entry: Entry, node: OnnxNode): void => {
    unlink(entry);
    entry.node = node;
    link(entry);
  };
  const redirect = (from: string, to: string): void => {
    for (const user of users.get(from) ?? [])
      change(
        user,
        renamed(user.node, (name) => (name === from ? to : name)),
      );
  };
  const entries = (): Entry[] => places.flat();
  const current = (): OnnxGraph => ({ ...graph, nodes: entries().map(({ node }) => node), initializers: constants });
  const constantOf = (value: string): OnnxTensor | undefined =>
    constants.get(value) ?? (own.has(value) ? undefined : outer?.constant(value));

  const typesNow = (): Map<string, ValueType> => (types ??= outer ? new Map() : new Map(infer(current(), opset)));
  const typeOf = (value: string): ValueType | undefined => typesNow().get(value) ?? outer?.type(value);
  const inferNew = (node: OnnxNode): void => {
    const taken = [...namesTaken(node)];
    const found = infer(
      {
        name: node.name,
        inputs: taken.flatMap((name) => {
          const type = constantOf(name) ? undefined : typeOf(name);
          return type ? [{ name, ...type }] : [];
        }),
        outputs: [],
        nodes: [node],
        initializers: new Map(
          taken.flatMap((name) => {
            const tensor = constantOf(name);
            return tensor ? [[name, tensor]] : [];
          }),
        ),
      },
      opset,
    );
    for (const name of node.outputs) {
      const type = found.get(name);
      if (type && typeOf(name) === undefined) typesNow().set(name, type);
    }
  };

  for (const node of graph.nodes) {
    const place: Entry[] = [];
    const entry = { node, place, alive: true };
    place.push(entry);
    places.push(place);
    link(entry);
  }

  const view: View = {
    opset,
    giver: (value) => givers.get(value)?.node,
    uses: (value) => (own.has(value) ? (users.get(value)?.size ?? 0) + (outputs.has(value) ? 1 : 0) : Infinity),
    users: (value) => [...(users.get(value) ?? [])].map(({ node }) => node),
    isOutput: (value) => outputs.has(value),
    constant: constantOf,
    type: typeOf,
    fresh: (name) => names.fresh(name),
  };

  return {
    view,
    entries,
    giverOf: (value) => givers.get(value),
    usersOf: (value) => users.get(value) ?? new Set(),
    set: (name, tensor) => {
      constants.set(name, tensor);
      own.add(name);
      types?.set(name, { dtype: tensor.dtype, shape: tensor.shape });
    },
    replace: (at, nodes) => {
      unlink(at);
      at.alive = false;
      const { place } = at;
      const added = nodes.map((node): Entry => ({ node, place, alive: true }));
      place.splice(place.indexOf(at), 1, ...added);
      for (const entry of added) {
        link(entry);
        if (types || outer) inferNew(entry.node);
      }
      return added;
    },
    redirect,
    rename: (from, to) => {
      const giver = givers.get(from);
      if (giver)
        change(
          giver,
          renamed(giver.node, (name) => (name === from ? to : name)),
        );
      redirect(from, to);
      const type = types?.get(from);
      if (type) types?.set(to, type);
    },
    remove: (entry) => {
      unlink(entry);
      entry.alive = false;
      entry.place.splice(entry.place.indexOf(entry), 1);
    },
    graph: () => ({ ...current(), initializers: new Map(constants) }),
  };
}
