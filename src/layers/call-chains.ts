import { bodiesIn, nodesIn, partsOf } from '../graph/bodies.ts';
import { unliftable } from '../graph/lift.ts';
import type { Body, CallNode, Node } from '../graph/node.ts';
import { compute } from '../graph/order.ts';
import { same } from '../shape/same.ts';

/** How many calls one after another are worth a body of their own: fewer are quick to prepare as they are. */
export const LEAST = 16;

/** A call of a network, which has a node for each of its outputs. */
export interface Call {
  readonly body: Body;
  /** Its arguments, by the names of the network's inputs. */
  readonly args: Readonly<Record<string, Node>>;
}

/**
 * Calls of one network, each of which is given outputs of the one before, and everything else in the same way: steps of a
 * recurrence that was written out.
 */
export interface Chain {
  readonly body: Body;
  readonly calls: readonly Call[];
  /** What each call is given of the one before, by its form. */
  readonly states: States;
}

type States = ReadonlyMap<string, State>;

/** What is computed from outputs of one call and given to the next. */
export interface State {
  /** As it is given to one of the calls, and the call of whose outputs it is computed. */
  readonly value: Node;
  readonly of: Call;
  /** What the first call is given in its place. */
  readonly first: Node;
}

/** Where a value comes from, as far as calls of one network are concerned: from none, from one, or from several. */
export type Source = Call | 'several' | undefined;

/** The calls of a body, and the chains that they are. */
export class CallChains {
  readonly chains: readonly Chain[];
  /** The nodes of the body, each after those that it is computed from. */
  readonly #order: readonly Node[];
  readonly #calls = new Map<string, Call>();
  readonly #callOf = new Map<CallNode, Call>();
  readonly #sources = new Map<Body, ReadonlyMap<Node, Source>>();
  readonly #numbers = new Map<unknown, number>();
  readonly #forms = new Map<Node, readonly [Source, string]>();

  constructor(body: Body) {
    this.#order = inOrder(Object.values(body.outputs));
    for (const node of this.#order) if (node.kind === 'call') this.#callOf.set(node, this.#called(node));
    const byBody = new Map<Body, Call[]>();
    for (const call of this.#calls.values()) push(byBody, call.body, call);
    this.chains = [...byBody].flatMap(([network, calls]) =>
      calls.length < LEAST || !isRepeatable(network) ? [] : this.#chainsOf(network, calls),
    );
  }

  /** Returns the call whose output a node is. */
  callOf(node: Node): Call | undefined {
    return node.kind === 'call' ? this.#callOf.get(node) : undefined;
  }

  /** Returns the calls of a network from which a node is computed, as far as there is none behind another. */
  sourceOf(node: Node, network: Body): Source {
    return this.#sourcesOf(network).get(node);
  }

  /**
   * Describes how a value is computed from outputs of a call: two values of the same form differ in the calls and in what
   * does not depend on any call of that network.
   */
  form(node: Node, network: Body, call: Source): string {
    const source = this.sourceOf(node, network);
    if (source === undefined) return `value of [${node.shape.join()}]`;
    if (source !== call) return `unlike ${this.numberOf(node)}`;
    const [before, known] = this.#forms.get(node) ?? [];
    if (known !== undefined && before === call) return known;
    const text = this.#formOf(node, network, call);
    // Forms within forms are long: a number stands for each.
    const form = `form ${this.numberOf(text)}`;
    this.#forms.set(node, [call, form]);
    return form;
  }

  #formOf(node: Node, network: Body, call: Source): string {
    const within = (parts: readonly Node[]): string => parts.map((part) => this.form(part, network, call)).join('; ');
    if (node.kind === 'call') {
      if (this.callOf(node) === call) return `output ${node.output}`;
      return `${node.output} of network ${this.numberOf(node.body)}(${within(argumentsOf(node))})`;
    }
    if (node.kind !== 'apply') return `unlike ${this.numberOf(node)}`;
    const { op, attrs, params, inputs } = node;
    const owned = Object.entries(params).map(([name, param]) => `${name}=${this.numberOf(param)}`);
    return `op ${this.numberOf(op)} ${this.#attributes(attrs)} {${owned.join()}} (${within(inputs)})`;
  }

  /** Attributes as text; what is more than numbers, words and lists of them is the same only as one object. */
  #attributes(attrs: object): string {
    return Object.entries(attrs)
      .map(([name, value]) => `${name}=${isSimple(value) ? JSON.stringify(value) : this.numberOf(value)}`)
      .join();
  }

  /** Returns a number that only this object has. */
  numberOf(value: unknown): number {
    const known = this.#numbers.get(value) ?? this.#numbers.size;
    this.#numbers.set(value, known);
    return known;
  }

  #called(node: CallNode): Call {
    const key = [node.body, ...argumentsOf(node)].map((one) => this.numberOf(one)).join();
    const before = this.#calls.get(key);
    if (before) return before;
    const call: Call = {
      body: node.body,
      args: Object.fromEntries(Object.keys(node.body.inputs).map((name, i) => [name, argumentsOf(node)[i] ?? node])),
    };
    this.#calls.set(key, call);
    return call;
  }

  #sourcesOf(network: Body): ReadonlyMap<Node, Source> {
    const before = this.#sources.get(network);
    if (before) return before;
    const sources = new Map<Node, Source>();
    for (const node of this.#order) {
      const call = this.callOf(node);
      const own = call?.body === network ? call : joined(partsOf(node).map((part) => sources.get(part)));
      if (own) sources.set(node, own);
    }
    this.#sources.set(network, sources);
    return sources;
  }

  #chainsOf(network: Body, calls: readonly Call[]): readonly Chain[] {
    const before = new Map(
      calls.map((call) => [call, joined(Object.values(call.args).map((arg) => this.sourceOf(arg, network)))] as const),
    );
    const next = new Map<Source, Call[]>();
    for (const [call, one] of before) push(next, one, call);
    const chains: Chain[] = [];
    for (const start of calls) {
      const earlier = before.get(start);
      if (earlier !== undefined && earlier !== 'several' && next.get(earlier)?.length === 1) continue;
      // All that follow this one, each of which is the only one that is given outputs of the one before.
      const row = [start];
      for (let [one, ...more] = next.get(start) ?? []; one && more.length === 0; [one, ...more] = next.get(one) ?? [])
        row.push(one);
      chains.push(...this.#alike(network, row));
    }
    return chains;
  }

  /** Divides calls that follow one another into chains of those that are given everything in the same way. */
  #alike(network: Body, row: readonly Call[]): readonly Chain[] {
    const forms = row.map(({ args }, i) =>
      Object.values(args)
        .map((arg) => this.form(arg, network, row[i - 1]))
        .join('; '),
    );
    const chains: Chain[] = [];
    for (let from = 1; from < row.length;) {
      let to = from + 1;
      while (to < row.length && forms[to] === forms[from]) to++;
      const [earlier, call] = [row[from - 1], row[from]];
      if (to - from >= LEAST && earlier && call) {
        // The call before these is the first of them if it is given what they are, but for what there is not yet.
        const states = from === 1 ? this.#start(call, earlier) : undefined;
        chains.push(
          states
            ? { body: network, calls: row.slice(0, to), states }
            : { body: network, calls: row.slice(from, to), states: this.#outputsOf(call, earlier) },
        );
      }
      from = to;
    }
    return chains;
  }

  /** Returns the states of a row of calls whose first is given other values in their place; undefined if it is called in another way. */
  #start(call: Call, earlier: Call): States | undefined {
    const states = new Map<string, State>();
    const add = (value: Node, first: Node): boolean => {
      const form = this.form(value, call.body, earlier);
      const before = states.get(form);
      states.set(form, { value, of: earlier, first });
      return before === undefined || before.first === first;
    };
    const fits = (node: Node, own: Node | undefined): boolean => {
      if (!own || this.sourceOf(own, call.body) !== undefined || !same(own.shape, node.shape)) return false;
      if (this.sourceOf(node, call.body) === undefined) return true;
      if (this.callOf(node) === earlier) return add(node, own);
      const [parts, others] = [partsOf(node), partsOf(own)];
      if (this.#isAlike(node, own) && parts.every((part, i) => fits(part, others[i]))) return true;
      return this.#isOnlyOf(node, earlier) && add(node, own);
    };
    return Object.entries(call.args).every(([name, node]) => fits(node, earlier.args[name])) ? states : undefined;
  }

  /** Whether two values are computed in the same way, whatever it is that they are computed from. */
  #isAlike(a: Node, b: Node): boolean {
    if (a.kind === 'call') return b.kind === 'call' && a.body === b.body && a.output === b.output;
    if (a.kind !== 'apply' || b.kind !== 'apply') return false;
    return (
      a.op === b.op &&
      a.inputs.length === b.inputs.length &&
      this.#attributes(a.attrs) === this.#attributes(b.attrs) &&
      Object.entries(a.params).every(([name, param]) => b.params[name] === param)
    );
  }

  /** Whether a value is computed from outputs of a call alone. */
  #isOnlyOf(node: Node, call: Call): boolean {
    const source = this.sourceOf(node, call.body);
    if (this.callOf(node) === call || node.kind === 'param') return true;
    return source === call && partsOf(node).every((part) => this.#isOnlyOf(part, call));
  }

  /** Returns the outputs of a call that the next one is given, as its states. */
  #outputsOf(call: Call, earlier: Call): States {
    const states = new Map<string, State>();
    const stack = Object.values(call.args);
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (this.sourceOf(node, call.body) === undefined) continue;
      if (this.callOf(node) !== earlier) stack.push(...partsOf(node));
      else states.set(this.form(node, call.body, earlier), { value: node, of: earlier, first: node });
    }
    return states;
  }
}

const argumentsOf = ({ body, args }: CallNode): readonly Node[] =>
  Object.keys(body.inputs).flatMap((name) => args[name] ?? []);

const joined = (sources: readonly Source[]): Source =>
  sources.reduce((a, b) => (a === undefined || a === b ? b : b === undefined ? a : 'several'), undefined);

const isSimple = (value: unknown): boolean =>
  value === null || typeof value !== 'object'
    ? typeof value !== 'function' && typeof value !== 'symbol'
    : Array.isArray(value) && value.every(isSimple);

/** Whether a network treats each example by itself, without noise of its own: then it can be a step. */
const isRepeatable = (network: Body): boolean =>
  bodiesIn(network).every((body) =>
    [...nodesIn(body)].every((node) => {
      switch (node.kind) {
        case 'noise':
        case 'steps':
          return false;
        case 'modal':
          return node.updates.length === 0;
        case 'apply':
          return node.op.rows !== 'mean' && unliftable(node.op, node.attrs, node.inputs.length) === undefined;
        default:
          return true;
      }
    }),
  );

/** Returns nodes and all that they are computed from, each after its parts. */
const inOrder = (wanted: readonly Node[]): readonly Node[] => {
  const frame = { ids: new Map<Node, number>() };
  const here = (node: Node) => ({ node, frame });
  compute(
    wanted.map(here),
    (node) => partsOf(node).map(here),
    () => frame.ids.size,
  );
  return [...frame.ids.keys()];
};

/** Puts a value into the list of a key. */
const push = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
};
