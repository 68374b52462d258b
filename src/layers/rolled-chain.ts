import type { ApplyNode, Body, InputNode, Node, StepsNode } from '../graph/node.ts';
import { each, type AnyOp, type Some } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { entry } from './axes.ts';
import type { Call, CallChains, Chain } from './call-chains.ts';
import { part } from './concat.ts';
import { reshaped } from './reshape.ts';
import { stepsOp } from './steps-op.ts';

/** What a chain is given one entry of at each step: the values at its steps, or what another chain returns at its own. */
export interface Sequence {
  readonly name: string;
  readonly nodes: readonly Node[];
  from?: { readonly chain: RolledChain; readonly key: string };
}

/** One step of a chain of calls, and what it is given and returns. */
export class RolledChain {
  readonly chain: Chain;
  readonly sequences: Sequence[] = [];
  /** What is the same at all steps, by the names of the inputs that take its place. */
  readonly around = new Map<Node, string>();
  /** What is returned at each step, by what identifies it. */
  readonly #returned = new Map<string, Node>();
  readonly #states = new Map<string, InputNode>();
  readonly #inner = new Map<string, Node>();
  readonly #args: Readonly<Record<string, Node>>;
  readonly #calls: CallChains;
  readonly #called: (body: Body) => Body;
  readonly #within: Body;
  readonly #label: string;

  /** `called` returns what takes the place of a network. */
  constructor(within: Body, calls: CallChains, chain: Chain, label: string, called: (body: Body) => Body) {
    this.chain = chain;
    this.#calls = calls;
    this.#called = called;
    this.#within = within;
    this.#label = label;
    for (const [form, { first }] of chain.states)
      this.#states.set(form, { kind: 'input', name: `state_${this.#states.size + 1}`, shape: first.shape });
    this.#args = Object.fromEntries(
      Object.keys(chain.body.inputs).map((name) => [
        name,
        this.#step(
          chain.calls.flatMap(({ args }) => args[name] ?? []),
          'before',
          chain.calls.at(-2),
        ),
      ]),
    );
  }

  /** What the first call is given in place of what all others are given of the one before. */
  get first(): readonly Node[] {
    return [...this.chain.states.values()].map(({ first }) => first);
  }

  /** Returns what is given at each step by name: one value of the chain's network. */
  returns(output: string): string {
    const key = `output ${output}`;
    if (!this.#returned.has(key)) this.#returned.set(key, this.#output(output));
    return key;
  }

  /** Computes further values within the steps, one at each, which are all of one form; returns how they are found. */
  keeps(nodes: readonly Node[]): string {
    const inner = this.#step(nodes, 'own', this.chain.calls.at(-1));
    for (const [key, node] of this.#returned) if (node === inner) return key;
    const key = `value ${this.#returned.size}`;
    this.#returned.set(key, inner);
    return key;
  }

  /** Returns the node of the steps, given what its arguments have become. */
  node(now: (node: Node) => Node, sequence: (sequence: Sequence) => Node): StepsNode {
    const { chain, around } = this;
    const count = chain.calls.length;
    // A Scan has as many steps as its sequences have: where all is the same at all steps it is given one that nobody reads.
    const sequences =
      this.sequences.length > 0
        ? this.sequences.map((one) => [one.name, sequence(one)] as const)
        : [['step', { kind: 'constant', shape: [count, 1], data: new Float32Array(count) } satisfies Node] as const];
    const states = [...this.#states].flatMap(([form, { name, shape }]) => {
      const state = chain.states.get(form);
      return state ? [{ name, shape, first: state.first, next: this.#step([state.value], 'own', state.of) }] : [];
    });
    const args: (readonly [string, Node])[] = [
      ...sequences,
      ...states.map(({ name, first }) => [name, now(first)] as const),
      ...[...around].map(([node, name]) => [name, now(node)] as const),
    ];
    const shapes: (readonly [string, Shape])[] = [
      ...sequences.map(([name, { shape }]) => [name, shape.slice(1)] as const),
      ...states.map(({ name, shape }) => [name, shape] as const),
      ...[...around].map(([{ shape }, name]) => [name, shape] as const),
    ];
    const returned = [...this.#returned.values()];
    const body: Body = {
      name: `${this.#within.name}/${this.#label}`,
      within: this.#within.within ?? this.#within.name,
      inputs: Object.fromEntries(shapes.map(([name, shape]) => [name, { shape, role: 'batch' }])),
      outputs: Object.fromEntries([
        ...returned.map((node, i) => [`returned_${i + 1}`, node] as const),
        ...states.map(({ name, next }) => [`next_${name}`, next] as const),
      ]),
    };
    return {
      kind: 'steps',
      op: stepsOp,
      body,
      count,
      args: Object.fromEntries(args),
      sequences: sequences.length,
      states: states.length,
      layer: { label: this.#label },
      shape: [count, returned.reduce((sum, { shape }) => sum + size(shape), 0)],
    };
  }

  /** Returns what is returned under a key, at all steps: [count, …]. */
  all(whole: StepsNode, key: string): Node {
    let begin = 0;
    for (const [one, { shape }] of this.#returned) {
      const end = begin + size(shape);
      if (one !== key) begin = end;
      else {
        const own =
          end - begin === whole.shape[1]
            ? whole
            : this.#apply(part, [whole], { begin, end }, [whole.count, end - begin]);
        const to = [whole.count, ...shape];
        return shape.length === 1 ? own : this.#apply(reshaped, [own], { to }, to);
      }
    }
    throw new Error(`${this.#label}: nothing is called ${key}`);
  }

  /** Returns what one step returns, of what all do. */
  at(all: Node, index: number): Node {
    return this.#apply(entry, [all], { index }, all.shape.slice(1));
  }

  #apply(op: AnyOp, inputs: Some<Node>, attrs: object, shape: Shape): ApplyNode {
    const label = `${this.#label}/${op.name}_${Object.values(attrs).flat().join('_')}`;
    return { kind: 'apply', op, inputs, attrs, params: {}, layer: { label }, shape };
  }

  #output(output: string): Node {
    return this.#known(`output ${output}`, () => ({
      kind: 'call',
      body: this.#called(this.chain.body),
      args: this.#args,
      output,
      shape: this.chain.body.outputs[output]?.shape ?? [],
    }));
  }

  /**
   * Writes values of one form, one at each step, as one value of a step; the last is computed from outputs of `call`: in the step
   * they are states, or its own.
   */
  #step(nodes: readonly Node[], outputs: 'before' | 'own', call: Call | undefined): Node {
    const { body } = this.chain;
    const node = nodes.at(-1);
    if (!node) throw new Error(`${body.name}: there are no steps`);
    if (this.#calls.sourceOf(node, body) === undefined)
      return nodes.every((one) => one === node) ? this.#same(node) : this.#sequence(nodes);
    const state = outputs === 'before' ? this.#states.get(this.#calls.form(node, body, call)) : undefined;
    if (state) return state;
    const parts = (of: (one: Node) => Node | undefined): Node =>
      this.#step(
        nodes.flatMap((one) => of(one) ?? []),
        outputs,
        call,
      );
    return this.#known(`${outputs} ${nodes.map((one) => this.#calls.numberOf(one)).join()}`, () => {
      if (node.kind === 'call') {
        if (this.#calls.callOf(node) === call) return this.#output(node.output);
        const args = Object.keys(node.body.inputs).map(
          (name) => [name, parts((one) => (one.kind === 'call' ? one.args[name] : undefined))] as const,
        );
        return { ...node, body: this.#called(node.body), args: Object.fromEntries(args) };
      }
      if (node.kind !== 'apply') throw new Error(`${body.name}: a ${node.kind} changes from step to step`);
      return {
        ...node,
        inputs: each(node.inputs, (_, i) => parts((one) => (one.kind === 'apply' ? one.inputs[i] : undefined))),
      };
    });
  }

  #same(node: Node): Node {
    if (node.kind === 'param' || node.kind === 'constant') return node;
    const name = this.around.get(node) ?? `around_${this.around.size + 1}`;
    this.around.set(node, name);
    return this.#known(name, () => ({ kind: 'input', name, shape: node.shape }));
  }

  #sequence(nodes: readonly Node[]): Node {
    const before = this.sequences.find((one) => one.nodes.every((node, i) => node === nodes[i]));
    const name = before?.name ?? `sequence_${this.sequences.length + 1}`;
    if (!before) this.sequences.push({ name, nodes });
    return this.#known(name, () => ({ kind: 'input', name, shape: nodes[0]?.shape ?? [] }));
  }

  #known(key: string, make: () => Node): Node {
    const before = this.#inner.get(key);
    if (before) return before;
    const made = make();
    this.#inner.set(key, made);
    return made;
  }
}
