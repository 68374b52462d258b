import { InvalidModel } from '../errors.ts';
import { same, type Shape } from '../shape/shape.ts';
import type { Graph, GraphConstant, GraphInput, GraphParam, Step } from './graph.ts';
import { bodiesIn } from './bodies.ts';
import { hoist } from './hoist.ts';
import type { Body, Node, ParamNode } from './node.ts';
import { checkSamples, leadOf } from './lead.ts';
import { each, type AnyOp, type Lead } from './op.ts';
import { compute, type Pending } from './order.ts';
import { sameOp, type Application } from './identity.ts';
import { sameGraph } from './same.ts';

/** How a body is resolved: for training or for use, and which networks are left as they are. */
export interface Resolution {
  readonly mode: 'train' | 'infer';
  /** Names of networks that are not trained here, nor what they call: they are computed as they are in use. */
  readonly frozen?: ReadonlySet<string>;
  /** The graph's name, where it is not the body's. */
  readonly name?: string;
  /** False leaves what is the same for several samples to be computed for each, as it is written: to measure what that costs. */
  readonly hoisted?: false;
}

/** One computation of a body: what its inputs are bound to, and what has been computed of it so far. */
interface Frame {
  readonly body: Body;
  /** `decoder`, and `decoder#2` where it is computed a second time from other inputs. */
  readonly name: string;
  readonly bound: ReadonlyMap<string, number>;
  readonly ids: Map<Node, number>;
  readonly mode: 'train' | 'infer';
  readonly frozen: boolean;
}

/**
 * Turns a body's expressions into a graph: steps in the order they are needed, calls written out, shared values computed
 * once, parameters and noise named by the network and the layer they belong to (`decoder/dense_2/kernel`).
 *
 * A network that is called twice has one set of parameters; called twice with the same arguments it is computed once. The
 * names of one network do not move when another is edited. What is the same for several samples of an example is computed once
 * (`hoist`). Iterative, so that depth is no limit.
 *
 * @throws InvalidModel for two networks, ops or parameters of one name and different content, for values of one network that
 * are used in another without being passed to it, and for inputs of an op of different batch axes.
 */
export function resolve(body: Body, { mode, frozen = new Set(), name = body.name, hoisted }: Resolution): Graph {
  const inputs: GraphInput[] = [];
  const constants: GraphConstant[] = [];
  const params = new Map<string, GraphParam>();
  const sources = new Map<string, { readonly node: ParamNode; readonly body: Body }>();
  const steps: Step[] = [];
  const updates = new Map<string, { readonly merge: AnyOp; readonly from: Set<number> }>();
  const values = new Map<number, { readonly shape: Shape; readonly lead: Lead }>();
  const bodies = new Map<string, Body>();
  const checked = new Set<Body>();
  const ops = new Map<string, AnyOp>();
  const frames = new Map<string, Frame>();
  const counts = new Map<string, number>();
  const fixed = new Set(bodiesIn(body).flatMap((b) => (frozen.has(b.name) ? bodiesIn(b).map((c) => c.name) : [])));
  let next = 0;

  const define = (shape: Shape, lead: Lead): number => {
    values.set(next, { shape, lead });
    return next++;
  };
  const valueOf = (id: number) => values.get(id) ?? unreachable(`value ${id} is not defined`);

  /** The network that goes by a body's name: the first that was met, if their content is the same. */
  const known = (called: Body): Body => {
    const first = bodies.get(called.name) ?? called;
    if (first !== called && !checked.has(called) && !sameBody(first, called))
      throw new InvalidModel(
        `${called.name}: expected one network of this name, got two of different content; name them apart`,
      );
    bodies.set(called.name, first);
    checked.add(called);
    return first;
  };

  /** Two ops of one name must compute the same where the second is applied. */
  const checkOp = (applied: Application, where: string): void => {
    const first = ops.get(applied.op.name) ?? applied.op;
    if (!sameOp(applied, first))
      throw new InvalidModel(
        `${where}: expected one op named ${applied.op.name}, got two that compute different things; name them apart`,
      );
    ops.set(applied.op.name, first);
  };

  const open = (given: Body, bound: ReadonlyMap<string, number>): Frame => {
    const called = known(given);
    const key = `${called.name}(${[...bound].map(([name, id]) => `${name}=${id}`).join(', ')})`;
    const before = frames.get(key);
    if (before) return before;
    const count = (counts.get(called.name) ?? 0) + 1;
    counts.set(called.name, count);
    const isFrozen = fixed.has(called.name);
    const frame: Frame = {
      body: called,
      name: count === 1 ? called.name : `${called.name}#${count}`,
      bound,
      ids: new Map(),
      mode: isFrozen ? 'infer' : mode,
      frozen: isFrozen,
    };
    frames.set(key, frame);
    return frame;
  };

  const nameOf = (node: ParamNode, { body: { name: scope } }: Frame): string =>
    node.layer ? `${scope}/${node.layer.label}/${node.label}` : node.label;

  const param = (node: ParamNode, frame: Frame): number => {
    const { body: owner, frozen: isFrozen } = frame;
    const name = nameOf(node, frame);
    const before = params.get(name);
    const source = sources.get(name);
    if (before && source) {
      const twice = node.layer && source.body === owner && source.node !== node;
      if (twice || !same(before.shape, node.shape))
        throw new InvalidModel(
          `${name}: expected one parameter of this name, got two of different layers; apply each layer in the body of the network that uses it`,
        );
      return before.id;
    }
    sources.set(name, { node, body: owner });
    const trainable = node.trainable && !isFrozen;
    const id = define(node.shape, 0);
    params.set(name, { id, name, shape: node.shape, init: node.init, trainable });
    return id;
  };

  /** The nodes that must be computed before this one, each in its frame. */
  const needs = (node: Node, frame: Frame): readonly Pending<Frame>[] => {
    const here = (n: Node): Pending<Frame> => ({ node: n, frame });
    switch (node.kind) {
      case 'apply':
        return [...node.inputs, ...Object.values(node.params)].map(here);
      case 'noise':
        return [here(node.like)];
      case 'modal':
        return frame.mode === 'infer'
          ? [here(node.infer)]
          : [node.train, ...node.updates.map((u) => u.value)].map(here);
      case 'call': {
        const args = Object.values(node.args);
        if (args.some((arg) => !frame.ids.has(arg))) return args.map(here);
        const callee = open(node.body, bind(node.body, node.args, frame));
        return [{ node: outputOf(callee.body, node.output), frame: callee }];
      }
      default:
        return [];
    }
  };

  /** The id of a node whose needs are met. */
  const place = (node: Node, frame: Frame): number => {
    const idOf = (n: Node) => frame.ids.get(n) ?? unreachable(`${frame.name}: a node is used before it is computed`);
    switch (node.kind) {
      case 'input':
        return frame.bound.get(node.name) ?? foreign(frame.name, node.name);
      case 'constant': {
        const id = define(node.shape, 0);
        constants.push({ id, shape: node.shape, data: node.data });
        return id;
      }
      case 'param':
        return param(node, frame);
      case 'noise': {
        const { lead } = valueOf(idOf(node.like));
        const id = define(node.shape, lead);
        const name = frame.body === body ? node.label : `${frame.name}/${node.label}`;
        if (inputs.some((one) => one.name === name))
          throw new InvalidModel(
            `${frame.name}: expected one input named ${name}, got noise of this name and another; rename one of them`,
          );
        inputs.push({ id, name, shape: node.shape, lead, role: 'noise', noise: node.distribution });
        return id;
      }
      case 'modal': {
        if (frame.mode === 'infer') return idOf(node.infer);
        for (const update of node.updates) {
          param(update.param, frame);
          const name = nameOf(update.param, frame);
          const before = updates.get(name);
          updates.set(name, { merge: update.merge, from: new Set([...(before?.from ?? []), idOf(update.value)]) });
        }
        return idOf(node.train);
      }
      case 'call': {
        const callee = open(node.body, bind(node.body, node.args, frame));
        return callee.ids.get(outputOf(callee.body, node.output)) ?? unreachable(`${callee.name} was not computed`);
      }
      case 'apply': {
        const ids = each(node.inputs, idOf);
        const lead = leadOf(
          node.op,
          each(ids, (i) => valueOf(i).lead),
          node.attrs,
          `${frame.name}/${node.layer.label}`,
        );
        checkSamples(`${frame.name}/${node.layer.label}`, node.shape, lead);
        checkOp({ ...node, inputs: each(ids, valueOf), lead }, `${frame.name}/${node.layer.label}`);
        const owned = Object.fromEntries(Object.entries(node.params).map(([name, p]) => [name, idOf(p)]));
        const id = define(node.shape, lead);
        const name = `${frame.name}/${node.layer.label}`;
        steps.push({ id, name, op: node.op, inputs: ids, attrs: node.attrs, params: owned, shape: node.shape, lead });
        return id;
      }
    }
  };

  const bound = new Map<string, number>();
  for (const [name, { shape, role }] of Object.entries(body.inputs)) {
    const lead = role === 'batch' ? 1 : 0;
    const id = define(shape, lead);
    inputs.push({ id, name, shape, lead, role });
    bound.set(name, id);
  }
  const root = open(body, bound);
  compute(
    Object.values(body.outputs).map((node) => ({ node, frame: root })),
    needs,
    place,
  );

  const outputs = Object.fromEntries(
    Object.entries(body.outputs).map(([name, node]) => [
      name,
      root.ids.get(node) ?? unreachable(`${name} was not computed`),
    ]),
  );
  /** What a step leaves in a parameter, whichever computations of the network it belongs to have something to leave there. */
  const left = (name: string, merge: AnyOp, [first, ...others]: readonly number[]): number => {
    if (first === undefined) return unreachable(`nothing is left in ${name}`);
    if (others.length === 0) return first;
    const { shape, lead } = valueOf(first);
    const id = define(shape, lead);
    steps.push({ id, name, op: merge, inputs: [first, ...others], attrs: {}, params: {}, shape, lead });
    return id;
  };
  const own = {
    params: [...params.values()],
    outputs,
    updates: Object.fromEntries([...updates].map(([name, { merge, from }]) => [name, left(name, merge, [...from])])),
  };
  const graph = { name, inputs, constants, steps, ...own };
  return hoisted === false ? graph : hoist(graph);
}

/** Whether two networks have the same content, in training and in use; one that calls the other cannot have. */
const sameBody = (a: Body, b: Body): boolean =>
  !bodiesIn(a).includes(b) &&
  !bodiesIn(b).includes(a) &&
  (['train', 'infer'] as const).every((mode) =>
    sameGraph(resolve(a, { mode, hoisted: false }), resolve(b, { mode, hoisted: false })),
  );

const bind = (called: Body, args: Readonly<Record<string, Node>>, frame: Frame): ReadonlyMap<string, number> =>
  new Map(
    Object.keys(called.inputs).map((name) => {
      const arg = args[name] ?? unreachable(`${called.name}: no argument ${name}`);
      return [name, frame.ids.get(arg) ?? unreachable(`${called.name}: ${name} is not computed yet`)];
    }),
  );

const outputOf = (called: Body, output: string): Node =>
  called.outputs[output] ?? unreachable(`${called.name} has no output ${output}`);

const foreign = (where: string, input: string): never => {
  throw new InvalidModel(
    `${where}: expected tensors of its own, got ${input} of another network; make it an input and pass it in the call`,
  );
};

const unreachable = (what: string): never => {
  throw new Error(`resolve: ${what}`);
};
