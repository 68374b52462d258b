import type { Shape } from '../shape/shape.ts';
import { valuesOf, type Graph, type Step } from './graph.ts';
import type { Lead } from './op.ts';

/**
 * A graph that is being rewritten: steps stay in order, equal steps are merged, and some are written only if needed.
 */
export interface Emitter {
  /** Returns the id of the value that now replaces this one. */
  now(id: number): number;
  valueOf(id: number): { readonly shape: Shape; readonly lead: Lead };
  /** Returns an unused id. */
  fresh(): number;
  /** Writes a step after its dependencies; returns its id, or that of an equal earlier step. */
  write(step: Step): number;
  /** Like `write`, but writes nothing until a step or an output needs it. */
  later(step: Step): number;
  /** Returns the rewritten graph. */
  graph(): Graph;
}

/** Starts to rewrite a graph. Every step of it must then be passed to `write` or `later`, in order. */
export function emitter(graph: Graph): Emitter {
  const steps: Step[] = [];
  const values = new Map(valuesOf(graph));
  const instead = new Map<number, number>();
  const waiting = new Map<number, Step>();
  const known = new Map<string, number>();
  const keyOf = keys();
  let next = 1 + Math.max(...values.keys());

  // A network that is resolved twice has each of its constants twice, with the same array.
  const constants = new Map<Float32Array, number>();
  for (const { id, data } of graph.constants) {
    const first = constants.get(data) ?? id;
    constants.set(data, first);
    if (first !== id) instead.set(id, first);
  }

  const define = (step: Step, place: (step: Step) => void): number => {
    const key = keyOf(step);
    const before = known.get(key);
    if (before !== undefined) {
      instead.set(step.id, before);
      return before;
    }
    known.set(key, step.id);
    values.set(step.id, step);
    place(step);
    return step.id;
  };
  /**
   * Writes a deferred step, after the deferred steps it depends on: pieces to join, and rows repeated for one of them.
   */
  const settle = (id: number): void => {
    const step = waiting.get(id);
    if (!step) return;
    waiting.delete(id);
    place(step);
  };
  const place = (step: Step): void => {
    for (const id of step.inputs) settle(id);
    steps.push(step);
  };

  const now = (id: number): number => instead.get(id) ?? id;
  const settled = (of: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(of).map(([name, id]) => {
        settle(now(id));
        return [name, now(id)];
      }),
    );
  return {
    now,
    valueOf: (id) => {
      const value = values.get(id);
      if (!value) throw new Error(`${graph.name}: value ${id} is not defined`);
      return value;
    },
    fresh: () => next++,
    write: (step) => define(step, place),
    later: (step) => define(step, () => void waiting.set(step.id, step)),
    graph: () => {
      const [outputs, updates] = [settled(graph.outputs), settled(graph.updates)];
      return { ...graph, constants: graph.constants.filter(({ id }) => now(id) === id), steps, outputs, updates };
    },
  };
}

/**
 * Returns a key as text that is equal for two steps with the same computation: op, inputs, parameters and attributes.
 */
const keys = (): ((step: Step) => string) => {
  const numbers = new Map<unknown, number>();
  const number = (x: unknown): number => {
    const n = numbers.get(x) ?? numbers.size;
    numbers.set(x, n);
    return n;
  };
  // Values that are not plain data, such as functions, are equal only if they are the same object.
  const text = (attrs: object) =>
    JSON.stringify(attrs, (_, value: unknown) => (typeof value === 'function' ? `#${number(value)}` : value));
  return ({ op, inputs, params, attrs }) =>
    `${number(op)}(${inputs.join(',')}) ${Object.values(params).join(',')} ${text(attrs)}`;
};
