import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { valuesOf, type Graph, type GraphConstant, type GraphInput } from './graph.ts';
import type { Step, StepsAttrs } from './graph.ts';
import { bodiesIn } from './bodies.ts';
import { hoist } from './hoist.ts';
import { readByIndex } from './by-index.ts';
import type { ApplyNode, Body, ModalNode, Node, NoiseNode, StepsNode } from './node.ts';
import { checkSamples, leadOf } from './lead.ts';
import { each, type AnyOp, type Lead } from './op.ts';
import { bind, foreign, idIn, nameOf, outputOf, unreachable, type Frame } from './call-frame.ts';
import { compute, type Pending } from './order.ts';
import { ParamTable } from './param-table.ts';
import { sameOp, type Application } from './identity.ts';
import { sameGraph } from './same.ts';
import { applicationOf, checkEach, stepBody } from './repeated.ts';

/** How to resolve a body: for training or inference, and which networks are frozen. */
export interface Resolution {
  readonly mode: 'train' | 'infer';
  /** Names of networks that are frozen, along with the networks they call: they are computed as in inference. */
  readonly frozen?: ReadonlySet<string>;
  /** The graph's name, if it differs from the body's. */
  readonly name?: string;
  /**
   * If false, values that are the same for several samples are computed for each, as written; used to measure the cost
   * of that.
   */
  readonly hoisted?: false;
}

/**
 * Turns a body's expressions into a graph: steps in order of their dependencies, calls expanded, shared values computed
 * once, parameters and noise named by the network and the layer they belong to (`decoder/dense_2/kernel`).
 *
 * A network that is called twice has one set of parameters; called twice with the same arguments it is computed once.
 * The names in one network do not change if another is edited. Values that are the same for several samples of an
 * example are computed once (`hoist`). Iterative, so depth is not limited.
 *
 * @throws InvalidModel for two networks, ops or parameters of the same name with different content, for values of one
 * network that are used in another without being passed to it, and for an op whose inputs have different batch axes.
 */
export function resolve(body: Body, resolution: Resolution): Graph {
  const graph = readByIndex(new Resolver(body, resolution).graph());
  return resolution.hoisted === false ? graph : hoist(graph);
}

/** Resolves a body; holds the parts of its graph written so far. */
class Resolver {
  readonly #body: Body;
  readonly #resolution: Resolution;
  /** Names of frozen networks, and of all networks they call. */
  readonly #frozen: ReadonlySet<string>;

  readonly #inputs: GraphInput[] = [];
  readonly #constants: GraphConstant[] = [];
  readonly #params = new ParamTable((shape) => this.#define(shape, 0));
  readonly #steps: Step[] = [];
  readonly #updates = new Map<string, { readonly merge: AnyOp; readonly from: Set<number> }>();

  readonly #values = new Map<number, { readonly shape: Shape; readonly lead: Lead }>();
  readonly #bodies = new Map<string, Body>();
  readonly #checked = new Set<Body>();
  readonly #ops = new Map<string, AnyOp>();
  readonly #frames = new Map<string, Frame>();
  readonly #counts = new Map<string, number>();

  constructor(body: Body, resolution: Resolution) {
    const { frozen = new Set() } = resolution;
    this.#body = body;
    this.#resolution = resolution;
    const isFrozen = (b: Body): boolean => frozen.has(b.name) || b.pretrained?.frozen === true;
    this.#frozen = new Set(bodiesIn(body).flatMap((b) => (isFrozen(b) ? bodiesIn(b).map((c) => c.name) : [])));
  }

  graph(): Graph {
    const root = this.#open(this.#body, this.#bindInputs());
    compute(
      Object.values(this.#body.outputs).map((node) => ({ node, frame: root })),
      (node, frame) => this.#needs(node, frame),
      (node, frame) => this.#place(node, frame),
    );
    const { name = this.#body.name } = this.#resolution;
    const outputs = Object.fromEntries(
      Object.entries(this.#body.outputs).map(([output, node]) => [
        output,
        root.ids.get(node) ?? unreachable(`${output} was not computed`),
      ]),
    );
    const updates = Object.fromEntries(
      [...this.#updates].map(([param, { merge, from }]) => [param, this.#merged(param, merge, [...from])]),
    );
    const [inputs, constants, steps] = [this.#inputs, this.#constants, this.#steps];
    return { name, inputs, constants, params: this.#params.all, steps, outputs, updates };
  }

  #bindInputs(): ReadonlyMap<string, number> {
    const bound = new Map<string, number>();
    for (const [name, { shape, role }] of Object.entries(this.#body.inputs)) {
      const lead = role === 'batch' ? 1 : 0;
      const id = this.#define(shape, lead);
      this.#inputs.push({ id, name, shape, lead, role });
      bound.set(name, id);
    }
    return bound;
  }

  #define(shape: Shape, lead: Lead): number {
    const id = this.#values.size;
    this.#values.set(id, { shape, lead });
    return id;
  }

  #valueOf(id: number): { readonly shape: Shape; readonly lead: Lead } {
    return this.#values.get(id) ?? unreachable(`value ${id} is not defined`);
  }

  /** Returns the computation of a body from these inputs, creating it if there is none yet. */
  #open(given: Body, bound: ReadonlyMap<string, number>): Frame {
    const body = this.#known(given);
    const key = `${body.name}(${[...bound].map(([name, id]) => `${name}=${id}`).join(', ')})`;
    const before = this.#frames.get(key);
    if (before) return before;
    const count = (this.#counts.get(body.name) ?? 0) + 1;
    this.#counts.set(body.name, count);
    const frozen = this.#frozen.has(body.name);
    const mode = frozen ? 'infer' : this.#resolution.mode;
    const own = body.within ?? body.name;
    const name = count === 1 ? own : `${own}#${count}`;
    const ids = new Map<Node, number>();
    for (const [node, input] of body.captured ?? []) ids.set(node, bound.get(input) ?? unreachable(`no ${input}`));
    const frame: Frame = { body, name, bound, ids, mode, frozen };
    this.#frames.set(key, frame);
    return frame;
  }

  /** Returns the first network found with a body's name, if their content is the same. */
  #known(called: Body): Body {
    const first = this.#bodies.get(called.name) ?? called;
    if (first !== called && !this.#checked.has(called) && !sameBody(first, called))
      throw new InvalidModel(
        `${called.name}: expected one network of this name, got two different ones; give them different names`,
      );
    this.#bodies.set(called.name, first);
    this.#checked.add(called);
    return first;
  }

  /** Returns the nodes that must be computed before this one, each in its frame. */
  #needs(node: Node, frame: Frame): readonly Pending<Frame>[] {
    const here = (n: Node): Pending<Frame> => ({ node: n, frame });
    switch (node.kind) {
      case 'apply':
        return [...node.inputs, ...Object.values(node.params)].map(here);
      case 'noise':
        return [here(node.like)];
      case 'steps':
        return Object.values(node.args).map(here);
      case 'modal':
        return frame.mode === 'infer'
          ? [here(node.infer)]
          : [node.train, ...node.updates.map((u) => u.value)].map(here);
      case 'call': {
        const args = Object.values(node.args);
        if (args.some((arg) => !frame.ids.has(arg))) return args.map(here);
        const callee = this.#open(node.body, bind(node.body, node.args, frame));
        return [{ node: outputOf(callee.body, node.output), frame: callee }];
      }
      default:
        return [];
    }
  }

  /** Writes a node whose dependencies are computed, and returns the id of its value. */
  #place(node: Node, frame: Frame): number {
    switch (node.kind) {
      case 'input':
        return frame.bound.get(node.name) ?? foreign(frame.name, node.name);
      case 'constant': {
        const id = this.#define(node.shape, 0);
        this.#constants.push({ id, shape: node.shape, data: node.data });
        return id;
      }
      case 'param':
        return this.#params.place(node, frame);
      case 'noise':
        return this.#placeNoise(node, frame);
      case 'modal':
        return this.#placeModal(node, frame);
      case 'call': {
        const callee = this.#open(node.body, bind(node.body, node.args, frame));
        return callee.ids.get(outputOf(callee.body, node.output)) ?? unreachable(`${callee.name} was not computed`);
      }
      case 'apply':
        return this.#placeStep(node, frame);
      case 'steps':
        return this.#placeSteps(node, frame);
    }
  }

  #placeNoise(node: NoiseNode, frame: Frame): number {
    const { lead } = this.#valueOf(idIn(frame, node.like));
    return this.#addNoise(node.label, node, lead, frame);
  }

  #addNoise(
    label: string,
    { shape, distribution }: Pick<NoiseNode, 'shape' | 'distribution'>,
    lead: Lead,
    frame: Frame,
  ): number {
    const id = this.#define(shape, lead);
    const name = frame.body === this.#body ? label : `${frame.name}/${label}`;
    if (this.#inputs.some((one) => one.name === name))
      throw new InvalidModel(
        `${frame.name}: expected one input named ${name}, got noise of this name and another; rename one of them`,
      );
    this.#inputs.push({ id, name, shape, lead, role: 'noise', noise: distribution });
    return id;
  }

  #placeModal(node: ModalNode, frame: Frame): number {
    if (frame.mode === 'infer') return idIn(frame, node.infer);
    for (const { param, value, merge } of node.updates) {
      this.#params.place(param, frame);
      const name = nameOf(param, frame);
      const from = new Set([...(this.#updates.get(name)?.from ?? []), idIn(frame, value)]);
      this.#updates.set(name, { merge, from });
    }
    return idIn(frame, node.train);
  }

  #placeStep(node: ApplyNode, frame: Frame): number {
    const { op, attrs, shape } = node;
    const name = `${frame.name}/${node.layer.label}`;
    const inputs = each(node.inputs, (input) => idIn(frame, input));
    const values = each(inputs, (input) => this.#valueOf(input));
    const leads = each(values, (value) => value.lead);
    const lead = leadOf(op, leads, attrs, name);
    checkSamples(name, shape, lead);
    this.#checkOp({ ...node, inputs: values, lead }, name);
    const params = Object.fromEntries(Object.entries(node.params).map(([key, param]) => [key, idIn(frame, param)]));
    const id = this.#define(shape, lead);
    this.#steps.push({ id, name, op, inputs, attrs, params, shape, lead });
    return id;
  }

  /** Writes the steps of a sequence as one step of this graph, which repeats a graph of its own. */
  #placeSteps(node: StepsNode, frame: Frame): number {
    const { op, count, sequences, states, shape, layer } = node;
    const name = `${frame.name}/${layer.label}`;
    const given = Object.values(node.args).map((arg) => idIn(frame, arg));
    const leads = given.map((id) => this.#valueOf(id).lead);
    const frozen = new Set([...this.#frozen, ...(frame.frozen ? [node.body.name] : [])]);
    const inner = new Resolver(stepBody(node, leads), { mode: frame.mode, frozen }).graph();
    checkEach(name, inner);
    const lead = leadOf(op, [0, ...leads], {}, name);
    const noise = inner.inputs.flatMap(({ name: label, shape: own, noise: distribution }) =>
      distribution ? [this.#addNoise(label, { shape: [count, ...own], distribution }, lead, frame)] : [],
    );
    const values = new Map(valuesOf(inner));
    for (const step of inner.steps) this.#checkOp(applicationOf(step, values), step.name);
    const params = Object.fromEntries(inner.params.map((param) => [param.name, this.#params.adopt(param)]));
    const id = this.#define(shape, lead);
    const [first = unreachable(`${name} takes nothing`), ...rest] = [...given, ...noise];
    const attrs: StepsAttrs = { count, sequences, states, graph: () => inner };
    this.#steps.push({ id, name, op, inputs: [first, ...rest], attrs, params, shape, lead });
    return id;
  }

  /** Checks that two ops of the same name compute the same where the second is applied. */
  #checkOp(applied: Application, where: string): void {
    const { name } = applied.op;
    const first = this.#ops.get(name) ?? applied.op;
    if (!sameOp(applied, first))
      throw new InvalidModel(
        `${where}: expected one op named ${name}, got two that compute different things; give them different names`,
      );
    this.#ops.set(name, first);
  }

  /** Returns the update of a parameter, merged if several computations of its network update it. */
  #merged(name: string, merge: AnyOp, [first, ...others]: readonly number[]): number {
    if (first === undefined) return unreachable(`nothing is left in ${name}`);
    if (others.length === 0) return first;
    const { shape, lead } = this.#valueOf(first);
    const id = this.#define(shape, lead);
    this.#steps.push({ id, name, op: merge, inputs: [first, ...others], attrs: {}, params: {}, shape, lead });
    return id;
  }
}

/** Whether two networks have the same content, in training and in inference; a network that calls the other cannot. */
const sameBody = (a: Body, b: Body): boolean =>
  !bodiesIn(a).includes(b) &&
  !bodiesIn(b).includes(a) &&
  (['train', 'infer'] as const).every((mode) =>
    sameGraph(resolve(a, { mode, hoisted: false }), resolve(b, { mode, hoisted: false })),
  );
