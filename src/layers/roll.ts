import { isError } from '../errors.ts';
import { nodesIn, partsOf } from '../graph/bodies.ts';
import type { ApplyNode, Body, Node, StepsNode } from '../graph/node.ts';
import type { Graph } from '../graph/graph.ts';
import { each, type Some } from '../graph/op.ts';
import { resolve, type Resolution } from '../graph/resolve.ts';
import { entry, range } from './axes.ts';
import { CallChains, type Call } from './call-chains.ts';
import { joined } from './concat.ts';
import { reshaped } from './reshape.ts';
import { RolledChain, type Sequence } from './rolled-chain.ts';
import { stacked } from './stack.ts';

const known = new WeakMap<Body, Body>();

/**
 * Returns a network in which calls that follow one another, such as a cell of a recurrence that is called for each step, are
 * written as one body and the number of its steps. It computes the same from the same parameters. What it takes to prepare
 * training then no longer depends on the number of steps: 120 steps of six cells as they are written are 40,000 nodes.
 */
export function rolled(body: Body): Body {
  const before = known.get(body);
  if (before) return before;
  const made = roll(body);
  known.set(body, made);
  return made;
}

/**
 * Turns a body into a graph, with calls that follow one another as steps. If they cannot be steps after all, for instance as
 * values of theirs have different numbers of samples, they are computed as they are written.
 */
export const resolveRolled = (body: Body, resolution: Resolution): Graph => {
  try {
    return resolve(rolled(body), resolution);
  } catch (error) {
    if (!isError(error) || !['InvalidModel', 'RangeError'].includes(error.name)) throw error;
    return resolve(body, resolution);
  }
};

const roll = (body: Body): Body => {
  // A decoder that returns steps is one already.
  if (body.captured || [...nodesIn(body)].some(({ kind }) => kind === 'steps')) return body;
  const outputs = new Rolling(body).outputs();
  const isSame = Object.entries(outputs).every(([name, node]) => body.outputs[name] === node);
  return isSame ? body : { ...body, outputs };
};

/** A body whose chains of calls are being written as steps. */
class Rolling {
  readonly #body: Body;
  readonly #calls: CallChains;
  readonly #chains: readonly RolledChain[];
  /** Where a call has its place: its chain, and its step. */
  readonly #places = new Map<Call, { readonly chain: RolledChain; readonly at: number }>();
  /** Values that join one of each step, which the steps compute. */
  readonly #kept = new Map<Node, { readonly chain: RolledChain; readonly key: string }>();
  readonly #steps = new Map<RolledChain, StepsNode>();
  readonly #now = new Map<Node, Node>();

  constructor(body: Body) {
    this.#body = body;
    this.#calls = new CallChains(body);
    this.#chains = this.#calls.chains.map(
      (chain, i) => new RolledChain(body, this.#calls, chain, `${chain.body.name}_calls_${i + 1}`, rolled),
    );
    for (const chain of this.#chains)
      for (const [at, call] of chain.chain.calls.entries()) this.#places.set(call, { chain, at });
  }

  outputs(): Readonly<Record<string, Node>> {
    const wanted = Object.values(this.#body.outputs);
    if (this.#chains.length > 0) this.#find(wanted);
    this.#write(wanted);
    return Object.fromEntries(Object.entries(this.#body.outputs).map(([name, node]) => [name, this.#nowOf(node)]));
  }

  /** Finds what chains have to return, by going through all that is still needed. */
  #find(wanted: readonly Node[]): void {
    const [seen, stack] = [new Set<Node>(), [...wanted]];
    const begun = new Map<RolledChain, { sequences: number; around: number }>();
    const enter = (chain: RolledChain): void => {
      const done = begun.get(chain) ?? { sequences: 0, around: 0 };
      if (!begun.has(chain)) stack.push(...chain.first);
      begun.set(chain, { sequences: chain.sequences.length, around: chain.around.size });
      stack.push(...[...chain.around.keys()].slice(done.around));
      for (const sequence of chain.sequences.slice(done.sequences)) {
        const from = this.#follows(sequence.nodes);
        if (!from) stack.push(...sequence.nodes);
        else {
          sequence.from = from;
          enter(from.chain);
        }
      }
    };
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      const place = this.#placeOf(node);
      if (place && node.kind === 'call') {
        place.chain.returns(node.output);
        enter(place.chain);
        continue;
      }
      const kept = isJoin(node) ? this.#follows(node.inputs) : undefined;
      if (kept) {
        this.#kept.set(node, kept);
        enter(kept.chain);
      } else stack.push(...partsOf(node));
    }
  }

  /** Returns the chain whose steps compute these values, one each. */
  #follows(nodes: readonly Node[]): { readonly chain: RolledChain; readonly key: string } | undefined {
    for (const chain of this.#chains) {
      const { body, calls } = chain.chain;
      if (calls.length !== nodes.length) continue;
      const fits = nodes.every((node, i) => this.#calls.sourceOf(node, body) === calls[i]);
      if (!fits) continue;
      const [first, ...forms] = nodes.map((node, i) => this.#calls.form(node, body, calls[i]));
      if (forms.every((form) => form === first)) return { chain, key: chain.keeps(nodes) };
    }
    return undefined;
  }

  #placeOf(node: Node): { readonly chain: RolledChain; readonly at: number } | undefined {
    const call = this.#calls.callOf(node);
    return call && this.#places.get(call);
  }

  #nowOf(node: Node): Node {
    return this.#now.get(node) ?? node;
  }

  /** Writes nodes and the steps of chains, each after what it is computed from; iterative, so that depth is not limited. */
  #write(wanted: readonly Node[]): void {
    const stack: (Node | RolledChain)[] = [...wanted];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const missing = this.#isWritten(top) ? [] : this.#needs(top).filter((one) => !this.#isWritten(one));
      stack.push(...missing);
      if (missing.length > 0) continue;
      stack.pop();
      if (this.#isWritten(top)) continue;
      if (top instanceof RolledChain) this.#steps.set(top, this.#stepsOf(top));
      else this.#now.set(top, this.#rewritten(top));
    }
  }

  #isWritten(one: Node | RolledChain): boolean {
    return one instanceof RolledChain ? this.#steps.has(one) : this.#now.has(one);
  }

  #needs(one: Node | RolledChain): readonly (Node | RolledChain)[] {
    if (one instanceof RolledChain) {
      const given = one.sequences.map(({ nodes, from }): readonly (Node | RolledChain)[] =>
        from ? [from.chain] : nodes,
      );
      return [...one.first, ...one.around.keys(), ...given.flat()];
    }
    const place = this.#placeOf(one) ?? this.#kept.get(one);
    return place ? [place.chain] : partsOf(one);
  }

  #stepsOf(chain: RolledChain): StepsNode {
    return chain.node(
      (node) => this.#nowOf(node),
      (sequence) => this.#sequence(sequence),
    );
  }

  #all({ chain, key }: { readonly chain: RolledChain; readonly key: string }): Node {
    const steps = this.#steps.get(chain);
    if (!steps) throw new Error(`${chain.chain.body.name}: its steps are not written yet`);
    return chain.all(steps, key);
  }

  /** Returns values as one: what they are entries of, if they are all its entries in order. */
  #sequence({ name, nodes, from }: Sequence): Node {
    if (from) return this.#all(from);
    const now = nodes.map((node) => this.#nowOf(node));
    const entries = now.flatMap((node) => (node.kind === 'apply' && node.op === entry ? [node] : []));
    const [first] = entries;
    const begin = indexOf(first);
    const isRange = entries.every((node, i) => node.inputs[0] === first?.inputs[0] && indexOf(node) === begin + i);
    const layer = { label: `${name}/${stacked.name}` };
    if (!first || !isRange || entries.length < now.length) {
      const [head = nodes[0], ...rest] = now;
      if (!head) throw new Error(`${name}: there are no steps`);
      return {
        kind: 'apply',
        op: stacked,
        inputs: [head, ...rest],
        attrs: {},
        params: {},
        layer,
        shape: [now.length, ...head.shape],
      };
    }
    const [base] = first.inputs;
    if (base.shape[0] === now.length) return base;
    const attrs = { axis: 0, begin, end: begin + now.length };
    return { ...first, op: range, attrs, layer, shape: [now.length, ...base.shape.slice(1)] };
  }

  #rewritten(node: Node): Node {
    const kept = this.#kept.get(node);
    if (kept) {
      const all = this.#all(kept);
      if (all.shape.length === node.shape.length) return all;
      const layer = { label: `${kept.key}/${reshaped.name}` };
      return {
        kind: 'apply',
        op: reshaped,
        inputs: [all],
        attrs: { to: node.shape },
        params: {},
        layer,
        shape: node.shape,
      };
    }
    const place = this.#placeOf(node);
    if (place && node.kind === 'call') {
      const { chain, at } = place;
      return chain.at(this.#all({ chain, key: chain.returns(node.output) }), at);
    }
    return this.#changed(node);
  }

  /** Returns a node with what its parts have become; itself if they are as they were. */
  #changed(node: Node): Node {
    const isSame = partsOf(node).every((part) => this.#nowOf(part) === part);
    const now = (part: Node): Node => this.#nowOf(part);
    switch (node.kind) {
      case 'call': {
        const body = rolled(node.body);
        if (isSame && body === node.body) return node;
        return {
          ...node,
          body,
          args: Object.fromEntries(Object.entries(node.args).map(([name, arg]) => [name, now(arg)])),
        };
      }
      case 'apply':
        return isSame ? node : { ...node, inputs: each(node.inputs, now) };
      case 'noise':
        return isSame ? node : { ...node, like: now(node.like) };
      case 'modal': {
        if (isSame) return node;
        const updates = node.updates.map((update) => ({ ...update, value: now(update.value) }));
        return { ...node, train: now(node.train), infer: now(node.infer), updates };
      }
      default:
        return node;
    }
  }
}

const indexOf = (node: ApplyNode | undefined): number =>
  node && 'index' in node.attrs && typeof node.attrs.index === 'number' ? node.attrs.index : NaN;

/** Whether a node arranges its inputs one behind another. */
const isJoin = (node: Node): node is ApplyNode & { readonly inputs: Some<Node> } =>
  node.kind === 'apply' && (node.op === stacked || (node.op === joined && node.inputs[0].shape.length === 1));
