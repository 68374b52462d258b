import type { Shape } from '../shape/shape.ts';
import type { Distribution, Role } from './node.ts';
import type { AnyOp, Lead, Param, Some } from './op.ts';

/** An input of a graph. If it is noise, `noise` is the distribution to draw it from. */
export interface GraphInput {
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly lead: Lead;
  readonly role: Role | 'noise';
  readonly noise?: Distribution;
}

/** A constant, which has no batch axis. */
export interface GraphConstant {
  readonly id: number;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A parameter under its full name, such as `decoder/dense_2/kernel`. */
export interface GraphParam extends Required<Param> {
  readonly id: number;
  readonly name: string;
}

/** One step of a graph: every input is the `id` of an input, a constant, a parameter or an earlier step. */
export interface Step {
  readonly id: number;
  /** Unique in the graph: `decoder/dense_2`. */
  readonly name: string;
  readonly op: AnyOp;
  readonly inputs: Some<number>;
  readonly attrs: object;
  /** The op's own parameters: their ids by the op's names for them. */
  readonly params: Readonly<Record<string, number>>;
  readonly shape: Shape;
  readonly lead: Lead;
}

/** A resolved network, or an objective over several: steps in order, calls expanded, every parameter named. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly constants: readonly GraphConstant[];
  readonly params: readonly GraphParam[];
  readonly steps: readonly Step[];
  readonly outputs: Readonly<Record<string, number>>;
  /** Updates that training applies to untrained parameters: the id of the new value by the parameter's name. */
  readonly updates: Readonly<Record<string, number>>;
}

/** Returns the shape and the lead of every value of a graph, by id. */
export const valuesOf = (graph: Graph): ReadonlyMap<number, { readonly shape: Shape; readonly lead: Lead }> => {
  const values = new Map<number, { readonly shape: Shape; readonly lead: Lead }>();
  for (const input of graph.inputs) values.set(input.id, input);
  for (const { id, shape } of [...graph.constants, ...graph.params]) values.set(id, { shape, lead: 0 });
  for (const step of graph.steps) values.set(step.id, step);
  return values;
};

/** The attributes of a step that repeats a graph of its own. */
export interface StepsAttrs {
  readonly count: number;
  /** How many of its inputs are sequences, of which the graph is given slices, and how many after them are first states. */
  readonly sequences: number;
  readonly states: number;
  /** Returns the graph of one step. A function, so that two of them are the same only if they are one object. */
  readonly graph: () => Graph;
}

/** Returns the graph that a step repeats, if it repeats one. */
export const repeatedBy = ({ attrs }: Step): Graph | undefined =>
  'graph' in attrs && typeof attrs.graph === 'function' ? (attrs as StepsAttrs).graph() : undefined;
